"""The lexicon as pages read it: whole, in memory, at most a minute old.

    for meaning in read_lexicon(): …                     # every group that is in use
    read_lexicon().find("enlèvement de la neige")        # the meanings that a text names, with where

A `Meaning` has `terms`, which say it both ways (typed, and looked for in offers), and `entries`, which only lead to it
(who types « neige » means snow removal; an offer that says « neige » may be a ski school). `leads_to` names other meanings
whose enterprises also answer, less surely: « repas » leads to « traiteur », not the other way round.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection

from marketplace.classification.labelled import in_reader_language
from marketplace.web.folding import fold_text
from marketplace.web.languages import is_english
from marketplace.web.process_cache import cached_in_process

from .models import FULL_WEIGHT, LexiconGroup, LexiconLink, LexiconTerm
from .words import JOINING, text_forms, word_form


class Term(NamedTuple):
    """A way of saying a meaning, as written (accents, apostrophes). `language` is « fr » or « en »; `weight` in ]0, 1]."""

    text: str
    language: str
    weight: float


class Lead(NamedTuple):
    """Another meaning that also answers: its key, and how surely, in ]0, 1]."""

    key: str
    weight: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """A group of the lexicon. `codes` are UNSPSC prefixes (« 761115 »), `sectors` SCIAN ones, the likeliest first."""

    key: str
    label: str
    label_en: str
    terms: tuple[Term, ...]
    entries: tuple[Term, ...] = ()
    leads_to: tuple[Lead, ...] = ()
    codes: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The label in the reader's language."""
        return in_reader_language(self.label, self.label_en)


class Sense(NamedTuple):
    """A meaning that some words have, how surely, in which languages, and whether they name it or only lead to it."""

    meaning: Meaning
    weight: float
    languages: frozenset[str]
    both_ways: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """Words of a text that are a term: those from `start` up to `end` of `fold_text(text).split()`.

    `senses` has more than one where the term stands in several groups, the surest first.
    """

    start: int
    end: int
    words: str
    senses: tuple[Sense, ...]


@dataclass(frozen=True)
class Lexicon:
    """The meanings in use. The same object until someone edits: what is derived from it can be kept under `version`."""

    version: str
    meanings: tuple[Meaning, ...]
    by_key: dict[str, Meaning] = field(init=False, repr=False)
    _by_forms: dict[tuple[str, ...], tuple[Sense, ...]] = field(init=False, repr=False)
    _longest: int = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_forms: dict[tuple[str, ...], dict[str, Sense]] = {}
        for meaning in self.meanings:
            named = ((term, True) for term in meaning.terms)
            for term, both_ways in (*named, *((term, False) for term in meaning.entries)):
                if forms := text_forms(term.text):
                    senses = by_forms.setdefault(forms, {})
                    known = senses.get(meaning.key) or Sense(meaning, 0.0, frozenset(), False)
                    weight, languages = max(known.weight, term.weight), known.languages | {term.language}
                    senses[meaning.key] = Sense(meaning, weight, languages, known.both_ways or both_ways)
        surest = {
            forms: tuple(sorted(senses.values(), key=lambda sense: -sense.weight))
            for forms, senses in by_forms.items()
        }
        object.__setattr__(self, "by_key", {meaning.key: meaning for meaning in self.meanings})
        object.__setattr__(self, "_by_forms", surest)
        object.__setattr__(self, "_longest", max(map(len, by_forms), default=0))

    def __iter__(self) -> Iterator[Meaning]:
        return iter(self.meanings)

    def __len__(self) -> int:
        return len(self.meanings)

    def senses_of(self, term: str, language: str | None = None) -> tuple[Sense, ...]:
        """What a word or an expression means as a whole, singular or plural, whatever joins its words; () if unknown.

        Where it means one thing in French and another in English (« stage »), what it means in `language` (« fr »,
        « en »; None is the reader's).
        """
        return self._senses(text_forms(term), language)

    def _senses(self, forms: tuple[str, ...], language: str | None) -> tuple[Sense, ...]:
        senses = self._by_forms.get(forms, ())
        if len(senses) > 1:
            here = language or ("en" if is_english() else "fr")
            return tuple(sense for sense in senses if here in sense.languages) or senses
        return senses

    def find(self, text: str, language: str | None = None) -> list[Found]:
        """The terms that a text names, from left to right, the longest first where they overlap.

        « conciergerie et enlèvement de la neige » gives two: « conciergerie » and « enlevement de la neige ».
        `language` as in `senses_of`.
        """
        words = fold_text(text).split()
        said = [(at, word_form(word)) for at, word in enumerate(words) if word not in JOINING]
        forms = tuple(form for _at, form in said)
        found: list[Found] = []
        here = 0
        while here < len(forms):
            for length in range(min(self._longest, len(forms) - here), 0, -1):
                if senses := self._senses(forms[here : here + length], language):
                    start, end = said[here][0], said[here + length - 1][0] + 1
                    found.append(Found(start, end, " ".join(words[start:end]), senses))
                    here += length
                    break
            else:
                here += 1
        return found


#: History grows with every edit, whoever makes it; counting catches one that was committed after a later one.
_VERSION = """
SELECT concat_ws(' ', count(*), max(pgh_id), sum(kind)) FROM (
    SELECT pgh_id, 1 AS kind FROM classification_lexicongroupevent
    UNION ALL SELECT pgh_id, 2 FROM classification_lexicontermevent
    UNION ALL SELECT pgh_id, 3 FROM classification_lexiconlinkevent
) edits
"""
_EMPTY = Lexicon("", ())
_last = _EMPTY


@cached_in_process
def read_lexicon() -> Lexicon:
    """The lexicon, looked at again after a minute and read again only where someone edited it."""
    global _last
    version = lexicon_version()
    if _last.version != version:
        _last = Lexicon(version, _load_meanings())
    return _last


def lexicon_version() -> str:
    """Names a state of the lexicon; read before its rows, so that these may be newer than it says, never older."""
    with connection.cursor() as cursor:
        cursor.execute(_VERSION)
        return str(cursor.fetchone()[0])


def _load_meanings() -> tuple[Meaning, ...]:
    groups = list(
        LexiconGroup.objects.filter(is_active=True)
        .order_by("key")
        .values_list("pk", "key", "label", "label_en", "codes", "sectors")
    )
    keys = {pk: key for pk, key, *_rest in groups}
    both: dict[int, list[Term]] = {}
    only: dict[int, list[Term]] = {}
    rows = LexiconTerm.objects.order_by("group", "-language", "-weight", "pk")
    for group, text, language, weight, one_way in rows.values_list(
        "group", "text", "language", "weight", "one_way"
    ):
        (only if one_way else both).setdefault(group, []).append(Term(text, language, weight / FULL_WEIGHT))
    leads: dict[int, list[Lead]] = {}
    for group, target, weight in LexiconLink.objects.order_by("group", "-weight", "pk").values_list(
        "group", "target", "weight"
    ):
        if target in keys:
            leads.setdefault(group, []).append(Lead(keys[target], weight / FULL_WEIGHT))
    return tuple(
        Meaning(
            key=key,
            label=label,
            label_en=label_en,
            terms=tuple(both.get(pk, ())),
            entries=tuple(only.get(pk, ())),
            leads_to=tuple(leads.get(pk, ())),
            codes=tuple(codes.split()),
            sectors=tuple(sectors.split()),
        )
        for pk, key, label, label_en, codes, sectors in groups
    )
