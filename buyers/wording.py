"""How notices are spoken of: their state with its badge, their place, their buyer."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.classification.labels import code_label
from marketplace.territories import choices as territories
from marketplace.web.folding import fold
from marketplace.web.typography import format_day_short, format_in_days, format_moment

from .models import Tender


@dataclass(frozen=True, kw_only=True)
class State:
    """A badge: its kind (ok, wait, no, info, plain) and its word."""

    kind: str
    word: str


def state(tender: Tender) -> State:
    """Open is said only while it can still be answered; what is over says how it ended."""
    if tender.is_open:
        return State(kind="info", word=_("Ouvert"))
    status = Tender.Status(tender.status)
    if status == Tender.Status.ACTIVE:
        return State(kind="plain", word=_("Fermé, pas encore attribué") if tender.closes_at else _("Fermé"))
    return {
        Tender.Status.COMPLETE: State(kind="ok", word=_("Attribué")),
        Tender.Status.CANCELLED: State(kind="no", word=_("Annulé")),
        Tender.Status.UNSUCCESSFUL: State(kind="no", word=_("Sans suite")),
        Tender.Status.PLANNED: State(kind="wait", word=_("Annoncé")),
    }[status]


def closing(tender: Tender) -> str:
    """« Clôture le 8 déc. 2026, 11 h, dans 7 jours », « Clôturé le 1ᵉʳ déc. 2026 »; empty where no date is known."""
    if tender.closes_at is None:
        return ""
    if tender.is_open:
        return _("Clôture le %(moment)s, %(near)s") % {
            "moment": format_moment(tender.closes_at),
            "near": format_in_days(tender.closes_at),
        }
    if tender.closes_at > timezone.now():
        return _("Clôture prévue le %(day)s") % {"day": format_day_short(tender.closes_at)}
    return _("Clôturé le %(day)s") % {"day": format_day_short(tender.closes_at)}


def closes(tender: Tender) -> str:
    """The closing date alone, beside its label: « 8 déc. 2026, 11 h, dans 7 jours »."""
    if tender.closes_at is None:
        return ""
    near = f", {format_in_days(tender.closes_at)}" if tender.is_open else ""
    return format_moment(tender.closes_at) + near


def place(tender: Tender, beside: str = "") -> str:
    """« Shawinigan, Mauricie », less the names that already stand in `beside`; empty where the region is unknown."""
    region = territories.regions().get(tender.region_id or "", "")
    mrc = territories.mrcs().get(tender.mrc_id or "")
    names = dict.fromkeys(filter(None, [mrc.name if mrc else "", region]))
    said = f" {fold(beside)} "
    return ", ".join(name for name in names if f" {fold(name)} " not in said)


def coded(code: str) -> tuple[str, str]:
    """A code and its label: never a code alone where a label is known."""
    return code, code_label(code)
