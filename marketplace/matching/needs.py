"""Who fits what a buyer asks, before it is any notice: suppliers in order, each with its reasons and what it misses.

The same engine as for notices (docs/matching.md), asked from the other side: a text, codes, a place, an amount. Nothing is
kept. What is missing is said and never hides anyone: the buyer decides. `buyer_sentences` says both.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from buyers.models import AuthorisationRule, Buyer, Need, Tender
from marketplace.matching.candidates import best_matches, find_candidates, untaught, with_details
from marketplace.matching.engine import (
    Match,
    Reason,
    SupplierProfile,
    TenderProfile,
    area_verdict,
    capacity_verdict,
)
from marketplace.matching.reasons import match_reasons
from marketplace.matching.tenders import TenderQuestion, fill_sql, read_tender
from suppliers.models import HeldCertification, Supplier
from suppliers.search.reading import read_wishes

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

Lack = Literal[
    "elsewhere",
    "too_large",
    "authorisation",
    "near_ceiling",
    "area_unknown",
    "capacity_unknown",
    "unverified",
]

#: How many a buyer is shown; with fewer than `FEW` where it delivers, those that deliver elsewhere come after them.
SHOWN = 20
FEW = 5
#: A title that reads as a trade has its codes where the buyer named none; surer than this, and no more than so many.
SURE_CODE = 0.5
MOST_CODES = 4


@dataclass(frozen=True)
class Fit:
    """A supplier that fits; `lacks` is what is missing or to be checked before asking it, the weightiest first."""

    supplier: Supplier
    points: int
    reasons: list[Reason] = field(default_factory=list)
    lacks: list[Lack] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Nothing says that it cannot answer."""
        return not {"elsewhere", "too_large"} & set(self.lacks)


def read_request(
    *,
    title: str,
    codes: Sequence[str] = (),
    region: str = "",
    mrc: str = "",
    amount: Decimal | None = None,
    buyer: Buyer | None = None,
) -> TenderQuestion:
    """What is asked, as a notice that nobody published: the engine reads one or the other the same way.

    `codes` are UNSPSC, of two to eight digits; `amount` is the most that it may come to, in dollars.
    """
    return read_tender(
        Tender(
            title=title[:500],
            unspsc=[code.ljust(8, "0") for code in codes] or codes_of_text(title),
            region_id=region or None,
            mrc_id=mrc or None,
            estimated_amount=amount,
            buyer=buyer,
            buyer_name=buyer.organisation.name if buyer else "",
        )
    )


def need_question(need: Need) -> TenderQuestion:
    """A need, written or still being written; its amount is the most that its institution says."""
    low, high = need.amounts
    return read_request(
        title=need.title,
        codes=need.unspsc,
        region=need.region_id or "",
        mrc=need.mrc_id or "",
        amount=high or low,
        buyer=need.buyer,
    )


# By code, as far as the family, and area: what the database answers by itself for lists, pages and mails. A need without a
# code fits whoever delivers there.
#: Of a need `n` and the entry `e` of a supplier in the directory.
FITTING_SQL = """
(n.unspsc = '{}' OR EXISTS (SELECT FROM unnest(n.unspsc) code WHERE left(code, 4) = ANY(e.codes)))
AND (n.region_id IS NULL OR e.serves = '{}' OR n.mrc_id = ANY(e.serves)
     OR e.serves && ARRAY['Q', 'R' || n.region_id]::varchar[]
     OR n.mrc_id IS NULL AND EXISTS (
         SELECT FROM territories_mrc m WHERE m.region_id = n.region_id AND m.code = ANY(e.serves)))
"""
_FITTING = fill_sql(
    """
SELECT n.id FROM buyers_need n WHERE EXISTS (
    SELECT FROM suppliers_directoryentry e JOIN suppliers_supplier s ON s.id = e.supplier_id
    WHERE s.organisation_id = ANY(%s) AND s.status = 'published' AND {fitting})
""",
    fitting=FITTING_SQL,
)


def fitting_condition(user: Visitor) -> Q | None:
    """The needs that fit an enterprise of this person, as a condition on needs (`buyers.needs.audience`)."""
    mine = getattr(user, "organisation_ids", ())
    return Q(pk__in=RawSQL(_FITTING, [list(mine)])) if mine else None  # noqa: S611 - our own statement


def codes_of_text(text: str) -> list[str]:
    """UNSPSC codes of eight digits of what a title names, as the directory's search understands it; the surest first."""
    sure: dict[str, float] = {}
    for what in read_wishes(text[:200]).whats:
        for code, surely in what.codes if not what.faint else ():
            if surely >= SURE_CODE and len(code) >= 4:
                sure[code.ljust(8, "0")] = max(surely, sure.get(code.ljust(8, "0"), 0.0))
    return sorted(sure, key=lambda code: (-sure[code], code))[:MOST_CODES]


def suppliers_that_fit(asked: TenderQuestion, *, user: Visitor, limit: int = SHOWN) -> list[Fit]:
    """The best `limit` published suppliers, best first: at most six statements, whatever their number."""
    found = find_candidates(asked, where="near first")
    near = [profile for profile in found if area_verdict(asked.tender, profile) != "none"]
    matches = best_matches(asked.tender, near, asked.statistics, limit=limit)
    if len(matches) < FEW:
        wider = [profile for profile in found if area_verdict(asked.tender, profile) == "none"]
        matches += best_matches(
            asked.tender, wider, asked.statistics, limit=FEW - len(matches), worth_it=False
        )
    return _explained(asked, matches, found, user)


def fits_of_suppliers(asked: TenderQuestion, *, suppliers: Iterable[int], user: Visitor) -> dict[int, Fit]:
    """How these suppliers fit, by their ids; without those that nothing speaks for."""
    wanted = set(suppliers)
    found = [profile for profile in find_candidates(asked, where="anywhere") if profile.key in wanted]
    matches = best_matches(asked.tender, found, asked.statistics, limit=len(wanted), worth_it=False)
    return {fit.supplier.pk: fit for fit in _explained(asked, matches, found, user)}


def _explained(
    asked: TenderQuestion, matches: list[Match], found: list[SupplierProfile], user: Visitor
) -> list[Fit]:
    if not matches:
        return []
    by_key = {profile.key: profile for profile in found}
    whole = with_details(asked, [by_key[match.key] for match in matches])
    rows = (
        Supplier.objects.published()
        .visible_to(user)
        .filter(pk__in=[match.key for match in matches])
        .select_related("organisation")
    )
    suppliers = {
        supplier.pk: supplier for supplier in rows.annotate(lacks_authorisation=_lacks_any(asked.tender))
    }
    return [
        Fit(
            supplier=suppliers[int(match.key)],
            points=round(match.points),
            reasons=match_reasons(asked.tender, untaught(whole[match.key]), asked.statistics),
            lacks=_lacks(asked.tender, whole[match.key], suppliers[int(match.key)]),
        )
        for match in matches
        if int(match.key) in suppliers  # withdrawn since the directory was read
    ]


def _lacks(tender: TenderProfile, profile: SupplierProfile, supplier: Any) -> list[Lack]:
    """What is missing or unknown; the supplier as `_explained` reads it."""
    capacity = capacity_verdict(tender, profile)
    missing: dict[Lack, bool] = {
        "elsewhere": area_verdict(tender, profile) == "none",
        "too_large": capacity == "none",
        "authorisation": supplier.lacks_authorisation,
        "near_ceiling": capacity == "part",
        "area_unknown": not profile.serves,
        "capacity_unknown": bool(tender.amount) and not profile.capacity,
        "unverified": supplier.verified_until is None or supplier.verified_until < timezone.localdate(),
    }
    return [lack for lack, is_missing in missing.items() if is_missing]


def _lacks_any(tender: TenderProfile) -> Exists:
    """Of a supplier: whether a rule may ask of this contract what it does not say that it holds, or what has run out."""
    valid = Q(expires_on__isnull=True) | Q(expires_on__gte=timezone.localdate())
    held = HeldCertification.objects.filter(
        valid, certification=OuterRef("certification"), supplier=OuterRef(OuterRef("pk"))
    )
    amount = None if tender.amount is None else Decimal(tender.amount)
    rules = AuthorisationRule.objects.asked_by(category=tender.nature, amount=amount)
    return Exists(rules.exclude(certification=None).exclude(Exists(held)))
