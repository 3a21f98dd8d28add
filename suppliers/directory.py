"""The directory's questions, in SQL written by hand: 2 to 15 times faster than through the ORM (docs/speed.md).

Two statements for a page: all counts (often with the ids of the page), then what the rows show. What people type only
travels as parameters. The facets are in `facets`, the tables are filled by `directory_index`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from marketplace.territories.labels import mrcs_by_code

from .facets import FACETS, Facet, Sql
from .models import LegalForm
from .search.marking import excerpt_text, has_marked_word, mark_text
from .search.words import SearchText, read_search_text


@dataclass(frozen=True, kw_only=True)
class DirectoryQuery:
    """A clean question: only known codes. Values of one field are alternatives; fields add up."""

    text: str = ""
    offers: tuple[str, ...] = ()  # UNSPSC prefixes without the zeros that pad a level
    serves: tuple[str, ...] = ()  # MRC codes, or « R04 » for a whole region
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values by the facet's name
    order: str = ""  # relevance, name, recent or capacity; empty: relevance where there is a text, else name


@dataclass(kw_only=True)
class DirectoryCounts:
    """`facets[name]` misses the values counted 0. `seats` counts the answers by MRC, "" where it is unknown.

    `page` holds the ids of the page that was asked along, in order; None where finding them apart costs less.
    """

    total: int
    facets: dict[str, dict[str, int]]
    seats: dict[str, int]
    page: list[int] | None = None


@dataclass(kw_only=True, slots=True)
class DirectoryRow:
    """What the directory shows of one supplier."""

    supplier_id: int
    slug: str
    name: str
    place: str
    legal_form: str
    staff_count: int | None
    verified_on: date | None
    verified_until: date | None
    capacity: int
    serves: list[str]
    proved_until: list[date]
    offers_text: str
    activity: str
    stems: Collection[str] = ()

    @property
    def form(self) -> LegalForm:
        return LegalForm(self.legal_form)

    @property
    def summary(self) -> SafeString:
        """Its offers, or its activity where it has none, the words that were looked for marked.

        The index joins titles with « ; », after which French wants no capital: here each ends with a full stop.
        """
        text = self.offers_text.replace("; ", ". ") or excerpt_text(self.activity, self.stems)
        return mark_text(text, self.stems)

    @property
    def echo(self) -> SafeString | str:
        """Where neither name nor offers answer but the activity does, the part of it that does."""
        if (
            not self.offers_text
            or has_marked_word(self.offers_text, self.stems)
            or has_marked_word(self.name, self.stems)
        ):
            return ""
        part = excerpt_text(self.activity, self.stems)
        return mark_text(part, self.stems) if has_marked_word(part, self.stems) else ""


class DirectoryResults:
    """The suppliers that answer, as Django's `Paginator` takes them: counted, then cut.

    `start` and `size`, in rows: the page that will be asked for, if known, which the counting may bring along.
    """

    def __init__(self, query: DirectoryQuery, *, start: int = 0, size: int = 0) -> None:
        self.query, self.start, self.size = query, start, size
        self.text = read_search_text(query.text)

    @cached_property
    def counts(self) -> DirectoryCounts:
        return count_directory(self.query, self.text, self.start, self.size)

    def count(self) -> int:
        return self.counts.total

    def __getitem__(self, part: slice) -> list[DirectoryRow]:
        if self.counts.page:
            return read_directory_rows(self.counts.page, self.text)
        if part.start >= part.stop:
            return []
        return read_directory_page(self.query, self.text, part.start, part.stop)


ORDERS = {
    "name": "f.sort_name",
    "recent": "f.verified_on DESC NULLS LAST, f.sort_name",
    "capacity": "f.capacity DESC, f.sort_name",
    "relevance": "rank DESC, f.sort_name",
}


def directory_order(query: DirectoryQuery, text: SearchText) -> str:
    """The order that holds: relevance needs a text, and is what a text gets unless another order is asked."""
    order = query.order or "relevance"
    return "name" if order == "relevance" and not text.tsquery else order


# --- what a row must meet ---------------------------------------------------------------------------------------------

# OFFSET 0 keeps PostgreSQL from joining first: it would carry every found text along to rank it later.
_RANKED = """
 JOIN (SELECT entry_id, ts_rank('{0.1,0.2,0.4,1.0}', search, %s::tsquery) AS rank
       FROM suppliers_directorytext WHERE search @@ %s::tsquery OFFSET 0) t ON t.entry_id = f.entry_id"""


@dataclass(kw_only=True)
class Conditions:
    """`always` holds for every count; each of `facets` is left out where its own facet is counted. A join may narrow."""

    joins: Sql = field(default_factory=lambda: Sql(""))
    always: list[Sql] = field(default_factory=list)
    facets: dict[str, Sql] = field(default_factory=dict)

    @property
    def is_narrowed(self) -> bool:
        """Whether something other than a facet leaves rows out."""
        return bool(self.always or self.joins.text)


def join_conditions(conditions: list[Sql]) -> Sql:
    return Sql(
        " AND ".join(one.text for one in conditions) or "true",
        tuple(parameter for one in conditions for parameter in one.parameters),
    )


def directory_conditions(query: DirectoryQuery, text: SearchText, *, ranked: bool = False) -> Conditions:
    """Over `suppliers_directoryfacets f`, joined to the other tables only where something is asked of them.

    With `ranked`, each row has its `t.rank` for the text.
    """
    result = Conditions()
    if text.tsquery and ranked:
        result.joins = Sql(_RANKED, (text.tsquery, text.tsquery))
    elif text.tsquery:
        result.joins = Sql(" JOIN suppliers_directorytext t ON t.entry_id = f.entry_id")
        result.always.append(Sql("t.search @@ %s::tsquery", (text.tsquery,)))
    if text.neq:
        result.always.append(
            Sql(
                "f.entry_id IN (SELECT s.id FROM suppliers_supplier s"
                " JOIN accounts_organisation o ON o.id = s.organisation_id WHERE o.neq = %s)",
                (text.neq,),
            )
        )
    if query.offers or query.serves:
        entries = " JOIN suppliers_directoryentry e ON e.supplier_id = f.entry_id"
        result.joins = Sql(result.joins.text + entries, result.joins.parameters)
    if query.offers:
        result.always.append(Sql("e.codes && %s::varchar[]", (list(query.offers),)))
    if query.serves:
        result.always.append(Sql("e.serves && %s::varchar[]", (serving_tokens(query.serves),)))
    for facet in FACETS:
        if (values := query.facets.get(facet.name)) and (condition := facet.condition(values)):
            result.facets[facet.name] = condition
    return result


def serving_tokens(asked: tuple[str, ...]) -> list[str]:
    """The tokens of whoever serves one of these places: itself, the region around it, or all of Québec."""
    tokens = {"Q", *asked}
    for token in asked:
        if token in mrcs_by_code():
            tokens.add("R" + mrcs_by_code()[token].region)
    return sorted(tokens)


# --- how many answer --------------------------------------------------------------------------------------------------

# A facet is counted with all other filters applied and its own left out, so that it says what one more tick would find.
# One pass over the answers counts all facets without a filter of their own; each facet that has one is counted by
# another pass, over the rows that meet everything else. What comes back are a few hundred groups, added up here.
_ALL_FACETS = """
SELECT grouping({firsts})::text, coalesce({values}), count(*)::int
FROM (SELECT f.*{keys} FROM {source} f) f
WHERE {where}
GROUP BY GROUPING SETS ({sets})
"""
_ONE_FACET = " UNION ALL SELECT '{facet}', coalesce(({key})::text, ''), count(*)::int FROM {source} f WHERE {where} GROUP BY 2"
# Where a text, a place served or a code narrows the rows down, that is done once for all passes. So it is where several
# facets have filters: a row that fails two of them counts nowhere, and each pass then only reads what the rows met.
_POOL = """
WITH pool AS MATERIALIZED (
    SELECT * FROM (SELECT f.*{columns} FROM suppliers_directoryfacets f{joins} WHERE {where}) f WHERE {enough}
)
"""
_SEVERAL = 3
# The rows being at hand, so is the page; one beyond the end becomes the last.
_PAGE = """
UNION ALL
SELECT 'page', f.entry_id::text, row_number() OVER ()::int
FROM (SELECT f.entry_id FROM pool f WHERE {where} ORDER BY {order}, f.entry_id
      LIMIT %s OFFSET least(%s, (SELECT greatest(0, (count(*) - 1) / %s * %s) FROM pool f WHERE {where}))) f
"""
# Facets that are counted together, « 04|371 »: one pass less for each.
GROUPS: list[list[Facet]] = [
    [facet, *(other for other in FACETS if other.beside == facet.name)]
    for facet in FACETS
    if not facet.beside
]


def count_directory(
    query: DirectoryQuery, text: SearchText, start: int = 0, size: int = 0
) -> DirectoryCounts:
    """All counts of a directory page, and maybe the page of `size` suppliers from rank `start`, in one SQL query."""
    sql, parameters, along = _counting_sql(query, text, start, size)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for name, value, n in cursor.fetchall():
            found[name][value] = n
    ranks = found.pop("page", {})
    counts = _add_up(found)
    if along:
        counts.page = [int(supplier) for supplier in sorted(ranks, key=lambda supplier: ranks[supplier])]
    return counts


def _counting_sql(
    query: DirectoryQuery, text: SearchText, start: int, size: int
) -> tuple[str, list[Any], bool]:
    """The SQL, its parameters, and whether it brings the page along."""
    order = directory_order(query, text)
    ranked = size > 0 and order == "relevance"
    asked = directory_conditions(query, text, ranked=ranked)
    filters = asked.facets
    pooled = asked.is_narrowed or len(filters) >= _SEVERAL
    along = pooled and size > 0
    sql, source = "", "suppliers_directoryfacets"
    parameters: list[Any] = []
    if pooled:
        columns, narrowing, enough = Sql(", t.rank" if ranked else ""), join_conditions(asked.always), "true"
        if len(filters) >= _SEVERAL:
            met, filters = _judged(filters)
            columns = Sql(columns.text + met.text, met.parameters)
            enough = " + ".join(f"({c.text})::int" for c in filters.values()) + f" >= {len(filters) - 1}"
        sql = _POOL.format(columns=columns.text, joins=asked.joins.text, where=narrowing.text, enough=enough)
        parameters += [*columns.parameters, *asked.joins.parameters, *narrowing.parameters]
        source = "pool"
    where = join_conditions(list(filters.values()))
    everything = _all_facets_sql(source, where)
    sql += everything.text
    parameters += everything.parameters
    for facet in FACETS:
        if facet.name in filters:
            key, others = (
                facet.group_key(),
                join_conditions([c for name, c in filters.items() if name != facet.name]),
            )
            sql += _ONE_FACET.format(facet=facet.name, key=key.text, source=source, where=others.text)
            parameters += [*key.parameters, *others.parameters]
    if along:
        sql += _PAGE.format(where=where.text, order=ORDERS[order])
        parameters += [*where.parameters, size, start, size, size, *where.parameters]
    return sql, parameters, along


def _all_facets_sql(source: str, where: Sql) -> Sql:
    keys = {facet.name: facet.group_key() for facet in FACETS}
    groups = [[f"f.key_{facet.name}" for facet in group] for group in GROUPS]
    text = _ALL_FACETS.format(
        firsts=", ".join(group[0] for group in groups),
        values=", ".join(_group_value(group) for group in groups),
        keys="".join(f", {key.text} AS key_{name}" for name, key in keys.items()),
        source=source,
        where=where.text,
        sets=", ".join(f"({', '.join(group)})" for group in groups),
    )
    return Sql(
        text, tuple(parameter for key in keys.values() for parameter in key.parameters) + where.parameters
    )


def _group_value(keys: list[str]) -> str:
    """« 04|371 ». The first key is null where another group was counted; one beside it may be null by itself."""
    first, *beside = (f"{key}::text" for key in keys)
    return " || '|' || ".join([first, *(f"coalesce({key}, '')" for key in beside)])


def _judged(filters: dict[str, Sql]) -> tuple[Sql, dict[str, Sql]]:
    """Columns that say whether a row meets each filter, and the filters as these columns."""
    columns = "".join(f", ({c.text}) AS met_{name}" for name, c in filters.items())
    parameters = tuple(parameter for c in filters.values() for parameter in c.parameters)
    return Sql(columns, parameters), {name: Sql(f"f.met_{name}") for name in filters}


def _add_up(found: dict[str, dict[str, int]]) -> DirectoryCounts:
    """From what `_counting_sql` yields: a facet with a filter came back by its name, the others by group."""
    by_facet: dict[str, dict[str, int]] = {}
    for position, group in enumerate(GROUPS):
        # PostgreSQL's grouping(): one bit for each group, 0 for the one that a row belongs to.
        mask = 2 ** len(GROUPS) - 1 - 2 ** (len(GROUPS) - 1 - position)
        by_facet |= _split(group, found.get(str(mask), {}))
    seats = by_facet["mrc"]
    facets = {facet.name: facet.count_values(found.get(facet.name, by_facet[facet.name])) for facet in FACETS}
    return DirectoryCounts(total=sum(seats.values()), facets=facets, seats=seats)


def _split(group: list[Facet], counted: dict[str, int]) -> dict[str, dict[str, int]]:
    """Counts of « 04|371 » as counts of « 04 » and counts of « 371 »."""
    if len(group) == 1:
        return {group[0].name: counted}
    apart: dict[str, dict[str, int]] = {facet.name: defaultdict(int) for facet in group}
    for values, n in counted.items():
        for facet, value in zip(group, values.split("|"), strict=True):
            apart[facet.name][value] += n
    return {name: dict(counts) for name, counts in apart.items()}


# --- what the rows show -----------------------------------------------------------------------------------------------

# Where something narrows the rows down, that comes first: PostgreSQL would rather walk through the index of names until
# it has found twenty, which may be through most of it.
_NARROWED = """
WITH pool AS MATERIALIZED (
    SELECT f.entry_id, f.sort_name, f.verified_on, f.capacity FROM suppliers_directoryfacets f{joins} WHERE {where}
)
"""
_IN_ORDER = """
(SELECT f.entry_id, row_number() OVER () AS rank
 FROM (SELECT f.entry_id FROM {rows} ORDER BY {order}, f.entry_id LIMIT %s OFFSET %s) f)
"""
_GIVEN = "unnest(%s::bigint[]) WITH ORDINALITY"
_ROWS = """
SELECT entry_id AS supplier_id, t.slug, t.name, t.place, f.legal_form, t.staff_count, f.verified_on, f.verified_until,
       f.capacity, e.serves, e.proved_until, t.offers_text, t.activity
FROM {page} page(entry_id, rank)
JOIN suppliers_directoryfacets f USING (entry_id)
JOIN suppliers_directoryentry e ON e.supplier_id = entry_id
JOIN suppliers_directorytext t USING (entry_id)
ORDER BY page.rank
"""


def read_directory_page(query: DirectoryQuery, text: SearchText, start: int, stop: int) -> list[DirectoryRow]:
    """The answers from rank `start` (counted from 0) up to `stop`."""
    order = directory_order(query, text)
    asked = directory_conditions(query, text, ranked=order == "relevance")
    where = join_conditions([*asked.always, *asked.facets.values()])
    sql, rows = "", f"suppliers_directoryfacets f{asked.joins.text} WHERE {where.text}"
    if asked.always and order != "relevance":  # relevance is in no index, and needs the text beside it
        sql, rows = _NARROWED.format(joins=asked.joins.text, where=where.text), "pool f"
    sql += _ROWS.format(page=_IN_ORDER.format(rows=rows, order=ORDERS[order]))
    return _fetch_rows(sql, [*asked.joins.parameters, *where.parameters, stop - start, start], text)


def read_directory_rows(supplier_ids: list[int], text: SearchText) -> list[DirectoryRow]:
    """These suppliers, in this order; what is not published is left out."""
    return _fetch_rows(_ROWS.format(page=_GIVEN), [supplier_ids], text)


def _fetch_rows(sql: str, parameters: list[Any], text: SearchText) -> list[DirectoryRow]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [
            DirectoryRow(**dict(zip(names, row, strict=True)), stems=text.stems) for row in cursor.fetchall()
        ]
