"""UNSPSC codes from plain words: what the lexicon says they mean, what labels say, what offers that say the same carry.

Nobody chose what is proposed here: each proposal says what it comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial, reduce
from typing import TYPE_CHECKING

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.code_words import CodeWords, code_words
from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import code_label
from marketplace.classification.lexicon.reading import read_lexicon
from marketplace.classification.lexicon.words import JOINING, word_form
from marketplace.classification.meant_codes import meant_codes
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_number
from suppliers.search.corrections import correct_words
from suppliers.search.stem_index import Asked, ask_stems
from suppliers.search.stems import stem_words
from suppliers.search.tokens import split_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

SHOWN = 6
#: Texts are read up to here; suppliers with similar offers are looked at up to here.
LONGEST = 200
NEIGHBOURS = 300
#: Words that name no good and no service, beside those that only join others.
EMPTY = JOINING | frozenset(
    fold_text(
        "ce clef cle location nous offre offres on produit produits sans service services tous tout toute toutes type vente"
    ).split()
)


@dataclass(frozen=True)
class CodeSuggestion:
    """A code to propose, and the sentence that says why."""

    code: str
    label: str
    why: str


def suggest_codes(text: str) -> list[CodeSuggestion]:
    """At most six codes for an offer in plain words, the likeliest first; none where no word says anything."""
    text = text[:LONGEST]
    said = " ".join(word for word in fold_text(text).split() if word not in EMPTY and len(word) > 1)
    if not said:
        return []
    return rank_codes(said, code_words(), codes_used_for(text), meant_codes(fold_text(text), read_lexicon()))


def rank_codes(
    said: str, known: CodeWords, used: Mapping[str, int], meant: Mapping[str, int] | None = None
) -> list[CodeSuggestion]:
    """`used` counts, by code, the suppliers whose offers say the same; a few of them outweigh one shared word.

    Where the lexicon knows what the words mean, its codes come first and nothing of another segment follows: one word in
    common is chance.
    """
    meant = meant or {}
    segments = {code[:2] for code in meant}
    points: Counter[str] = Counter(meant)
    fits = dict(known.candidates(said))
    points.update({code: round(1000 * fit) for code, fit in fits.items()})
    most = max(used.values(), default=0)
    points.update(
        {code: round(900 * count / most * min(1.0, 0.4 + count / 5)) for code, count in used.items()}
    )
    if segments:
        points = Counter({code: n for code, n in points.items() if code[:2] in segments})
    best = sorted(points, key=lambda code: (-points[code], code))[:SHOWN]
    return [
        CodeSuggestion(code, label, _why(label, said, used.get(code, 0), code in meant))
        for code in best
        if (label := known.label_of(code) or code_label(code))
    ]


# The search's index finds the suppliers; only the offers of those few are read word by word.
_USED = """
SELECT oc.unspsccode_id, count(DISTINCT o.supplier_id)
FROM suppliers_offer o
JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
WHERE o.supplier_id = ANY(%(neighbours)s)
AND to_tsvector('public.french_unaccent', f_fold(o.title || ' ' || o.description)) @@ %(query)s::tsquery
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""


def codes_used_for(text: str) -> dict[str, int]:
    """How many published suppliers have an offer with all these words under each code; slips are forgiven.

    One word of several in common makes another offer (« gestion documentaire », « gestion de cafétéria »).
    """
    words = [token.key for token in split_tokens(text) if token.key not in EMPTY and len(token.key) > 1]
    offering = _offering(words)
    if missing := [word for word, found in offering.items() if not len(found)]:
        meant = {typed: fold_text(one.shown) for typed, one in correct_words(missing).items() if one.clear}
        offering = _offering([meant.get(word, word) for word in words])
    if not offering:
        return {}
    neighbours = reduce(partial(np.intersect1d, assume_unique=True), offering.values())[:NEIGHBOURS]
    if not len(neighbours):
        return {}
    # Safe in a tsquery: folded words and their stems are letters and digits.
    query = " & ".join(f"'{stem}'" for stem in stem_words(offering).values())
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"query": query, "neighbours": neighbours.tolist()})
        return {code: count for code, count in cursor.fetchall() if normalise_code(code)}


def _offering(words: list[str]) -> dict[str, NDArray[np.int64]]:
    """Who says each word of an offer, in its title or its description; words too common to be kept are left out."""
    stems = {word: stem for word, stem in stem_words(words).items() if stem}
    asked = [
        Asked(field=field, term=((stem,),)) for stem in stems.values() for field in ("offers", "details")
    ]
    found = ask_stems(asked) if asked else []
    return {word: np.union1d(found[2 * at], found[2 * at + 1]) for at, word in enumerate(stems)}


def _why(label: str, said: str, count: int, is_meant: bool) -> str:
    if count:
        sentence = ngettext(
            "%(n)s fiche publiée a une offre semblable sous ce code.",
            "%(n)s fiches publiées ont une offre semblable sous ce code.",
            count,
        )
        return sentence % {"n": format_number(count)}
    if is_meant:
        return _("Proposé d’après vos mots.")
    return _("Son libellé contient « %(word)s ».") % {"word": _shared_word(label, said)}


def _shared_word(label: str, said: str) -> str:
    """The first word of a label that the text has too, as written; what was said where they meet in the other language."""
    asked = {word_form(word) for word in said.split()}
    for word in label.replace("’", " ").split():
        if word_form(fold_text(word)) in asked:
            return word.strip("(),;.")
    return said
