"""Work that nobody waits for."""

from celery import shared_task

from marketplace.accounts import unproved


@shared_task(name="accounts.forget_unproved")
def forget_unproved() -> int:
    """Every night: accounts that were opened and never confirmed."""
    return unproved.forget(by=None)
