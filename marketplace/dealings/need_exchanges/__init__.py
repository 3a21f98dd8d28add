"""From a need to a contract: invitations, questions and answers, quotes, the decision, what came of it."""
