"""UNSPSC codes from plain words: the trades of the social economy, what labels say, what offers that say the same carry.

Nobody chose what is proposed here: each proposal says what it comes from.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.codes import normalise_code
from marketplace.classification.labels import code_label, known_code_labels
from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process
from marketplace.web.typography import format_number
from suppliers.search.words import read_search_text

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
#: Endings of one word (number, gender), and those that make another one of it: « traiteur » is no « traitement ».
_FORMS = ("es", "s", "x", "e")
_ENDINGS = ("ement", "ation", "euse", "eur", "age")
#: A label that shares less than this with what was asked says nothing.
LEAST = 300
TRADES = Path(settings.BASE_DIR) / "marketplace" / "classification" / "reference" / "trades.tsv"


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
    trades = trade_codes({word_root(word) for word in words})
    return rank_codes(words, code_vocabulary(), codes_used_for(text[:LONGEST]), trades)


def rank_codes(
    words: Iterable[str],
    known: Vocabulary,
    used: Mapping[str, int],
    trades: Mapping[str, int] | None = None,
) -> list[CodeSuggestion]:
    """Pure. `used` counts, by code, the suppliers whose offers say the same; a few of them outweigh one shared word.

    Where the words name a trade, its codes come first and nothing of another segment follows: one word in common is chance.
    """
    asked = {word_root(word) for word in words}
    points: Counter[str] = Counter()
    trades = trades or {}
    segments = {code[:2] for code in trades}
    points.update(trades)
    shared: dict[str, set[str]] = {}
    for word in asked:
        for code in known.by_root.get(word, ()):
            shared.setdefault(code, set()).add(word)
    for code, common in shared.items():
        weight = sum(known.weight(word) for word in common)
        whole = sum(known.weight(word) for word in asked | known.roots[code]) or 1.0
        share = round(1000 * weight / whole)
        if share >= LEAST:
            points[code] += share
    most = max(used.values(), default=0)
    for code, count in used.items():
        points[code] += round(900 * count / most * min(1.0, 0.4 + count / 5))
    if segments:
        points = Counter({code: n for code, n in points.items() if code[:2] in segments})
    best = sorted(points, key=lambda code: (-points[code], code))[:SHOWN]
    return [
        CodeSuggestion(code, label, _why(code, known, shared.get(code, set()), used.get(code, 0), trades))
        for code in best
        if (label := known.labels.get(code) or code_label(code))
    ]


def word_root(word: str) -> str:
    """A folded word less its ending, so that « nettoyeuses » meets « nettoyage »; never under four letters, and never
    under six where another word begins alike.

    >>> word_root("entretiens"), word_root("traiteur"), word_root("traitements"), word_root("nettoyages")
    ('entretien', 'traiteur', 'traitement', 'nettoy')
    """
    for ending in _FORMS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word.removesuffix(ending)
            break
    for ending in _ENDINGS:
        for form in (ending, ending.removesuffix("e")):
            if word.endswith(form) and len(word) - len(form) >= 6:
                return word.removesuffix(form)
    return word


@cache
def _trades() -> list[tuple[frozenset[str], tuple[str, ...]]]:
    """(roots that must all be there, codes), by hand: `classification/reference/trades.tsv`."""
    lines = TRADES.read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines if line)
    return [(frozenset(map(word_root, words.split())), tuple(codes.split())) for words, codes in rows]


def trade_codes(asked: set[str]) -> dict[str, int]:
    """The points of the codes of the trades that these roots name. One of more words replaces those that it contains."""
    there = [row for row in _trades() if row[0] <= asked]
    found: dict[str, int] = {}
    for roots, codes in there:
        if any(roots < other for other, _codes in there):
            continue
        for place, code in enumerate(codes):
            found[code] = max(found.get(code, 0), 2000 * len(roots) - 300 * place)
    return found


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
    """How many published suppliers have an offer with all these words under each code; slips are forgiven.

    One word of several in common makes another offer (« gestion documentaire », « gestion de cafétéria »).
    """
    said = " ".join(word for word in text.replace("’", " ").split() if fold_text(word).strip() not in EMPTY)
    read = read_search_text(said)
    if not read.tsquery or read.neq:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_USED, {"query": read.tsquery, "neighbours": NEIGHBOURS})
        return {code: count for code, count in cursor.fetchall() if normalise_code(code)}


def _why(
    code: str,
    known: Vocabulary,
    common: set[str],
    count: int,
    trades: Mapping[str, int],
) -> str:
    if count:
        sentence = ngettext(
            "%(n)s fiche publiée a une offre semblable sous ce code.",
            "%(n)s fiches publiées ont une offre semblable sous ce code.",
            count,
        )
        return sentence % {"n": format_number(count)}
    if code in trades:
        return _("Proposé d’après vos mots.")
    return _("Son libellé parle de « %(word)s ».") % {"word": known.word_of(code, common)}
