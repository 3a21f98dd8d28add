"""What was counted in Valkey goes into tables, every ten minutes, and what no figure needs any more is forgotten.

What is being taken bears another name in Valkey until it is committed: a worker that dies in between loses nothing, and
one that dies between the commit and the last step counts its ten minutes twice. Valkey that dies loses what it held.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db import connection
from django.utils import timezone
from django.utils.http import urlencode
from redis import ResponseError

from marketplace.dealings.models import VisitWords
from marketplace.dealings.outcomes.counting import LIST, OPENING, PENDING, SEARCH, VISIT, clean_words
from marketplace.matching.saved_searches.sources import SUPPLIERS
from marketplace.web.caching import ForgivingCache
from marketplace.web.verbs import verb
from suppliers.models import Supplier
from suppliers.search.empty import kept_text

TAKEN = "visits.taken"
#: Texts that are asked again of the directory in one round; the words of the others are not kept, the visits are.
MOST_TEXTS = 300
#: What pages tell of searches is a year at most.
KEPT_DAYS = 400

_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext('dealings.visits'))"
_VISITS = """
INSERT INTO dealings_visits AS kept (supplier_id, day, times, by_search, by_list)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::int[], %s::int[], %s::int[])
ON CONFLICT (supplier_id, day) DO UPDATE SET times = kept.times + EXCLUDED.times,
    by_search = kept.by_search + EXCLUDED.by_search, by_list = kept.by_list + EXCLUDED.by_list
"""
_WORDS = """
INSERT INTO dealings_visitwords AS kept (supplier_id, day, words, times)
SELECT * FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::int[])
ON CONFLICT (supplier_id, day, words) DO UPDATE SET times = kept.times + EXCLUDED.times
"""
_OPENED = """
UPDATE dealings_suggestednotice n SET opened_on = o.day
FROM unnest(%s::text[], %s::text[], %s::date[]) AS o(who, notice, day)
JOIN suppliers_supplier s ON s.organisation_id = ANY(string_to_array(o.who, ',')::bigint[])
LEFT JOIN buyers_tender t ON o.notice = 't' || t.ocid
LEFT JOIN buyers_need b ON o.notice = 'n' || b.slug
WHERE n.supplier_id = s.id AND (n.tender_id = t.id OR n.need_id = b.id) AND n.opened_on IS NULL
"""


class Visit(NamedTuple):
    day: date
    slug: str
    source: str
    words: str


class Opening(NamedTuple):
    day: date
    who: str
    notice: str


@verb
def keep_counted_visits(*, by: None) -> int:
    """Take what was counted since the last time; how many visits. Two workers at once: the second leaves it to the first."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        if not cursor.fetchone()[0]:
            return 0
    valkey = caches["default"]
    if not isinstance(valkey, ForgivingCache):
        return 0
    client = valkey.client()
    taken, pending = valkey.make_key(TAKEN), valkey.make_key(PENDING)
    if not client.exists(taken):  # else a worker died with it
        try:
            client.rename(pending, taken)
        except ResponseError:  # nothing was counted
            return 0
    visits: Counter[Visit] = Counter()
    openings: list[Opening] = []
    for said, times in client.hgetall(taken).items():
        one = read_counted(said.decode())
        if isinstance(one, Visit):
            visits[one] += int(times)
        elif one is not None:
            openings.append(one)
    _keep_visits(visits)
    _keep_openings(openings)
    connection.on_commit(lambda: client.delete(taken))
    return visits.total()


def read_counted(said: str) -> Visit | Opening | None:
    """One field of the hash, or None where another release wrote it otherwise."""
    what, _bar, rest = said.partition("|")
    parts = rest.split("|", 2 if what == OPENING else 3)
    try:
        day = date.fromisoformat(parts[0])
    except ValueError:
        return None
    if what == VISIT and len(parts) == 4:
        return Visit(day, *parts[1:])
    return Opening(day, *parts[1:]) if what == OPENING and len(parts) == 3 else None


def _keep_visits(visits: Counter[Visit]) -> None:
    ids = dict(
        Supplier.objects.published()
        .filter(slug__in={visit.slug for visit in visits})
        .values_list("slug", "pk")
    )
    days: dict[tuple[int, date], list[int]] = {}
    asked: Counter[tuple[int, date, str]] = Counter()
    for visit, times in visits.items():
        if (supplier := ids.get(visit.slug)) is None:
            continue
        sums = days.setdefault((supplier, visit.day), [0, 0, 0])
        sums[0] += times
        sums[1] += times * (visit.source == SEARCH)
        sums[2] += times * (visit.source == LIST)
        if visit.words:
            asked[supplier, visit.day, visit.words] += times
    answered = answering({words for _supplier, _day, words in asked})
    kept: Counter[tuple[int, date, str]] = Counter()
    for (supplier, day, words), times in asked.items():
        shown, suppliers = answered.get(words, ("", frozenset()))
        if supplier in suppliers:
            kept[supplier, day, shown] += times
    with connection.cursor() as cursor:
        if days:
            keys, sums_of = zip(*sorted(days.items()), strict=True)
            cursor.execute(_VISITS, [*_columns(keys), *_columns(sums_of)])
        if kept:
            keys, times_of = zip(*sorted(kept.items()), strict=True)
            cursor.execute(_WORDS, [*_columns(keys), list(times_of)])


def _columns(rows: Iterable[Iterable[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def answering(texts: Iterable[str]) -> dict[str, tuple[str, frozenset[int]]]:
    """The texts that may be kept, each as it was understood, with whom the directory answers it with.

    Anyone can say that they came from a search: only a text that finds the supplier by itself is one, so nothing is kept that
    its listing does not say itself. What may say who someone is goes, as for searches that found nobody.
    """
    found: dict[str, tuple[str, frozenset[int]]] = {}
    for text in sorted(texts)[:MOST_TEXTS]:
        asked = SUPPLIERS.ask(urlencode({"q": text}))
        results = asked.filters.results()
        if (
            results.found.unknown or results.found.suggestion
        ):  # the search answers without the words that it does not know
            continue
        if clean_words(text) == text and not asked.faults and kept_text(results.found.wishes):
            shown = clean_words(results.found.read_as) or text
            found[text] = (shown, frozenset(results.answers.whole_ids()))
    return found


def _keep_openings(openings: list[Opening]) -> None:
    if openings:
        with connection.cursor() as cursor:
            cursor.execute(
                _OPENED,
                [
                    [one.who for one in openings],
                    [one.notice for one in openings],
                    [one.day for one in openings],
                ],
            )


@verb
def forget_visit_words(*, by: None) -> int:
    """Every night: texts of more than a year ago; how many rows."""
    return VisitWords.objects.filter(day__lt=timezone.localdate() - timedelta(days=KEPT_DAYS)).delete()[0]
