"""CSV as offices really send it: comma, semicolon, tab or bar; whatever encoding their program left (`letters`)."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from typing import BinaryIO

from django.utils.translation import gettext as _

from .common import HEADER_WITHIN, HeaderScore, Limits, Row, TableError
from .letters import MOST_WORDS, likely_reading, read_line, undo_double_utf8, wide_encoding, words_of

DELIMITERS = (";", ",", "\t", "|")
BOM = "\ufeff"
WHOLE, OPEN, TORN = "whole", "open", "torn"
#: Lines that are looked at to find the delimiter and the header.
SAMPLE = 60
csv.field_size_limit(4 * 1024 * 1024)


def delimited_rows(
    source: BinaryIO, limits: Limits, score: HeaderScore | None = None
) -> Generator[Row, None, None]:
    """Every row, those above the header and blank ones included (they count where a spreadsheet shows them)."""
    lines = decoded_lines(source, limits)
    sample = list(itertools.islice(lines, SAMPLE))
    number = 0
    delimiter = ""
    at = next((at for at, line in enumerate(sample) if line.strip()), None)
    if at is not None and (declared := re.fullmatch(r'"?sep=(.)"?[\s;,]*', sample[at], re.IGNORECASE)):
        delimiter = declared[1]  # Excel's own first line
        for _line in sample[:at]:
            number += 1
            yield Row(number, [])
        number += 1
        sample = sample[at + 1 :]
    if not delimiter:
        delimiter = likely_delimiter(sample, limits, score)
    header = likely_header(sample, delimiter, limits, score)
    width = len(header.cells) if header else 0
    yield from cut_rows(itertools.chain(sample, lines), delimiter, limits, number, width)


def cut_rows(
    lines: Iterable[str], delimiter: str, limits: Limits, number: int = 0, width: int = 0
) -> Generator[Row, None, None]:
    """Lines put together into rows; `width` is how many cells the header has, 0 where it is not known yet."""
    coming = iter(lines)
    waiting: deque[str] = deque()
    while True:
        line = waiting.popleft() if waiting else next(coming, None)
        if line is None:
            return
        number += 1
        if len(line) >= limits.line:
            yield Row(number, [], _("Cette ligne est trop longue pour être lue."))
            continue
        if not line.strip(" \t\r\n;,|"):
            yield Row(number, [])
            continue
        text = line
        more: list[str] = []
        while (quotes := quoting(text, delimiter)) == OPEN:
            following = waiting.popleft() if waiting else next(coming, None)
            if following is None:
                break
            more.append(following)
            # Past this, its closing quote is missing and the next line starts a new row.
            if len(more) > limits.lines or len(text) > limits.line:
                break
            text += following
        cells = parse(text, delimiter)
        if quotes == OPEN or (more and (quotes == TORN or (width and len(cells) > width))):
            # A stray quote would swallow good rows: only the line it stands on is lost.
            waiting.extendleft(reversed(more))
            yield Row(number, [], _("Un guillemet ouvert n’est pas fermé sur cette ligne."))
            continue
        yield Row(number, cells)


def likely_delimiter(sample: list[str], limits: Limits, score: HeaderScore | None) -> str:
    """The separator under which the header is best known, else the one that cuts it into most cells."""

    def worth(delimiter: str) -> tuple[int, int]:
        header = likely_header(sample, delimiter, limits, score)
        if header is None:
            return (0, 0)
        return (score(header.cells) if score else 0, len(header.cells))

    return max(DELIMITERS, key=worth)


def likely_header(sample: list[str], delimiter: str, limits: Limits, score: HeaderScore | None) -> Row | None:
    """The best known of the first rows, else the first that is not blank."""
    rows = [row for row in itertools.islice(cut_rows(sample, delimiter, limits), HEADER_WITHIN) if row.cells]
    if score and rows:
        best = max(rows, key=lambda row: score(row.cells))
        if score(best.cells):
            return best
    return next((row for row in rows if any(cell.strip() for cell in row.cells)), None)


def decoded_lines(source: BinaryIO, limits: Limits) -> Iterator[str]:
    """Lines as text. Letters that nothing makes sure are U+FFFD. Raises `TableError` where that is most of the file."""
    source.seek(0)
    start = source.read(4096)
    if wide := wide_encoding(start):
        yield from wide_lines(source, wide, limits)
        return
    reading = likely_encoding(source, limits)
    for at, line in enumerate(raw_lines(source, limits)):
        text = decode(line, reading)
        yield text.removeprefix(BOM) if at == 0 else text


def wide_lines(source: BinaryIO, encoding: str, limits: Limits) -> Iterator[str]:
    source.seek(0)
    carrier = io.TextIOWrapper(source, encoding=encoding, errors="replace", newline=None)
    try:
        first = True
        while line := carrier.readline(limits.line):
            yield undo_double_utf8(line.removeprefix(BOM) if first else line)
            first = False
    finally:
        carrier.detach()


def raw_lines(source: BinaryIO, limits: Limits) -> Iterator[bytes]:
    """The bytes of each line, at most `limits.line` of them, ended by « \\n » whatever the file ends its lines with."""
    source.seek(0)
    # Latin-1 carries every byte through, so that line ends of all three kinds are found before the text is decoded.
    carrier = io.TextIOWrapper(source, encoding="latin-1", newline=None)
    try:
        while line := carrier.readline(limits.line):
            if len(line) >= limits.line and not line.endswith("\n"):
                while (rest := carrier.readline(limits.line)) and not rest.endswith("\n"):
                    pass
            yield line.encode("latin-1")
    finally:
        carrier.detach()


def likely_encoding(source: BinaryIO, limits: Limits) -> str:
    """How the lines that are no UTF-8 are read; empty where there are none, or where each must speak for itself."""
    utf8 = other = 0
    words: dict[bytes, None] = {}
    for line in raw_lines(source, limits):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
            utf8 += 1
        except UnicodeDecodeError:
            other += 1
            if len(words) < MOST_WORDS:
                words |= dict.fromkeys(words_of(line))
    reading = likely_reading(words) if other else ""
    if other and not reading and other > utf8:
        raise TableError(
            _(
                "L’encodage de ce fichier est incertain : des accents seraient perdus. Dans votre tableur, "
                "choisissez « Enregistrer sous… », puis « CSV UTF-8 », ou envoyez le classeur .xlsx."
            )
        )
    return reading


def decode(line: bytes, reading: str) -> str:
    if line.isascii():
        return line.decode("ascii")
    try:
        return undo_double_utf8(line.decode("utf-8"))
    except UnicodeDecodeError:
        return read_line(line, reading)


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
