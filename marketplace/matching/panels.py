"""What members see of their suggestions: a panel of « Mon espace », rows on a tender's page. `alerts.panels` has alerts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.matching import sentences
from marketplace.matching.models import Suggestion

SHOWN = 5
SAID = 3
#: What is bought comes before where and how much.
FIRST = ("code", "past", "meaning", "text", "buyer", "beside", "procedure", "area", "capacity", "taught")


@dataclass(frozen=True, slots=True)
class Line:
    """A suggestion of the panel; `said` is what fits and what is to be checked, in one line."""

    suggestion: Suggestion
    said: str
    supplier: str


def suggestion_panel(request: HttpRequest) -> dict[str, Any] | None:
    """The best open notices for the person's suppliers; None for who is no member of one or has no suggestion."""
    if not isinstance(request.user, User):
        return None
    suggestions = list(
        Suggestion.objects.for_members(request.user)
        .open()
        .wanted()
        .select_related("tender", "supplier__organisation")
        .order_by("-points", "tender__closes_at", "pk")[: SHOWN + 1]
    )
    if not suggestions:
        return None
    several = len({suggestion.supplier_id for suggestion in suggestions}) > 1
    return {
        "lines": [
            Line(
                suggestion,
                suggestion_line(suggestion),
                suggestion.supplier.organisation.name if several else "",
            )
            for suggestion in suggestions[:SHOWN]
        ],
        "more": len(suggestions) > SHOWN,
    }


def suggestion_line(suggestion: Suggestion) -> str:
    """« Même code UNSPSC…; livraison en Mauricie, dans votre territoire. »"""
    rows = sorted(
        suggestion.reasons, key=lambda reason: (reason["verdict"] != "full", FIRST.index(reason["kind"]))
    )
    lines = [sentences.short_reason(reason) for reason in rows if reason["verdict"] != "none"][:SAID]
    return (
        "; ".join(line if place == 0 else line[:1].lower() + line[1:] for place, line in enumerate(lines))
        + "."
    )


def tender_reasons(request: HttpRequest, tender: Tender) -> dict[str, Any] | None:
    """The vis-à-vis of a notice's page, one for each of the person's suppliers that it fits; None for anyone else."""
    if not isinstance(request.user, User) or not tender.is_open:
        return None
    suggestions = (
        Suggestion.objects.for_members(request.user)
        .open()
        .wanted()
        .filter(tender=tender)
        .select_related("supplier__organisation")
        .order_by("-points", "pk")
    )
    fits = [
        {
            "suggestion": suggestion,
            "rows": [
                {"verdict": reason["verdict"], "sentence": sentences.reason_sentence(reason)}
                for reason in suggestion.reasons
            ],
        }
        for suggestion in suggestions
    ]
    return {"fits": fits, "tender": tender} if fits else None
