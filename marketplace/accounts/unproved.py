"""Accounts and addresses that nobody ever confirmed: they keep no one else out, and do not stay."""

from __future__ import annotations

from datetime import timedelta

from allauth.account.models import EmailAddress
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from marketplace.accounts import personal_data
from marketplace.accounts.models import Membership, PolePost, User
from marketplace.web.verbs import verb

KEPT_FOR = timedelta(days=7)  # the link lasts three days; a second one may have been asked for


def accounts() -> QuerySet[User]:
    """Opened at the sign-up page, never confirmed, never entered, and of nobody's team."""
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    given = EmailAddress.objects.filter(user=OuterRef("pk"), verified=False)
    return User.objects.filter(
        Exists(given),
        ~Exists(proved),
        ~Exists(Membership.objects.filter(user=OuterRef("pk"))),
        ~Exists(PolePost.objects.filter(user=OuterRef("pk"))),
        last_login__isnull=True,
        is_superuser=False,
    )


@verb
def give_way(*, address: str, to: User | None, by: User | None) -> None:
    """Someone proves an address: an unproved account that holds it goes, or it would bar them for ever."""
    for account in accounts().filter(email__iexact=address).exclude(pk=to.pk if to else 0):
        personal_data.erase(user=account, by=None)


@verb
def forget(*, by: User | None) -> int:
    """Erase what was never confirmed within `KEPT_FOR`, and second addresses that were not either. How many."""
    before = timezone.now() - KEPT_FOR
    old = list(accounts().filter(date_joined__lt=before)[:500])
    for account in old:
        personal_data.erase(user=account, by=None)
    return len(old)
