"""allauth asks here how to write to people and where to send them."""

from allauth.account.adapter import DefaultAccountAdapter


class AccountAdapter(DefaultAccountAdapter):
    """Mails go through the outbox, so that none is lost."""
