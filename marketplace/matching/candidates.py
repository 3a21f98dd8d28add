"""Suppliers as the engine reads them: those that may fit a tender, found in one statement; one by its id; and what
reasons name of them."""

from __future__ import annotations

import heapq
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from django.db import connection

from buyers.models import Tender
from marketplace.classification.codes import code_ancestors, code_prefix
from marketplace.matching import engine, weights
from marketplace.matching.engine import (
    Match,
    OfferProfile,
    Past,
    PastTender,
    Statistics,
    SupplierProfile,
    Taught,
    TenderProfile,
)
from marketplace.matching.meanings import NOBODY, Meant, MeantFits, named_meanings
from marketplace.matching.past_notices import find_neighbours
from marketplace.matching.tenders import BUYER, TenderQuestion, fill_sql, lexemes_sql, read_tender
from marketplace.matching.turning import in_turn, turn_of
from suppliers.search.stem_index import Asked, ask_stems

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: How many candidates the engine weighs, and how many for each one that is wanted.
POOL = 160
POOL_PER_WANTED = 2
#: So many may come in by what the notice means alone.
MOST_MEANT = 200
#: Where a supplier says what it does, its name first.
SAID_IN = ("name", "offers", "activity")
#: Common words find too many suppliers to look at all; the rarest that find about this many together suffice.
ENOUGH_FOUND = 6000

# `scores` sums by supplier what the engine would, from each term alone. It only has to let the best few hundred through:
# the engine decides.
# What a supplier taught, as `engine.Taught` takes it.
_LESSONS = """(SELECT jsonb_agg(jsonb_build_object(
    'kind', l.kind, 'codes', l.codes, 'meaning', l.meaning, 'km', l.km, 'region', l.region, 'amount', l.amount
) ORDER BY l.id) FROM matching_lesson l WHERE l.supplier_id = s.id)"""
_FIND = fill_sql(
    """
WITH hits AS MATERIALIZED (
    SELECT t.supplier_id, t.term, t.weight,
           q.habit * ln(1 + t.rate / q.share) + q.presence * t.weight / (t.weight + %(half)s) AS points
    FROM unnest(%(terms)s::text[], %(habit)s::float8[], %(share)s::float8[], %(presence)s::float8[])
         AS q(term, habit, share, presence)
    JOIN matching_trait t ON t.term = q.term
), scores AS (
    SELECT supplier_id, sum(points) AS points
    FROM (
        SELECT supplier_id, points FROM hits
        UNION ALL
        SELECT supplier_id, w.points
        FROM unnest(%(found)s::text[], %(found_points)s::float8[]) AS w(found, points)
        CROSS JOIN LATERAL unnest(w.found::bigint[]) supplier_id
        UNION ALL
        SELECT e.supplier_id, c.points
        FROM unnest(%(codes)s::text[], %(code_points)s::float8[]) AS c(code, points)
        JOIN suppliers_directoryentry e ON e.codes @> ARRAY[c.code]::varchar[]
        UNION ALL
        SELECT * FROM unnest(%(alike)s::bigint[], %(alike_points)s::float8[])
        UNION ALL
        SELECT * FROM unnest(%(meant)s::bigint[], %(meant_points)s::float8[])
    ) one
    GROUP BY supplier_id
), chosen AS MATERIALIZED (
    SELECT e.supplier_id, e.codes, e.serves, e.capacity, e.region
    FROM scores JOIN suppliers_directoryentry e USING (supplier_id)
    CROSS JOIN LATERAL (
        SELECT %(area)s::text[] IS NULL OR e.serves && %(area)s::varchar[] OR e.serves = '{}' AS is_near
    ) place
    WHERE is_near OR %(elsewhere)s
    ORDER BY %(elsewhere)s AND NOT is_near, scores.points DESC, hashint8extended(supplier_id, %(turn)s), supplier_id
    LIMIT %(pool)s
), known AS (
    SELECT supplier_id, array_agg(term) AS terms, array_agg(weight) AS weights FROM (
        SELECT supplier_id, term, weight FROM hits WHERE supplier_id IN (SELECT supplier_id FROM chosen)
        UNION ALL
        SELECT chosen.supplier_id, t.term, t.weight FROM chosen CROSS JOIN unnest(%(also)s::text[]) AS a(term)
        JOIN matching_trait t ON t.term = a.term AND t.supplier_id = chosen.supplier_id
    ) said GROUP BY supplier_id
)
SELECT chosen.*, org.lat, org.lon, known.terms, known.weights, k.notices, k.words, k.wins, k.last_on, {lessons}
FROM chosen
JOIN suppliers_supplier s ON s.id = chosen.supplier_id
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN known ON known.supplier_id = chosen.supplier_id
LEFT JOIN matching_track k ON k.supplier_id = chosen.supplier_id
""",
    lessons=_LESSONS,
)


def match_tender(
    tender: Tender, limit: int = 50, *, worth_it: bool = True, on: date | None = None
) -> list[Match]:
    """The best `limit` published suppliers for a tender, best first, without reasons; all of them if not only `worth_it`.

    `tender` need not be saved. Where the tender says its region, suppliers that declare to serve elsewhere stay out.
    """
    return best_of(read_tender(tender, on), limit=limit, worth_it=worth_it)


def best_of(asked: TenderQuestion, *, limit: int, worth_it: bool = True) -> list[Match]:
    """The same for a notice that was read."""
    found = find_candidates(asked, pool=max(POOL, POOL_PER_WANTED * limit))
    return best_matches(asked.tender, found, asked.statistics, limit=limit, worth_it=worth_it)


def best_matches(
    tender: TenderProfile,
    suppliers: list[SupplierProfile],
    statistics: Statistics,
    *,
    limit: int,
    worth_it: bool = True,
) -> list[Match]:
    """The `limit` best matches, by points; equals take turns from notice to notice."""
    matches = (engine.score_match(tender, supplier, statistics) for supplier in suppliers)
    found = [match for match in matches if match and (not worth_it or is_worth_keeping(match))]
    turns = in_turn([int(match.key) for match in found], turn_of(tender.key or tender.title))
    return heapq.nsmallest(limit, found, key=lambda match: (-match.points, turns[int(match.key)]))


def is_worth_keeping(match: Match) -> bool:
    """Whether a match deserves to be kept: enough points, enough of them for what is bought."""
    return match.points >= weights.FLOOR and match.topic >= weights.TOPIC_FLOOR


def find_candidates(
    asked: TenderQuestion, *, where: Literal["near", "near first", "anywhere"] = "near", pool: int = POOL
) -> list[SupplierProfile]:
    """The few hundred suppliers worth weighing. Those that declare to deliver elsewhere stay out, come where those near
    leave room, or count as the others."""
    said, fits = _who_says(asked.tender.words, asked.meant)
    neighbours = find_neighbours(asked.tender, asked.learnt)
    alike, alike_points = neighbours.best()
    parameters = _parameters(asked, said)
    turn = turn_of(asked.tender.key or asked.tender.title)
    meant, meant_fits = fits.best(MOST_MEANT, turn)
    parameters |= {"alike": alike.tolist(), "alike_points": alike_points.tolist(), "pool": pool, "turn": turn}
    parameters |= {"meant": meant.tolist(), "meant_points": (weights.TOPIC["meant"] * meant_fits).tolist()}
    parameters["elsewhere"] = where == "near first"
    if where == "anywhere":
        parameters["area"] = None
    with connection.cursor() as cursor:
        cursor.execute(_FIND, parameters)
        rows = cursor.fetchall()
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    words: list[tuple[list[str], list[str], list[str]]] = [([], [], []) for _ in rows]
    for word, saying in said.items():
        for which, those in enumerate(saying):
            for place in _places_among(ids, those):
                words[place][which].append(word)
    likenesses = neighbours.of_all(ids)
    return [
        read_supplier_row((*row[:7], *own, *row[7:]), *likeness, fit)
        for row, own, likeness, fit in zip(rows, words, likenesses, fits.of_all(ids), strict=True)
    ]


def _places_among(ids: NDArray[np.int64], those: NDArray[np.int64]) -> list[int]:
    """Where in `ids` those stand, which rise."""
    if not len(those):
        return []
    at = np.minimum(np.searchsorted(those, ids), len(those) - 1)
    return np.flatnonzero(those[at] == ids).tolist()


def _who_says(
    words: Iterable[str], meant: Meant
) -> tuple[dict[str, tuple[NDArray[np.int64], ...]], MeantFits]:
    """For each stem, who says it in its name, an offer's title or its activity; who in its name; who there alone. Rising ids.
    Beside it, who says what is meant.

    From the search's index: looked up in `DirectoryText.search`, each word reads the whole text of whoever has it, for its
    weight stands nowhere else.
    """
    words = list(words)
    asked = [Asked(field=field, term=((word,),)) for word in words for field in SAID_IN]
    found = ask_stems([*asked, *meant.asked]) if asked else []
    step = len(SAID_IN)
    said = {}
    for at, word in enumerate(words):
        named, *elsewhere = found[step * at : step * at + step]
        on_sheet = np.concatenate(elsewhere)
        said[word] = (
            np.unique(np.concatenate([named, on_sheet])),
            np.sort(named),
            np.setdiff1d(named, on_sheet),
        )
    return said, meant.fits(found[len(asked) :]) if found else NOBODY


def as_known_for(asked: TenderQuestion, profile: SupplierProfile) -> SupplierProfile:
    """One supplier with what past notices and the lexicon say of it for a notice."""
    alike, beside = find_neighbours(asked.tender, asked.learnt).of(int(profile.key))
    return replace(profile, alike=alike, beside=beside, meant=meant_fit(asked, int(profile.key)))


def meant_fit(asked: TenderQuestion, supplier_id: int) -> float:
    """How well one supplier answers what a notice means; one statement."""
    found = ask_stems(asked.meant.asked) if asked.meant.asked else []
    return asked.meant.fits(found).of_all(np.array([supplier_id], dtype=np.int64))[0]


def read_supplier_row(
    row: tuple[Any, ...], alike: float = 0.0, beside: float = 0.0, meant: float = 0.0
) -> SupplierProfile:
    """A row of the directory with its words, terms and experience, in the order that `_FIND` selects."""
    (supplier_id, codes_, serves, capacity, region, lat, lon, words, name_words, only_named,
     terms, counts, notices, size, wins, last_on, lessons) = row  # fmt: skip
    past = Past()
    if notices:
        terms = dict(zip(terms or (), counts or (), strict=True))
        past = Past(terms=terms, notices=notices, words=size, wins=wins, last=last_on)
    return SupplierProfile(
        key=supplier_id,
        codes=frozenset(codes_),
        words=frozenset(words),
        name_words=frozenset(name_words),
        only_named=frozenset(only_named),
        serves=frozenset(serves),
        capacity=capacity,
        region=region,
        lat=lat,
        lon=lon,
        past=past,
        alike=alike,
        beside=beside,
        meant=meant,
        lessons=tuple(Taught(**one | {"codes": tuple(one["codes"])}) for one in json.loads(lessons or "[]")),
    )


def untaught(supplier: SupplierProfile) -> SupplierProfile:
    """Without what it said of notices: that is not for a buyer to read."""
    return replace(supplier, lessons=())


def _parameters(asked: TenderQuestion, said: Mapping[str, tuple[NDArray[np.int64], ...]]) -> dict[str, Any]:
    """What each term is worth alone, as the engine will weigh it."""
    tender, statistics = asked.tender, asked.statistics
    title_parts = statistics.title_parts(tender.words)
    own_parts = statistics.title_parts(tender.words, tender.emphasis)
    coverage = {word: weights.TOPIC["words"] * part for word, part in own_parts.items()}
    past_coverage = {word: weights.TOPIC["words_past"] * part for word, part in title_parts.items()}
    prefixes = {
        above: weights.DEPTH[len(above)] * statistics.rarity_of_code(above)
        for code in tender.codes
        for above in code_ancestors(code)
    }
    # The levels of one code follow each other: each adds what it brings beyond the one above.
    steps = {code: max(nearness - prefixes.get(code[:-2], 0.0), 0.0) for code, nearness in prefixes.items()}
    # (term, worth of its habit, worth of its presence)
    terms = [
        (f"w:{word}", weights.SETTING["places"] / 4, 0.0)
        if word in tender.places
        else (f"w:{word}", weights.TOPIC["habit"] / 4, past_coverage[word])
        for word in tender.words
    ]
    for prefix in prefixes:
        habit = {2: weights.TOPIC["segment"], 4: weights.TOPIC["family"]}.get(len(prefix), 0.0)
        terms.append((f"u:{prefix}", habit, weights.TOPIC["code_past"] * steps[prefix]))
    terms += [(f"r:{region}", weights.SETTING["region"], 0.0) for region in tender.regions]
    for kind, value, worth in (
        ("c", tender.category, weights.TOPIC["category"]),
        ("b", tender.buyer, weights.SETTING["buyer"]),
    ):
        if value:
            terms.append((f"{kind}:{value}", worth, 0.0))
    found_by = _telling_words(tender, asked.spread)
    # Whoever shares no more than the segment is found by words, or not at all.
    least = min([4, *(len(code) for code in tender.codes)])
    found_by_code = {
        code: weights.TOPIC["code_offered"] * (step if len(code) > least else prefixes[code])
        for code, step in steps.items()
        if len(code) >= least
    }
    area = None
    if tender.regions:
        area = ["Q", *(f"R{region}" for region in tender.regions)]
        area += [tender.mrc] if tender.mrc else sorted(tender.mrcs)
    # Half of all suppliers share these: they find nobody, and are read of those found.
    also = {"k": tender.buyer_kind, "m": tender.method, "n": tender.nature}
    return {
        "also": [f"{kind}:{value}" for kind, value in also.items() if value],
        "terms": [term for term, _habit, _presence in terms],
        "habit": [habit for _term, habit, _presence in terms],
        "presence": [presence for _term, _habit, presence in terms],
        "share": [
            statistics.share(term) * (2 if term.startswith("w:") else 1) for term, _habit, _presence in terms
        ],
        "half": weights.HALF_KNOWN,
        "found": ["{" + ",".join(map(str, said[word][0].tolist())) + "}" for word in found_by],
        "found_points": [coverage[word] for word in found_by],
        "codes": list(found_by_code),
        "code_points": list(found_by_code.values()),
        "area": area,
    }


def _telling_words(tender: TenderProfile, spread: dict[str, int]) -> list[str]:
    """The words that find suppliers: the rarest first, until they find enough."""
    chosen: list[str] = []
    found = 0
    for word in sorted(set(tender.words) - tender.places, key=lambda word: (spread[word], word)):
        if chosen and found + spread[word] > ENOUGH_FOUND:
            break
        chosen.append(word)
        found += spread[word]
    return chosen


# --- One supplier -----------------------------------------------------------------------------------------------------

_PROFILE = fill_sql(
    """
SELECT e.supplier_id, e.codes, e.serves, e.capacity, e.region, org.lat, org.lon,
       tsvector_to_array(ts_filter(x.search, '{a,b,c}')), tsvector_to_array(ts_filter(x.search, '{a}')),
       ARRAY(SELECT unnest(tsvector_to_array(ts_filter(x.search, '{a}')))
             EXCEPT SELECT unnest(tsvector_to_array(ts_filter(x.search, '{b,c}')))),
       (SELECT array_agg(t.term) FROM matching_trait t WHERE t.supplier_id = e.supplier_id),
       (SELECT array_agg(t.weight) FROM matching_trait t WHERE t.supplier_id = e.supplier_id),
       k.notices, k.words, k.wins, k.last_on, {lessons}
FROM suppliers_directoryentry e
JOIN suppliers_directorytext x ON x.entry_id = e.supplier_id
JOIN suppliers_supplier s ON s.id = e.supplier_id
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN matching_track k ON k.supplier_id = e.supplier_id
WHERE e.supplier_id = %(id)s
""",
    lessons=_LESSONS,
)


def supplier_profile(supplier_id: int) -> SupplierProfile | None:
    """A published supplier as the engine wants it, with all its words; None if it is not published."""
    with connection.cursor() as cursor:
        cursor.execute(_PROFILE, {"id": supplier_id})
        row = cursor.fetchone()
    return read_supplier_row(row) if row else None


# --- What reasons name ------------------------------------------------------------------------------------------------

_OFFERS = fill_sql(
    """
SELECT o.supplier_id, o.title, array_remove(array_agg(oc.unspsccode_id ORDER BY oc.unspsccode_id), NULL),
       {lexemes}
FROM suppliers_offer o LEFT JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
WHERE o.supplier_id = ANY(%(ids)s) GROUP BY o.id ORDER BY o.id
""",
    lexemes=lexemes_sql("o.title || ' ' || o.description"),
)
# Twenty at most for each supplier: what was won first, then the neighbour that counted most, the nearest, the latest.
_PAST = fill_sql(
    """
SELECT e.supplier_id, past.title, past.buyer_name, past.year, past.won, past.same_buyer, past.likeness, past.nearest
FROM (SELECT DISTINCT supplier_id FROM matching_experience WHERE supplier_id = ANY(%(ids)s)) e
CROSS JOIN LATERAL (
    SELECT t.title, t.buyer_name, extract(year FROM t.published_at)::int AS year, x.won,
           coalesce({buyer} = %(buyer)s, FALSE) AS same_buyer, said.likeness,
           t.id = ANY(%(nearest)s) AS nearest
    FROM matching_experience x JOIN buyers_tender t ON t.id = x.tender_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(w.part), 0) AS likeness FROM unnest(%(words)s::text[], %(parts)s::float8[]) w(word, part)
        WHERE t.search @@ (w.word || ':A')::tsquery
    ) said
    WHERE x.supplier_id = e.supplier_id AND (said.likeness >= %(similar)s OR {buyer} = %(buyer)s OR t.id = ANY(%(nearest)s))
    ORDER BY x.won DESC, nearest DESC, said.likeness DESC, t.published_at DESC NULLS LAST, t.id LIMIT 20
) past
""",
    buyer=BUYER,
)


def with_details(
    asked: TenderQuestion, suppliers: Iterable[SupplierProfile]
) -> dict[int | str, SupplierProfile]:
    """The same profiles with their offers and similar past notices, by key: two statements."""
    chosen = list(suppliers)
    tender, statistics = asked.tender, asked.statistics
    title_parts = statistics.title_parts(tender.words)
    parameters: dict[str, Any] = {
        "ids": [supplier.key for supplier in chosen],
        "words": list(title_parts),
        "parts": list(title_parts.values()),
        "buyer": tender.buyer,
        "similar": weights.SIMILAR,
        "nearest": find_neighbours(tender, asked.learnt).nearest([int(one.key) for one in chosen]),
    }
    meanings = asked.meant.meanings
    by_meaning = {supplier.key for supplier in chosen if supplier.meant}
    offers: dict[int, list[OfferProfile]] = defaultdict(list)
    similar: dict[int, list[PastTender]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_OFFERS, parameters)
        for supplier_id, title, unspsc, words in cursor.fetchall():
            offers[supplier_id].append(
                OfferProfile(
                    title=title,
                    codes=tuple(code_prefix(code) for code in unspsc),
                    words=frozenset(words).intersection(tender.words),
                    means_it=supplier_id in by_meaning and not meanings.isdisjoint(named_meanings(title)),
                )
            )
        if any(supplier.past.notices for supplier in chosen):
            cursor.execute(_PAST, parameters)
            for supplier_id, title, buyer, year, won, same_buyer, likeness, nearest in cursor.fetchall():
                similar[supplier_id].append(
                    PastTender(
                        title=title,
                        buyer=buyer,
                        year=year,
                        won=won,
                        same_buyer=same_buyer,
                        similar=nearest or likeness >= weights.SIMILAR,
                    )
                )
    return {
        supplier.key: replace(
            supplier,
            offers=tuple(offers.get(int(supplier.key), ())),
            similar=tuple(similar.get(int(supplier.key), ())),
        )
        for supplier in chosen
    }
