"""One page of the directory: the suppliers that answer, in order, with all that a card shows, in one SQL query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString

from .conditions import conditions
from .filters import DirectoryQuery
from .marks import answers, excerpt, marked
from .models import LegalForm
from .search import Text


@dataclass(kw_only=True, slots=True)
class Card:
    """What the directory says of one supplier."""

    supplier_id: int
    slug: str
    name: str
    place: str
    legal_form: str
    staff_count: int | None
    verified_on: date
    capacity: int
    serves: list[str]
    offers_text: str
    activity: str
    stems: Collection[str] = ()

    @property
    def form(self) -> LegalForm:
        return LegalForm(self.legal_form)

    @property
    def summary(self) -> SafeString:
        """Its offers, or its activity where it has none, the words that were looked for marked."""
        return marked(self.offers_text or excerpt(self.activity, self.stems), self.stems)

    @property
    def echo(self) -> SafeString | str:
        """Where neither name nor offers answer but the activity does, the part of it that does."""
        if not self.offers_text or answers(self.offers_text, self.stems) or answers(self.name, self.stems):
            return ""
        part = excerpt(self.activity, self.stems)
        return marked(part, self.stems) if answers(part, self.stems) else ""


# Where something narrows the rows down, that comes first: PostgreSQL would rather walk through the index of names until
# it has found twenty, which may be through most of it.
_NARROWED = """
WITH pool AS MATERIALIZED (
    SELECT f.entry_id, f.sort_name, f.verified_on, f.capacity FROM suppliers_directoryfacets f{joins} WHERE {where}
)
"""
_PAGE = """
SELECT entry_id AS supplier_id, t.slug, t.name, t.place, f.legal_form, t.staff_count, f.verified_on, f.capacity,
       e.serves, t.offers_text, t.activity
FROM (
    SELECT f.entry_id, row_number() OVER () AS rank
    FROM (
        SELECT f.entry_id FROM {rows} ORDER BY {order}, f.entry_id LIMIT %s OFFSET %s
    ) f
) page
JOIN suppliers_directoryfacets f USING (entry_id)
JOIN suppliers_directoryentry e ON e.supplier_id = entry_id
JOIN suppliers_directorytext t USING (entry_id)
ORDER BY page.rank
"""
_ORDERS = {
    "name": "f.sort_name",
    "recent": "f.verified_on DESC, f.sort_name",
    "capacity": "f.capacity DESC, f.sort_name",
    "relevance": "ts_rank('{0.1,0.2,0.4,1.0}', t.search, %s::tsquery) DESC, f.sort_name",
}


def order_of(query: DirectoryQuery, text: Text) -> str:
    """The order that holds: relevance needs a text, and is what a text gets unless another order is asked."""
    order = query.order or "relevance"
    return "name" if order == "relevance" and not text.tsquery else order


def page(query: DirectoryQuery, text: Text, start: int, stop: int) -> list[Card]:
    """The answers from rank `start` (counted from 0) up to `stop`."""
    asked = conditions(query, text)
    where, order = asked.where(), order_of(query, text)
    parameters: list[Any] = [*where.parameters]
    if order == "relevance":
        parameters.append(text.tsquery)
    if asked.always and order != "relevance":  # relevance is in no index, and needs the text beside it
        sql = _NARROWED.format(joins=asked.joins, where=where.sql)
        sql += _PAGE.format(rows="pool f", order=_ORDERS[order])
    else:
        rows = f"suppliers_directoryfacets f{asked.joins} WHERE {where.sql}"
        sql = _PAGE.format(rows=rows, order=_ORDERS[order])
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, stop - start, start])
        names = [column.name for column in cursor.description]
        return [Card(**dict(zip(names, row, strict=True)), stems=text.stems) for row in cursor.fetchall()]
