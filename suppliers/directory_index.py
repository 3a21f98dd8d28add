"""The directory's own tables: `reindex_suppliers` rewrites them from the published suppliers, in SQL, a set at a time.

Some suppliers are rewritten together with whoever changed them. All of them are rewritten slice by slice, each in a
transaction of its own unless the caller has one: however many they are, none takes long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from marketplace.web.list_versions import record_list_change

from .directory_columns import DIRECTORY
from .facets import FACETS
from .models import Status
from .search.indexing import (
    BLOCK_BITS,
    CHANGED_BLOCKS,
    FORGET_OWN,
    FORGET_OWN_OF_BLOCK,
    LAST_BLOCK,
    LOCK_BLOCK,
    PACK_BLOCK,
    WRITE_OWN,
)

SLICE = 1 << 14  # ids whose rows are rewritten together
STEPS = (1 << BLOCK_BITS) // SLICE + 1  # of a block: its slices, then its stems
MANY = 500  # suppliers that change together: their blocks are packed again, rather than each having rows of its own
WORTH_PACKING = 100  # suppliers of a block that have rows of their own


@dataclass(frozen=True)
class _Chosen:
    """Which suppliers a statement is about: `CHOSEN(id)` in it becomes `test`."""

    test: str
    parameters: dict[str, Any]

    def run(self, cursor: CursorWrapper, *statements: str) -> None:
        for statement in statements:
            cursor.execute(re.sub(r"CHOSEN\(([\w.]+)\)", self.test, statement), self.parameters)

    def ids(self, cursor: CursorWrapper, *statements: str) -> set[int]:
        """What the statements return."""
        found: set[int] = set()
        for statement in statements:
            self.run(cursor, statement)
            found.update(supplier_id for (supplier_id,) in cursor.fetchall())
        return found


def _these(supplier_ids: list[int]) -> _Chosen:
    return _Chosen(r"\1 = ANY(%(ids)s::bigint[])", {"ids": supplier_ids, "published": Status.PUBLISHED.value})


def _between(first: int, last: int, **more: int) -> _Chosen:
    return _Chosen(
        r"\1 BETWEEN %(first)s AND %(last)s",
        {"first": first, "last": last, "published": Status.PUBLISHED.value, **more},
    )


def _every() -> _Chosen:
    return _Chosen("true", {"published": Status.PUBLISHED.value})


# `DirectoryWords` is no longer written; its rows go with their entries until the table does.
_DELETE = """
WITH gone AS MATERIALIZED (
    SELECT e.supplier_id FROM suppliers_directoryentry e JOIN suppliers_supplier s ON s.id = e.supplier_id
    WHERE CHOSEN(e.supplier_id) AND s.status <> %(published)s
), words AS (DELETE FROM suppliers_directorywords WHERE entry_id IN (SELECT supplier_id FROM gone)
), texts AS (DELETE FROM suppliers_directorytext WHERE entry_id IN (SELECT supplier_id FROM gone)
), facets AS (DELETE FROM suppliers_directoryfacets WHERE entry_id IN (SELECT supplier_id FROM gone))
DELETE FROM suppliers_directoryentry WHERE supplier_id IN (SELECT supplier_id FROM gone) RETURNING supplier_id
"""

# A code counts for all its ancestors: « 56101600 » stands under 56, 5610 and 561016. Where an enterprise serves all
# of Québec, or a whole region, smaller tokens say nothing more; a region served MRC by MRC is served whole. Who says
# nothing serves the MRC of its seat.
_WRITE_ENTRIES = """
INSERT INTO suppliers_directoryentry AS e (
    supplier_id, capacity, verified_on, verified_until, proved_until, region, mrc, serves, codes)
SELECT s.id,
       coalesce(s.capacity, (SELECT max(o.capacity) FROM suppliers_offer o WHERE o.supplier_id = s.id), 0),
       s.verified_on, s.verified_until, s.proved_until, coalesce(org.region_id, ''), coalesce(org.mrc_id, ''),
       coalesce(area.tokens, '{}'), coalesce(offer.codes, '{}')
FROM suppliers_supplier s
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN (
    SELECT o.supplier_id, array_agg(DISTINCT left(trimmed.code, digits) ORDER BY left(trimmed.code, digits)) AS codes
    FROM suppliers_offer o
    JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
    CROSS JOIN LATERAL (SELECT regexp_replace(oc.unspsccode_id, '(00)+$', '') AS code) trimmed
    CROSS JOIN LATERAL generate_series(2, length(trimmed.code), 2) digits
    WHERE CHOSEN(o.supplier_id) GROUP BY o.supplier_id
) offer ON offer.supplier_id = s.id
LEFT JOIN (
    WITH served AS (
        SELECT a.supplier_id, a.mrc_id, coalesce(a.region_id, m.region_id) AS region_id
        FROM suppliers_servedarea a LEFT JOIN territories_mrc m ON m.code = a.mrc_id
        WHERE CHOSEN(a.supplier_id)
        UNION ALL
        SELECT s.id, m.code, m.region_id
        FROM suppliers_supplier s
        JOIN accounts_organisation org ON org.id = s.organisation_id
        JOIN territories_mrc m ON m.code = org.mrc_id
        WHERE CHOSEN(s.id) AND NOT EXISTS (SELECT 1 FROM suppliers_servedarea a WHERE a.supplier_id = s.id)
    ), by_region AS (
        SELECT supplier_id, region_id,
               bool_or(mrc_id IS NULL) OR count(DISTINCT mrc_id) = (
                   SELECT count(*) FROM territories_mrc m WHERE m.region_id = served.region_id) AS whole,
               array_agg(DISTINCT mrc_id) FILTER (WHERE mrc_id IS NOT NULL) AS mrcs
        FROM served GROUP BY supplier_id, region_id
    )
    SELECT supplier_id,
           CASE WHEN bool_or(region_id IS NULL) THEN ARRAY['Q']
                ELSE array_agg(token ORDER BY token) END AS tokens
    FROM by_region CROSS JOIN LATERAL
         unnest(CASE WHEN region_id IS NULL THEN ARRAY['Q'] WHEN whole THEN ARRAY['R' || region_id] ELSE mrcs END) token
    GROUP BY supplier_id
) area ON area.supplier_id = s.id
WHERE s.status = %(published)s AND CHOSEN(s.id) ORDER BY s.id
ON CONFLICT (supplier_id) DO UPDATE SET
    capacity = EXCLUDED.capacity, verified_on = EXCLUDED.verified_on, verified_until = EXCLUDED.verified_until,
    proved_until = EXCLUDED.proved_until, region = EXCLUDED.region, mrc = EXCLUDED.mrc, serves = EXCLUDED.serves,
    codes = EXCLUDED.codes
WHERE (e.capacity, e.verified_on, e.verified_until, e.proved_until, e.region, e.mrc, e.serves, e.codes) IS DISTINCT FROM
      (EXCLUDED.capacity, EXCLUDED.verified_on, EXCLUDED.verified_until, EXCLUDED.proved_until, EXCLUDED.region,
       EXCLUDED.mrc, EXCLUDED.serves, EXCLUDED.codes)
RETURNING e.supplier_id
"""

# Where an address has no place of its own, that of its town or of its MRC.
_SEAT = """coalesce(org.{degrees}, (SELECT town.{degrees} FROM territories_municipality town WHERE town.code = org.municipality_id),
                  (SELECT mrc.{degrees} FROM territories_mrc mrc WHERE mrc.code = org.mrc_id))"""
_COLUMNS = [*(facet.column for facet in FACETS), "verified_on", "sort_name", "lat", "lon"]
_WRITE_FACETS = f"""
INSERT INTO suppliers_directoryfacets AS f (entry_id, {", ".join(_COLUMNS)})
SELECT s.id, {", ".join(facet.source for facet in FACETS)}, e.verified_on, left(f_fold(org.name), 255),
       {_SEAT.format(degrees="lat")}, {_SEAT.format(degrees="lon")}
FROM suppliers_supplier s
JOIN suppliers_directoryentry e ON e.supplier_id = s.id
JOIN accounts_organisation org ON org.id = s.organisation_id
WHERE CHOSEN(s.id)
ON CONFLICT (entry_id) DO UPDATE SET {", ".join(f"{column} = EXCLUDED.{column}" for column in _COLUMNS)}
WHERE (f.*) IS DISTINCT FROM (EXCLUDED.*)
RETURNING f.entry_id
"""  # noqa: S608 - names and SQL come from the table of facets

_WRITE_TEXTS = """
INSERT INTO suppliers_directorytext AS t (
    entry_id, name, slug, place, staff_count, offers_text, activity, details, logo, photo, photo_alt,
    reference_count)
SELECT s.id, org.name, s.slug, coalesce(town.name, org.town), s.staff_count,
       coalesce(offer.titles, ''), s.activity,
       concat_ws(' ', nullif(offer.descriptions, ''), labels.text, purpose.labels, certification.labels,
                 org.town, town.name, mrc.name, region.name),
       coalesce(picture.logo, ''), coalesce(picture.photo, ''), coalesce(picture.photo_alt, ''),
       coalesce(reference.n, 0)
FROM suppliers_supplier s
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN territories_municipality town ON town.code = org.municipality_id
LEFT JOIN territories_mrc mrc ON mrc.code = org.mrc_id
LEFT JOIN territories_region region ON region.code = org.region_id
LEFT JOIN (
    SELECT supplier_id, string_agg(title, '; ' ORDER BY id) AS titles,
           string_agg(description, ' ' ORDER BY id) AS descriptions
    FROM suppliers_offer WHERE CHOSEN(supplier_id) GROUP BY supplier_id
) offer ON offer.supplier_id = s.id
LEFT JOIN (
    SELECT o.supplier_id, string_agg(DISTINCT c.label, ' ') AS text
    FROM suppliers_offer o JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
    JOIN classification_unspsccode c ON c.code = oc.unspsccode_id
    WHERE CHOSEN(o.supplier_id) GROUP BY o.supplier_id
) labels ON labels.supplier_id = s.id
LEFT JOIN (
    SELECT j.supplier_id, string_agg(p.label, ' ' ORDER BY p.code) AS labels
    FROM suppliers_supplier_purposes j JOIN classification_purpose p ON p.code = j.purpose_id
    WHERE CHOSEN(j.supplier_id) GROUP BY j.supplier_id
) purpose ON purpose.supplier_id = s.id
LEFT JOIN (
    SELECT j.supplier_id, string_agg(c.label, ' ' ORDER BY c.code) AS labels
    FROM suppliers_supplier_certifications j JOIN classification_certification c ON c.code = j.certification_id
    WHERE CHOSEN(j.supplier_id) GROUP BY j.supplier_id
) certification ON certification.supplier_id = s.id
LEFT JOIN (
    SELECT supplier_id, max(replace(key::text, '-', '')) FILTER (WHERE kind = 'logo') AS logo,
           (array_agg(replace(key::text, '-', '') ORDER BY id) FILTER (WHERE kind = 'photo'))[1] AS photo,
           (array_agg(alt ORDER BY id) FILTER (WHERE kind = 'photo'))[1] AS photo_alt
    FROM suppliers_supplierpicture WHERE hidden_at IS NULL AND CHOSEN(supplier_id) GROUP BY supplier_id
) picture ON picture.supplier_id = s.id
LEFT JOIN (
    SELECT supplier_id, least(count(*), 32767)::smallint AS n
    FROM suppliers_customerreference WHERE state = 'confirmed' AND CHOSEN(supplier_id) GROUP BY supplier_id
) reference ON reference.supplier_id = s.id
WHERE s.status = %(published)s AND CHOSEN(s.id)
ON CONFLICT (entry_id) DO UPDATE SET
    name = EXCLUDED.name, slug = EXCLUDED.slug, place = EXCLUDED.place, staff_count = EXCLUDED.staff_count,
    offers_text = EXCLUDED.offers_text, activity = EXCLUDED.activity, details = EXCLUDED.details,
    logo = EXCLUDED.logo, photo = EXCLUDED.photo, photo_alt = EXCLUDED.photo_alt,
    reference_count = EXCLUDED.reference_count
WHERE (t.name, t.slug, t.place, t.staff_count, t.offers_text, t.activity, t.details, t.logo, t.photo, t.photo_alt,
       t.reference_count)
      IS DISTINCT FROM
      (EXCLUDED.name, EXCLUDED.slug, EXCLUDED.place, EXCLUDED.staff_count, EXCLUDED.offers_text, EXCLUDED.activity,
       EXCLUDED.details, EXCLUDED.logo, EXCLUDED.photo, EXCLUDED.photo_alt, EXCLUDED.reference_count)
RETURNING t.entry_id
"""

# Materialised, or PostgreSQL would fold and stem each of a million tokens instead of each distinct one. Numbers and
# stop words correct nothing. Of several spellings the accented one is shown, then the most common.
_WORDS = """
WITH tokens AS MATERIALIZED (
    SELECT lower(token) AS shown, count(*) AS n
    FROM suppliers_directorytext t
    CROSS JOIN LATERAL regexp_split_to_table(concat_ws(' ', t.name, t.offers_text, t.activity, t.details),
                                             '[^[:alnum:]]+') token
    WHERE CHOSEN(t.entry_id) GROUP BY 1
), folded AS MATERIALIZED (
    SELECT shown, n, f_fold(shown) AS word FROM tokens WHERE length(shown) BETWEEN 3 AND 60
), words AS MATERIALIZED (
    SELECT word, sum(n) AS n, (array_agg(shown ORDER BY shown = word, n DESC, shown))[1] AS shown
    FROM folded WHERE word ~ '^[a-z0-9]{3,60}$' AND word !~ '^[0-9]+$' GROUP BY word
), stemmed AS MATERIALIZED (
    SELECT word, (ts_lexize('french_stem', word))[1] AS lexeme, shown, n FROM words
)
"""
_READ_WORDS = f"{_WORDS} SELECT coalesce(array_agg(word), '{{}}') FROM stemmed WHERE lexeme IS NOT NULL"  # noqa: S608
_ADD_WORDS = (
    _WORDS
    + """
INSERT INTO suppliers_searchword (word, lexeme, shown, entries)
SELECT word, lexeme, shown, n FROM stemmed WHERE lexeme IS NOT NULL ORDER BY word ON CONFLICT (word) DO NOTHING
"""
)
_REBUILD_WORDS = (
    _WORDS  # noqa: S608 - ours
    + """
, gone AS (
    DELETE FROM suppliers_searchword w
    WHERE NOT EXISTS (SELECT 1 FROM stemmed s WHERE s.word = w.word AND s.lexeme IS NOT NULL)
)
INSERT INTO suppliers_searchword AS w (word, lexeme, shown, entries)
SELECT word, lexeme, shown, n FROM stemmed WHERE lexeme IS NOT NULL ORDER BY word
ON CONFLICT (word) DO UPDATE SET lexeme = EXCLUDED.lexeme, shown = EXCLUDED.shown, entries = EXCLUDED.entries
WHERE (w.lexeme, w.shown, w.entries) IS DISTINCT FROM (EXCLUDED.lexeme, EXCLUDED.shown, EXCLUDED.entries)
"""
)
# What no published supplier says any more is forgotten: a correction must not betray a suspended one.
_FORGET_WORDS = """
DELETE FROM suppliers_searchword w WHERE w.word = ANY(%(words)s) AND NOT EXISTS (
    SELECT 1 FROM suppliers_directorytext t WHERE t.search @@ w.lexeme::tsquery)
"""

_SOURCES = (
    "accounts_organisation, suppliers_supplier, suppliers_supplier_purposes, suppliers_supplier_certifications,"
    " suppliers_offer, suppliers_offer_codes, suppliers_servedarea"
)
_TABLES = (
    "suppliers_directoryentry, suppliers_directoryfacets, suppliers_directorytext, suppliers_directorystem,"
    " suppliers_searchword"
)


def reindex_suppliers(*, supplier_ids: list[int] | None = None) -> None:
    """Rewrite the directory for these suppliers, or for all: published ones stand in it, all others do not.

    Call it after any change to a supplier, its offers, its areas or its organisation, in the same transaction.
    """
    if supplier_ids is None:
        for step in range(last_step() + 1):
            reindex_step(step)
        rebuild_words()
    elif supplier_ids:
        with transaction.atomic(), connection.cursor() as cursor:
            _reindex_these(cursor, sorted(set(supplier_ids)))


def _reindex_these(cursor: CursorWrapper, supplier_ids: list[int]) -> None:
    these = _these(supplier_ids)
    record_list_change(DIRECTORY, supplier_ids)
    before = _words(cursor, these)
    these.run(cursor, _DELETE, _WRITE_ENTRIES, _WRITE_FACETS, _WRITE_TEXTS)
    if len(supplier_ids) < MANY:
        these.run(cursor, FORGET_OWN, WRITE_OWN)
    else:
        for block in sorted({supplier_id >> BLOCK_BITS for supplier_id in supplier_ids}):
            _pack_block(cursor, block)
    these.run(cursor, _ADD_WORDS)
    if before and (gone := before - _words(cursor, these)):
        cursor.execute(_FORGET_WORDS, {"words": sorted(gone)})


def last_block() -> int:
    with connection.cursor() as cursor:
        cursor.execute(LAST_BLOCK)
        return int(cursor.fetchone()[0])


def last_step() -> int:
    """All suppliers are rewritten in steps 0 to this one, none of which takes long."""
    return (last_block() + 1) * STEPS - 1


def reindex_step(step: int) -> None:
    """Rewrite a slice of a block's rows; after its last slice, pack its stems."""
    block, part = divmod(step, STEPS)
    if step == 0:  # after an import or a killed one, PostgreSQL may take full tables for empty
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {_SOURCES}")
    with transaction.atomic(), connection.cursor() as cursor:
        if part == STEPS - 1:
            _pack_block(cursor, block)
            return
        first = (block << BLOCK_BITS) + part * SLICE
        rows = _between(first, first + SLICE - 1)
        if changed := rows.ids(cursor, _DELETE, _WRITE_ENTRIES, _WRITE_FACETS, _WRITE_TEXTS):
            record_list_change(DIRECTORY, sorted(changed))


def _pack_block(cursor: CursorWrapper, block: int) -> None:
    start = block << BLOCK_BITS
    rows = _between(start, start + (1 << BLOCK_BITS) - 1, block=block)
    rows.run(cursor, "SET LOCAL work_mem = '128MB'", LOCK_BLOCK, FORGET_OWN_OF_BLOCK, PACK_BLOCK)


def pack_changed_blocks() -> int:
    """Pack blocks in which many have changed; how many blocks."""
    with connection.cursor() as cursor:
        cursor.execute(CHANGED_BLOCKS, {"least": WORTH_PACKING})
        blocks = [block for (block,) in cursor.fetchall()]
    for block in blocks:
        with transaction.atomic(), connection.cursor() as cursor:
            _pack_block(cursor, block)
    return len(blocks)


def rebuild_words() -> None:
    """Count the words that mistyped ones are corrected to, once all suppliers are rewritten."""
    with transaction.atomic(), connection.cursor() as cursor:
        _every().run(cursor, _REBUILD_WORDS, f"ANALYZE {_TABLES}")


def _words(cursor: CursorWrapper, chosen: _Chosen) -> set[str]:
    """The words that these suppliers say of themselves."""
    chosen.run(cursor, _READ_WORDS)
    return set(cursor.fetchone()[0])
