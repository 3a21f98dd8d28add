"""A file of OCDS, cut into its releases while it is read: packages, records, lists, JSON lines, several in one file.

Whatever cannot be read is yielded as `Unreadable` with its place, and reading goes on at the next whole release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import faults
from .cleaning import DEEPEST, as_mapping, clean_text
from .jsonscan import BROKEN, CUT_OFF, ID, LONGEST_RELEASE, OCID, OCID_KEY, TOO_LONG, JsonText, WholeRelease
from .opening import PackageError, opened_text
from .records import RecordError, is_record, releases_of_record

KEY = re.compile(rb'"([^"\\]{0,200})"\s*:\s*')
LIST = re.compile(rb'"(?:releases|records)"\s*:\s*\[')
OPENING = re.compile(rb"[\[{]")
PUBLISHED = re.compile(rb'"publishedDate"\s*:\s*"([^"\\]{4,40})"')
WRAPPERS = {
    "data",
    "results",
    "result",
    "items",
    "releasePackages",
    "recordPackages",
}  # of sites that page their lists
LONGEST_HEADER = 16 * 1024 * 1024  # bytes of one value beside the releases


@dataclass(frozen=True)
class Unreadable:
    """Stands where a release should: `message` says why it cannot be read, the names are those that were made out."""

    message: str
    ocid: str = ""
    id: str = ""


@dataclass(frozen=True)
class RawRelease:
    """A release of whatever shape, or `Unreadable`, and its place.

    `index` counts the releases of a file from 1, None where the file itself is meant; `line` counts from 1, `offset`
    in bytes from 0. `published` is the package's `publishedDate` as written, or "".
    """

    value: Any
    index: int | None
    line: int
    offset: int
    published: str = ""
    warnings: tuple[str, ...] = ()


Walk = Generator[RawRelease, None, int]  # yields releases, returns where reading goes on


def read_package(path: Path) -> Iterator[RawRelease]:
    """Everything in `path`, in order. Raises `PackageError` where the file is nothing that could hold a release."""
    with opened_text(path) as (data, fault):
        yield from PackageReader(JsonText(data), fault).releases()


class PackageReader:
    def __init__(self, text: JsonText, fault: str = "") -> None:
        self.text = text
        self.fault = fault  # of the file's end
        self.count = 0
        self.line = 1
        self.counted = 0  # lines are counted up to here
        self.published = ""
        self.next_published = -1
        self.keys: set[str] = set()
        self.is_cut_off = False
        self.hollow: list[int] = []  # where objects stand that hold no release

    def releases(self) -> Iterator[RawRelease]:
        text = self.text
        at = text.blanks(0)
        if text.byte(at) not in ("{", "["):
            raise PackageError(faults.no_json(text.byte(at)))
        while at < text.size:
            at = yield from self.document(at)
            while text.byte(at) and text.byte(at) in ",]}":
                at += 1
            at = text.blanks(at)
        if self.fault:
            yield self.of_file(self.fault, text.size)
        if not self.count and not self.is_cut_off:
            yield self.of_file(faults.empty(self.keys), 0)
        elif self.count:
            for place in self.hollow:
                yield self.of_file(faults.no_release_in(place), place)

    def document(self, at: int) -> Walk:
        """One JSON value among those that a file, a line or a list holds."""
        first = self.text.byte(at)
        if first == "{":
            return (yield from self.package(at))
        if first == "[":
            return (yield from self.list_of(at + 1, self.document))
        following = OPENING.search(self.text.data, at)
        end = following.start() if following else self.text.size
        yield self.unread(at, end)
        return end

    def list_of(self, at: int, each: Callable[[int], Walk], depth: int = 0) -> Walk:
        """The values of an array that opened just before `at`."""
        text = self.text
        while True:
            at = text.blanks(at)
            byte = text.byte(at)
            if not byte:
                yield from self.cut_off(at)
                return text.size
            if byte == "]":
                return at + 1
            if byte == "}":  # the array was never closed: its package ends here
                return at
            if byte in ",:":
                at += 1
            elif byte == "[" and depth < DEEPEST:
                at = yield from self.list_of(at + 1, each, depth + 1)
            elif byte == "[":
                at = yield from self.item(at)
            elif byte == "{":
                at = yield from each(at)
            else:
                at = yield from self.loose(at)

    def loose(self, at: int) -> Walk:
        """A value that is no object where a release should stand."""
        end = self.text.end_of(at, LONGEST_RELEASE)
        following = self.text.byte(self.text.blanks(end)) if end > 0 else ""
        if end < 0 or following not in (
            "",
            ",",
            "]",
        ):  # inside an object that lost its brace, or a text its quote
            return (yield from self.past_broken_release(at, min(end, BROKEN), None))
        yield self.release(self.parsed(at, end), at)
        return end

    def package(self, start: int) -> Walk:
        """An object: a package, whose lists are walked over, else one release or one record."""
        text = self.text
        at = start + 1
        self.published = ""
        walked = False
        while True:
            at = text.blanks(at)
            byte = text.byte(at)
            if not byte:
                yield from self.cut_off(at)
                return text.size
            if byte == "}":
                if not walked:
                    self.hollow.append(start)
                return at + 1
            if byte == ",":
                at += 1
                continue
            key = KEY.match(text.data, at)
            if key is None:
                at = yield from self.past_broken_header(at)
                if text.byte(at) in ("", "{"):
                    return at
                walked = True
                continue
            name, at = key[1].decode("utf-8", "replace"), key.end()
            self.keys.add(name)
            if name in ("ocid", "compiledRelease") and not walked:
                return (yield from self.item(start))
            if name in ("releases", "records") and text.byte(at) == "[":
                self.published = self.published or self.published_after(at)
                at = yield from self.list_of(at + 1, self.item)
                walked = True
                continue
            if name in WRAPPERS and text.byte(at) == "[" and text.byte(text.blanks(at + 1)) == "{":
                at = yield from self.list_of(at + 1, self.document)
                walked = True
                continue
            end = text.end_of(at, LONGEST_HEADER)
            if end < 0:
                at = yield from self.past_broken_header(at)
                if text.byte(at) in ("", "{"):
                    return at
                walked = True
                continue
            if name == "publishedDate":
                self.published = clean_text(text.data[at:end].decode("utf-8", "replace").strip('"'), 40)
            at = end

    def past_broken_header(self, at: int) -> Walk:
        """What stands beside the releases is broken: go on after the next list of releases, else at a whole release."""
        text = self.text
        if found := LIST.search(text.data, at):
            yield self.unread(at, found.start())
            return (yield from self.list_of(found.end(), self.item))
        whole, _lost = self.next_whole(at, text.size)
        if whole is None:
            yield from self.cut_off(at)
            return text.size
        yield self.unread(at, whole.start)
        return whole.start

    def item(self, at: int) -> Walk:
        """A release or a record; a package where several were put in a list."""
        end = self.text.end_of(at, LONGEST_RELEASE)
        value = self.parsed(at, end) if end > 0 else None
        if self.swallows_others(value, at, end):
            value = Unreadable(faults.never_closed())
        if end > 0 and not isinstance(value, Unreadable):
            yield from self.releases_in(value, at)
            return end
        return (yield from self.past_broken_release(at, end, value))

    def swallows_others(self, value: Any, at: int, end: int) -> bool:
        """A list that is never closed takes the releases after it for its own values, and may end well formed."""
        if not isinstance(value, dict) or "ocid" not in value or is_record(value):
            return False
        first = OCID_KEY.search(self.text.data, at, end)
        if first is None or self.text.data.find(b'"ocid"', first.end(), end) < 0:
            return False
        return self.next_whole(first.end(), end)[0] is not None

    def past_broken_release(self, at: int, end: int, value: Unreadable | None) -> Walk:
        text = self.text
        whole, lost = self.next_whole(at + 1, end if end > 0 else text.size)
        if whole is None and end == TOO_LONG:
            end = text.end_of(at)  # no other release in sight: pass over this one, however long
            value = Unreadable(faults.too_long())
        next_at = whole.start if whole else end if end > 0 else text.size
        if whole is None and end == CUT_OFF:
            yield from self.cut_off(at)
            return text.size
        reasons = {TOO_LONG: faults.too_long(), CUT_OFF: faults.never_closed(), BROKEN: faults.badly_formed()}
        message = value.message if value else reasons.get(end, faults.badly_formed())
        if whole and end > 0 and lost:
            message = faults.never_closed()
        if whole is None and end < 0:
            message = f"{message} {faults.unread(at, text.size)}"
        named = ""
        for place, following in zip([at, *lost], [*lost, next_at], strict=True):
            ocid = text.text_at(OCID, place, following)
            if place != at and ocid == named:
                continue  # the same notice, named again inside what is broken
            named = ocid
            release_id = text.text_at(ID, place, min(following, place + 4096))
            yield self.release(Unreadable(message, ocid, release_id), place)
            message = faults.badly_formed()
        return next_at

    def next_whole(self, at: int, end: int) -> tuple[WholeRelease | None, list[int]]:
        """The first whole release between two places, and where the others before it name themselves."""
        lost: list[int] = []
        first = True
        for hit in OCID_KEY.finditer(self.text.data, at, end):
            whole = self.text.whole_release_around(hit.start(), at)
            if whole is not None:
                return whole, lost
            if not first:
                lost.append(hit.start())
            first = False
        return None, lost if end < self.text.size else []

    def releases_in(self, value: Any, at: int) -> Iterator[RawRelease]:
        """One parsed value: itself, the releases of a record, those of a small package."""
        if not isinstance(value, dict):
            yield self.release(value, at)
        elif is_record(value):
            try:
                releases, warnings = releases_of_record(value)
            except RecordError as error:
                unreadable = Unreadable(str(error), clean_text(value.get("ocid"), 500))
                yield self.release(unreadable, at)
                return
            for release in releases:
                yield self.release(release, at, tuple(warnings))
                warnings = []
        elif "ocid" not in value and isinstance(value.get("releases", value.get("records")), list):
            for inner in value.get("releases") or value.get("records") or []:
                yield from self.releases_in(inner, at)
        else:
            yield self.release(value, at)

    # --- what is yielded --------------------------------------------------------------------------------------------

    def release(self, value: Any, at: int, warnings: tuple[str, ...] = ()) -> RawRelease:
        self.count += 1
        return RawRelease(value, self.count, self.line_at(at), at, self.published, warnings)

    def of_file(self, message: str, at: int, ocid: str = "", release_id: str = "") -> RawRelease:
        return RawRelease(Unreadable(message, ocid, release_id), None, self.line_at(at), at)

    def unread(self, at: int, end: int) -> RawRelease:
        return self.of_file(faults.unread(at, end), at, self.text.text_at(OCID, at, end))

    def line_at(self, at: int) -> int:
        if at < self.counted:
            return self.text.data[:at].count(b"\n") + 1
        if at > self.counted:
            self.line += self.text.data[self.counted : at].count(b"\n")
            self.counted = at
        return self.line

    def parsed(self, at: int, end: int) -> Any:
        try:
            return self.text.parse(at, end)
        except UnicodeDecodeError:
            return Unreadable(faults.not_utf8())
        except (ValueError, RecursionError):  # ValueError also for a number of thousands of digits
            return Unreadable(faults.badly_formed())

    def published_after(self, at: int) -> str:
        """The `publishedDate` of a package that says it after its releases."""
        text = self.text
        if self.next_published < at:
            found = PUBLISHED.search(text.data, at)
            self.next_published = found.start() if found else text.size
        if self.next_published == text.size:
            return ""
        end = text.end_of(at, self.next_published - at)
        between = text.data[end : self.next_published] if end > 0 else b"}"
        if between.count(b"}") > between.count(b"{"):
            return ""
        return text.text_at(PUBLISHED, self.next_published, text.size)

    def cut_off(self, at: int) -> Iterator[RawRelease]:
        """The file ends before its time; told once."""
        if self.is_cut_off:
            return
        self.is_cut_off = True
        ocid = self.text.text_at(OCID, at, self.text.size)
        release_id = self.text.text_at(ID, at, min(self.text.size, at + 4096))
        message = faults.cut_off(at, self.text.size, self.count)
        yield self.of_file(message, at, ocid, release_id)


def own_names(raw: Any) -> tuple[str, str]:
    """What a rejected release calls itself, for the report."""
    if isinstance(raw, Unreadable):
        return raw.ocid, raw.id
    said = as_mapping(raw)
    return clean_text(said.get("ocid"), 500), clean_text(said.get("id"), 500)
