"""Tables that leave: readable by a French Excel, and without a cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from marketplace.web.xml_text import xml_text

# What a spreadsheet takes for a formula, plain or full-width, also behind blanks.
FORMULA = re.compile(r"^[\s\ufeff]*[=+\-@＝＋－＠]|^[\t\r\n]")
NUMBER = re.compile(r"^-?\d+([.,]\d+)?$")


def neutralise(value: Any) -> Any:
    """The value, with an apostrophe before a text that a spreadsheet would compute (« =1+1 » becomes « '=1+1 »)."""
    if isinstance(value, str) and FORMULA.match(value) and not NUMBER.match(value):
        return f"'{value}"
    return "" if value is None else value


def csv_lines(rows: Iterable[Sequence[Any]], *, delimiter: str = ";") -> Iterator[str]:
    """CSV line by line, for a streamed answer. Semicolons and a BOM: what Excel opens in columns in French."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n")
    yield "\ufeff"
    for row in rows:
        writer.writerow([neutralise(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_csv(rows: Iterable[Sequence[Any]], *, delimiter: str = ";") -> bytes:
    """The whole table as UTF-8 bytes with a BOM, every cell neutralised."""
    return "".join(csv_lines(rows, delimiter=delimiter)).encode()


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WIDEST = 60  # characters of a column
_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


def write_xlsx(rows: Iterable[Sequence[Any]], *, title: str) -> bytes:
    """A workbook of one tab named `title`: the first row in bold, kept in sight. Numbers stay numbers, texts are texts."""
    return write_workbook([(title, rows)])


def write_workbook(
    tabs: Iterable[tuple[str, Iterable[Sequence[Any]]]], *, heads: bool = True, hidden: int = 0
) -> bytes:
    """A workbook of several tabs. `heads`: their first row is a header. The first `hidden` columns do not show."""
    book = Workbook(write_only=True)
    for title, rows in tabs:
        sheet = book.create_sheet(_SHEET_NAME.sub(" ", title).strip("' ")[:31] or "1")
        if heads:
            sheet.freeze_panes = "A2"
        kept = [list(row) for row in rows]
        for place, width in enumerate(_widths(kept), start=1):
            column = sheet.column_dimensions[get_column_letter(place)]
            column.width, column.hidden = width, place <= hidden
        for number, row in enumerate(kept):
            sheet.append([_cell(sheet, value, bold=heads and not number) for value in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _widths(rows: list[list[Any]]) -> list[int]:
    """By the first rows: what a person sees without drawing the columns wider."""
    widths: list[int] = []
    for row in rows[:200]:
        for place, value in enumerate(row):
            if place == len(widths):
                widths.append(0)
            widths[place] = max(widths[place], min(len(str(value)), _WIDEST) + 2)
    return widths


def _cell(sheet: Any, value: Any, *, bold: bool) -> Any:
    if value is not None and not isinstance(value, int | float | Decimal):
        value = xml_text(str(neutralise(str(value))), instead="")
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell
