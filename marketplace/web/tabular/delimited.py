"""CSV as offices really send it: comma, semicolon or tab; UTF-8, Latin-1 or CP1252, at times mixed in one file."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Generator, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from .common import Limits, Row

DELIMITERS = (";", ",", "\t")
BOM = "\ufeff"
WHOLE, OPEN, TORN = "whole", "open", "torn"
# A quoted cell may hold line breaks. Past this, its closing quote is missing and the next line starts a new row.
LINES_PER_ROW = 200
csv.field_size_limit(4 * 1024 * 1024)


def delimited_rows(source: BinaryIO, limits: Limits) -> Generator[Row, None, None]:
    """Every row, the header first and blank ones included (they count where a spreadsheet shows them)."""
    lines = decoded_lines(source, limits)
    number = 0
    delimiter = ""
    width = 0
    waiting: deque[str] = deque()
    while True:
        line = waiting.popleft() if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        if len(line) >= limits.line:
            yield Row(number, [], _("Cette ligne est trop longue pour être lue."))
            continue
        if not delimiter:
            if declared := re.fullmatch(r'"?sep=(.)"?\s*', line, re.IGNORECASE):
                delimiter = declared[1]  # Excel's own first line
                continue
            delimiter = likely_delimiter(line) if line.strip() else ""
            if not delimiter:
                yield Row(number, [])
                continue
        text = line
        more: list[str] = []
        while (quotes := quoting(text, delimiter)) == OPEN:
            following = waiting.popleft() if waiting else next(lines, None)
            if following is None:
                break
            more.append(following)
            if len(more) > LINES_PER_ROW or len(text) > limits.line:
                break
            text += following
        cells = parse(text, delimiter)
        if quotes == OPEN or (more and (quotes == TORN or (width and len(cells) > width))):
            # A stray quote would swallow good rows: only the line it stands on is lost.
            waiting.extendleft(reversed(more))
            yield Row(number, [], _("Un guillemet ouvert n’est pas fermé sur cette ligne."))
            continue
        width = width or len(cells)
        yield Row(number, cells)


def decoded_lines(source: BinaryIO, limits: Limits) -> Iterator[str]:
    encoding = likely_encoding(source, limits)
    source.seek(0)
    # Latin-1 carries every byte through, so that line ends of all three kinds are found before the text is decoded.
    carrier = io.TextIOWrapper(source, encoding="latin-1", newline=None)
    try:
        first = True
        while line := carrier.readline(limits.line):
            if len(line) >= limits.line and not line.endswith("\n"):
                while (rest := carrier.readline(limits.line)) and not rest.endswith("\n"):
                    pass
            text = decode(line.encode("latin-1"), encoding)
            yield text.removeprefix(BOM) if first else text
            first = False
    finally:
        carrier.detach()


def likely_encoding(source: BinaryIO, limits: Limits) -> str:
    """`utf-8` or `cp1252` for the whole file; `mixed` where most accented lines are UTF-8 and some are not."""
    good = bad = 0
    while line := source.readline(limits.line):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            good += 1
        except UnicodeDecodeError:
            bad += 1
    if not bad:
        return "utf-8"
    return "mixed" if good > bad else "cp1252"


def decode(line: bytes, encoding: str) -> str:
    if encoding != "cp1252":
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError:
            pass
    try:
        return line.decode("cp1252")
    except UnicodeDecodeError:  # five bytes mean nothing in CP1252
        return line.decode("latin-1")


def likely_delimiter(header: str) -> str:
    """The separator that cuts the header into most cells."""
    return max(DELIMITERS, key=lambda delimiter: len(parse(header, delimiter)))


def parse(text: str, delimiter: str) -> list[str]:
    # One row at a time: a blank line stands between two rows only where no quote is open.
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])


def quoting(text: str, delimiter: str) -> str:
    """`whole`, `open` (it ends inside a quoted cell) or `torn` (a closing quote stands in the middle of a cell)."""
    opening = delimiter + '"'
    if text.startswith('"'):
        at = 0
    elif (before := text.find(opening)) != -1:
        at = before + 1
    else:
        return WHOLE
    found = WHOLE
    while True:
        close = text.find('"', at + 1)
        while close != -1 and text.startswith('""', close):
            close = text.find('"', close + 2)
        if close == -1:
            return OPEN
        if text[close + 1 : close + 2] not in (delimiter, "\n", "\r", ""):
            found = TORN
        following = text.find(opening, close + 1)
        if following == -1:
            return found
        at = following + 1
