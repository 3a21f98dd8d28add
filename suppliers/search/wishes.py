"""What a text was understood to wish: what, where, how many, how much, who. Plain data, made by `reading`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from marketplace.territories.points import NOWHERE, Place

from .words import SearchText

ChipKind = Literal["what", "where", "people", "amount", "name", "code"]


@dataclass(frozen=True, kw_only=True)
class Chip:
    """One thing that was understood, as a removable sign: `without` is the text less the words that said it."""

    kind: ChipKind
    label: str
    without: str


@dataclass(frozen=True, kw_only=True)
class Wishes:
    """False where the text asks nothing. A place ranks and tiers; it never filters."""

    asked: str = ""
    place: Place = NOWHERE
    place_label: str = ""
    people: int | None = None
    amount: int | None = None  # dollars
    chips: tuple[Chip, ...] = ()
    #: How many wishes `Hits.matched` has bits for, and what each is called in a sentence.
    labels: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()  # what to mark in the rows
    message: str = ""  # why the text asks nothing
    text: SearchText = field(default_factory=SearchText)

    def __bool__(self) -> bool:
        return bool(self.text)
