"""Why a supplier stands where it does, in parts of a sentence: « offre « Entretien ménager… », livre à Trois-Rivières, vérifiée »."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number
from suppliers.wording import distance_text, enumerate_names, in_town, served_label, served_place

from .hits import ALL, ANY, IMPORTANT, Hits
from .marking import has_marked_word
from .ordering import reaching_tokens
from .wishes import Wishes

if TYPE_CHECKING:
    from marketplace.territories.points import Place

LONGEST_TITLE = 60


class Told(Protocol):
    """What of a row the sentence speaks of."""

    name: str
    place: str
    offers_text: str
    activity: str
    serves: list[str]
    verified_until: date | None
    distance_km: float | None


def say_why(row: Told, wishes: Wishes, place: Place, today: date, *, is_there: bool) -> tuple[str, ...]:
    """What it offers that fits, where it delivers, how far it is, whether it is verified: only what the wishes make matter."""
    parts = [_what(row, wishes)] if wishes.whats else []
    if place:
        if row.distance_km == 0 and row.place:
            parts.append(_("siège %(in_town)s") % {"in_town": in_town(row.place)})
        elif reaching := [token for token in row.serves if token in reaching_tokens(place)]:
            token = min(reaching, key=lambda one: (one == "Q", one[0] == "R"))
            label = served_label([token])
            parts.append(f"{label[0].lower()}{label[1:]} {served_place(token)}")
        elif not is_there:
            parts.append(_("livraison à cet endroit non précisée"))
        if row.distance_km and row.distance_km >= 1:
            parts.append(distance_text(row.distance_km))
    if row.verified_until and row.verified_until >= today:
        parts.append(_("vérifiée"))
    return tuple(part for part in parts if part)


def _what(row: Told, wishes: Wishes) -> str:
    stems = wishes.stems
    if title := fitting_title(row.offers_text, wishes):
        if len(title) > LONGEST_TITLE:
            title = title[:LONGEST_TITLE].rsplit(" ", 1)[0].rstrip(" ,;") + "…"
        return _("offre «\u00a0%(title)s\u00a0»") % {"title": title}
    if has_marked_word(row.name, stems):
        return _("d’après son nom")
    if has_marked_word(row.activity, stems):
        return _("d’après son activité")
    return ""


def fitting_title(offers_text: str, wishes: Wishes) -> str:
    """The offer that has most of the words typed; of what only means the same, the first."""
    titles = [title for title in offers_text.split("; ") if title]
    typed = [what.stems for what in wishes.whats if what.stems and not what.faint]
    best = max(titles, key=lambda title: _said(title, typed), default="")
    if best and _said(best, typed):
        return best
    return next((title for title in titles if has_marked_word(title, wishes.stems)), "")


def _said(title: str, typed: Sequence[Collection[str]]) -> int:
    return sum(has_marked_word(title, [stem]) for stems in typed for stem in stems)


def tier_headings(tiers: Sequence[int], reach: int, hits: Hits, wishes: Wishes) -> dict[int, str]:
    """« 3 fournisseurs répondent à toute la recherche », « 41 à « traiteur » »; none where everyone answers all."""
    listed = [tier for tier in range(reach + 1) if tier < len(tiers) and tiers[tier]]
    if not listed or listed == [ALL]:
        return {}
    headings = {}
    for tier in listed:
        n = {"n": format_number(tiers[tier])}
        if tier == ALL:
            said = ngettext(
                "%(n)s fournisseur répond à toute la recherche",
                "%(n)s fournisseurs répondent à toute la recherche",
                tiers[tier],
            )
            headings[ALL] = said % n
        elif tier == IMPORTANT and (names := important_names(hits, wishes)):
            said = ngettext(
                "%(n)s fournisseur répond à %(what)s", "%(n)s fournisseurs répondent à %(what)s", tiers[tier]
            )
            headings[IMPORTANT] = said % {**n, "what": enumerate_names(names)}
        else:
            said = ngettext(
                "%(n)s fournisseur répond à une partie de la recherche",
                "%(n)s fournisseurs répondent à une partie de la recherche",
                tiers[tier],
            )
            headings[ANY if tier == ANY else tier] = said % n
    return headings


def important_names(hits: Hits, wishes: Wishes) -> list[str]:
    return [_("«\u00a0%(word)s\u00a0»") % {"word": wishes.whats[number].label} for number in hits.important]
