"""What is proposed while a buyer types: words, offers, enterprises and places that begin so.

One SQL statement for titles and the names of enterprises; nothing that is typed is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from django.db import connection
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.territories.typed_places import suggest_places
from marketplace.web.folding import fold_text

from .offered_words import offered_terms, offered_words

MOST_TYPED = 80  # characters that are read
MOST_WORDS, MOST_OFFERS, MOST_PLACES, MOST_NAMES = 3, 4, 2, 3
MOST_TOWNS = 7  # where only a place is asked
LEAST_OF_A_NAME = 3  # letters, before enterprises and places are looked for

#: « traiteur à Shaw », « cleaning near Trois »: what is asked, then a place that is being typed.
_PLACE_BEGINS = re.compile(
    r"(?P<what>.+\s(?:à|a|au|aux|en|dans|près de|pres de|in|near|around)\s+)(?P<where>\S.*)", re.IGNORECASE
)

# Titles are kept for minutes: one that only a withdrawn enterprise had is not proposed.
_NAMES = """
(SELECT title, '' FROM unnest(%(titles)s::text[]) title WHERE EXISTS (
    SELECT 1 FROM suppliers_directorytext t WHERE t.search @@ phraseto_tsquery('public.french_unaccent', f_fold(title))
    AND position(title IN t.offers_text) > 0))
UNION ALL
(SELECT t.name, t.slug FROM suppliers_directoryfacets f JOIN suppliers_directorytext t USING (entry_id)
 WHERE f.sort_name >= %(typed)s AND f.sort_name < %(typed)s || '~' ORDER BY f.sort_name LIMIT %(most)s)
UNION ALL
(SELECT t.name, t.slug FROM suppliers_directorytext t
 WHERE t.search @@ to_tsquery('public.french_unaccent', %(beginnings)s) LIMIT %(most)s)
"""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the field would hold, or where choosing it leads; `kind` in the reader's language."""

    text: str
    kind: str
    url: str = ""

    def as_json(self) -> dict[str, str]:
        return {"text": self.text, "kind": self.kind} | ({"url": self.url} if self.url else {})


def suggest_for_text(text: str) -> list[Suggestion]:
    """For « Bien, service ou nom »."""
    text = " ".join(text.replace("\x00", " ").split())[:MOST_TYPED]
    typed = fold_text(text)
    if len(typed) < 2:
        return []
    titles, names = _still_there(typed, list(islice(_offers_with(typed), 2 * MOST_OFFERS)))
    found = [Suggestion(word, _("mot")) for word in islice(_words_with(typed), MOST_WORDS)]
    found += [Suggestion(title, _("offre")) for title in titles[:MOST_OFFERS]]
    if len(typed) >= LEAST_OF_A_NAME:
        found += [*_places_in(text), *_enterprises(typed, names)]
    return list({fold_text(one.text): one for one in reversed(found)}.values())[::-1]


def suggest_for_place(text: str) -> list[Suggestion]:
    """For « Livré où? »."""
    return [Suggestion(one.label, one.hint) for one in suggest_places(text[:MOST_TYPED], MOST_TOWNS)]


def suggestions_said(count: int) -> str:
    """What a screen reader hears."""
    if not count:
        return _("Aucune suggestion")
    said = ngettext(
        "%(n)s suggestion, flèche bas pour l’atteindre",
        "%(n)s suggestions, flèche bas pour les parcourir",
        count,
    )
    return said % {"n": count}


def _words_with(typed: str) -> Iterator[str]:
    """Terms of the lexicon in the reader's language that begin so, one for a meaning, of what is offered most first."""
    for terms in offered_terms().get((get_language() or "fr")[:2], ()):
        for text, folded in terms:
            if folded.startswith(typed):
                yield text
                break


def _offers_with(typed: str) -> Iterator[str]:
    """Titles that begin so, then those with a word that does, the most offered first."""
    titles = offered_words().titles
    yield from (title for title, folded in titles if folded.startswith(typed))
    yield from (title for title, folded in titles if f" {typed}" in folded)


def _places_in(text: str) -> list[Suggestion]:
    """A place alone leads to who serves it; behind words, it completes them."""
    if match := _PLACE_BEGINS.fullmatch(text):
        if len(fold_text(match["where"])) < LEAST_OF_A_NAME:
            return []
        places = suggest_places(match["where"], MOST_PLACES)
        return [Suggestion(match["what"] + one.label, _("lieu")) for one in places]
    directory = reverse("suppliers:directory")
    return [
        Suggestion(one.label, _("lieu desservi"), f"{directory}?territoire={one.token}")
        for one in suggest_places(text, MOST_PLACES)
    ]


def _still_there(typed: str, titles: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Which of these titles are offered now; names and slugs of enterprises that may begin so."""
    beginnings = " & ".join(f"{word}:*A" for word in typed.split()) if len(typed) >= LEAST_OF_A_NAME else ""
    if not titles and not beginnings:
        return [], []
    # Of two letters no name is looked for: no folded name comes after « ~ ».
    asked = {"titles": titles, "typed": typed if beginnings else "~", "most": MOST_NAMES * 2, "beginnings": beginnings}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, asked)
        found = dict.fromkeys(cursor.fetchall())
    offered = {title for title, slug in found if not slug}
    return [title for title in titles if title in offered], [row for row in found if row[1]]


def _enterprises(typed: str, names: list[tuple[str, str]]) -> list[Suggestion]:
    directory = reverse("suppliers:directory")
    answering = ((name, slug) for name, slug in names if _begins_words(fold_text(name), typed.split()))
    return [
        Suggestion(name, _("entreprise"), f"{directory}{slug}/")
        for name, slug in islice(answering, MOST_NAMES)
    ]


def _begins_words(name: str, words: list[str]) -> bool:
    return all(f" {word}" in f" {name}" for word in words)
