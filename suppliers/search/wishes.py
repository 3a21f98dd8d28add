"""What a text was understood to wish: what, where, how many, how much, who. Plain data, made by `reading`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from marketplace.territories.points import NOWHERE, Place

ChipKind = Literal["what", "where", "people", "amount", "code"]
#: The stems of a term, in order.
Stems: TypeAlias = tuple[str, ...]

#: Bits of `Hits.matched` beside those of the wishes, which count from 0.
MOST_WISHES = 24
PLACE_BIT, NAME_BIT = 30, 31


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One thing that was understood, as a removable sign: `without` is the text less the words that said it."""

    kind: ChipKind
    label: str
    without: str


@dataclass(frozen=True, kw_only=True)
class What:
    """Something wished: a word, a term of the lexicon, an exact phrase, a code.

    `alternatives` say the same or nearly, each with how surely, in ]0, 1[; so do `codes`, UNSPSC prefixes.
    A faint one (« service », a number) counts a little where it stands and never decides; so does a legal form, which
    ranks. One that says for whom (« nos aînés ») decides only where nothing else does, and so does a mere hint.
    """

    label: str
    start: int = 0
    end: int = 0
    keys: tuple[str, ...] = ()  # its words, folded
    stems: Stems = ()
    alternatives: tuple[tuple[Stems, float], ...] = ()
    codes: tuple[tuple[str, float], ...] = ()
    meanings: tuple[str, ...] = ()  # keys of the lexicon
    exact: bool = False
    faint: bool = False
    is_form: bool = False
    for_whom: bool = False
    led: bool = False  # it only leads to its meaning: « évincer » to what defends tenants
    english: bool = False  # a word that only English has: rarely what a listing says
    unfinished: bool = False  # the last word of the text: it may be the beginning of one

    @property
    def is_hint(self) -> bool:
        """One word that only leads to its meaning: « louer », beside « kayak »."""
        return self.led and len(self.keys) == 1

    @property
    def is_code(self) -> bool:
        return not self.keys


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """False where the text asks nothing. A place ranks and tiers; it never filters."""

    asked: str = ""
    whats: tuple[What, ...] = ()
    neq: str = ""  # ten digits, or how it begins
    name_stems: tuple[str, ...] = ()  # all words, read as the name of an enterprise
    name_key: str = ""  # the text folded, as names are sorted
    place: Place = NOWHERE
    place_label: str = ""
    postal: str = ""  # the first half of the postal code that named it
    people: int | None = None
    amount: int | None = None  # dollars
    chips: tuple[Chip, ...] = ()
    message: str = ""  # why the text asks nothing

    def __bool__(self) -> bool:
        return bool(self.whats or self.neq or self.place)

    @property
    def labels(self) -> tuple[str, ...]:
        """What each wish is called, by its bit in `Hits.matched`."""
        return tuple(what.label for what in self.whats)

    @property
    def stems(self) -> tuple[str, ...]:
        """What to mark in the rows: stems of the words typed, and of what means the same, several as one phrase."""
        found = dict.fromkeys(stem for what in self.whats if not what.faint for stem in what.stems)
        for what in self.whats:
            for stems, weight in what.alternatives:
                if weight >= 0.5:
                    found |= dict.fromkeys([" ".join(stems)] if max(map(len, stems)) > 2 else [])
        return tuple(found)
