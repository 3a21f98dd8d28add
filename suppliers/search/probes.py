"""What to look for: for each wish, the ways to meet it in each field.

All of them are asked in one statement (`stem_index`). How well each supplier suits is added up in numpy (`hits`).
Everything here is pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from marketplace.territories.points import Place

from .indexing import seat_stem
from .stem_index import Asked, Beginning, Near, Part, Term
from .wishes import NAME_BIT, PLACE_BIT, Stems, What, Wishes

#: How a hit counts: whole terms meet a wish, parts only rank, beginnings and roots count where nothing else is found.
How = Literal["literal", "meaning", "part", "fallback", "near", "name", "seat", "neq", "aside"]

#: What a field is worth. A title of an offer says what is sold; a description may only mention it.
FIELDS = {"name": 1.1, "offers": 1.0, "activity": 0.6, "labels": 0.35, "details": 0.25, "place": 0.3}
LITERAL_FIELDS = ("name", "offers", "activity", "labels", "details", "place")
EXACT_FIELDS = ("name", "offers", "activity", "details")  # what the enterprise wrote itself
MEANING_FIELDS = ("name", "offers", "activity", "details")
WEAK_FIELDS = ("name", "offers", "activity")
TITLES = frozenset(("name", "offers"))  # where they mean less than side by side
LONG_FIELDS = frozenset(("activity", "details"))  # where words far from each other mean nothing together
CODE = 0.7  # a code that the enterprise gave an offer, beside the word itself in a title
LEVELS = (0.9, 0.65, 0.4, 0.2)  # what an alternative counts for, in few steps: each is a question of its own
MEANT = 0.75  # what only means the same, beside the word itself
#: What a term of several words keeps where they stand apart: « centre de pédiatrie sociale » is no « centre social ».
APART, MEANT_APART = 0.6, 0.5
LED = 0.6  # what words that only lead to a meaning keep: « mon propriétaire » is not looked for among owners
FOREIGN = 0.6  # « blind » stands in a listing as what « blindé » is stemmed to
PART, FALLBACK, NEAR = 0.3, 0.5, 0.2
MOST_ALTERNATIVES = 60
#: Stems of names: who collects money or gives time for what others do, and what is left of their fit.
HELPERS, HELPING = ("fondat", "fond", "auxiliair"), 0.8
LEAST_OF_KNOWN = 6  # a word of the lexicon has its terms: « traiteur » is not looked for as « trait »


@dataclass(frozen=True)
class Probe:
    wish: int
    how: How
    weight: float
    asked: Asked


def probes_of(wishes: Wishes) -> list[Probe]:
    found: list[Probe] = []
    for number, what in enumerate(wishes.whats):
        found += _probes_of_what(number, what)
    found += _nearness(wishes)
    if len(wishes.name_stems) > 1:
        found.append(_words(NAME_BIT, "name", 1.0, "name", (wishes.name_stems[:8],)))
    if wishes.name_key and not wishes.neq:
        sql = "SELECT entry_id FROM suppliers_directoryfacets WHERE sort_name = %s"
        found.append(Probe(NAME_BIT, "name", 2.0, Asked(sql=sql, parameters=(wishes.name_key,))))
    found += _aside(wishes)
    if wishes.neq:
        found.append(_neq(wishes.neq))
    if wishes.place:
        found += _seats(wishes.place, wishes.postal, only=not wishes.whats and not wishes.neq)
    return found


def _words(wish: int, how: How, weight: float, column: str, term: Term) -> Probe:
    return Probe(wish, how, weight, Asked(field=column, term=term))


def _probes_of_what(number: int, what: What) -> list[Probe]:
    found: list[Probe] = []
    if what.is_form:
        return [_words(number, "literal", 1.0, "labels", (what.stems,))]
    if what.stems:
        for column in EXACT_FIELDS if what.exact else LITERAL_FIELDS:
            parts = phrase(what.stems) if what.exact else whole_term(what.stems, column)
            weight = FIELDS[column] * (
                LED if what.led and len(what.keys) > 1 else FOREIGN if what.english else 1.0
            )
            if len(what.stems) > 1 and not what.exact and column in TITLES:
                found.append(_words(number, "literal", weight, column, (phrase(what.stems),)))
                weight *= APART
            found.append(_words(number, "literal", weight, column, (parts,)))
        if len(what.stems) > 1 and not what.exact:
            any_stem = tuple((stem,) for stem in what.stems)
            found += [_words(number, "part", FIELDS[c] * PART, c, any_stem) for c in WEAK_FIELDS]
    if not what.exact and not what.faint and (begun := _beginning(what)):
        found += [_words(number, "fallback", FIELDS[c] * FALLBACK, c, begun) for c in WEAK_FIELDS]
    if what.faint:
        return found
    by_level: dict[float, list[Stems]] = defaultdict(list)
    for stems, weight in sorted(what.alternatives, key=lambda one: -one[1])[:MOST_ALTERNATIVES]:
        by_level[_level(weight)].append(stems)
    for level, terms in by_level.items():
        for column in MEANING_FIELDS if level > 0.6 else WEAK_FIELDS:
            # Words that must stand together are looked up in each row: too slow for all that a lexicon says.
            said = [stems for stems in terms if column != "details" or len(stems) == 1]
            if not said:
                continue
            weight = FIELDS[column] * level * MEANT
            scattered = (
                tuple(stems for stems in said if len(stems) > 1) if column in TITLES and level > 0.6 else ()
            )
            if scattered:
                found.append(_words(number, "meaning", weight * MEANT_APART, column, scattered))
            together = tuple(phrase(stems) for stems in said) if scattered else tuple(said)
            found.append(_words(number, "meaning", weight, column, together))
    codes: dict[float, list[str]] = defaultdict(list)
    for prefix, weight in what.codes:
        depth = {2: 0.3, 4: 0.55, 6: 0.8, 8: 1.0}.get(len(prefix), 1.0) if what.keys else 1.0
        codes[_level(weight * depth) if what.keys else weight].append(prefix)
    for level, prefixes in codes.items():
        weight = CODE * level * (MEANT if what.keys else 1.0)
        found.append(_words(number, "meaning", weight, "codes", tuple((prefix,) for prefix in prefixes)))
    return found


def _level(weight: float) -> float:
    """The step that a weight counts as."""
    return next((level for level in LEVELS if weight >= level - 0.12), LEVELS[-1])


def whole_term(stems: Stems, column: str) -> tuple[Part, ...]:
    """All its words; in a long field, two words must follow each other, with at most two small words between."""
    return (Near(*stems),) if len(stems) == 2 and column in LONG_FIELDS else stems


def phrase(stems: Stems) -> tuple[Part, ...]:
    """The words one behind the other, small words between them forgiven."""
    return stems if len(stems) == 1 else tuple(Near(a, b) for a, b in pairwise(stems))


def _beginning(what: What) -> Term:
    """The last word as the beginning of one, and words of the same root: « nettoyer » for « nettoyage »."""
    if len(what.keys) != 1:
        return ()
    key = what.keys[0]
    found = []
    if what.unfinished and len(key) >= 3:
        found.append(key)
    if root := word_root(key):
        found.append(root)
    least = LEAST_OF_KNOWN if what.meanings else 0
    return tuple((Beginning(letters),) for letters in dict.fromkeys(found) if len(letters) >= least)


_ENDINGS = re.compile(
    r"(?:isation|ization|ations?|ateurs?|atrices?|ements?|eurs?|euses?|rices?|ieres?|iers?|ages?|ions?|iques?|ants?|antes?"
    r"|ees?|es?|er|ers|ing|ings|or|ors|ment|s)$"
)


def word_root(key: str) -> str:
    """What words of one family begin with; "" for a short word.

    >>> word_root("traducteurs"), word_root("couturieres"), word_root("imprimeur"), word_root("lac")
    ('traduct', 'coutur', 'imprim', '')
    """
    root = _ENDINGS.sub("", key) if key.isalpha() else ""
    return root if len(root) >= 4 else ""


def _aside(wishes: Wishes) -> Iterable[Probe]:
    """A foundation comes after those for whom it collects, unless the text or what it means says so."""
    terms = [stems for what in wishes.whats for stems in (what.stems, *(one for one, _ in what.alternatives))]
    said = {stem for stems in terms for stem in stems}
    if said.isdisjoint(HELPERS) and any(not what.faint for what in wishes.whats):
        yield _words(-1, "aside", HELPING, "name", tuple((stem,) for stem in HELPERS))


def _nearness(wishes: Wishes) -> Iterable[Probe]:
    """Neighbouring words that stand together say more than words scattered over offers."""
    said = [(number, what) for number, what in enumerate(wishes.whats) if what.stems and not what.faint]
    for (_n, one), (number, other) in pairwise(said):
        near = ((Near(one.stems[-1], other.stems[0]),),)
        yield from (_words(number, "near", NEAR * FIELDS[c], c, near) for c in WEAK_FIELDS)


def _neq(digits: str) -> Probe:
    sql = (
        "SELECT e.supplier_id AS entry_id FROM suppliers_directoryentry e"
        " JOIN suppliers_supplier s ON s.id = e.supplier_id JOIN accounts_organisation o ON o.id = s.organisation_id"
        " WHERE o.neq LIKE %s"
    )
    return Probe(NAME_BIT, "neq", 1.0, Asked(sql=sql, parameters=(digits + "%",)))


def _seats(place: Place, postal: str, *, only: bool) -> list[Probe]:
    """Who is seated in the municipality; where a text names nothing but a place, also in its MRC or region."""
    found = []
    if postal:
        found.append(_words(PLACE_BIT, "seat", 1.0, "place", ((Beginning(postal.lower()),),)))
    elif place.municipality:
        found.append(
            _words(PLACE_BIT, "seat", 1.0, "seat", ((seat_stem("municipality", place.municipality),),))
        )
    if only:
        stem = seat_stem("mrc", place.mrc) if place.mrc else seat_stem("region", place.region or "")
        found.append(_words(PLACE_BIT, "seat", 0.5, "seat", ((stem,),)))
    return found
