"""What we promise to who waits, once: in how many working days each thing is answered, or followed up by the pôle.

The pages and mails that say so, the pages of staff and their reminders all read this table.
"""

from __future__ import annotations

#: Working days. What waits for a decision of ours: it is answered within them.
SUBMISSION, CHANGE, RENEWAL, JOIN_REQUEST = "submission", "change", "renewal", "join_request"
EMAIL_DOMAIN, APPLICATION, REPORT = "email_domain", "application", "report"
#: What waits for somebody else: after so many the pôle writes or calls.
LAPSED, RETURNED, DRAFT, INVITATION, INQUIRY = "lapsed", "returned", "draft", "invitation", "inquiry"

PROMISES: dict[str, int] = {
    SUBMISSION: 5,
    JOIN_REQUEST: 5,
    EMAIL_DOMAIN: 5,
    REPORT: 2,
    CHANGE: 10,
    RENEWAL: 10,
    APPLICATION: 10,
    LAPSED: 20,
    RETURNED: 15,
    DRAFT: 15,
    INVITATION: 10,
    INQUIRY: 5,
}
