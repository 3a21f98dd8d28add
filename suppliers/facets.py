"""How many suppliers answer, and how many would under each value of each facet: one question to the database.

A facet is counted with all other filters applied and its own left out, so that it says what one more tick would find.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import connection

from .conditions import ORDERS, Condition, conditions, conjunction, lapse_day, order_of
from .filters import CAPACITY_STEPS, LAPSED, RECENT, DirectoryQuery
from .search import Text

FACETS = (
    "regions",
    "mrcs",
    "sectors",
    "forms",
    "purposes",
    "certifications",
    "capacities",
    "verification",
)


@dataclass(kw_only=True)
class Counts:
    """`facets[name]` misses the values counted 0. `seats` counts the answers by MRC, "" where it is unknown.

    `page` holds the suppliers of the page that was asked along, in order; None where finding them apart costs less.
    """

    total: int
    facets: dict[str, dict[str, int]]
    seats: dict[str, int]
    page: list[int] | None = None


# One pass over the answers counts all facets without a filter of their own; each facet that has one is counted by
# another pass, over the rows that meet everything else. What comes back are a few hundred groups, added up here.
_KEYS = {
    "regions": "f.region",
    "mrcs": "f.mrc",
    "sectors": "f.sector",
    "forms": "f.legal_form",
    "purposes": "f.purposes",
    "certifications": "f.certifications",
    "capacities": "width_bucket(f.capacity, %s::int[])::text",
    "verification": "(f.verified_on >= %s)::text",
}
_ANSWERS = """
SELECT CASE grouping(f.mrc, f.sector, f.legal_form, f.purposes, f.certifications)
           WHEN 15 THEN 'seats' WHEN 23 THEN 'sectors' WHEN 27 THEN 'forms' WHEN 29 THEN 'purposes'
           WHEN 30 THEN 'certifications' ELSE 'steps' END,
       coalesce(f.region || '|' || f.mrc, f.sector, f.legal_form, f.purposes, f.certifications,
                f.step || '|' || f.recent),
       count(*)::int
FROM (SELECT f.*, width_bucket(f.capacity, %s::int[]) AS step, f.verified_on >= %s AS recent FROM {source} f) f
WHERE {where}
GROUP BY GROUPING SETS ((f.region, f.mrc), (f.sector), (f.legal_form), (f.purposes), (f.certifications),
                        (f.step, f.recent))
"""
_ONE_FACET = " UNION ALL SELECT '{facet}', {key}, count(*)::int FROM {source} f WHERE {where} GROUP BY 2"
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


def count(query: DirectoryQuery, text: Text, start: int = 0, size: int = 0) -> Counts:
    """All counts of a directory page, and maybe the page of `size` suppliers from rank `start`, in one SQL query."""
    sql, parameters, along = _question(query, text, start, size)
    groups: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        for facet, value, n in cursor.fetchall():
            groups[facet][value] = n
    ranks = groups.pop("page", {})
    counts = _add_up(groups)
    if along:
        counts.page = [int(supplier) for supplier in sorted(ranks, key=lambda supplier: ranks[supplier])]
    return counts


def _question(query: DirectoryQuery, text: Text, start: int, size: int) -> tuple[str, list[Any], bool]:
    """The SQL, its parameters, and whether it brings the page along."""
    order = order_of(query, text)
    ranked = size > 0 and order == "relevance"
    asked = conditions(query, text, ranked=ranked)
    filters = asked.facets
    pooled = asked.narrowed or len(filters) >= _SEVERAL
    along = pooled and size > 0
    sql, source = "", "suppliers_directoryfacets"
    parameters: list[Any] = []
    if pooled:
        columns, narrowing, enough = (
            Condition(", t.rank" if ranked else ""),
            conjunction(asked.always),
            "true",
        )
        if len(filters) >= _SEVERAL:
            met, filters = _judged(filters)
            columns = Condition(columns.sql + met.sql, met.parameters)
            enough = " + ".join(f"({c.sql})::int" for c in filters.values()) + f" >= {len(filters) - 1}"
        sql = _POOL.format(columns=columns.sql, joins=asked.joins.sql, where=narrowing.sql, enough=enough)
        parameters += [*columns.parameters, *asked.joins.parameters, *narrowing.parameters]
        source = "pool"
    extra: dict[str, tuple[Any, ...]] = {
        "capacities": (list(CAPACITY_STEPS),),
        "verification": (lapse_day(),),
    }
    where = conjunction(list(filters.values()))
    sql += _ANSWERS.format(source=source, where=where.sql)
    parameters += [*extra["capacities"], *extra["verification"], *where.parameters]
    for facet in filters:
        others = conjunction([c for name, c in filters.items() if name != facet])
        sql += _ONE_FACET.format(facet=facet, key=_KEYS[facet], source=source, where=others.sql)
        parameters += [*extra.get(facet, ()), *others.parameters]
    if along:
        sql += _PAGE.format(where=where.sql, order=ORDERS[order])
        parameters += [*where.parameters, size, start, size, size, *where.parameters]
    return sql, parameters, along


def _judged(filters: dict[str, Condition]) -> tuple[Condition, dict[str, Condition]]:
    """Columns that say whether a row meets each filter, and the filters as these columns."""
    columns = "".join(f", ({c.sql}) AS met_{name}" for name, c in filters.items())
    parameters = tuple(parameter for c in filters.values() for parameter in c.parameters)
    return Condition(columns, parameters), {name: Condition(f"f.met_{name}") for name in filters}


def _add_up(groups: dict[str, dict[str, int]]) -> Counts:
    """Pairs and sets become single values, steps « that much or more », and « coop » counts every co-operative.

    A facet with a filter of its own came back by itself; the others are in the pairs.
    """
    regions, seats = _halves(groups["seats"])
    steps, recent = _halves(groups["steps"])
    facets = {
        "regions": groups.get("regions", regions),
        "mrcs": groups.get("mrcs", seats),
        "sectors": groups["sectors"],
        "forms": groups["forms"],
        "purposes": _members(groups["purposes"]),
        "certifications": _members(groups["certifications"]),
    }
    steps, recent = groups.get("capacities", steps), groups.get("verification", recent)
    facets["capacities"] = {
        str(least): sum(n for step, n in steps.items() if int(step) > i)
        for i, least in enumerate(CAPACITY_STEPS)
    }
    facets["verification"] = {RECENT: recent.get("true", 0), LAPSED: recent.get("false", 0)}
    facets["forms"]["coop"] = sum(n for form, n in facets["forms"].items() if form.startswith("coop"))
    return Counts(total=sum(seats.values()), facets=facets, seats=seats)


def _halves(pairs: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Counts of « 04|371 » as counts of « 04 » and counts of « 371 »."""
    left: dict[str, int] = defaultdict(int)
    right: dict[str, int] = defaultdict(int)
    for pair, n in pairs.items():
        first, _, second = pair.partition("|")
        left[first] += n
        right[second] += n
    return dict(left), dict(right)


def _members(sets: dict[str, int]) -> dict[str, int]:
    """Counts of « |environnement|insertion| » as counts of each."""
    single: dict[str, int] = defaultdict(int)
    for members, n in sets.items():
        for member in members.strip("|").split("|") if members else ():
            single[member] += n
    return dict(single)
