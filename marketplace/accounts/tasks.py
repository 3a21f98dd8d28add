"""Work that nobody waits for."""

from celery import shared_task

from marketplace.accounts import joining, retention
from marketplace.accounts.models import JoinRequest


@shared_task(name="accounts.forget_unproved")
def forget_unproved_nightly() -> int:
    """Every night: accounts that were opened and never confirmed."""
    return retention.forget_unproved_accounts(by=None)


@shared_task(name="accounts.forget_invitations")
def forget_invitations_nightly() -> int:
    """Every night: addresses that were invited, once that has served."""
    return retention.forget_invitations(by=None)


@shared_task(name="accounts.forget_join_requests")
def forget_join_requests_nightly() -> int:
    """Every night: what people said to act for an organisation, once it has served."""
    return joining.forget_join_requests(by=None)


@shared_task(name="accounts.tell_members")
def tell_members() -> int:
    """Every minute: members hear that someone asks to join them. How many requests were looked at."""
    pks = list(JoinRequest.objects.filter(members_told_at__isnull=True).values_list("pk", flat=True)[:500])
    for pk in pks:
        joining.tell_members_of_join_request(join_request_id=pk, by=None)
    return len(pks)
