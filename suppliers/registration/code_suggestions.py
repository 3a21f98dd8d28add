"""UNSPSC codes from plain words: what the labels say, and what other suppliers chose for offers that say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import code_label, known_code_labels
from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process
from marketplace.web.typography import format_number
from suppliers.search import read_search_text

SHOWN = 6
#: Texts are read up to here; suppliers with similar offers are looked at up to here.
LONGEST = 200
NEIGHBOURS = 300
#: Words that name no good and no service.
EMPTY = frozenset(
    fold_text(
        "a au aux avec ce chez clef cle clé d dans de des du en et l la le les leur leurs location n nos notre on ou"
        " par pour produit produits s sans service services son sur sa ses tous tout toute toutes type un une vente vos"
        " votre nous offre offres"
    ).split()
)
_ENDINGS = (
    "ements",
    "ement",
    "ations",
    "ation",
    "euses",
    "euse",
    "eurs",
    "eur",
    "ages",
    "age",
    "es",
    "s",
    "x",
    "e",
)


@dataclass(frozen=True)
class CodeSuggestion:
    """A code to propose, and the sentence that says why."""

    code: str
    label: str
    why: str


def suggest_codes(text: str) -> list[CodeSuggestion]:
    """At most six codes for an offer in plain words, the likeliest first; none where no word says anything."""
    words = [word for word in fold_text(text[:LONGEST]).split() if word not in EMPTY and len(word) > 1]
    if not words:
        return []
    return rank_codes(words, code_vocabulary(), codes_used_for(text[:LONGEST]))


def rank_codes(words: Iterable[str], known: Vocabulary, used: Mapping[str, int]) -> list[CodeSuggestion]:
    """Pure. `used` counts, by code, the suppliers whose offers say the same; a few of them outweigh one shared word."""
    asked = {word_root(word) for word in words}
    points: Counter[str] = Counter()
    shared: dict[str, set[str]] = {}
    for word in asked:
        for code in known.by_root.get(word, ()):
            shared.setdefault(code, set()).add(word)
    for code, common in shared.items():
        weight = sum(known.weight(word) for word in common)
        whole = sum(known.weight(word) for word in asked | known.roots[code]) or 1.0
        points[code] += round(1000 * weight / whole)
    most = max(used.values(), default=0)
    for code, count in used.items():
        points[code] += round(900 * count / most * min(1.0, 0.4 + count / 5))
    best = sorted(points, key=lambda code: (-points[code], code))[:SHOWN]
    return [
        CodeSuggestion(code, label, _why(code, known, shared.get(code, set()), used.get(code, 0)))
        for code in best
        if (label := known.labels.get(code) or code_label(code))
    ]


def word_root(word: str) -> str:
    """A folded word less its ending, so that « nettoyages » meets « nettoyage »; never under four letters.

    >>> word_root("entretiens"), word_root("traiteur"), word_root("jus")
    ('entretien', 'trait', 'jus')
    """
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


@dataclass(frozen=True)
class Vocabulary:
    """The labels of the codes, ready to be looked up by the roots of their words."""

    labels: dict[str, str]
    roots: dict[str, frozenset[str]]
    by_root: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, labelled: Mapping[str, str]) -> Vocabulary:
        roots = {
            code: frozenset(
                word_root(word) for word in fold_text(label).split() if word not in EMPTY and len(word) > 1
            )
            for code, label in labelled.items()
        }
        by_root: dict[str, list[str]] = {}
        for code, words in roots.items():
            for word in words:
                by_root.setdefault(word, []).append(code)
        return cls(dict(labelled), roots, {word: tuple(found) for word, found in by_root.items()})

    def weight(self, word: str) -> float:
        """A rare word says more; one that no label has says nothing about labels, and still counts a little."""
        return log(2 + len(self.labels) / (1 + len(self.by_root.get(word, ()))))

    def word_of(self, code: str, roots: set[str]) -> str:
        """The first word of a label with one of these roots, as written."""
        for word in self.labels.get(code, "").replace("’", " ").split():
            if word_root(fold_text(word)) in roots:
                return word.strip("(),;.")
        return ""


@cached_in_process
def code_vocabulary() -> Vocabulary:
    """The labels of this process, read again at most once a minute."""
    return Vocabulary.of(known_code_labels())


# The directory's index finds the suppliers; only the offers of those few are read word by word.
_USED = """
SELECT oc.unspsccode_id, count(DISTINCT o.supplier_id)
FROM suppliers_offer o
JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
WHERE o.supplier_id IN (
    SELECT t.entry_id FROM suppliers_directorytext t WHERE t.search @@ %(query)s::tsquery LIMIT %(neighbours)s
) AND to_tsvector('public.french_unaccent', o.title || ' ' || o.description) @@ %(query)s::tsquery
GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20
"""


def codes_used_for(text: str) -> dict[str, int]:
    """How many published suppliers chose each code for an offer with these words; slips are forgiven.

    All words first; where no offer has them all, any of them.
    """
    read = read_search_text(text)
    stems = [stem for stem in read.stems if stem and stem not in EMPTY and stem.isalnum()]
    if not stems:
        return {}
    for joint in (" & ", " | "):
        with connection.cursor() as cursor:
            query = joint.join(f"'{stem}'" for stem in stems)
            cursor.execute(_USED, {"query": query, "neighbours": NEIGHBOURS})
            if found := {code: count for code, count in cursor.fetchall() if normalise_code(code)}:
                return found
    return {}


def _why(code: str, known: Vocabulary, common: set[str], count: int) -> str:
    if count:
        sentence = ngettext(
            "%(n)s fournisseur l’a choisi pour une offre semblable.",
            "%(n)s fournisseurs l’ont choisi pour une offre semblable.",
            count,
        )
        return sentence % {"n": format_number(count)}
    return _("Son libellé parle de « %(word)s ».") % {"word": known.word_of(code, common)}
