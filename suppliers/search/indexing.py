"""SQL that fills `DirectoryStem`, the search's inverted index; `directory_index` runs it after the texts.

A block of 65,536 ids is packed together. A supplier that changes afterwards has rows of its own, under `own_block`, which
hold instead of what the block says of it, until the block is packed again. `CHOSEN(id)` is a shorthand of `directory_index`.
"""

from __future__ import annotations

from .stems import IN_TEXT

#: Fields by their number in the table. Of the first four, places are kept as well: words that must stand together.
FIELD_NUMBERS = {
    "name": 0,
    "offers": 1,
    "activity": 2,
    "details": 3,
    "labels": 4,
    "place": 5,
    "codes": 6,
    "seat": 7,
}
LAST_WITH_PLACES = 3
#: One row says that a supplier has rows of its own, even where it has no word any more.
CHANGED = 9
BLOCK_BITS = 16
#: Offsets in a block are written as signed numbers of two bytes, a word's place behind them in two more.
SIGN = 1 << (BLOCK_BITS - 1)
_LOCK = 7_300_201  # of our own among advisory locks
#: A row of a supplier's own stands under its id, negated.
IDS_OF_BLOCK = f"BETWEEN %(block)s::bigint << {BLOCK_BITS} AND (%(block)s::bigint + 1 << {BLOCK_BITS}) - 1"


def seat_stem(kind: str, code: str) -> str:
    """Where a supplier is seated, as the index says it: kind is « municipality », « mrc » or « region »."""
    return f"{kind}:{code}"


def told_apart(sql: str) -> str:
    """SQL of folded text in which words that French stemming takes for others have a letter more (`stems.APART`)."""
    return rf"regexp_replace({sql}, '\m{IN_TEXT}\M', '\1x\2', 'g')"


def _vector(text: str) -> str:
    return f"to_tsvector('public.french_unaccent', {told_apart(f'f_fold({text})')})"


# Who types « SADC » or « UPA » means names that begin so: the first three, four and five initials stand among the labels.
# What a code's class and family are called says what it is a kind of; its segment says too little (« Services »).
_SAID = f"""
vectors AS (
SELECT t.entry_id, {_vector("t.name")} AS name, {_vector("coalesce(nullif(t.offers_text, ''), t.activity)")} AS offers, {_vector("CASE WHEN t.offers_text = '' THEN '' ELSE t.activity END")} AS activity,
       {_vector("coalesce(offer.descriptions, '')")} AS details,
       {_vector("concat_ws(' ', left(initials.said, 3), left(initials.said, 4), left(initials.said, 5))")} AS initials,
       {_vector("concat_ws(' ', org.town, town.name, mrc.name, region.name, org.address, org.postal_code)")} AS place
FROM suppliers_directorytext t
JOIN suppliers_supplier s ON s.id = t.entry_id
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN territories_municipality town ON town.code = org.municipality_id
LEFT JOIN territories_mrc mrc ON mrc.code = org.mrc_id
LEFT JOIN territories_region region ON region.code = org.region_id
CROSS JOIN LATERAL (SELECT regexp_replace(regexp_replace(
    f_fold(t.name), '\\m(?:a|au|aux|d|de|des|du|en|et|inc|l|la|le|les|pour)\\M', ' ', 'g'), ' *([a-z0-9])[a-z0-9]* *', '\\1', 'g'
) AS said) initials
LEFT JOIN (
    SELECT supplier_id, string_agg(description, ' ' ORDER BY id) AS descriptions
    FROM suppliers_offer WHERE CHOSEN(supplier_id) GROUP BY supplier_id
) offer ON offer.supplier_id = t.entry_id
WHERE CHOSEN(t.entry_id)
), coded AS MATERIALIZED (
SELECT DISTINCT o.supplier_id, level.code
FROM suppliers_offer o JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
CROSS JOIN LATERAL (VALUES (oc.unspsccode_id), (left(oc.unspsccode_id, 6) || '00'), (left(oc.unspsccode_id, 4) || '0000')
) level(code) WHERE CHOSEN(o.supplier_id)
), labelled AS (
SELECT j.supplier_id, l.stem FROM coded j JOIN (
    SELECT c.code, unnest(tsvector_to_array({_vector("c.label || ' ' || c.label_en")})) AS stem
    FROM classification_unspsccode c WHERE c.code IN (SELECT code FROM coded)) l USING (code)
UNION
SELECT j.supplier_id, l.stem FROM suppliers_supplier_purposes j JOIN (
    SELECT p.code, unnest(tsvector_to_array({_vector("p.label || ' ' || p.label_en")})) AS stem
    FROM classification_purpose p) l ON l.code = j.purpose_id WHERE CHOSEN(j.supplier_id)
UNION
SELECT j.supplier_id, l.stem FROM suppliers_supplier_certifications j JOIN (
    SELECT c.code, unnest(tsvector_to_array({_vector("c.label || ' ' || c.label_en")})) AS stem
    FROM classification_certification c) l ON l.code = j.certification_id WHERE CHOSEN(j.supplier_id)
UNION
SELECT s.id, l.stem FROM suppliers_supplier s JOIN (
    SELECT form.code, unnest(tsvector_to_array({_vector("form.words")})) AS stem FROM (VALUES
    ('obnl', 'organisme sans but lucratif OBNL OSBL non profit'), ('coop', 'coopérative coop cooperative'),
    ('coop_solidarite', 'coopérative de solidarité coop cooperative'),
    ('coop_travail', 'coopérative de travail coop worker cooperative'),
    ('coop_consommateurs', 'coopérative de consommateurs coop cooperative'),
    ('coop_producteurs', 'coopérative de producteurs coop cooperative'),
    ('coop_actionnaires', 'coopérative de travailleurs actionnaires coop cooperative'),
    ('mutuelle', 'mutuelle mutual')
) form(code, words)
) l ON l.code = s.legal_form WHERE CHOSEN(s.id)
UNION
SELECT v.entry_id, unnest(tsvector_to_array(v.initials)) FROM vectors v
), said AS (
SELECT v.entry_id, f.field, w.lexeme AS stem, p.place, p.n
FROM vectors v CROSS JOIN LATERAL (VALUES (0, v.name), (1, v.offers), (2, v.activity), (3, v.details), (5, v.place)
) f(field, vector) CROSS JOIN LATERAL unnest(f.vector) w CROSS JOIN LATERAL unnest(
    CASE WHEN f.field <= {LAST_WITH_PLACES} THEN w.positions ELSE w.positions[1:1] END) WITH ORDINALITY p(place, n)
UNION ALL
SELECT l.supplier_id, 4, l.stem, 0, 1 FROM labelled l JOIN suppliers_directorytext t ON t.entry_id = l.supplier_id
UNION ALL
SELECT e.supplier_id, 6, code, 0, 1 FROM suppliers_directoryentry e CROSS JOIN LATERAL unnest(e.codes) code
WHERE CHOSEN(e.supplier_id)
UNION ALL
SELECT e.supplier_id, 7, seat.stem, 0, 1
FROM suppliers_directoryentry e JOIN suppliers_supplier s ON s.id = e.supplier_id
JOIN accounts_organisation org ON org.id = s.organisation_id
CROSS JOIN LATERAL (VALUES ('municipality:' || org.municipality_id), ('mrc:' || nullif(e.mrc, '')),
    ('region:' || nullif(e.region, ''))) seat(stem)
WHERE CHOSEN(e.supplier_id) AND seat.stem IS NOT NULL
)"""  # noqa: S608 - fields and functions, nothing that anyone types


def _packed(block: str) -> str:
    offset = f"(entry_id & {(1 << BLOCK_BITS) - 1})::int - {SIGN}"
    return f"""
SELECT field, stem, {block} AS block,
       string_agg(int2send(({offset})::smallint), ''::bytea ORDER BY entry_id, place) FILTER (WHERE n = 1) AS suppliers,
       string_agg(int4send((({offset}) << 16) | place), ''::bytea ORDER BY entry_id, place)
           FILTER (WHERE field <= {LAST_WITH_PLACES}) AS places
FROM said GROUP BY field, stem, {block}"""  # noqa: S608


# Whoever packs a block waits for those who are writing rows of their own in it, and they for the one who packs.
LOCK_BLOCK = f"SELECT pg_advisory_xact_lock({_LOCK}, %(block)s::int)"
FORGET_OWN = f"""
DELETE FROM suppliers_directorystem WHERE block = ANY(SELECT -id FROM unnest(%(ids)s::bigint[]) id) AND (
    SELECT count(pg_advisory_xact_lock_shared({_LOCK}, block)) FROM (
        SELECT DISTINCT (id >> {BLOCK_BITS})::int AS block FROM unnest(%(ids)s::bigint[]) id ORDER BY 1) b) >= 0
"""  # noqa: S608
WRITE_OWN = f"""
WITH {_SAID}, packed AS ({_packed("-entry_id")}
UNION ALL SELECT {CHANGED}, '', -id, ''::bytea, NULL FROM unnest(%(ids)s::bigint[]) id)
INSERT INTO suppliers_directorystem AS p (field, stem, block, suppliers, places)
SELECT field, stem, block, suppliers, places FROM packed
ON CONFLICT (field, stem, block) DO UPDATE SET suppliers = EXCLUDED.suppliers, places = EXCLUDED.places
"""  # noqa: S608
FORGET_OWN_OF_BLOCK = f"DELETE FROM suppliers_directorystem WHERE block < 0 AND -block {IDS_OF_BLOCK}"  # noqa: S608
PACK_BLOCK = f"""
WITH {_SAID}, packed AS MATERIALIZED ({_packed("%(block)s::bigint")}
), gone AS (
    DELETE FROM suppliers_directorystem p WHERE p.block = %(block)s AND NOT EXISTS (
        SELECT 1 FROM packed k WHERE k.field = p.field AND k.stem = p.stem)
)
INSERT INTO suppliers_directorystem AS p (field, stem, block, suppliers, places)
SELECT field, stem, block, suppliers, places FROM packed
ON CONFLICT (field, stem, block) DO UPDATE SET suppliers = EXCLUDED.suppliers, places = EXCLUDED.places
WHERE (p.suppliers, p.places) IS DISTINCT FROM (EXCLUDED.suppliers, EXCLUDED.places)
"""  # noqa: S608
LAST_BLOCK = f"""
SELECT greatest((SELECT max(id) >> {BLOCK_BITS} FROM suppliers_supplier), (SELECT max(block) FROM suppliers_directorystem), 0)
"""  # noqa: S608
CHANGED_BLOCKS = f"""
SELECT -block >> {BLOCK_BITS} FROM suppliers_directorystem WHERE field = {CHANGED}
GROUP BY 1 HAVING count(*) >= %(least)s ORDER BY 1
"""  # noqa: S608
