"""The same file sent back with one column more: what is wrong, row by row. As text: what a cell looked like is not kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from marketplace.web.spreadsheets import csv_lines, write_workbook
from marketplace.web.tabular import Limits, opened_file
from marketplace.web.tabular.asking import header_cell
from marketplace.web.tabular.common import Row
from marketplace.web.tabular.delimited import delimited_rows
from marketplace.web.tabular.workbook import open_sheets

#: By tab (empty in a CSV) and number of row: the cells that were corrected, by place; and what is still wrong.
Notes = Mapping[tuple[str, int], tuple[Mapping[int, str], str]]


def annotated_table(
    path: Path, *, notes: Notes, title: str, header: list[str], limits: Limits
) -> tuple[bytes, bool]:
    """The content, and whether it is a workbook. `title` heads the new column, beside the row that reads like `header`."""
    with opened_file(path, limits) as (source, is_workbook):
        if not is_workbook:
            rows = _annotated(delimited_rows(source, limits), "", notes, title, header)
            return "".join(csv_lines(rows)).encode(), False
        with open_sheets(source, limits) as sheets:
            tabs = [
                (sheet.title, list(_annotated(sheet.rows, sheet.title, notes, title, header)))
                for sheet in sheets
                if sheet.is_shown
            ]
        return write_workbook(tabs, heads=False), True


def _annotated(
    rows: Iterator[Row], tab: str, notes: Notes, title: str, header: list[str]
) -> Iterator[list[str]]:
    width = len(header)
    for row in rows:
        cells = list(row.cells)
        if [header_cell(cell) for cell in cells] == header:
            yield [*cells, title]
            continue
        corrected, wrong = notes.get((tab[:40], row.number), ({}, ""))
        if wrong or corrected:
            cells += [""] * (width - len(cells))
            for place, text in corrected.items():
                cells[place] = text
            cells.append(wrong)
        yield cells
