"""A member with an alert, and a suggestion that fits."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Membership, User
from marketplace.matching.alerts import set_alert
from marketplace.matching.models import Alert, Suggestion
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
    supplier: Supplier | None = None, frequency: str = "instant", user: User | None = None
) -> Alert:
    supplier = supplier or SupplierFactory()
    user = user or member_of(supplier)
    Membership.objects.get_or_create(user=user, organisation=supplier.organisation)
    return set_alert(user=user, supplier=supplier, frequency=frequency, consent_wording="J’accepte.", by=user)


def suggestion(supplier: Supplier, tender: Any = None, **changes: Any) -> Suggestion:
    tender = tender or TenderFactory()
    fields = {"points": 100, "rank": 1, "reasons": REASONS, "tender_version": tender.version, **changes}
    return Suggestion.objects.create(supplier=supplier, tender=tender, **fields)
