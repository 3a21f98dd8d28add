"""How often a listing is opened, and which notices members open: counted in Valkey, beside the request, in one round trip.

Public pages are kept and answered without SQL (docs/adr/0024), so the count stands before them, in a middleware, and costs
no statement. A task takes what was counted into tables every ten minutes (`flushing`). Nothing says who: a keyed hash of
the day, the network and the page keeps one visitor from counting twice, and dies with the day. See docs/adr/0032.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qs, urlsplit

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from marketplace.accounts.models import User
from marketplace.web.caching import ForgivingCache, is_cache_away
from marketplace.web.limits import network

Next = Callable[[HttpRequest], HttpResponse]

PENDING = "visits.pending"  # a hash: what was counted → how often
SEARCH, LIST, ELSEWHERE = "s", "l", "e"  # where a visitor came from
VISIT, OPENING = "v", "o"
#: Pages that a network may count in a day; beyond, a program walks them.
MOST_OF_A_NETWORK = 150
MOST_PENDING = 50_000  # different things counted between two takings: Valkey never drops anything
A_DAY = 26 * 3_600  # seconds, and what clocks differ by
LONGEST_WORDS = 80
MOST_DIGITS = 5  # as the searches that found nobody: more may be a telephone or a NEQ

#: What programs call themselves; browsers say where they come from in languages, programs seldom.
_ROBOTS = re.compile(
    r"bot\b|bot[/;-]|crawl|spider|slurp|scrap|fetch|archiv|preview|monitor|check|probe|headless|lighthouse|curl|wget|python|"
    r"httpx|java/|okhttp|go-http|libwww|facebookexternalhit|whatsapp|validator|feed",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[a-z0-9-]{1,120}")

_COUNT = """
if tonumber(redis.call('GET', KEYS[2]) or 0) >= tonumber(ARGV[2]) then return 0 end
if not redis.call('SET', KEYS[1], 1, 'NX', 'EX', ARGV[4]) then return 0 end
redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[4])
if redis.call('HEXISTS', KEYS[3], ARGV[1]) == 0 and redis.call('HLEN', KEYS[3]) >= tonumber(ARGV[3]) then return 0 end
return redis.call('HINCRBY', KEYS[3], ARGV[1], 1)
"""


class VisitCountingMiddleware:
    """Stands before whatever keeps public pages: a page that was made for another reader counts as well."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if match is None or response.status_code not in (200, 304) or not is_person(request):
            return response
        if match.view_name == "suppliers:supplier":
            _count_visit(request, str(match.kwargs["slug"]))
        elif match.view_name == "tenders:tender":
            _count_opening(request, f"t{match.kwargs['ocid']}")
        elif match.view_name == "needs:need":
            _count_opening(request, f"n{match.kwargs['slug']}")
        return response


def is_person(request: HttpRequest) -> bool:
    """Whether a browser asks for a page to show it, as far as it says: neither a program nor a page fetched in advance."""
    said = request.headers
    agent = said.get("User-Agent", "")
    return (
        request.method == "GET"
        and agent.startswith("Mozilla/")
        and not _ROBOTS.search(agent)
        and bool(said.get("Accept-Language"))
        and "prefetch" not in f"{said.get('Purpose', '')}{said.get('Sec-Purpose', '')}{said.get('X-Moz', '')}"
        and said.get("Sec-Fetch-Dest", "document") == "document"
    )


def _reader(request: HttpRequest) -> User | None:
    """Who is signed in, if the page asked: nobody is looked up here."""
    reader = getattr(request, "_cached_user", None)
    return reader if isinstance(reader, User) else None


def _count_visit(request: HttpRequest, slug: str) -> None:
    """Neither staff nor the enterprise's own people are visitors."""
    reader = _reader(request)
    if getattr(request, "is_own_listing", False) or (reader is not None and reader.is_staff):
        return
    source, words = where_from(request)
    if _SLUG.fullmatch(slug):
        _count(request, page=slug, what="|".join((VISIT, _today(), slug, source, words)))


def _count_opening(request: HttpRequest, notice: str) -> None:
    """A member opens a notice: for their enterprises it is opened. Staff open them for work."""
    reader = _reader(request)
    mine = vars(reader).get("organisation_ids") if reader is not None and not reader.is_staff else None
    if mine and len(mine) <= 50:
        who = ",".join(map(str, sorted(mine)))
        _count(request, page=f"{notice}|{who}", what="|".join((OPENING, _today(), who, notice)))


def _count(request: HttpRequest, *, page: str, what: str) -> None:
    valkey = caches["default"]
    if not isinstance(valkey, ForgivingCache) or is_cache_away():
        return
    today, visitor = _today(), network(request)
    seen = salted_hmac("dealings.visits", f"{today}|{visitor}|{page}", algorithm="sha256").hexdigest()[:32]
    of_network = salted_hmac("dealings.visits", f"{today}|{visitor}", algorithm="sha256").hexdigest()[:32]
    valkey.run_script(
        _COUNT,
        [f"visits.seen:{seen}", f"visits.of:{of_network}", PENDING],
        [what, MOST_OF_A_NETWORK, MOST_PENDING, A_DAY],
    )


def _today() -> str:
    return timezone.localdate().isoformat()


def where_from(request: HttpRequest) -> tuple[str, str]:
    """(from where, with which words), by the page of ours that the browser says it left; words as `clean_words` lets them."""
    try:
        left = urlsplit(request.headers.get("Referer", "")[:2_000])
    except ValueError:  # « http://[ »
        return ELSEWHERE, ""
    if left.netloc != request.get_host() or not _is_directory(left.path[:200]):
        return ELSEWHERE, ""
    asked = parse_qs(left.query).get("q", [""])[0]
    return (SEARCH, clean_words(asked)) if asked.strip() else (LIST, "")


@lru_cache(maxsize=200)
def _is_directory(path: str) -> bool:
    with translation.override(translation.get_language_from_path(path) or "fr"):
        try:
            return resolve(path).view_name == "suppliers:directory"
        except (Resolver404, ValueError):
            return False


def clean_words(asked: str) -> str:
    """A search's text in small letters, or "" where it may say who someone is; what remains is checked again before it is
    kept (`flushing`)."""
    text = unicodedata.normalize("NFKC", asked[:400])
    words = " ".join("".join(c if c.isalnum() or c in " '’-" else " " for c in text.lower()).split())
    digits = sum(letter.isdigit() for letter in text)
    if "@" in text or digits > MOST_DIGITS or len(words) > LONGEST_WORDS:
        return ""
    return words
