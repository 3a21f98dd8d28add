"""Tables that people send, CSV or XLSX, read row by row as text and never trusted.

`open_table` yields a header and rows; `open_tables` every list of a file, its header looked for below titles and in every
tab. What makes a whole file unreadable raises `TableError` before any row; what breaks one row is that row's `fault`,
and reading goes on. Both are sentences for the person who sent the file.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .common import HEADER_WITHIN, HeaderScore, Limits, Row, Table, TableError, Tables
from .delimited import delimited_rows
from .letters import wide_encoding
from .workbook import Sheet, open_sheets

__all__ = [
    "HEADER_WITHIN",
    "HeaderScore",
    "Limits",
    "Row",
    "Table",
    "TableError",
    "Tables",
    "open_table",
    "open_tables",
    "opened_file",
]

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls before 2007, and any workbook with a password


@contextmanager
def open_table(path: Path, *, limits: Limits | None = None) -> Iterator[Table]:
    """Open a CSV or XLSX file, whatever its name says: the first tab that shows, its first row that is not blank.

    Raises `TableError`, or OSError where there is no file.
    """
    limits = limits or Limits(bytes=getattr(settings, "IMPORT_MAX_BYTES", Limits.bytes))
    with opened_file(path, limits) as (source, is_workbook), ExitStack() as stack:
        if is_workbook:
            sheets = stack.enter_context(open_sheets(source, limits))
            rows = next((sheet for sheet in sheets if sheet.is_shown), sheets[0]).rows
        else:
            rows = delimited_rows(source, limits)
        stack.callback(rows.close)
        yield _table(rows, limits, None)


@contextmanager
def open_tables(path: Path, *, score: HeaderScore, limits: Limits | None = None) -> Iterator[Tables]:
    """Every list of a file: the header is the row that `score` knows best among the first `HEADER_WITHIN`.

    A tab without such a row, or hidden, is named in `notes`. Where no tab has one, the first that holds anything is given
    with its first row and `is_known` False. Raises `TableError`, or OSError where there is no file.
    """
    limits = limits or Limits(bytes=getattr(settings, "IMPORT_MAX_BYTES", Limits.bytes))
    with opened_file(path, limits) as (source, is_workbook), ExitStack() as stack:
        if is_workbook:
            sheets = stack.enter_context(open_sheets(source, limits))
            for sheet in sheets:
                stack.callback(sheet.rows.close)
            found = Tables(iter(()))
            found.each = _lists_of(sheets, limits, score, found.notes)
            yield found
        else:
            rows = delimited_rows(source, limits, score)
            stack.callback(rows.close)
            yield Tables(iter([_table(rows, limits, score)]))


@contextmanager
def opened_file(path: Path, limits: Limits) -> Iterator[tuple[BinaryIO, bool]]:
    """The bytes, and whether they are a workbook. Raises `TableError` where they can be no table."""
    size = path.stat().st_size
    if size > limits.bytes:
        raise TableError(
            _("Ce fichier pèse %(size)s Mo; la limite est de %(limit)s Mo. Divisez-le.")
            % {"size": megabytes(size, up=True), "limit": megabytes(limits.bytes)}
        )
    with path.open("rb") as source:
        start = source.read(4096)
        source.seek(0)
        refuse_what_is_no_table(start)
        yield source, start.startswith(ZIP)


def _lists_of(sheets: list[Sheet], limits: Limits, score: HeaderScore, notes: list[str]) -> Iterator[Table]:
    """The tabs that hold a list. Those that do not are noted; hidden ones are never read."""
    shown = [sheet for sheet in sheets if sheet.is_shown] or sheets
    notes += [
        _("L’onglet masqué « %(tab)s » n’est pas lu.") % {"tab": sheet.title}
        for sheet in sheets
        if sheet not in shown
    ]
    is_any = False
    others: list[tuple[str, list[Row], Iterator[Row]]] = []
    for sheet in shown:
        first = list(itertools.islice(sheet.rows, HEADER_WITHIN))
        if not any(row.fault or any(cell.strip() for cell in row.cells) for row in first):
            continue
        if not any(score(row.cells) for row in first):
            others.append((sheet.title, first, sheet.rows))
            continue
        is_any = True
        yield _table(itertools.chain(first, sheet.rows), limits, score, sheet.title)
    if not is_any and not others:
        raise TableError(_("Ce fichier est vide."))
    if not is_any:
        title, first, rest = others.pop(0)
        yield _table(itertools.chain(first, rest), limits, score, title)
    notes += [
        _(
            "L’onglet « %(tab)s » n’est pas lu : aucune de ses %(count)s premières lignes n’est un en-tête connu."
        )
        % {"tab": title, "count": HEADER_WITHIN}
        for title, _first, _rest in others
    ]


def _table(
    rows: Iterator[Row] | Generator[Row, None, None],
    limits: Limits,
    score: HeaderScore | None,
    sheet: str = "",
) -> Table:
    first = list(itertools.islice(rows, HEADER_WITHIN)) if score else []
    best = max(first, key=lambda row: score(row.cells), default=None) if score else None
    is_known = bool(score and best and score(best.cells))
    if best is not None and is_known:
        header: Row | None = best
        rest = itertools.chain((row for row in first if row.number > best.number), rows)
    else:
        rest = itertools.chain(first, rows)
        header = next((row for row in rest if row.fault or any(cell.strip() for cell in row.cells)), None)
    if header is None:
        raise TableError(_("Ce fichier est vide."))
    if header.fault:
        raise TableError(header.fault)
    if len(header.cells) > limits.columns:
        raise TableError(
            _("Ce fichier a %(count)s colonnes; la limite est de %(limit)s.")
            % {"count": number_format(len(header.cells)), "limit": number_format(limits.columns)}
        )
    return Table(header, fitted(rest, len(header.cells), limits), sheet, is_known or score is None)


def refuse_what_is_no_table(start: bytes) -> None:
    if start.startswith(OLE):
        raise TableError(
            _(
                "Ce classeur est protégé par un mot de passe, ou d’avant 2007 (.xls). "
                "Enregistrez-le en .xlsx, sans mot de passe."
            )
        )
    if start.startswith(b"%PDF"):
        raise TableError(
            _(
                "Ceci est un PDF : il faut un CSV ou un classeur XLSX. Demandez le classeur d’origine, ou recopiez les lignes."
            )
        )
    if start.startswith(
        (
            b"\x89PNG",
            b"\xff\xd8\xff",
            b"{\\rtf",
            b"\x1f\x8b",
            b"GIF8",
            b"BM6",
            b"Rar!",
            b"7z\xbc",
            b"\x7fELF",
            b"#!",
        )
    ) or (start.startswith(b"MZ") and b"\0" in start):
        raise TableError(_("Ce fichier n’est ni un CSV ni un classeur XLSX."))
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if head.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<head", b"<meta")):
        raise TableError(
            _(
                "Ce fichier porte un nom de classeur, mais c’est une page Web ou du XML. "
                "Ouvrez-le dans votre tableur et enregistrez-le en .xlsx."
            )
        )
    if start.count(0) > len(start) // 5 and not start.startswith(ZIP) and not wide_encoding(start):
        raise TableError(_("Ce fichier n’est ni un CSV ni un classeur XLSX."))


def fitted(rows: Iterator[Row], width: int, limits: Limits) -> Iterator[Row]:
    """Rows as wide as the header, without the blank ones; a row with more cells than the header has a fault."""
    for count, row in enumerate(rows):
        if count >= limits.rows:
            yield Row(
                row.number,
                [],
                _("Ce fichier dépasse %(limit)s lignes. La suite n’est pas lue.")
                % {"limit": number_format(limits.rows)},
            )
            return
        if row.fault:
            yield row
            continue
        cells = row.cells
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > width:
            if any(cell.strip() for cell in cells[width:]):
                yield Row(
                    row.number,
                    cells,
                    _("Cette ligne a %(cells)s cellules; l’en-tête en a %(header)s.")
                    % {"cells": number_format(len(cells)), "header": number_format(width)},
                )
                continue
            cells = cells[:width]
        yield Row(row.number, cells + [""] * (width - len(cells)))


def megabytes(size: int, *, up: bool = False) -> str:
    """In whole MB of 1,048,576 bytes; a size just above the limit must not read like the limit."""
    tenths = -(-size * 10 // 1_048_576) if up else size * 10 // 1_048_576
    return number_format(tenths / 10, decimal_pos=0 if tenths % 10 == 0 else 1)
