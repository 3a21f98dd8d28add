"""Suppliers new in the directory that fit what an institution buys: its needs, its notices, what it awarded.

The engine that suggests notices to suppliers, asked from the other side (`matching.needs`): each purchase is a question,
and of its best candidates those count that came lately. Nothing is kept here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from buyers.models import Award, Buyer, Need, Tender
from marketplace.matching.alerts.models import MINIMUM_POINTS
from marketplace.matching.candidates import best_matches, find_candidates, untaught, with_details
from marketplace.matching.engine import Match, SupplierProfile
from marketplace.matching.needs import need_question
from marketplace.matching.reasons import match_reasons
from marketplace.matching.tenders import TenderQuestion, read_tender
from suppliers.models import Supplier

#: A supplier is new for so many days after it was published.
NEW_DAYS = 90
#: What an institution bought so long ago says little of what it buys.
PURCHASES_DAYS = 730
MOST_NEEDS, MOST_TENDERS = 8, 16  # the latest; each costs some ten milliseconds
KEPT = 12


@dataclass(frozen=True)
class NewSupplier:
    """`reasons` as JSON, about the need or the notice that it fits best."""

    supplier_id: int
    points: int
    reasons: list[dict[str, Any]]
    need: Need | None = None
    tender: Tender | None = None


@dataclass(frozen=True)
class _Best:
    match: Match
    profile: SupplierProfile
    asked: TenderQuestion
    purchase: Need | Tender


def find_new_suppliers(buyer: Buyer) -> list[NewSupplier]:
    """The best `KEPT`, each for the purchase that it fits best. Some five statements for each purchase."""
    new = _new_to(buyer)
    if not new:
        return []
    best: dict[int, _Best] = {}
    for purchase in _purchases(buyer):
        asked = need_question(purchase) if isinstance(purchase, Need) else read_tender(purchase)
        found = {int(profile.key): profile for profile in find_candidates(asked) if profile.key in new}
        for match in best_matches(asked.tender, list(found.values()), asked.statistics, limit=KEPT):
            supplier = int(match.key)
            former = best.get(supplier)
            if match.points >= MINIMUM_POINTS and (former is None or match.points > former.match.points):
                best[supplier] = _Best(match, found[supplier], asked, purchase)
    chosen = sorted(best.values(), key=lambda one: (-round(one.match.points), one.match.key))[:KEPT]
    return [_explained(one) for one in chosen]


def _explained(one: _Best) -> NewSupplier:
    whole = with_details(one.asked, [one.profile])[one.match.key]
    reasons = match_reasons(one.asked.tender, untaught(whole), one.asked.statistics)
    is_need = isinstance(one.purchase, Need)
    return NewSupplier(
        supplier_id=int(one.match.key),
        points=round(one.match.points),
        reasons=[reason.as_json() for reason in reasons],
        need=one.purchase if is_need else None,  # type: ignore[arg-type]
        tender=None if is_need else one.purchase,  # type: ignore[arg-type]
    )


def _new_to(buyer: Buyer) -> set[int]:
    """Published lately, and never the institution's own seller: whom it bought from, it knows."""
    since = timezone.now() - timedelta(days=NEW_DAYS)
    sold = Award.objects.filter(tender__buyer=buyer)
    rows = (
        Supplier.objects.published()
        .filter(status_changed_at__gte=since)
        .exclude(organisation=buyer.organisation_id)
        .exclude(organisation__in=sold.exclude(organisation=None).values("organisation"))
        .exclude(organisation__neq__in=sold.exclude(neq="").values("neq"))
    )
    return set(rows.values_list("pk", flat=True))


def _purchases(buyer: Buyer) -> list[Need | Tender]:
    """What it asked for lately, the latest first: of two that fit as well, the later one is named."""
    since = timezone.now() - timedelta(days=PURCHASES_DAYS)
    needs = (
        Need.objects.shown_once()
        .filter(buyer=buyer, published_at__gte=since)
        .select_related("buyer__organisation")
    )
    tenders = Tender.objects.filter(buyer=buyer, published_at__gte=since).exclude(
        status=Tender.Status.CANCELLED
    )
    return [
        *needs.order_by("-published_at", "-pk")[:MOST_NEEDS],
        *tenders.order_by(F("published_at").desc(), "-pk")[:MOST_TENDERS],
    ]
