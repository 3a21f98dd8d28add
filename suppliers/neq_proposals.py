"""Which registry row a row without a NEQ may be, from its name and its place. No database: data in, proposals out.

The score, in points of 100:

- **The name.** Words are folded, abbreviations written out (« St », « CPE », « coop »), articles and « (La) » dropped. Each word
  weighs by how rare it is among the registry's names (1 for a word seen once, near 0.3 for « Mauricie »); legal words
  (« inc. », « coopérative de solidarité », « OBNL ») weigh almost nothing. The share of the two names' weight that agrees gives 0
  to 100; a slip of the finger costs its part of the word. Where all of one name stands in the other and that is not just common
  words, the share of the shorter counts. Letters alone may agree too (« Tourne-sol », « Tournesol »).
- **Initials.** « CAFRSG » alone agrees with a name that states those initials (88) or whose words begin so (60, and 74 from five on).
- **What contradicts.** Where each name has a rare word that the other lacks (« lac Noir », « lac Vert »), up to 30 are taken;
  where both have a number and they differ (« section locale 968 »), no more than 55 stay.
- **The place.** Same town +5, same postal code +8 (its first three characters +3); another town -12, another MRC -25. An unknown place
  changes nothing, but a name alone reaches no more than 92.
- **Doubt.** Where a second candidate comes within 10 points, or a second row of the list wants the same candidate
  with more right, no more than `HIGH` - 1 stay: both are shown and a person chooses.

`HIGH` and more may be confirmed in bulk; under `LEAST` nothing is proposed. Measured by `dev.py prove neq_proposals`.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from suppliers.name_agreement import Because as Because
from suppliers.name_agreement import NameAgreement, numbers_differ
from suppliers.name_words import (
    LEGAL_WORDS,
    letter_trigrams,
    made_initials,
    name_readings,
    name_words,
    one_letter_less,
    stated_initials,
    word_likeness,
)

HIGH = 85
LEAST = 50
SHOWN = 3  # proposals kept for a row
CLOSE = 10
NAME_ALONE = 92
READING = 0.94  # what a part of a name is worth beside the whole


@dataclass(frozen=True)
class NamedPlace:
    """An organisation as its list or the registry says it; `town` is a municipality's code where known, else folded words."""

    key: int
    name: str
    town: str = ""
    mrc: str = ""
    postal_code: str = ""


@dataclass(frozen=True)
class Proposed:
    """`listed` and `registered` are keys; `confidence` is 0 to 99."""

    listed: int
    registered: int
    confidence: int
    reasons: tuple[Because, ...]


# -- the index ---------------------------------------------------------------------------------------------------


@dataclass
class _Entry:
    place: NamedPlace
    readings: list[tuple[str, ...]]
    initials: set[str]
    made: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class _Scored:
    """`points` tells two of one confidence apart."""

    points: float
    proposed: Proposed


def is_close(first: _Scored, other: _Scored) -> bool:
    """Whether a person should choose: never between the same name and one that is not."""
    if Because.SAME_NAME in first.proposed.reasons and Because.SAME_NAME not in other.proposed.reasons:
        return False
    return first.points - other.points < CLOSE


class RegistryNames(NameAgreement):
    """The registry's names, ready to be asked. Building it reads each name once; asking costs some milliseconds."""

    def __init__(self, registered: Iterable[NamedPlace]) -> None:
        self.entries: list[_Entry] = []
        self.by_word: dict[str, list[int]] = defaultdict(list)
        self.by_initials: dict[str, list[int]] = defaultdict(list)
        for place in registered:
            entry = _Entry(
                place,
                [name_words(text) for text in name_readings(place.name)],
                stated_initials(place.name),
                made_initials(place.name),
            )
            at = len(self.entries)
            self.entries.append(entry)
            for word in {word for words in entry.readings for word in words}:
                self.by_word[word].append(at)
            for initials in entry.initials | entry.made:
                self.by_initials[initials].append(at)
        self.near: dict[str, list[tuple[str, float]]] = {}
        super().__init__({word: len(rows) for word, rows in self.by_word.items()}, len(self.entries))
        self.words_by_trigram: dict[str, set[str]] = defaultdict(set)
        self.words_by_cut: dict[str, set[str]] = defaultdict(set)
        self.by_trigram: dict[str, list[int]] = defaultdict(list)  # of whole names, made when first asked
        for word in self.by_word:
            for part in letter_trigrams((word,)):
                self.words_by_trigram[part].add(word)
            for cut in one_letter_less(word):
                self.words_by_cut[cut].add(word)

    def propose(self, listed: NamedPlace) -> list[Proposed]:
        """The likeliest rows, best first, at most `SHOWN`."""
        asked = [name_words(text) for text in name_readings(listed.name)]
        if not asked or LEGAL_WORDS.issuperset(asked[0]):
            return []
        initials = stated_initials(listed.name)
        scored = self._scored(listed, asked, initials, self._candidates(asked, initials))
        if not scored or scored[0].points < 70:
            scored = self._scored(listed, asked, initials, self._by_letters(asked[0])) or scored
        if not scored:
            return []
        first, *others = scored[:SHOWN]
        close = [other for other in others if is_close(first, other)]
        return [
            doubt(one.proposed, Because.CLOSE_SECOND)
            if one in close or (one is first and close)
            else one.proposed
            for one in [first, *others]
        ]

    def _scored(
        self, listed: NamedPlace, asked: list[tuple[str, ...]], initials: set[str], rows: Iterable[int]
    ) -> list[_Scored]:
        found = [self._score(listed, asked, initials, self.entries[at]) for at in rows]
        kept = [one for one in found if one.proposed.confidence >= LEAST]
        return sorted(kept, key=lambda one: (-one.points, one.proposed.registered))

    def _candidates(self, asked: list[tuple[str, ...]], initials: set[str]) -> list[int]:
        """The thirty rows that share most weight of words, near words included, and those of the same initials."""
        shared: dict[int, float] = defaultdict(float)
        for word in {word for words in asked for word in words}:
            if word not in self.near:
                self.near[word] = self._near_words(word)
            for known, likeness in self.near[word]:
                weight = self.weight(known) * likeness
                if weight > 0.15 or len(self.by_word[known]) < 200:
                    for at in self.by_word[known]:
                        shared[at] += weight
        most = max(shared.values(), default=0.0)
        best = [at for at in heapq.nlargest(30, shared, key=shared.__getitem__) if shared[at] > 0.45 * most]
        by_initials = {at for text in initials for at in self.by_initials.get(text, ())}
        return list(dict.fromkeys([*best, *sorted(by_initials)]))

    def _near_words(self, word: str) -> list[tuple[str, float]]:
        """The registry's words that this one may be: itself where it is known, and those a slip away."""
        found = [(word, 1.0)] if word in self.by_word else []
        if len(word) < 5 or word in LEGAL_WORDS:
            return found
        parts = letter_trigrams((word,))
        hits = Counter(known for part in parts for known in self.words_by_trigram.get(part, ()))
        near = {known for known, n in hits.items() if n * 3 >= len(parts)} | {
            known for cut in one_letter_less(word) for known in self.words_by_cut.get(cut, ())
        }
        likes = ((known, word_likeness(word, known)) for known in sorted(near - {word}))
        return found + [(known, like) for known, like in likes if like > 0]

    def _by_letters(self, words: tuple[str, ...]) -> list[int]:
        """The twenty rows that share most letters in threes: words run together, or slips at their beginning."""
        if not self.by_trigram:
            for at, entry in enumerate(self.entries):
                for part in letter_trigrams(entry.readings[0] if entry.readings else ()):
                    self.by_trigram[part].append(at)
        hits: Counter[int] = Counter()
        for part in letter_trigrams(words):
            rows = self.by_trigram.get(part, ())
            if len(rows) < max(50, len(self.entries) // 25):
                hits.update(rows)
        return [at for at, _n in hits.most_common(20)]

    # -- one against one -------------------------------------------------------------------------------------------

    def _score(
        self, listed: NamedPlace, asked: list[tuple[str, ...]], initials: set[str], entry: _Entry
    ) -> _Scored:
        points, reason = 0.0, Because.SOME_WORDS
        for mine in asked:
            for theirs in entry.readings:
                found, why = self.names(mine, theirs)
                parts = (theirs is not entry.readings[0]) + (mine is not asked[0])
                if parts:
                    found, why = (
                        found * READING**parts,
                        Because.NEAR_NAME if why is Because.SAME_NAME else why,
                    )
                if found > points:
                    points, reason = found, why
        if initials & entry.initials and points < 88:
            points, reason = 88.0, Because.INITIALS
        elif (made := initials & entry.made or entry.initials & made_initials(listed.name)) and points < 74:
            points, reason = (74.0 if len(max(made, key=len)) > 4 else 60.0), Because.INITIALS
        reasons = [reason]
        if reason is not Because.INITIALS and numbers_differ(asked[0], entry.readings[0]):
            points = min(points, 55.0)
            reasons.append(Because.OTHER_NUMBER)
        change, where = _place_points(listed, entry.place)
        most = NAME_ALONE if reason is Because.SAME_NAME else NAME_ALONE - 4
        points = min(points, most) + change
        confidence = max(0, min(99, round(points)))
        return _Scored(points, Proposed(listed.key, entry.place.key, confidence, (*reasons, *where)))


def propose_neqs_by_name(listed: Iterable[NamedPlace], registered: Iterable[NamedPlace]) -> list[Proposed]:
    """Proposals for each row of a list; of two rows that want one registry row, the lesser is doubted."""
    names = RegistryNames(registered)
    found = [proposed for row in listed for proposed in names.propose(row)]
    wanted: dict[int, list[Proposed]] = defaultdict(list)
    for proposed in found:
        wanted[proposed.registered].append(proposed)
    lesser: set[tuple[int, int]] = set()
    for rows in wanted.values():
        first, *rest = sorted(rows, key=lambda p: -p.confidence)
        lesser |= {(p.listed, p.registered) for p in rest if p.confidence >= HIGH}
        if rest and first.confidence >= HIGH and first.confidence - rest[0].confidence < CLOSE:
            lesser.add((first.listed, first.registered))
    return [doubt(p, Because.WANTED_TWICE) if (p.listed, p.registered) in lesser else p for p in found]


def doubt(proposed: Proposed, why: Because) -> Proposed:
    return replace(proposed, confidence=min(proposed.confidence, HIGH - 1), reasons=(*proposed.reasons, why))


def _place_points(listed: NamedPlace, known: NamedPlace) -> tuple[float, tuple[Because, ...]]:
    points, reasons = 0.0, []
    if listed.postal_code and known.postal_code:
        if listed.postal_code == known.postal_code:
            points += 8
            reasons.append(Because.SAME_POSTAL_CODE)
        elif listed.postal_code[:3] == known.postal_code[:3]:
            points += 3
    if listed.town and known.town:
        if listed.town == known.town:
            points += 5
            reasons.append(Because.SAME_TOWN)
        elif Because.SAME_POSTAL_CODE not in reasons:
            points -= 25 if listed.mrc and known.mrc and listed.mrc != known.mrc else 12
            reasons.append(Because.OTHER_TOWN)
    return points, tuple(reasons)
