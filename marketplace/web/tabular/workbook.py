"""XLSX, read tab by tab and row by row. A workbook is a ZIP: what it says of its size is checked before anything is unpacked."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import re
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from .common import Limits, Row, TableError


@dataclass
class Sheet:
    """A tab: its rows, each as wide as what it holds."""

    title: str
    is_shown: bool
    rows: Generator[Row, None, None]


@contextmanager
def open_sheets(source: BinaryIO, limits: Limits) -> Iterator[list[Sheet]]:
    """The tabs of a workbook, in its order; formulas give the value last saved and are never computed."""
    refuse_bombs(source, limits)
    source.seek(0)
    try:
        book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
        sheets = book.worksheets
    except Exception as error:  # openpyxl raises a dozen kinds on a broken or hostile workbook
        raise TableError(_("Ce classeur est abîmé ou n’est pas un XLSX.")) from error
    formulas = None
    try:
        if not sheets:
            raise TableError(_("Ce classeur n’a aucune feuille."))
        marks = scan_sheets(source, limits)
        if any(mark.has_uncomputed for mark in marks.values()):
            source.seek(0)
            formulas = load_workbook(source, read_only=True, data_only=False, keep_links=False)
        said = dict(zip(sheets, formulas.worksheets, strict=True)) if formulas else {}
        found = []
        for sheet in sheets:
            mark = marks.get(sheet._worksheet_path.lstrip("/"), SheetMarks())
            rows = sheet_rows(sheet, limits, mark.merged, said.get(sheet) if mark.has_uncomputed else None)
            found.append(Sheet(sheet.title, sheet.sheet_state == "visible", rows))
        yield found
    finally:
        book.close()
        if formulas is not None:
            formulas.close()


def sheet_rows(
    sheet: Any, limits: Limits, merged: list[tuple[int, int, int, int]], formulas: Any = None
) -> Generator[Row, None, None]:
    """`merged` are (first row, last row, first column, last column), from 1: a value stands in each row that it spans.

    `formulas` is the same sheet with its formulas: where one was never computed, its text stands for the value.
    """
    sheet.reset_dimensions()  # the file's own claim may be wrong, or a trap
    # One column more than allowed, so that a header which is too wide is seen and a far cell costs nothing.
    values = sheet.iter_rows(max_col=limits.columns + 1, values_only=True)
    if formulas is not None:
        formulas.reset_dimensions()
        written = formulas.iter_rows(max_col=limits.columns + 1, values_only=True)
    spans = sorted(merged)
    spanning: dict[int, tuple[int, Any]] = {}  # by column: the last row, and the value
    cells_read = 0
    number = 0
    while True:
        number += 1
        try:
            cells = next(values)
            if formulas is not None:
                cells = tuple(
                    told if cell is None and isinstance(told, str) and told.startswith("=") else cell
                    for cell, told in itertools.zip_longest(cells, next(written, ()))
                )
        except StopIteration:
            return
        except Exception:  # a broken part shows only when reached; what came before it is kept
            yield Row(number, [], _("Le classeur est abîmé à partir de cette ligne."))
            return
        cells_read += 1 + len(cells) - cells.count(None)
        if cells_read > limits.cells or number > 1_048_576:
            yield Row(
                number,
                [],
                _("Ce classeur dépasse %(limit)s cellules. La suite n’est pas lue.")
                % {"limit": number_format(limits.cells)},
            )
            return
        if spanning or (spans and spans[0][0] <= number):
            cells = spread_merged(list(cells), number, spans, spanning)
        last = next((at for at in range(len(cells), 0, -1) if cells[at - 1] is not None), 0)
        yield Row(number, [as_text(cell) for cell in cells[:last]])


def spread_merged(
    cells: list[Any],
    number: int,
    spans: list[tuple[int, int, int, int]],
    spanning: dict[int, tuple[int, Any]],
) -> tuple[Any, ...]:
    """The row with the values of the cells that are merged downwards into it."""
    for column in [column for column, (last, _value) in spanning.items() if last < number]:
        del spanning[column]
    while spans and spans[0][0] <= number:
        _first, last, column, _end = spans.pop(0)
        if column <= len(cells) and cells[column - 1] is not None:
            spanning[column] = (last, cells[column - 1])
    # A row in which nothing else stands is a blank one, not another enterprise.
    if any(cell is not None for cell in cells):
        for column, (_last, value) in spanning.items():
            cells += [None] * (column - len(cells))
            if cells[column - 1] is None:
                cells[column - 1] = value
    return tuple(cells)


def refuse_bombs(source: BinaryIO, limits: Limits) -> None:
    try:
        parts = zipfile.ZipFile(source).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise TableError(_("Ce classeur est incomplet ou abîmé.")) from error
    if any(part.flag_bits & 1 for part in parts):
        raise TableError(_("Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe."))
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise TableError(what_this_zip_is(names))
    # zipfile never yields more than the size a part declares, so these sums are a true bound.
    too_large = (
        sum(part.file_size for part in parts) > limits.unpacked
        or any(
            part.file_size > limits.part for part in parts if not part.filename.startswith("xl/worksheets/")
        )
        or any(part.file_size > limits.line * 8 for part in parts if is_held_as_tree(part.filename))
    )
    if too_large or len(parts) > 2000:
        raise too_large_once_open(limits)


def is_held_as_tree(name: str) -> bool:
    """Parts that openpyxl parses whole: styles, relations, theme; not sheets, shared texts, pictures."""
    streamed = (
        "xl/worksheets/",
        "xl/sharedStrings",
        "xl/media/",
        "xl/drawings/",
        "xl/pivot",
        "xl/embeddings/",
    )
    return not name.startswith(streamed)


def what_this_zip_is(names: set[str]) -> str:
    """Other programs' files are ZIPs too."""
    if "word/document.xml" in names:
        return str(
            _("Ceci est un document Word. Copiez son tableau dans un classeur et enregistrez-le en .xlsx.")
        )
    if "xl/workbook.bin" in names:
        return str(_("Ceci est un classeur binaire (.xlsb). Enregistrez-le en .xlsx."))
    if any(name.startswith("Index/") or name.endswith(".iwa") for name in names):
        return str(_("Ceci est un classeur Numbers. Dans Numbers, exportez-le vers Excel (.xlsx)."))
    if "META-INF/manifest.xml" in names and "content.xml" in names:
        return str(_("Ceci est un classeur OpenDocument (.ods). Enregistrez-le en .xlsx."))
    return str(_("Ce fichier n’est pas un classeur XLSX."))


@dataclass
class SheetMarks:
    """What a first pass over a sheet's part tells: cells merged downwards, formulas without a value."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    has_uncomputed: bool = False


MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
UNCOMPUTED = re.compile(rb"(?:</f>|<f[^<>]*/>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
MOST_MERGED = 20_000


def scan_sheets(source: BinaryIO, limits: Limits) -> dict[str, SheetMarks]:
    """One pass over every sheet, before any is parsed.

    A row is held whole while it is read: one that never ends, in any sheet, would fill the memory, so it is refused here.
    """
    found: dict[str, SheetMarks] = {}
    with zipfile.ZipFile(source) as archive:
        for part in archive.infolist():
            if not part.filename.startswith("xl/worksheets/"):
                continue
            marks = found[part.filename] = SheetMarks()
            # The rows before some damage are read, and the damage is told where it stands.
            with contextlib.suppress(zipfile.BadZipFile, zlib.error, EOFError), archive.open(part) as sheet:
                since = 0
                before = b""
                while chunk := sheet.read(1_048_576):
                    first = chunk.find(b"row>")
                    since += len(chunk) if first == -1 else first
                    if since > limits.line * 8:
                        raise too_large_once_open(limits)
                    if first != -1:
                        since = len(chunk) - chunk.rfind(b"row>")
                    read_marks(marks, before + chunk, len(before))
                    before = chunk[-200:]
            marks.merged = list(dict.fromkeys(marks.merged))
    return found


def read_marks(marks: SheetMarks, text: bytes, again: int) -> None:
    """Add what stands in this piece; its first `again` bytes were in the piece before, too."""
    if not marks.has_uncomputed and b"<f" in text:
        marks.has_uncomputed = UNCOMPUTED.search(text) is not None
    if b"<mergeCell " not in text or len(marks.merged) > MOST_MERGED:
        return
    for match in MERGED.finditer(text):
        first, last = int(match[2]), int(match[4])
        if last > first:
            columns = column_index_from_string(match[1].decode()), column_index_from_string(match[3].decode())
            marks.merged.append((first, last, *columns))


def too_large_once_open(limits: Limits) -> TableError:
    return TableError(
        _("Une fois ouvert, ce classeur dépasserait %(limit)s Mo. Il n’est pas lu.")
        % {"limit": number_format(limits.unpacked // 1_048_576)}
    )


def as_text(value: Any) -> str:
    """A cell as a person reads it: « 1140139735 » even where the sheet stores a number, dates as 2026-11-21."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        if value.is_integer() and abs(value) >= 1e9 and value % 10_000 == 0:
            return shortened(value)
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
        )
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)


def shortened(value: float) -> str:
    """« 1.19994E+09 »: a number of which a spreadsheet kept the first digits only, told as such."""
    digits, exponent = f"{value:.14E}".split("E")
    return f"{digits.rstrip('0').rstrip('.')}E{exponent}"
