"""Tables that people send, CSV or XLSX, read row by row as text and never trusted.

`open_table` yields a header and rows. What makes a whole file unreadable raises `TableError` before any row; what
breaks one row is that row's `fault`, and reading goes on. Both are sentences for the person who sent the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from .common import Limits, Row, Table, TableError
from .delimited import delimited_rows
from .workbook import workbook_rows

__all__ = ["Limits", "Row", "Table", "TableError", "open_table"]

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls before 2007, and any workbook with a password
UTF16 = (b"\xff\xfe", b"\xfe\xff")


@contextmanager
def open_table(path: Path, *, limits: Limits | None = None) -> Iterator[Table]:
    """Open a CSV or XLSX file, whatever its name says. Raises `TableError`, or OSError where there is no file."""
    limits = limits or Limits(bytes=getattr(settings, "IMPORT_MAX_BYTES", Limits.bytes))
    size = path.stat().st_size
    if size > limits.bytes:
        raise TableError(
            _("Ce fichier pèse %(size)s Mo; la limite est de %(limit)s Mo. Coupez-le en deux.")
            % {"size": megabytes(size, up=True), "limit": megabytes(limits.bytes)}
        )
    with path.open("rb") as source:
        start = source.read(4096)
        source.seek(0)
        refuse_what_is_no_table(start)
        rows = workbook_rows(source, limits) if start.startswith(ZIP) else delimited_rows(source, limits)
        try:
            header = next((row for row in rows if row.fault or any(cell.strip() for cell in row.cells)), None)
            if header is None:
                raise TableError(_("Ce fichier est vide."))
            if header.fault:
                raise TableError(header.fault)
            if len(header.cells) > limits.columns:
                raise TableError(
                    _("Ce fichier a %(count)s colonnes; la limite est de %(limit)s.")
                    % {"count": number_format(len(header.cells)), "limit": number_format(limits.columns)}
                )
            yield Table(header=header, rows=fitted(rows, len(header.cells), limits))
        finally:
            rows.close()


def refuse_what_is_no_table(start: bytes) -> None:
    if start.startswith(OLE):
        raise TableError(
            _(
                "Ce classeur est protégé par un mot de passe, ou d’avant 2007 (.xls). "
                "Enregistrez-le en .xlsx, sans mot de passe."
            )
        )
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"\x1f\x8b")):
        raise TableError(_("Ce fichier n’est ni un CSV ni un classeur XLSX."))
    if start.startswith(UTF16) or (start.count(0) > len(start) // 5 and not start.startswith(ZIP)):
        raise TableError(_("Ce fichier n’est pas en UTF-8. Enregistrez-le au format « CSV UTF-8 »."))


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
