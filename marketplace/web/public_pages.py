"""Public pages are not made anew for everyone: what nobody in particular is shown is kept a minute (docs/adr/0024).

A view says so with `@public_page`: which lists it shows, and which parameters it reads. An answer is kept in Valkey
under its address, the day, and the version of these lists, which every change of them moves in its own transaction: what was
withdrawn is never shown again. Only who has no session is answered from there, and only an answer that knows of nobody is kept.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.core.cache import cache
from django.core.handlers.wsgi import get_str_from_wsgi
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response

from marketplace.web.caching import is_cache_away
from marketplace.web.database_away import away_response, is_away
from marketplace.web.list_versions import known_version, list_version

View = TypeVar("View", bound=Callable[..., HttpResponse])
Next = Callable[[HttpRequest], HttpResponse]

SECONDS = 60  # as long as labels are kept in a process: what no list's version tells shows within the minute
MOST_BYTES = 48_000  # of one answer, compressed
MOST_IN_A_MINUTE = 1_000  # answers kept: with the above, all of them stay under 100 MB, most often under 30
MOST_QUERY, MOST_PATH = 500, 200  # characters
#: What else an answer may depend on: a part of a page is asked for by htmx.
HEADERS = ("HX-Request", "HX-History-Restore-Request")
#: « Only if it is still this »: of who writes. What is only read answers, whatever such a header names.
CONDITIONS_OF_WRITERS = ("HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
#: Who brings one of these may be shown what others are not.
OWN_COOKIES = (settings.SESSION_COOKIE_NAME, "messages")
_GZIP = re.compile(r"\bgzip\b")


@dataclass(frozen=True)
class PublicPage:
    lists: tuple[str, ...]
    asks: Callable[[], Iterable[str]]


def public_page(*lists: str, asks: Callable[[], Iterable[str]] = tuple) -> Callable[[View], View]:
    """Decorator of a view that shows everyone without a session the same, until one of the lists changes.

    `asks` names the parameters that it reads: no other reaches it.
    """

    def declare(view: View) -> View:
        view.public_page = PublicPage(lists, asks)  # type: ignore[attr-defined]
        return view

    return declare


class PublicPagesMiddleware:
    """Stands before whatever compresses an answer or opens a session."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        match = _public_match(request)
        if match is None:
            return self.get_response(request)
        page: PublicPage = match.func.public_page
        asked = get_str_from_wsgi(request.META, "QUERY_STRING", "")  # programs send « é » as it is
        query = _tidy(asked, frozenset(page.asks()))
        request.META["QUERY_STRING"] = query
        request.__dict__.pop("GET", None)
        try:
            version = list_version(*page.lists)
        except Error as error:
            if not is_away(error):
                raise
            return away_response(request)
        key = _key(request, query, version)
        kept = cache.get(key)
        if kept is None:
            with known_version(page.lists, version):
                response = self.get_response(request)
            kept = _keepable(request, response)
            if kept is None:
                return response
            if not is_cache_away() and _has_room():
                cache.set(key, kept, SECONDS)
        request.resolver_match = match
        return _answer(request, *kept)


def _public_match(request: HttpRequest) -> ResolverMatch | None:
    """The view that may be answered for, if anyone without a session asks and the cache is there."""
    query = request.META.get("QUERY_STRING", "")
    if (
        request.method not in ("GET", "HEAD")
        or not settings.KEEP_PUBLIC_PAGES
        or is_cache_away()
        or len(query) > MOST_QUERY
        or len(request.path_info) > MOST_PATH  # what is known of each path stays in the process
        or "%00" in query
        or any(name in request.COOKIES for name in OWN_COOKIES)
    ):
        return None
    return _match(settings.ROOT_URLCONF, request.path_info)


@lru_cache(maxsize=4_000)
def _match(_urlconf: str, path: str) -> ResolverMatch | None:
    """Addresses say their language, as LocaleMiddleware will read it."""
    with translation.override(translation.get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            match = resolve(path)
        except (Resolver404, ValueError):
            return None
    return match if hasattr(match.func, "public_page") else None


def _tidy(query: str, known: frozenset[str]) -> str:
    """What the page reads of it, by name: a form's empty fields and a mail's tracking make no other page."""
    asked = [(name, value) for name, value in parse_qsl(query) if name in known]
    return urlencode(sorted(asked, key=lambda pair: pair[0]))


def _key(request: HttpRequest, query: str, version: str) -> str:
    said = "\n".join(
        [
            release_name(),
            request.get_host(),
            request.scheme or "",
            request.path_info,
            query,
            *(str(bool(request.headers.get(name))) for name in HEADERS),
            timezone.localdate().isoformat(),
            version,
        ]
    )
    return "page:" + hashlib.blake2b(said.encode(), digest_size=20).hexdigest()


@lru_cache(maxsize=1)
def release_name() -> str:
    """Which program writes the pages: two releases share Valkey while one follows the other."""
    files = [
        path
        for folder in ("templates", "static", "locale", "marketplace", "suppliers", "buyers", "cohorts")
        for path in (Path(settings.BASE_DIR) / folder).rglob("*.*")
        if path.suffix in (".html", ".css", ".js", ".mo", ".py", ".svg")
    ]
    said = "\n".join(sorted(f"{path} {(stat := path.stat()).st_size} {stat.st_mtime_ns}" for path in files))
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


Kept = tuple[str, dict[str, str], bytes]


def _keepable(request: HttpRequest, response: HttpResponse) -> Kept | None:
    """The answer as it is kept, or None where it could know of someone: then it is theirs alone."""
    reader = getattr(request, "_cached_user", None)
    if (
        request.method != "GET"
        or response.status_code != 200
        or response.streaming
        or response.cookies
        or (reader is not None and reader.is_authenticated)
        or response.has_header("Cache-Control")
        or any(name.startswith("_csp") for name in vars(response))
        or getattr(request, "_csp_nonce", None)
    ):
        return None
    body = response.content
    if response.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    if b"csrfmiddlewaretoken" in body or len(packed := gzip.compress(body, 6, mtime=0)) > MOST_BYTES:
        return None
    headers = {
        name: value
        for name, value in response.items()
        if name not in ("Content-Encoding", "Content-Length", "ETag", "Vary")
    }
    headers["Vary"] = ", ".join(
        dict.fromkeys([*_listed(response.get("Vary", "")), "Cookie", "Accept-Encoding"])
    )
    return f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"', headers, packed


def _listed(header: str) -> list[str]:
    return [one.strip() for one in header.split(",") if one.strip()]


def _has_room() -> bool:
    """Valkey also holds the work to be done, and never drops any of it: pages stay few."""
    minute = f"pages:{timezone.now():%H%M}"
    cache.add(minute, 0, 2 * SECONDS)
    try:
        return int(cache.incr(minute)) <= MOST_IN_A_MINUTE
    except ValueError:  # it went between the two
        return False


def _answer(request: HttpRequest, etag: str, headers: dict[str, str], packed: bytes) -> HttpResponse:
    accepts = bool(_GZIP.search(request.headers.get("Accept-Encoding", "")))
    response = HttpResponse(packed if accepts else gzip.decompress(packed), headers=headers)
    if accepts:
        response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    response["ETag"] = etag
    for name in CONDITIONS_OF_WRITERS:
        request.META.pop(name, None)
    answer: Any = get_conditional_response(request, etag=etag, response=response)
    return answer  # type: ignore[no-any-return]
