"""The floor of a directory page: the least SQL, written by hand, that yields its suppliers, its counts and its cards.

Nothing here comes from `suppliers.facets`, `directory` or `directory_columns`: each question says its SQL itself, with its
values in it. Who answers a text, its words already read, is asked by the search's own statement. What the page does beyond
this is ours to answer for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

#: The parameter that each facet has in an address, and the steps of the one that counts « that much or more ».
FACETS = ("region", "mrc", "secteur", "forme", "finalite", "certification", "capacite_min", "verification")
STEPS = (25_000, 50_000, 100_000, 250_000)
PAGE_SIZE = 20
SEVERAL = 3  # filters; below, leaving rows out first costs more than it spares

_STEP = "width_bucket(f.capacity, ARRAY[25000, 50000, 100000, 250000])"
_RECENT = (
    "f.verified_until >= 'TODAY'"  # a constant: PostgreSQL would work a stable expression out for every row
)
_KEYS = {
    "region": "f.region",
    "mrc": "f.mrc",
    "secteur": "f.sector",
    "forme": "f.legal_form",
    "finalite": "f.purposes",
    "certification": "f.certifications",
    "capacite_min": f"{_STEP}::text",
    "verification": f"coalesce(({_RECENT})::text, '')",
}
# One reading of the rows, all facets beside each other: a statement per facet reads them six times, and grouping by
# everything at once yields thousands of groups. Tried: both take twice as long.
_ALL = f"""SELECT grouping(f.mrc, f.sector, f.legal_form, f.purposes, f.certifications),
       coalesce(f.mrc || '/' || f.region, f.sector, f.legal_form, f.purposes, f.certifications,
                f.step || '/' || coalesce(f.recent::text, '')), count(*)
FROM (SELECT f.*, {_STEP} AS step, {_RECENT} AS recent FROM {{source}} f{{where}}) f
GROUP BY GROUPING SETS ((f.mrc, f.region), (f.sector), (f.legal_form), (f.purposes), (f.certifications),
                        (f.step, f.recent))
"""  # noqa: S608 - all SQL here is ours, as below
_GROUPINGS = {
    15: "mrc/region",
    23: "secteur",
    27: "forme",
    29: "finalite",
    30: "certification",
    31: "step/recent",
}
_CARDS = """SELECT t.slug, t.name, t.place, f.legal_form, t.staff_count, f.verified_on, f.verified_until,
       f.capacity, e.serves, e.proved_until, t.offers_text, t.activity
FROM (SELECT f.entry_id, row_number() OVER () AS rank
      FROM (SELECT f.entry_id FROM {rows} ORDER BY {order}, f.entry_id LIMIT {size} OFFSET {start}) f) page
JOIN suppliers_directoryfacets f USING (entry_id)
JOIN suppliers_directoryentry e ON e.supplier_id = entry_id
JOIN suppliers_directorytext t USING (entry_id)
ORDER BY page.rank
"""
ENTRY = " JOIN suppliers_directoryentry e ON e.supplier_id = f.entry_id"


@dataclass(frozen=True, kw_only=True)
class Question:
    """A directory question twice: as an address, and as the SQL that one would write for it alone.

    `narrowed` holds for every count; each of `filters` is left out where its own facet is counted.
    """

    name: str
    address: str
    joins: str = ""
    narrowed: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    order: str = ""  # names, or relevance where there is a text
    page: int = 1
    text: str = ""


@dataclass(frozen=True)
class Answer:
    """What a directory page says: the slugs in order, how many there are, each facet's counts without the zeros."""

    slugs: list[str]
    total: int
    counts: dict[str, dict[str, int]]


def counting_sql(question: Question) -> str:
    """All counts in one statement. What narrows the rows down happens once; with several filters, a row that fails two
    of them counts nowhere and is left out first."""
    conditions = list(question.filters.values())
    source, joins, where = "suppliers_directoryfacets", question.joins, _where(question.narrowed)
    sql = ""
    if len(conditions) >= SEVERAL:
        met = [f"ok{index}" for index in range(len(conditions))]
        columns = ", ".join(f"({condition}) AS {ok}" for condition, ok in zip(conditions, met, strict=True))
        enough = f"{' + '.join(f'{ok}::int' for ok in met)} >= {len(met) - 1}"
        rows = f"SELECT f.*, {columns} FROM {source} f{joins}{where}"  # noqa: S608
        sql = f"WITH pool AS MATERIALIZED (SELECT * FROM ({rows}) one WHERE {enough})"  # noqa: S608
        source, conditions = "pool", met
    elif question.narrowed:
        sql = f"WITH pool AS MATERIALIZED (SELECT f.* FROM {source} f{joins}{where})"  # noqa: S608
        source = "pool"
    sql += _ALL.format(source=source, where=_where(*conditions))
    for own, facet in enumerate(question.filters):
        others = _where(*conditions[:own], *conditions[own + 1 :])
        sql += f" UNION ALL SELECT {100 + FACETS.index(facet)}, {_KEYS[facet]}, count(*) FROM {source} f{others} GROUP BY 2"  # noqa: S608
    return sql.replace("TODAY", timezone.localdate().isoformat())


def cards_sql(question: Question, page: int) -> str:
    """The page's cards; what narrows the rows down comes before their order, where an index could tempt otherwise."""
    where = _where(question.narrowed, *question.filters.values())
    rows, sql = f"suppliers_directoryfacets f{question.joins}{where}", ""
    if question.narrowed:
        sql = f"WITH pool AS MATERIALIZED (SELECT f.entry_id, f.sort_name FROM {rows}) "  # noqa: S608
        rows = "pool f"
    return sql + _CARDS.format(
        rows=rows, order=question.order or "f.sort_name", size=PAGE_SIZE, start=(page - 1) * PAGE_SIZE
    )


def ask(counting: str, cards: str, *finding: str) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Run the statements and fetch everything: this is what the floor measures."""
    with connection.cursor() as cursor:
        for statement in finding:
            cursor.execute(statement)
            cursor.fetchall()
        cursor.execute(counting)
        groups = cursor.fetchall()
        cursor.execute(cards)
        return groups, cursor.fetchall()


def answer(groups: list[tuple[Any, ...]], cards: list[tuple[Any, ...]]) -> Answer:
    """The same answer as the page's, from what the floor fetched."""
    found: dict[str, Counter[str]] = {name: Counter() for name in (*FACETS, "seat", "step", "recent")}
    own: dict[str, Counter[str]] = {}
    for tag, value, n in groups:
        if tag >= 100:
            own.setdefault(FACETS[tag - 100], Counter())[value] += n
        elif "/" in (pair := _GROUPINGS[tag]):
            for name, half in zip(pair.split("/"), value.split("/"), strict=True):
                found[name][half] += n
        else:
            found[_GROUPINGS[tag]][value] += n
    total = found["mrc"].total()
    found["capacite_min"], found["verification"] = found["step"], found["recent"]
    found.update(own)
    return Answer(
        slugs=[card[0] for card in cards],
        total=total,
        counts={name: _shown(name, found[name]) for name in FACETS},
    )


def _shown(facet: str, groups: Counter[str]) -> dict[str, int]:
    """Groups as the page shows them: sets member by member, steps added up, co-operatives together as well."""
    shown: Counter[str] = Counter()
    for value, n in groups.items():
        if facet in ("finalite", "certification"):
            for code in value.strip("|").split("|"):
                shown[code] += n
        elif facet == "capacite_min":
            for least in STEPS[: int(value)]:
                shown[str(least)] += n
        elif facet == "verification":
            shown[{"true": "recente", "false": "echue"}.get(value, "en_cours")] += n
        else:
            shown[value] += n
    if facet == "forme":
        shown["coop"] = sum(n for form, n in shown.items() if form.startswith("coop"))
    return {value: n for value, n in shown.items() if value and n}


def _where(*conditions: str) -> str:
    meant = [condition for condition in conditions if condition]
    return f" WHERE {' AND '.join(meant)}" if meant else ""
