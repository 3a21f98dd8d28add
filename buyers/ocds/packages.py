"""Release packages, cut into releases while they are read: a month of tenders never stands in memory whole.

The array is cut by its brackets and each release is parsed on its own, so that one which is broken (a stray byte, a
nesting without end) costs itself and not those after it. A streaming parser stops at the first fault.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

CHUNK = 256 * 1024
LONGEST_RELEASE = 4 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
# Everything up to the next bracket, strings whole; it stops before a string that the buffer does not yet end.
# Not possessive: Python 3.11.2 misreads that at the buffer's edge. Nothing follows, so nothing is tried twice.
PLAIN = re.compile(rb'(?:[^"{}\[\]]+|"[^"\\]*(?:\\.[^"\\]*)*")*', re.DOTALL)
KEY = re.compile(rb'"([^"\\]{1,80})"\s*:')
LAST_KEY = re.compile(rb'"([^"\\]{1,80})"\s*:\s*\Z')
LOOSE = re.compile(rb'"(?:[^"\\]|\\.)*"|[^,"]+')


class PackageError(Exception):
    """Reading stops here; what was read before is good. The argument says what is wrong with the file."""


@dataclass(frozen=True)
class Unreadable:
    """Stands where a release should: `message` says why it cannot be read."""

    message: str


def read_package(path: Path) -> Iterator[Any]:
    """Every release of the package in `path`, of whatever shape, `Unreadable` for a broken one.

    Raises `PackageError`, after what could be read, where the file is no package or breaks off.
    """
    with path.open("rb") as source:
        start = source.read(4096)
        source.seek(len(BOM) if start.startswith(BOM) else 0)
        if not start.strip():
            raise PackageError(_("Ce fichier est vide."))
        if start.startswith(UTF16) or b"\0" in start:
            raise PackageError(_("Ce fichier n’est pas en UTF-8."))
        first = start.removeprefix(BOM).lstrip()[:1]
        if first == b"[":
            raise PackageError(_("Ce fichier n’est pas un paquet OCDS : il faut un objet avec « releases »."))
        if first != b"{":
            raise PackageError(_("Ce fichier n’est pas du JSON."))
        for span in PackageCutter(source).spans():
            yield span if isinstance(span, Unreadable) else _parse_release(span)


def _parse_release(span: bytes) -> Any:
    try:
        return json.loads(span.decode())
    except UnicodeDecodeError:
        return Unreadable(_("Cette version contient un caractère qui n’est pas en UTF-8."))
    except (ValueError, RecursionError):  # ValueError also for a number of thousands of digits
        return Unreadable(_("Le JSON de cette version est mal formé."))


class PackageCutter:
    """Walks over the file from bracket to bracket. Depth 1 is the package, 2 its array of releases."""

    def __init__(self, source: BinaryIO) -> None:
        self.source = source
        self.buffer = b""
        self.at = 0  # where walking goes on
        self.mark = 0  # nothing before this is needed any more
        self.keys: list[str] = []
        self.found = False
        self.count = 0

    def spans(self) -> Iterator[bytes | Unreadable]:
        depth = 0
        inside = False  # the array of releases
        too_long = False
        while (bracket := self.next_bracket(too_long)) != b"":
            before = self.buffer[self.mark : self.at] if not too_long else b""
            opens = bracket in b"{["
            if inside and depth == 2:
                yield from self.loose(before)
                self.mark = self.at
            if depth == 1:
                self.keys += [key.decode("utf-8", "replace") for key in KEY.findall(before)]
                key = LAST_KEY.search(before)
                if opens and key and key[1] == b"releases" and bracket == b"[" and not self.found:
                    inside = self.found = True
            depth += 1 if opens else -1
            self.at += 1
            if inside and depth == 1:
                inside = False
            if inside and depth == 2 and not opens:
                yield self.span(too_long)
                too_long = False
            if not inside or depth == 2:
                self.mark = self.at
            elif self.at - self.mark > LONGEST_RELEASE:
                too_long = True
            if depth <= 0:
                break
        if depth > 0:
            raise PackageError(self.cut_off())
        if not self.count:
            raise PackageError(self.why_empty())

    def span(self, too_long: bool) -> bytes | Unreadable:
        self.count += 1
        if too_long:
            return Unreadable(_("Cette version est trop longue pour être lue."))
        return self.buffer[self.mark : self.at]

    def loose(self, between: bytes) -> Iterator[bytes]:
        """What stands between two releases: a comma; or values that are no objects, which are then handed over."""
        for value in LOOSE.findall(between):
            if value.strip():
                self.count += 1
                yield value.strip()

    def next_bracket(self, discard: bool) -> bytes:
        """The bracket at `at`, or nothing at the end of the file."""
        while True:
            match = PLAIN.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            byte = self.buffer[self.at : self.at + 1]
            if byte and byte != b'"':
                return byte
            if len(self.buffer) - self.at > LONGEST_RELEASE:
                raise PackageError(_("Un texte du fichier ne se termine pas. Ce qui le précède est gardé."))
            if not self.refill(discard):
                return b""

    def refill(self, discard: bool) -> bool:
        if discard:
            self.mark = self.at
        self.buffer = self.buffer[self.mark :]
        self.at -= self.mark
        self.mark = 0
        chunk = self.source.read(CHUNK)
        self.buffer += chunk
        return bool(chunk)

    def cut_off(self) -> str:
        if not self.count:
            return _("Le fichier est tronqué avant sa première version.")
        return _("Le fichier est tronqué après %(count)s versions; celles-ci sont gardées.") % {
            "count": self.count
        }

    def why_empty(self) -> str:
        if "releases" in self.keys:
            return _("Ce paquet ne contient aucune version d’avis.")
        if "records" in self.keys:
            return _("C’est un paquet « records ». Il faut un paquet « releases ».")
        if "ocid" in self.keys:
            return _("C’est une version seule. Il faut un paquet avec « releases ».")
        return _("Ce fichier n’est pas un paquet OCDS : il n’a pas de « releases ».")
