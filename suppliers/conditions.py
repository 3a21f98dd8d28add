"""A directory question as SQL: what a row must meet, apart from what a facet must be able to leave out.

All SQL here is ours; what people type only ever travels as parameters.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from marketplace.territories import choices as territories

from .filters import LAPSED, RECENT, DirectoryQuery
from .search import Text

ORDERS = {
    "name": "f.sort_name",
    "recent": "f.verified_on DESC, f.sort_name",
    "capacity": "f.capacity DESC, f.sort_name",
    "relevance": "rank DESC, f.sort_name",
}
# OFFSET 0 keeps PostgreSQL from joining first: it would carry every found text along to rank it later.
_RANKED = """
 JOIN (SELECT entry_id, ts_rank('{0.1,0.2,0.4,1.0}', search, %s::tsquery) AS rank
       FROM suppliers_directorytext WHERE search @@ %s::tsquery OFFSET 0) t ON t.entry_id = f.entry_id"""


def order_of(query: DirectoryQuery, text: Text) -> str:
    """The order that holds: relevance needs a text, and is what a text gets unless another order is asked."""
    order = query.order or "relevance"
    return "name" if order == "relevance" and not text.tsquery else order


@dataclass(frozen=True)
class Condition:
    sql: str
    parameters: tuple[Any, ...] = ()


@dataclass(kw_only=True)
class Conditions:
    """`always` holds for every count; each of `facets` is left out where its own facet is counted. A join may narrow."""

    joins: Condition = Condition("")
    always: list[Condition] = field(default_factory=list)
    facets: dict[str, Condition] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        """Whether something other than a facet leaves rows out."""
        return bool(self.always or self.joins.sql)

    def where(self) -> Condition:
        """All of them, as one condition."""
        return conjunction([*self.always, *self.facets.values()])


def conjunction(conditions: list[Condition]) -> Condition:
    return Condition(
        " AND ".join(c.sql for c in conditions) or "true",
        tuple(parameter for c in conditions for parameter in c.parameters),
    )


def lapse_day(today: date | None = None) -> date:
    """A verification holds for a year: a sheet verified before this day has lapsed."""
    today = today or timezone.localdate()
    try:
        return today.replace(year=today.year - 1)
    except ValueError:  # 29 February
        return today.replace(year=today.year - 1, day=28)


def due_day(verified_on: date) -> date:
    """The last day on which a verification holds."""
    try:
        return verified_on.replace(year=verified_on.year + 1)
    except ValueError:  # 29 February
        return verified_on.replace(year=verified_on.year + 1, day=28)


def conditions(query: DirectoryQuery, text: Text, *, ranked: bool = False) -> Conditions:
    """Over `suppliers_directoryfacets f`, joined to the other tables only where something is asked of them.

    With `ranked`, each row has its `t.rank` for the text.
    """
    result = Conditions()
    if text.tsquery and ranked:
        result.joins = Condition(_RANKED, (text.tsquery, text.tsquery))
    elif text.tsquery:
        result.joins = Condition(" JOIN suppliers_directorytext t ON t.entry_id = f.entry_id")
        result.always.append(Condition("t.search @@ %s::tsquery", (text.tsquery,)))
    if text.neq:
        result.always.append(
            Condition(
                "f.entry_id IN (SELECT s.id FROM suppliers_supplier s"
                " JOIN accounts_organisation o ON o.id = s.organisation_id WHERE o.neq = %s)",
                (text.neq,),
            )
        )
    if query.offers or query.serves:
        entries = " JOIN suppliers_directoryentry e ON e.supplier_id = f.entry_id"
        result.joins = Condition(result.joins.sql + entries, result.joins.parameters)
    if query.offers:
        result.always.append(Condition("e.codes && %s::varchar[]", (list(query.offers),)))
    if query.serves:
        result.always.append(Condition("e.serves && %s::varchar[]", (serving(query.serves),)))

    def facet(name: str, sql: str, values: tuple[Any, ...]) -> None:
        if values:
            result.facets[name] = Condition(sql, (list(values),))

    facet("regions", "f.region = ANY(%s)", query.regions)
    facet("mrcs", "f.mrc = ANY(%s)", query.mrcs)
    facet("sectors", "f.sector = ANY(%s)", query.sectors)
    facet("forms", "f.legal_form = ANY(%s)", query.legal_forms)
    facet("purposes", "f.purposes LIKE ANY(%s)", _inside(query.purposes))
    facet("certifications", "f.certifications LIKE ANY(%s)", _inside(query.certifications))
    if query.capacities:
        result.facets["capacities"] = Condition("f.capacity >= %s", (min(query.capacities),))
    if set(query.verification) == {RECENT}:
        result.facets["verification"] = Condition("f.verified_on >= %s", (lapse_day(),))
    elif set(query.verification) == {LAPSED}:
        result.facets["verification"] = Condition("f.verified_on < %s", (lapse_day(),))
    return result


def _inside(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns that find a code in « |environnement|insertion| »."""
    return tuple("%|" + code.replace("_", r"\_") + "|%" for code in codes)


def serving(asked: tuple[str, ...]) -> list[str]:
    """The tokens of whoever serves one of these places: itself, the region around it, or all of Québec."""
    tokens = {"Q", *asked}
    for token in asked:
        if token in territories.mrcs():
            tokens.add("R" + territories.mrcs()[token].region)
    return sorted(tokens)
