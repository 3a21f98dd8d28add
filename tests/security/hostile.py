"""What nobody types: the parameters and fields that a site reads, and values that should break none of it.

Parameters are collected, never listed by hand: from the filters, from the source of the views, from the admin's lists,
and from the links and forms of the pages themselves.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.conf import settings
from django.contrib import admin
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpResponse

from marketplace.web.filters import ListFilterSet

#: As they stand in an address, percent-encoded.
ENCODED = (
    "", "%00", "a%00b", "%C2%B2", "%D9%A3", "%E2%91%A0", "-1", "0", "007", "2147483648", "9223372036854775808", "9" * 40,
    "1e400", "NaN", "Infinity", "0x10", "%ED%A0%80", "%FF%FE", "%", "%zz", "%C0%80", "%E2%80%AE%D7%90", "0000-00-00",
    "0000-01-01", "10000-01-01", "9999-12-31", "9999-12-31T23:59:59", "2026-02-31", "0001-01-01 00:00", "1,2,%00", "1,,x",
    "null", "None", "True", "__all__", "%5B%5D", "%7B%22a%22%3A1%7D", "../../etc/passwd", "%2Fadmin%2F", "a%0D%0AX-B%3A%201",
    "'%3BDROP%20TABLE", "%25s%25(a)s", "%7B%7B7*7%7D%7D", "%5C", "%F0%9F%92%A9", "R%00", "R", "x" * 3000,
    "00000000-0000-0000-0000-000000000000", "-%20" * 60, "(" * 90, "%22-" * 50,
)  # fmt: skip
#: As a form posts them.
POSTED = (
    "", "\x00", "a\x00b", "²", "٣", "①", "-1", "0", "2147483648", "9223372036854775808", "9" * 40, "1e400", "NaN", "Infinity",
    "\u202eא", "0000-00-00", "10000-01-01", "9999-12-31", "9999-12-31T23:59", "2026-02-31", "1,2,\x00", "null",
    "True", "[]", '{"a": 1}', "[[[", "../../etc/passwd", "%s%(a)s", "{{7*7}}", "\\", "💩", "x" * 5000, "a\r\nb", "25:61",
    "a@b", "a@" + "b" * 300 + ".ca", "http://[", "javascript:alert(1)", "00000000-0000-0000-0000-000000000000",
    "- " * 60, "-a" * 20_000,
)  # fmt: skip
#: Ends of a name that the admin reads as a question about a column.
LOOKUPS = (
    "__in",
    "__exact",
    "__isnull",
    "__gte",
    "__range",
    "__year",
    "__regex",
    "__contains",
    "__x__y",
    "__date",
    "__pk",
)
ADMIN_OWN = (
    "q", "o", "p", "e", "all", "_popup", "_to_field", "_facets", "_changelist_filters", "_preserved_filters", "x__y",
    "id__in", "id", "pk", "next", "app_label", "model_name", "field_name", "term",
)  # fmt: skip
FIELDS = ("input", "select", "textarea", "button")
APPS = ("marketplace", "suppliers", "buyers", "cohorts")


class _Names(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.is_posted = False

    def handle_endtag(self, tag: str) -> None:
        self.is_posted = self.is_posted and tag != "form"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.is_posted = (given.get("method") or "").lower() == "post"
        if tag in FIELDS and given.get("name") and not self.is_posted:
            self.names.add(given["name"] or "")
        for where in ("href", "action", "hx-get"):
            try:
                asked = urlsplit(given.get(where) or "").query
            except ValueError:
                continue
            self.names |= {name for name, _value in parse_qsl(asked, keep_blank_values=True)}


def names_on(response: HttpResponse) -> set[str]:
    """The names of the fields that a page sends in an address, and of the parameters in its links."""
    if response.streaming or "html" not in response.get("Content-Type", ""):
        return set()
    parser = _Names()
    parser.feed(response.content.decode(errors="replace"))
    return parser.names - {"csrfmiddlewaretoken"}


def different_fields(names: Iterable[str]) -> list[str]:
    """One of those that differ by their number: « offers-0-title » stands for « offers-1-title » and « c1-note » for « c2-note »."""
    alike: dict[str, str] = {}
    for name in names:
        alike.setdefault(re.sub(r"\d+|__prefix__", "0", name), name)
    return list(alike.values())


@cache
def names_in_source(of: str = "GET") -> frozenset[str]:
    """What the views read straight from the address (or the form): `request.GET.get("pour")`."""
    root, found = Path(settings.BASE_DIR), set()
    written = re.compile(rf'(?:{of}|query_params)(?:\.get|\.getlist|\.pop)?[(\[]"([^"]+)"')
    for app in APPS:
        for path in (root / app).rglob("*.py"):
            found |= set(written.findall(path.read_text()))
    return frozenset(found)


@cache
def names_of_filters() -> frozenset[str]:
    found, waiting = {"page", "page_size", "format"}, [ListFilterSet]
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        for name, its_filter in one.base_filters.items():
            found |= {name, its_filter.french}
    return frozenset(found)


@cache
def names_of_admin() -> frozenset[str]:
    found = set(ADMIN_OWN)
    for model_admin in admin.site._registry.values():
        for spec in model_admin.list_filter:
            name = getattr(spec, "parameter_name", None) or (spec if isinstance(spec, str) else spec[0])
            found |= {name, *(name + lookup for lookup in LOOKUPS)}
    return frozenset(found)


class Faults:
    """What went wrong in a request, with the exception that Django met."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._met: BaseException | None = None

    def _meet(self, sender: Any, **kwargs: Any) -> None:
        self._met = sys.exc_info()[1]

    @contextmanager
    def watching(self) -> Iterator[Faults]:
        got_request_exception.connect(self._meet)
        try:
            yield self
        finally:
            got_request_exception.disconnect(self._meet)

    def ask(self, name: str, call: Any, *args: Any, **kwargs: Any) -> int:
        """Call, undo whatever it wrote, and note an answer of 500 or more."""
        self._met = None
        with transaction.atomic():
            status = _status_of(call(*args, **kwargs))
            transaction.set_rollback(True)
        if status >= 500:
            said = f"{type(self._met).__name__}: {self._met}" if self._met else str(status)
            where = _where(self._met)
            self.found.setdefault(f"{where} {said[:150]}", name[:300])
        return status

    def __bool__(self) -> bool:
        return bool(self.found)

    def __str__(self) -> str:
        return "\n".join(f"{what}\n    {name}" for what, name in self.found.items())


def _status_of(response: HttpResponse) -> int:
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


def _where(met: BaseException | None) -> str:
    """The last line of ours that it passed."""
    line, step = "", met.__traceback__ if met else None
    while step:
        name = step.tb_frame.f_code.co_filename
        if any(f"/{app}/" in name for app in APPS) and "site-packages" not in name:
            line = f"{name.partition(str(settings.BASE_DIR))[2]}:{step.tb_lineno}"
        step = step.tb_next
    return line
