"""The terms of a notice in SQL: one place where titles, codes, categories, regions and buyers become terms (see `engine`)."""

from __future__ import annotations


def sql(text: str, **parts: str) -> str:
    """A statement put together from our own parts: `{name}` stands for the part of that name; all else stays."""
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text


def only(column: str) -> str:
    """Condition that keeps the suppliers of the parameter `ids`, or all where it is NULL."""
    return f"(%(ids)s::bigint[] IS NULL OR {column} = ANY(%(ids)s))"


def lexemes(text: str) -> str:
    """Stems of a text as an array. Folded first, as the directory's search does."""
    return f"tsvector_to_array(to_tsvector('public.french_unaccent'::regconfig, f_fold({text})))"


#: Numbers of routes and lots stay; single letters say nothing, nor does the article that PostgreSQL forgot.
SAYS_SOMETHING = "(length(lexeme) BETWEEN 2 AND 60 AND lexeme <> 'le' OR lexeme ~ '^[0-9]$')"

#: The buyer of `t` by its profile where it has one, else as its feed calls it, else by its name.
BUYER = "coalesce('B' || t.buyer_id, 'P' || t.party_id, nullif('N' || left(f_fold(t.buyer_name), 60), 'N'))"


def of_notices(chosen: str) -> str:
    """(tender_id, term) of the notices `t` that a condition lets through, each once."""
    return sql(
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
    SELECT DISTINCT t.id, 'u:' || left(trimmed.code, digits)
    FROM buyers_tender t
    CROSS JOIN LATERAL unnest(t.unspsc) code
    CROSS JOIN LATERAL (SELECT regexp_replace(code, '(00)+$', '') AS code) trimmed
    CROSS JOIN LATERAL generate_series(2, length(trimmed.code), 2) digits
    WHERE {chosen}
""",
        lexemes=lexemes("t.title"),
        says_something=SAYS_SOMETHING,
        buyer=BUYER,
        chosen=f"({chosen})",
    )
