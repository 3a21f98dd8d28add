"""One supplier in the list: what it offers that fits, where, how far, its proof, its capacity, and why it stands here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number

from .directory import DirectoryRow
from .search.marking import excerpt_text, has_marked_word, mark_text
from .supplier_pictures import picture_url
from .trade_signs import trade_sign
from .verification import verification_of
from .wording import (
    capacity_text_short,
    in_town,
    reference_count_text,
    served_label,
    served_places_in_sentence,
    staff_text,
)

SHOWN_OFFERS = 2
SHOWN_PLACES = 2
BETWEEN = " · "


def supplier_cards(
    found: Iterable[DirectoryRow], kept: Mapping[int, str] | None = None
) -> list[dict[str, Any]]:
    """`kept`: what the reader keeps in a selection, by supplier."""
    kept = kept or {}
    # A supplier's address is this and its slug; reversing each costs more.
    base = reverse("suppliers:directory")
    today = timezone.localdate()
    return [_card(one, base, today, kept.get(one.supplier_id, "")) for one in found]


def _card(row: DirectoryRow, base: str, today: date, kept: str) -> dict[str, Any]:
    offers, more = offers_that_fit(row)
    return {
        "url": f"{base}{row.slug}/",
        "name": row.name,
        "sign": trade_sign(row.codes, row.sector),
        "picture": picture_url(row.logo or row.photo) if row.logo or row.photo else "",
        "is_photo": not row.logo,
        "verification": verification_of(row, today),
        "offers": offers,
        "more": more,
        "echo": activity_that_fits(row),
        "why": why_it_stands_here(row),
        "facts": BETWEEN.join(_facts(row)),
        "tier": row.tier,
        "slug": row.slug,
        "kept": kept,
    }


def _facts(row: DirectoryRow) -> list[str]:
    """« OBNL à Shawinigan », « 41 personnes », « livre à Trois-Rivières », « contrats jusqu’à 150 000 $ »,
    « 2 références confirmées ».

    Where a search says why it stands here, that says the places.
    """
    who = str(row.form.label)
    if row.place:
        who = f"{who} {in_town(row.place)}"
    facts = [who[0].upper() + who[1:]]
    if people := staff_text(row.staff_count):
        facts.append(people)
    served = "" if row.why else served_places_in_sentence(row.serves, SHOWN_PLACES)
    if served:
        label = served_label(row.serves)
        facts.append(f"{label[0].lower()}{label[1:]} {served}")
    if capacity := capacity_text_short(row.capacity):
        facts.append(capacity)
    if row.reference_count:
        facts.append(reference_count_text(row.reference_count))
    return facts


def why_it_stands_here(row: DirectoryRow) -> str:
    """« Livre à Trois-Rivières, à 4 km »: what the search says of it, less what the card says already, offer and badge."""
    titles = [title for title in row.offers_text.split("; ") if has_marked_word(title, row.stems)]
    said_above = {_("vérifiée")}
    parts = [
        part for part in row.why if part not in said_above and not any(title[:50] in part for title in titles)
    ]
    said = ", ".join(parts)
    return said[:1].upper() + said[1:]


def offers_that_fit(row: DirectoryRow) -> tuple[SafeString, str]:
    """The titles of its offers that answer, else its first ones, with what was looked for marked; and how many others.

    Where it has no offer, its activity instead.
    """
    titles = [title for title in row.offers_text.split("; ") if title]
    if not titles:
        return mark_text(excerpt_text(row.activity, row.stems), row.stems), ""
    fitting = [title for title in titles if has_marked_word(title, row.stems)] if row.stems else []
    shown = (fitting or titles)[:SHOWN_OFFERS]
    others = len(titles) - len(shown)
    more = ngettext("et %(n)s autre offre", "et %(n)s autres offres", others) % {"n": format_number(others)}
    return mark_text(BETWEEN.join(shown), row.stems), more if others else ""


def activity_that_fits(row: DirectoryRow) -> SafeString | str:
    """Where neither its name nor its offers answer but its activity does, the part of it that does."""
    if not row.stems or not row.offers_text or has_marked_word(f"{row.offers_text} {row.name}", row.stems):
        return ""
    part = excerpt_text(row.activity, row.stems)
    return mark_text(part, row.stems) if has_marked_word(part, row.stems) else ""


def grouped_by_tier(cards: list[dict[str, Any]], headings: dict[int, str]) -> list[dict[str, Any]]:
    """The page's cards with the sentence of their group before its first one; without headings, one group."""
    groups: list[dict[str, Any]] = []
    for card in cards:
        if not groups or (headings and card["tier"] != groups[-1]["tier"]):
            groups.append({"tier": card["tier"], "heading": headings.get(card["tier"], ""), "cards": []})
        groups[-1]["cards"].append(card)
    return groups
