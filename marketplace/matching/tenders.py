"""Tenders as the engine reads them: their terms, in SQL and one by one, with how common each term is."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils import timezone

from buyers.models import OPEN_SQL, Tender
from marketplace.classification.codes import code_ancestors, code_prefix
from marketplace.matching import weights
from marketplace.matching.engine import Statistics, SupplierProfile, TenderProfile
from marketplace.matching.meanings import Meant, read_meanings
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import current_gazetteer
from marketplace.territories.points import Town
from marketplace.territories.spelling import name_key
from marketplace.web.folding import fold_text
from marketplace.web.list_versions import VERSION
from marketplace.web.process_cache import ProcessCache

#: The longest name of a town, in words.
LONGEST = 7
NUMBER = re.compile(r"\d+")
#: What was learnt from past notices, among the lists that have versions (`web.list_versions`).
EXPERIENCE = "experience"


# --- Terms in SQL -----------------------------------------------------------------------------------------------------


def fill_sql(text: str, **parts: str) -> str:
    """A statement put together from our own parts: `{name}` stands for the part of that name; all else stays."""
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text


def chosen_suppliers(column: str) -> str:
    """Condition that keeps the suppliers of the parameter `ids`, or all where it is NULL."""
    return f"(%(ids)s::bigint[] IS NULL OR {column} = ANY(%(ids)s))"


def lexemes_sql(text: str) -> str:
    """Stems of a text as an array. Folded first, as the directory's search does."""
    return f"tsvector_to_array(to_tsvector('public.french_unaccent'::regconfig, f_fold({text})))"


#: Numbers of routes and lots stay; single letters say nothing, nor does the article that PostgreSQL forgot.
SAYS_SOMETHING = "(length(lexeme) BETWEEN 2 AND 60 AND lexeme <> 'le' OR lexeme ~ '^[0-9]$')"

#: The buyer of `t` by its profile where it has one, else as its feed calls it, else by its name.
BUYER = "coalesce('B' || t.buyer_id, 'P' || t.party_id, nullif('N' || left(f_fold(t.buyer_name), 60), 'N'))"


#: Whether the buyer, a party `p` of the feed, is a municipal body.
KIND = "CASE WHEN p.is_municipal THEN 'k:1' ELSE 'k:0' END"

#: What is bought, by the notice's title and those of its lots.
SUBJECT = "t.title || ' ' || left(t.lots_text, 2000)"
LOTS_READ = 2000


def parts_sql(title: str, lots: str) -> str:
    """Stems of the title with each line of the lots' titles, as JSON: a list of lists; NULL without lots."""
    return fill_sql(
        "(SELECT jsonb_agg({line}) FROM regexp_split_to_table(nullif(left({lots}, 2000), ''), '\\n') line)",
        line=lexemes_sql(f"{title} || ' ' || line"),
        lots=lots,
    )


def terms_sql(chosen: str) -> str:
    """(tender_id, term) of the notices `t` that a condition lets through, each once."""
    return fill_sql(
        """
    SELECT t.id AS tender_id, 'w:' || lexeme AS term
    FROM buyers_tender t CROSS JOIN LATERAL unnest({lexemes}) lexeme
    WHERE {chosen} AND {says_something}
    UNION ALL
    SELECT t.id, 'c:' || t.seao_category_id FROM buyers_tender t WHERE {chosen} AND t.seao_category_id IS NOT NULL
    UNION ALL
    SELECT t.id, 'r:' || t.region_id FROM buyers_tender t WHERE {chosen} AND t.region_id IS NOT NULL
    UNION ALL
    SELECT t.id, 'b:' || {buyer} FROM buyers_tender t WHERE {chosen} AND {buyer} IS NOT NULL
    UNION ALL
    SELECT t.id, 'm:' || t.method FROM buyers_tender t WHERE {chosen} AND t.method <> ''
    UNION ALL
    SELECT t.id, 'n:' || t.category FROM buyers_tender t WHERE {chosen} AND t.category <> ''
    UNION ALL
    SELECT t.id, {kind} FROM buyers_tender t JOIN buyers_buyerparty p ON p.party_id = t.party_id
    WHERE {chosen} AND p.is_municipal IS NOT NULL
    UNION ALL
    SELECT DISTINCT t.id, 'u:' || left(trimmed.code, digits)
    FROM buyers_tender t
    CROSS JOIN LATERAL unnest(t.unspsc) code
    CROSS JOIN LATERAL (SELECT regexp_replace(code, '(00)+$', '') AS code) trimmed
    CROSS JOIN LATERAL generate_series(2, length(trimmed.code), 2) digits
    WHERE {chosen}
""",
        lexemes=lexemes_sql(SUBJECT),
        says_something=SAYS_SOMETHING,
        buyer=BUYER,
        kind=KIND,
        chosen=f"({chosen})",
    )


# --- One tender -------------------------------------------------------------------------------------------------------

# Each word of the title with its stem, in its order; then the other terms that were asked for. `spread` says how many
# words of the directory share the stem, about as many as suppliers.
_READ = fill_sql(
    """
WITH t AS (
    SELECT %(title)s::text AS title, %(buyer_id)s::bigint AS buyer_id, %(party_id)s::text AS party_id,
           %(buyer_name)s::text AS buyer_name
), said AS (
    SELECT 'w:' || lexeme AS term, lexeme, min(surface) AS shown, min(position) AS position
    FROM t CROSS JOIN LATERAL regexp_split_to_table(t.title, '[^[:alnum:]]+') WITH ORDINALITY AS s(surface, position)
    CROSS JOIN LATERAL unnest({lexemes}) lexeme
    WHERE {says_something} GROUP BY lexeme
    UNION ALL SELECT term, '', '', NULL FROM unnest(%(terms)s::text[]) term
    UNION ALL SELECT 'b:' || {buyer}, '', '', NULL FROM t WHERE {buyer} IS NOT NULL
    UNION ALL SELECT {kind}, '', '', NULL FROM buyers_buyerparty p
    WHERE p.party_id = %(party_id)s AND p.is_municipal IS NOT NULL
), changes AS NOT MATERIALIZED (
    SELECT id, mark FROM web_listchange WHERE list_name = %(experience)s
)
SELECT said.term, said.shown, said.position, coalesce(c.notices, 0),
       CASE WHEN said.lexeme <> '' THEN
           (SELECT coalesce(sum(w.entries), 0) FROM suppliers_searchword w WHERE w.lexeme = said.lexeme) ELSE 0 END,
       ({version}),
       (SELECT greatest(reltuples, 0)::int FROM pg_class WHERE oid = 'suppliers_directoryentry'::regclass)
FROM said LEFT JOIN matching_termcount c ON c.term = said.term ORDER BY said.position NULLS LAST, said.term
""",
    lexemes=lexemes_sql("surface"),
    says_something=SAYS_SOMETHING,
    buyer=BUYER,
    kind=KIND,
    version=VERSION,
)


_PARTS = f"SELECT {parts_sql('%(title)s::text', '%(lots)s::text')}"


@dataclass(frozen=True, slots=True)
class TenderQuestion:
    """A notice to be answered; `spread`: in about how many suppliers' texts each word stands; `learnt`: the version of
    what past notices teach; `meant`: what its title and codes mean."""

    tender: TenderProfile
    statistics: Statistics
    spread: dict[str, int]
    learnt: str = ""
    meant: Meant = field(default_factory=Meant)


def read_tender(tender: Tender, on: date | None = None) -> TenderQuestion:
    """Read a notice; `tender` need not be saved. `on` is the day that the age of past notices counts from, else today."""
    lots = tender.lots_text[:LOTS_READ]
    prefixes = [code_prefix(code) for code in tender.unspsc]
    regions = (tender.region_id,) if tender.region_id else ()
    terms = {f"u:{above}" for code in prefixes for above in code_ancestors(code)} | {
        f"r:{r}" for r in regions
    }
    for kind, value in (("c", tender.seao_category_id), ("m", tender.method), ("n", tender.category)):
        if value:
            terms.add(f"{kind}:{value}")
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "title": f"{tender.title} {lots}".strip(),
                "buyer_id": tender.buyer_id,
                "party_id": tender.party_id,
                "buyer_name": tender.buyer_name,
                "terms": sorted(terms | {"#", "#w"}),
                "experience": EXPERIENCE,
            },
        )
        rows = cursor.fetchall()
        parts: list[list[str]] = []
        if lots:
            cursor.execute(_PARTS, {"title": tender.title, "lots": lots})
            parts = json.loads(cursor.fetchone()[0] or "[]")
    counts = {term: count for term, _shown, _position, count, *_others in rows}
    words = [
        (term.removeprefix("w:"), shown, int(spread))
        for term, shown, position, _n, spread, *_others in rows
        if position is not None
    ]
    mrcs = mrcs_by_code()
    named = named_places(tender.title, tender.region_id)
    stems = frozenset(stem for stem, _shown, _spread in words)
    named_words = named.words | named_places(lots, tender.region_id).words
    meant = read_meanings(tender.title, prefixes)
    point = named.point or mrcs.get(tender.mrc_id or "")
    profile = TenderProfile(
        key=tender.ocid,
        title=tender.title,
        words=tuple(stem for stem, _shown, _spread in words),
        shown=tuple(shown for _stem, shown, _spread in words),
        places=frozenset(
            stem
            for stem, shown, _spread in words
            # A number (« 11 autres terrains », a year) says no more of what is sold than a town does.
            if fold_text(shown) in named_words or NUMBER.fullmatch(shown)
        ),
        parts=tuple(dict.fromkeys(stems.intersection(part) for part in parts)),
        emphasis={stem: meant.emphasis.get(fold_text(shown), 1.0) for stem, shown, _spread in words},
        trades=tuple(what.label for what in meant.trades),
        meaning=next((what.meanings[0] for what in meant.trades), ""),
        codes=tuple(dict.fromkeys(prefixes)),
        category=tender.seao_category_id or "",
        buyer=next((term.removeprefix("b:") for term in counts if term.startswith("b:")), ""),
        buyer_name=tender.buyer_name,
        buyer_kind=next((term.removeprefix("k:") for term in counts if term.startswith("k:")), ""),
        method=tender.method,
        nature=tender.category,
        regions=regions,
        mrc=tender.mrc_id or "",
        mrcs=frozenset(code for code, mrc in mrcs.items() if mrc.region in regions),
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        around=place_around(point, tender.region_id),
        amount=float(tender.amount_in_dollars) if tender.amount_in_dollars else None,
        on=on or timezone.localdate(),
    )
    texts = rows[0][6] + weights.IMAGINED_TEXTS
    shares = {stem: min(spread / texts, weights.MOST_SPREAD) for stem, _shown, spread in words}
    statistics = Statistics(notices=counts["#"], words=counts["#w"], counts=counts, spread=shares)
    spread = {stem: spread for stem, _shown, spread in words}
    return TenderQuestion(profile, statistics, spread, learnt=rows[0][5], meant=meant)


def place_around(point: Any, region: str | None) -> tuple[float, float] | None:
    """A town or an MRC, else amid the MRCs of the region: near enough to tell who is within reach; some have no point."""
    points = [point] if point else [mrc for mrc in mrcs_by_code().values() if region and mrc.region == region]
    known = [(one.lat, one.lon) for one in points if one.lat is not None and one.lon is not None]
    if not known:
        return None
    return sum(lat for lat, _lon in known) / len(known), sum(lon for _lat, lon in known) / len(known)


@dataclass(frozen=True, slots=True)
class NamedPlaces:
    """Words of a title that name places, folded; and the town meant, where it is one in the notice's region."""

    words: frozenset[str]
    point: Town | None


def _load_names() -> dict[str, list[Town]]:
    """Towns by their names as `key` spells them; regions and MRCs too, as names alone."""
    names: dict[str, list[Town]] = {name_key(info.name): [] for info in mrcs_by_code().values()}
    names |= {name_key(name): [] for name in region_names().values()}
    return names | current_gazetteer().official


# Towns seldom change their names.
_names = ProcessCache(_load_names, seconds=3600)


def named_places(title: str, region: str | None) -> NamedPlaces:
    """Read « Entretien ménager, Val-d’Or » for the names of towns, the longest first."""
    names, said, written = _names(), name_key(title).split(), fold_text(title).split()
    if len(said) != len(written):  # « N.-D. » was written in full
        written = said
    words: set[str] = set()
    towns: list[Town] = []
    start = 0
    while start < len(said):
        for size in range(min(LONGEST, len(said) - start), 0, -1):
            found = names.get(" ".join(said[start : start + size]))
            if found is not None:
                words.update(written[start : start + size])
                towns += [town for town in found if town.region == region]
                start += size - 1
                break
        start += 1
    return NamedPlaces(frozenset(words), towns[0] if len({town.code for town in towns}) == 1 else None)


# --- All open tenders, for one supplier -------------------------------------------------------------------------------

_NOTICES = fill_sql(
    """
WITH terms AS MATERIALIZED ({terms})
SELECT t.id, t.ocid, t.unspsc, t.seao_category_id, t.region_id, t.mrc_id,
    CASE WHEN t.currency = 'CAD' THEN t.estimated_amount END, said.terms, said.counts, {parts}
FROM buyers_tender t
JOIN (
    SELECT terms.tender_id, array_agg(terms.term) AS terms, array_agg(coalesce(c.notices, 0)) AS counts
    FROM terms LEFT JOIN matching_termcount c USING (term) GROUP BY terms.tender_id
) said ON said.tender_id = t.id
WHERE said.terms && %(terms)s::text[]
""",
    terms=terms_sql(OPEN_SQL),
    parts=parts_sql("t.title", "t.lots_text"),
)
_TOTALS = "SELECT term, notices FROM matching_termcount WHERE term IN ('#', '#w')"


def open_tenders(supplier: SupplierProfile) -> tuple[dict[int, TenderProfile], Statistics]:
    """Open notices by id that share a word or a code with a supplier's text or past, and how common their terms are.

    Good enough to choose the few that `reading.question` then reads whole: towns named in titles are not told apart.
    """
    known = {f"w:{word}" for word in supplier.words} | {f"u:{code}" for code in supplier.codes}
    known |= {term for term in supplier.past.terms if term[0] in "wu"}
    counts: dict[str, int] = {}
    mrcs = mrcs_by_code()
    mrcs_of: dict[str, set[str]] = defaultdict(set)
    for code, mrc in mrcs.items():
        mrcs_of[mrc.region].add(code)
    found: dict[int, TenderProfile] = {}
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(_NOTICES, {"terms": sorted(known)})
        for row in cursor.fetchall():
            (tender_id, ocid, unspsc, category, region, mrc_code, amount, terms, of_terms, parts) = row
            counts |= zip(terms, of_terms, strict=True)
            words = frozenset(term[2:] for term in terms if term.startswith("w:"))
            place = mrcs.get(mrc_code or "")
            found[tender_id] = TenderProfile(
                key=ocid,
                words=tuple(sorted(words)),
                parts=tuple(dict.fromkeys(words.intersection(part) for part in json.loads(parts or "[]"))),
                codes=tuple(dict.fromkeys(code_prefix(code) for code in unspsc)),
                category=category or "",
                buyer=next((term[2:] for term in terms if term.startswith("b:")), ""),
                buyer_kind=next((term[2:] for term in terms if term.startswith("k:")), ""),
                method=next((term[2:] for term in terms if term.startswith("m:")), ""),
                nature=next((term[2:] for term in terms if term.startswith("n:")), ""),
                regions=(region,) if region else (),
                mrc=mrc_code or "",
                mrcs=frozenset(mrcs_of[region]) if region else frozenset(),
                lat=place.lat if place else None,
                lon=place.lon if place else None,
                around=place_around(place, region),
                amount=float(amount) if amount else None,
                on=today,
            )
        cursor.execute(_TOTALS)
        totals = dict(cursor.fetchall())
    return found, Statistics(notices=totals.get("#", 0), words=totals.get("#w", 0), counts=counts)
