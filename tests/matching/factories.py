"""A member with an alert, and a suggestion that fits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from marketplace.accounts.models import Membership, User
from marketplace.matching.alerts.criteria import Pair
from marketplace.matching.alerts.digests import announce_notices
from marketplace.matching.alerts.emails import Digest, send_digests
from marketplace.matching.alerts.models import MINIMUM_POINTS
from marketplace.matching.alerts.verbs import Profile, ask_alert
from marketplace.matching.models import Alert, Suggestion
from marketplace.outbox.models import Message
from suppliers.models import Supplier
from tests.factories import MembershipFactory, SupplierFactory, TenderFactory, UserFactory

REASONS = [
    {"kind": "code", "verdict": "full", "params": {}},
    {"kind": "capacity", "verdict": "part", "params": {}},
]


def member_of(supplier: Supplier, **fields: Any) -> User:
    user = UserFactory(**fields)
    MembershipFactory(user=user, organisation=supplier.organisation)
    return user


def alert_for(
    supplier: Supplier | None = None, frequency: str = "instant", user: User | None = None, **asked: Any
) -> Alert:
    """`asked`: fields of `Profile`. Without a user, a new member asks."""
    supplier = supplier or SupplierFactory()
    user = user or member_of(supplier)
    Membership.objects.get_or_create(user=user, organisation=supplier.organisation)
    profile = Profile(**{"frequency": frequency, "minimum_fit": MINIMUM_POINTS, **asked})
    return ask_alert(user=user, supplier=supplier, profile=profile, consent_wording="J’accepte.", by=user)


def own_alert(user: User, frequency: str = "daily", **asked: Any) -> Alert:
    """For the person, whatever their enterprises."""
    profile = Profile(frequency=frequency, **asked)
    return ask_alert(user=user, supplier=None, profile=profile, consent_wording="J’accepte.", by=user)


def suggestion(supplier: Supplier, tender: Any = None, **changes: Any) -> Suggestion:
    tender = tender or TenderFactory()
    fields = {"points": 100, "rank": 1, "reasons": REASONS, "tender_version": tender.version, **changes}
    return Suggestion.objects.create(supplier=supplier, tender=tender, **fields)


def announce(tender: Any) -> int:
    return announce_notices(tenders=[tender.pk], by=None)


def alert_mail(alert: Alert, suggestions: Sequence[Suggestion], version: str = "1") -> Message | None:
    """The mail of one alert with these, whatever waits."""
    pairs = [Pair(alert.pk, alert.user_id, s.tender_id, s.tender.ocid, s.points) for s in suggestions]
    digest = Digest(pairs=pairs, alerts={alert.pk: alert}, version=version)
    return next(iter(send_digests([digest], now=timezone.now())), None)
