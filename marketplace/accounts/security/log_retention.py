"""How long the security log remembers: whole addresses for some weeks, events for some months, an erased person no more."""

from __future__ import annotations

from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db.models import Case, Func, GenericIPAddressField, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.retention import months_ago
from marketplace.accounts.security.models import SecurityEvent
from marketplace.web.verbs import verb

ONLY_ADDED = "security.SecurityEvent:only_added"


@verb
def forget_security_events(*, by: None) -> int:
    """Whole addresses become networks, then the rows go; how many went. The trigger lets this verb alone rewrite."""
    before = timezone.now() - timedelta(days=settings.KEEP_SECURITY_ADDRESS_DAYS)
    with pgtrigger.ignore(ONLY_ADDED):
        _shorten_addresses(SecurityEvent.objects.filter(at__lt=before))
        old = SecurityEvent.objects.filter(last_at__lt=months_ago(settings.KEEP_SECURITY_MONTHS))
        return old.delete()[0]


def forget_in_security_log(user: User, digests: set[str]) -> None:
    """The events of a person who is erased stay, without the person: no name, no whole address, no digest of theirs."""
    theirs = SecurityEvent.objects.filter(Q(actor=user) | Q(person=user) | Q(tried__in=digests))
    with pgtrigger.ignore(ONLY_ADDED):
        _shorten_addresses(theirs)
        theirs.filter(tried__in=digests).update(tried="")


def _shorten_addresses(rows: QuerySet[SecurityEvent]) -> None:
    """`network_of`, by PostgreSQL. The fingerprint goes: from it the whole address could be guessed."""
    length = Case(When(address__contains=":", then=Value(48)), default=Value(24))
    masked = Func(Cast("address", GenericIPAddressField()), length, function="set_masklen")
    network = Func(masked, function="network", output_field=GenericIPAddressField())
    whole = rows.exclude(address="").exclude(address__contains="/")
    whole.update(address=Cast(network, TextField()), fingerprint=None)
