"""XLSX, read row by row. A workbook is a ZIP: what it says of its size is checked before anything is unpacked."""

from __future__ import annotations

import contextlib
import datetime
import zipfile
import zlib
from collections.abc import Generator
from typing import Any, BinaryIO

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from .common import Limits, Row, TableError


def workbook_rows(source: BinaryIO, limits: Limits) -> Generator[Row, None, None]:
    """The rows of the first sheet that shows; formulas give the value last saved and are never computed."""
    refuse_bombs(source, limits)
    source.seek(0)
    try:
        book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # openpyxl raises a dozen kinds on a broken or hostile workbook
        raise TableError(_("Ce classeur est abîmé ou n’est pas un XLSX.")) from error
    try:
        sheets = book.worksheets
        shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"] or sheets
        if not shown:
            raise TableError(_("Ce classeur n’a aucune feuille."))
        refuse_endless_rows(source, limits)
        yield from sheet_rows(shown[0], limits)
    finally:
        book.close()


def sheet_rows(sheet: Any, limits: Limits) -> Generator[Row, None, None]:
    sheet.reset_dimensions()  # the file's own claim may be wrong, or a trap
    # One column more than allowed, so that a header which is too wide is seen and a far cell costs nothing.
    values = sheet.iter_rows(max_col=limits.columns + 1, values_only=True)
    cells_read = 0
    number = 0
    while True:
        number += 1
        try:
            cells = next(values)
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
        last = next((at for at in range(len(cells), 0, -1) if cells[at - 1] is not None), 0)
        yield Row(number, [as_text(cell) for cell in cells[:last]])


def refuse_bombs(source: BinaryIO, limits: Limits) -> None:
    try:
        parts = zipfile.ZipFile(source).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise TableError(_("Ce classeur est incomplet ou abîmé.")) from error
    if any(part.flag_bits & 1 for part in parts):
        raise TableError(_("Ce classeur est protégé par un mot de passe. Enregistrez-le sans mot de passe."))
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise TableError(_("Ce fichier n’est pas un classeur XLSX."))
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


def refuse_endless_rows(source: BinaryIO, limits: Limits) -> None:
    """A row is held whole while it is read: one that never ends, in any sheet, would fill the memory."""
    with zipfile.ZipFile(source) as archive:
        for part in archive.infolist():
            if not part.filename.startswith("xl/worksheets/"):
                continue
            # The rows before some damage are read, and the damage is told where it stands.
            with contextlib.suppress(zipfile.BadZipFile, zlib.error, EOFError), archive.open(part) as sheet:
                since = 0
                while chunk := sheet.read(1_048_576):
                    first = chunk.find(b"row>")
                    since += len(chunk) if first == -1 else first
                    if since > limits.line * 8:
                        raise too_large_once_open(limits)
                    if first != -1:
                        since = len(chunk) - chunk.rfind(b"row>")


def too_large_once_open(limits: Limits) -> TableError:
    return TableError(
        _("Une fois ouvert, ce classeur dépasserait %(limit)s Mo. Il n’est pas lu.")
        % {"limit": number_format(limits.unpacked // 1_048_576)}
    )


def as_text(value: Any) -> str:
    """A cell as a person reads it: « 1140139735 » even where the sheet stores a number, dates as 2026-11-21."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
        )
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
