"""Work that nobody waits for."""

from celery import shared_task

from marketplace.accounts import retention, unproved


@shared_task(name="accounts.forget_unproved")
def forget_unproved() -> int:
    """Every night: accounts that were opened and never confirmed."""
    return unproved.forget(by=None)


@shared_task(name="accounts.forget_invitations")
def forget_invitations() -> int:
    """Every night: addresses that were invited, once that has served."""
    return retention.forget_invitations(by=None)
