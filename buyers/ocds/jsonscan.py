"""Where a JSON value ends, and where the next whole release begins after a broken one. Pure, on bytes.

The file is cut by its brackets and each release is parsed on its own: a fault (a stray byte, a quote never closed, a
nesting without end) costs the release it stands in. A streaming parser stops at the first one.
"""

from __future__ import annotations

import json
import mmap
import re
from dataclasses import dataclass
from typing import Any

LONGEST_RELEASE = 4 * 1024 * 1024  # bytes
STEP = 256 * 1024
MOST_EFFORT = 1024 * 1024 * 1024  # bytes walked over while looking for what is whole, in one file
BROKEN, TOO_LONG, CUT_OFF = -1, -2, -3

BLANKS = re.compile(rb"(?:[ \t\r\n\x0b\x0c\x1e]|\xef\xbb\xbf|\xc2\xa0)*")
# Everything up to the next bracket, strings whole; it stops before a string that the window does not end.
# Not possessive: Python 3.11.2 misreads that at the window's edge. Nothing follows, so nothing is tried twice.
PLAIN = re.compile(rb'(?:[^"{}\[\]]+|"[^"\\]*(?:\\.[^"\\]*)*")*', re.DOTALL)
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
SCALAR = re.compile(rb'[^,"{}\[\]\s]+')
OCID_KEY = re.compile(rb'"ocid"\s*:')
OCID = re.compile(rb'"ocid"\s*:\s*"((?:[^"\\\n{}]|\\.){1,500})"')
ID = re.compile(rb'"id"\s*:\s*"?((?:[^"\\\n,}]|\\.){1,500})["\s,}]')
OPENS, CLOSES = {ord("{"): ord("}"), ord("["): ord("]")}, {ord("}"), ord("]")}
SAYS_SOMETHING = {
    "tender", "awards", "contracts", "planning", "buyer", "parties", "bids", "initiationType",
    "releases", "compiledRelease",
}  # fmt: skip


@dataclass(frozen=True)
class WholeRelease:
    start: int
    end: int


class JsonText:
    """Walks over the bytes of a file (`data`, a memory map)."""

    def __init__(self, data: mmap.mmap | bytes) -> None:
        self.data = data
        self.size = len(data)
        self.effort = 0

    def blanks(self, at: int) -> int:
        found = BLANKS.match(self.data, at)
        return found.end() if found else at

    def byte(self, at: int) -> str:
        return chr(self.data[at]) if at < self.size else ""

    def end_of(self, at: int, longest: int | None = None) -> int:
        """Where the value at `at` ends; else `BROKEN`, `CUT_OFF` by the file's end or `TOO_LONG` (over `longest` bytes)."""
        limit = self.size if longest is None else min(self.size, at + longest)
        short = CUT_OFF if limit == self.size else TOO_LONG
        first = self.byte(at)
        if first not in ("{", "["):
            found = (STRING if first == '"' else SCALAR).match(self.data, at, limit)
            return found.end() if found else short if first == '"' else BROKEN
        closers: list[int] = []
        while at < limit:
            plain = PLAIN.match(self.data, at, min(at + STEP, limit))
            at = plain.end() if plain else at
            if at >= limit:
                break
            byte = self.data[at]
            if byte == ord('"'):
                text = STRING.match(self.data, at, limit)
                if text is None:
                    return short
                at = text.end()
            elif byte in OPENS:
                closers.append(OPENS[byte])
                at += 1
            elif byte in CLOSES:
                if closers.pop() != byte:
                    return BROKEN
                at += 1
                if not closers:
                    return at
        return short

    def parse(self, start: int, end: int) -> Any:
        """Raises `ValueError` (`UnicodeDecodeError` for bytes that are not UTF-8) or `RecursionError`."""
        return json.loads(self.data[start:end].decode(), strict=False)

    def whole_release_around(self, hit: int, after: int) -> WholeRelease | None:
        """The innermost object around `hit` (an « "ocid": » of its own), if it is whole and begins past `after`."""
        at = hit
        for _attempt in range(60):
            at = self.data.rfind(b"{", after, at)
            if at < 0 or self.effort > MOST_EFFORT:
                return None
            end = self.end_of(at, LONGEST_RELEASE)
            self.effort += end - at if end > 0 else min(LONGEST_RELEASE, self.size - at)
            if end < 0:
                return None
            if end <= hit:
                continue  # a neighbour that closes before
            try:
                value = self.parse(at, end)
            except (ValueError, RecursionError):
                return None
            if isinstance(value, dict) and "ocid" in value and SAYS_SOMETHING & value.keys():
                return WholeRelease(at, end)
            return None
        return None

    def text_at(self, pattern: re.Pattern[bytes], start: int, end: int) -> str:
        """What `pattern` catches between two places, or ""."""
        found = pattern.search(self.data, start, max(start, end))
        return found[1].decode("utf-8", "replace") if found else ""
