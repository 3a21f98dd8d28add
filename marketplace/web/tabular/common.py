"""What both readers share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


class TableError(Exception):
    """The whole file cannot be read; the argument is a sentence for the person who sent it."""


@dataclass(frozen=True)
class Limits:
    """Where reading stops. `unpacked` is the size of a workbook's parts once decompressed, `part` that of any part
    which has to be held in memory (its texts, its styles). `lines` is how many lines a quoted cell may break into."""

    bytes: int = 50 * 1024 * 1024
    unpacked: int = 160 * 1024 * 1024
    part: int = 64 * 1024 * 1024
    rows: int = 1_000_000
    cells: int = 8_000_000
    columns: int = 200
    line: int = 1024 * 1024
    lines: int = 200


@dataclass(frozen=True, slots=True)
class Row:
    """One row as a spreadsheet numbers it (the header is row 1 where nothing stands above it)."""

    number: int
    cells: list[str]
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One list. `sheet` is its tab, in a workbook; `is_known` is False where no row above the rest is a known header."""

    header: Row
    rows: Iterator[Row]
    sheet: str = ""
    is_known: bool = True


@dataclass
class Tables:
    """The lists of a file, one after the other; `notes` says what was not read, whole once `each` has been walked."""

    each: Iterator[Table]
    notes: list[str] = field(default_factory=list)


#: How much a row looks like the header that is looked for; 0 where it does not.
HeaderScore = Callable[[list[str]], int]
#: A list may have titles above its header: this far down.
HEADER_WITHIN = 20
