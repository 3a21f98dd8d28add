"""What an institution buys, from whom and until when, as its public notices say it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.classification.labels import code_label, seao_category_labels
from marketplace.web.languages import WrittenText
from marketplace.web.slots import read_facts
from marketplace.web.typography import format_amount, format_day_short

from .models import Award, Buyer
from .models.notices import DOLLARS
from .wording import tender_title

YEARS = 3
READ = 2_000  # awards, the newest; an institution that has more is known enough by these
CATEGORIES, SELLERS, ENDING = 6, 8, 10


@dataclass(frozen=True, kw_only=True)
class Share:
    """A category or a seller: how many contracts, for how much in dollars where any amount is known."""

    label: str
    contracts: int
    amount: str
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class EndingContract:
    title: WrittenText
    url: str
    seller: str
    ends: str
    is_reckoned: bool


def purchases_context(buyer: Buyer) -> dict[str, Any]:
    """For the page of an institution; two SQL queries at most. Empty lists where its notices award nothing."""
    today = timezone.localdate()
    lately = today - timedelta(days=365 * YEARS)
    recent = Q(awarded_on__gte=lately) | Q(awarded_on=None, tender__published_at__date__gte=lately)
    rows = Award.objects.standing().filter(recent | Q(ends_on__gte=today), tender__buyer=buyer)
    rows = rows.select_related("tender", "organisation").defer("tender__description", "tender__lots_text")
    awards = list(rows.order_by(F("awarded_on").desc(nulls_last=True), "-pk")[:READ])
    pages: dict[int, str] = dict(
        read_facts("organisation.pages", {award.organisation_id for award in awards if award.organisation_id})
    )
    return {
        "bought": _categories(awards),
        "sellers": _sellers(awards, pages),
        "ending": _ending(awards, today),
        "years": YEARS,
    }


def _categories(awards: Iterable[Award]) -> list[Share]:
    """A contract that several share counts once."""
    amounts: dict[str, dict[tuple[int, str], Decimal]] = defaultdict(dict)
    for award in awards:
        amounts[_category(award)][award.tender_id, award.award_id] = _dollars(award)
    return _shares({label: list(found.values()) for label, found in amounts.items() if label}, CATEGORIES)


def _category(award: Award) -> str:
    tender = award.tender
    if label := seao_category_labels().get(tender.seao_category_id or ""):
        return label
    return next((label for code in tender.unspsc if (label := code_label(code[:2].ljust(8, "0")))), "")


def _sellers(awards: Iterable[Award], pages: dict[int, str]) -> list[Share]:
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    urls: dict[str, str] = {}
    for award in awards:
        if name := _seller(award):
            amounts[name].append(_dollars(award))
            urls[name] = pages.get(award.organisation_id or 0, "")
    return _shares(amounts, SELLERS, urls)


def _shares(amounts: dict[str, list[Decimal]], most: int, urls: dict[str, str] | None = None) -> list[Share]:
    ordered = sorted(amounts.items(), key=lambda pair: (-len(pair[1]), -sum(pair[1]), pair[0]))
    return [
        Share(
            label=label,
            contracts=len(found),
            amount=format_amount(total, DOLLARS) if (total := sum(found, Decimal())) else "",
            url=(urls or {}).get(label, ""),
        )
        for label, found in ordered[:most]
    ]


def _ending(awards: Iterable[Award], today: date) -> list[EndingContract]:
    ahead = sorted((award for award in awards if award.ends_on and award.ends_on >= today), key=_end)
    return [
        EndingContract(
            title=tender_title(award.tender),
            url=reverse("tenders:tender", args=[award.tender.ocid]),
            seller=_seller(award) or _("adjudicataire non précisé"),
            ends=format_day_short(award.ends_on),
            is_reckoned=award.end_is_reckoned,
        )
        for award in ahead[:ENDING]
    ]


def _end(award: Award) -> tuple[date, int]:
    return (award.ends_on or date.max, award.pk)


def _seller(award: Award) -> str:
    return award.organisation.name if award.organisation else award.name


def _dollars(award: Award) -> Decimal:
    return award.amount if award.amount is not None and award.currency == DOLLARS else Decimal()
