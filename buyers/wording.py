"""Tenders and needs in words: the badge of their state, their closing, their place."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.web.folding import fold_text
from marketplace.web.languages import WrittenText, is_english
from marketplace.web.typography import format_day_short, format_in_days, format_moment

from .models import Need, Tender


def tender_title(tender: Tender) -> WrittenText:
    """In the language of the page where the source gives it, else as it was written."""
    if tender.title_en and is_english():
        return WrittenText.of(tender.title_en, "en")
    return WrittenText.of(tender.title, tender.language)


@dataclass(frozen=True, kw_only=True)
class StateBadge:
    """`kind`: ok, wait, no, info or plain."""

    kind: str
    word: str


def tender_badge(tender: Tender) -> StateBadge:
    """Open is said only while it can still be answered; what is over says how it ended."""
    is_part = tender.awarded == Tender.Awarded.PART
    if tender.is_open:
        return StateBadge(kind="info", word=_("Ouvert, attribué en partie") if is_part else _("Ouvert"))
    awarded = StateBadge(kind="ok", word=_("Attribué en partie") if is_part else _("Attribué"))
    if tender.is_running:
        return StateBadge(kind="wait", word=_("Sur invitation"))
    status = Tender.Status(tender.status)
    if status == Tender.Status.ACTIVE:
        if tender.awarded:
            return awarded
        return StateBadge(kind="plain", word=_("Fermé, pas encore attribué"))
    return {
        Tender.Status.COMPLETE: awarded,
        Tender.Status.CANCELLED: StateBadge(kind="no", word=_("Annulé")),
        Tender.Status.UNSUCCESSFUL: StateBadge(kind="no", word=_("Sans suite")),
        Tender.Status.PLANNED: StateBadge(kind="wait", word=_("Annoncé")),
    }[status]


def need_badge(need: Need) -> StateBadge:
    """As `tender_badge`: by invitation is never said open."""
    if need.is_open:
        return StateBadge(kind="info", word=_("Ouvert"))
    if need.is_running:
        return StateBadge(kind="wait", word=_("Sur invitation"))
    return {
        Need.Status.DRAFT: StateBadge(kind="plain", word=_("Brouillon")),
        Need.Status.SUBMITTED: StateBadge(kind="wait", word=_("En vérification")),
        Need.Status.PUBLISHED: StateBadge(kind="plain", word=_("Fermé, décision à venir")),
        Need.Status.DECIDED: StateBadge(kind="ok", word=_("Décision prise")),
        Need.Status.CANCELLED: StateBadge(kind="no", word=_("Annulé")),
    }[Need.Status(need.status)]


def closing_sentence(tender: Tender) -> str:
    """« Clôture le 8 déc. 2026, 11 h, dans 7 jours », « Clôturé le 1ᵉʳ déc. 2026 »; no date of what is over: empty."""
    if tender.closes_at is None:
        return _("Clôture non précisée, voir l’avis") if tender.is_running else ""
    if tender.is_running:
        return _("Clôture le %(moment)s, %(near)s") % {
            "moment": format_moment(tender.closes_at),
            "near": format_in_days(tender.closes_at),
        }
    if tender.closes_at > timezone.now():
        return _("Clôture prévue le %(day)s") % {"day": format_day_short(tender.closes_at)}
    return _("Clôturé le %(day)s") % {"day": format_day_short(tender.closes_at)}


def closing_time(tender: Tender | Need) -> str:
    """The closing date alone, beside its label: « 8 déc. 2026, 11 h, dans 7 jours »; empty where no date is known."""
    if tender.closes_at is None:
        return ""
    near = f", {format_in_days(tender.closes_at)}" if tender.is_running else ""
    return format_moment(tender.closes_at) + near


def tender_place(tender: Tender | Need, beside: str = "") -> str:
    """« Shawinigan, Mauricie », less the names that already stand in `beside`; empty where the region is unknown."""
    region = region_names().get(tender.region_id or "", "")
    mrc = mrcs_by_code().get(tender.mrc_id or "")
    names = dict.fromkeys(filter(None, [mrc.name if mrc else "", region]))
    said = f" {fold_text(beside)} "
    return ", ".join(name for name in names if f" {fold_text(name)} " not in said)
