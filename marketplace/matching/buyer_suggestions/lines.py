"""A suggested supplier as a page and a mail show it: who, why, and for which purchase."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from marketplace.matching.buyer_sentences import FIRST, reason_line
from marketplace.matching.buyer_suggestions.models import BuyerSuggestion
from marketplace.matching.engine import Reason

REASONS_SHOWN = 3


@dataclass(frozen=True)
class SuggestionLine:
    name: str
    url: str
    place: str
    purchase: str
    purchase_url: str
    reasons: list[str]
    told_at: datetime | None


def suggestion_lines(
    suggestions: Iterable[BuyerSuggestion], told: dict[int, datetime] | None = None
) -> list[SuggestionLine]:
    """`suggestions` come from `with_lines`; `told`: when a mail named a supplier, by its id."""
    return [_line(suggestion, (told or {}).get(suggestion.supplier_id)) for suggestion in suggestions]


def with_lines(rows: Any) -> Any:
    """What the lines read, along."""
    return rows.select_related("supplier__organisation", "need", "tender").order_by("-points", "pk")


def _line(suggestion: BuyerSuggestion, told_at: datetime | None) -> SuggestionLine:
    supplier = suggestion.supplier
    return SuggestionLine(
        name=supplier.organisation.name,
        url=reverse("suppliers:supplier", args=[supplier.slug]),
        place=supplier.organisation.town,
        purchase=purchase_sentence(suggestion),
        purchase_url=reverse("needs:need", args=[suggestion.need.slug])
        if suggestion.need
        else reverse("tenders:tender", args=[suggestion.tender.ocid]),  # type: ignore[union-attr]
        reasons=_reasons(suggestion),
        told_at=told_at,
    )


def purchase_sentence(suggestion: BuyerSuggestion) -> str:
    """« Pour votre besoin : « Déneigement du stationnement » »"""
    title = Truncator(suggestion.purchase.title).chars(110)
    if suggestion.tender is None:
        return _("Pour votre besoin : « %(title)s »") % {"title": title}
    published = suggestion.tender.published_at
    said = {"title": title, "year": published.year if published else ""}
    if suggestion.tender.awarded:
        return _("Pour un contrat attribué, avis de %(year)s : « %(title)s »") % said
    return _("Pour votre avis de %(year)s : « %(title)s »") % said


def _reasons(suggestion: BuyerSuggestion) -> list[str]:
    """What is bought comes before where and how much; one line each."""
    rows = sorted(
        (Reason(**one) for one in suggestion.reasons if one["verdict"] != "none"),
        key=lambda reason: FIRST.index(reason.kind),
    )
    return [line for reason in rows if (line := reason_line(reason))][:REASONS_SHOWN]
