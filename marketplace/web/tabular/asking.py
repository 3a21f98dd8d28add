"""What a page asks about a table that was handed over: its header, its first rows, what each column holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from marketplace.web.tabular import HeaderScore, Limits, TableError, open_tables

HEADER_CELL = 60  # characters of a header that are shown
SAMPLE = 5
SAMPLE_CELL = 40


@dataclass(frozen=True)
class FirstRows:
    """The header as it stands, some rows under it, and whether it is one that `score` knows."""

    header: list[str]
    sample: list[list[str]]
    is_known: bool
    sheet: str = ""


def first_rows(path: Path, *, score: HeaderScore, limits: Limits) -> FirstRows:
    """Raises `TableError` where the file cannot be read as a table, or holds nothing under its header."""
    with open_tables(path, score=score, limits=limits) as found:
        table = next(iter(found.each), None)
        if table is None:
            raise TableError(_("Ce fichier est vide."))
        sample = []
        for row in table.rows:
            if row.fault:
                continue
            sample.append([cell.strip()[:SAMPLE_CELL].replace("\0", "") for cell in row.cells])
            if len(sample) == SAMPLE:
                break
        header = [header_cell(cell) for cell in table.header.cells]
    return FirstRows(header, sample, table.is_known, table.sheet)


def header_cell(cell: str) -> str:
    """As it is shown, and known again."""
    return cell.strip()[:HEADER_CELL].replace("\0", "")


def column_choices(header: Sequence[str], sample: Sequence[Sequence[str]]) -> list[tuple[str, str]]:
    """« C. Montant payé (12 400,00) »: the letter that the spreadsheet shows, the title, the first value."""
    found = []
    for at, title in enumerate(header):
        value = next((row[at] for row in sample if at < len(row) and row[at]), "")
        text = f"{column_letter(at)}. {title}".rstrip(". ") + (f" ({value})" if value else "")
        found.append((str(at), text))
    return found


def column_letter(at: int) -> str:
    """A for 0, AA for 26."""
    letters = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
