"""Tables that leave: readable by a French Excel, and without a cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

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
