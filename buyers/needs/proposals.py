"""What is proposed from the text of a need: codes, a place, clauses, needs and notices that look like it. Nothing is chosen
for anyone: a draft that says nothing yet is opened with these, and its buyer keeps what fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F

from buyers.filters import CONFIGURATION
from buyers.models import Buyer, Clause, Need, Tender
from marketplace.classification.code_words import code_words
from marketplace.classification.labels import code_label
from marketplace.classification.lexicon.reading import read_lexicon
from marketplace.classification.lexicon.words import text_forms
from marketplace.classification.meant_codes import meant_codes
from marketplace.territories.labels import territory_label
from marketplace.territories.title_places import current_title_reader
from marketplace.web.folding import fold_text

#: How many codes are proposed, and how many of them are kept where nobody has chosen yet.
CODES, KEPT = 6, 2
SIMILAR = 4
LONGEST = 600  # characters of the text that are read
#: Words that say how, not what: a need for « services » looks like every other.
COMMON = frozenset(
    text_forms("besoin service services fourniture achat contrat projet année ville pour avec")
)


@dataclass(frozen=True)
class ProposedCode:
    code: str
    label: str


def propose_codes(title: str, description: str = "") -> list[ProposedCode]:
    """The likeliest first: what the lexicon says the title means, then what codes are called like it, then the text."""
    known = code_words()
    points = dict(meant_codes(fold_text(title[:LONGEST]), read_lexicon()))
    if not points:
        points = {c: n // 2 for c, n in meant_codes(fold_text(description[:LONGEST]), read_lexicon()).items()}
    segments = {code[:2] for code in points}
    for code, fit in known.candidates(title[:LONGEST]):
        if not segments or code[:2] in segments:
            points[code] = points.get(code, 0) + round(1000 * fit)
    best = sorted(points, key=lambda code: (-points[code], code))[:CODES]
    return [ProposedCode(code, label) for code in best if (label := known.label_of(code) or code_label(code))]


def propose_place(title: str, description: str, buyer: Buyer) -> str:
    """The area that the text names (« 371 », « R04 »), else where the institution is; "" where neither says."""
    reader = current_title_reader()
    for text in (title, description[:LONGEST]):
        found = reader.read(text).sure
        if found.mrc or found.region:
            return found.mrc or f"R{found.region}"
    organisation = buyer.organisation
    return organisation.mrc_id or (f"R{organisation.region_id}" if organisation.region_id else "")


def place_words(token: str, buyer: Buyer) -> str:
    """How the place is written in the form: the institution's own town where it is its MRC."""
    if not token:
        return ""
    organisation = buyer.organisation
    return organisation.town if token == organisation.mrc_id and organisation.town else territory_label(token)


def propose_clauses(title: str, description: str, library: Iterable[Clause]) -> list[Clause]:
    """Clauses of the library that name a word of the text, in its order."""
    said = f" {fold_text(f'{title} {description}'[:4000])} "
    return [
        clause
        for clause in library
        if any(f" {fold_text(word)}" in said for word in clause.words.split(",") if word.strip())
    ]


def similar_needs(need: Need) -> list[Need]:
    """Earlier needs of the institution, then of others that everyone reads, whose words or codes are the same."""
    query = _either_word(need.title)
    if query is None:
        return []
    rows = (
        (Need.objects.filter(buyer=need.buyer) | Need.objects.public())
        .exclude(pk=need.pk)
        .exclude(status=Need.Status.DRAFT)
        .filter(search=query)
        .select_related("buyer__organisation")
        .annotate(fit=SearchRank(F("search"), query))
    )
    found = _close(list(rows.order_by("-fit", "-published_at", "pk")[: 2 * SIMILAR]))
    return sorted(found, key=lambda one: one.buyer_id != need.buyer_id)[:SIMILAR]


def similar_tenders(need: Need) -> list[Tender]:
    """The institution's own notices on SEAO that look like it, the closest first."""
    query = _either_word(need.title)
    if query is None:
        return []
    rows = Tender.objects.filter(buyer=need.buyer, search=query).annotate(fit=SearchRank(F("search"), query))
    return _close(list(rows.order_by("-fit", "-published_at", "pk")[:SIMILAR]))


def _close(rows: list[Any]) -> list[Any]:
    """Those that say at least half as much of the text as the closest one: a word in common is chance."""
    return [row for row in rows if row.fit >= rows[0].fit / 2]


def _either_word(text: str) -> SearchQuery | None:
    """Any of the words that say what is looked for."""
    words = [word for word in dict.fromkeys(fold_text(text[:LONGEST]).split()) if len(word) > 3][:8]
    words = [word for word in words if not set(text_forms(word)) & COMMON]
    if not words:
        return None
    return reduce(or_, (SearchQuery(word, config=CONFIGURATION, search_type="plain") for word in words))
