"""One page of the directory: the suppliers that answer, in order, with all that a card shows, in one SQL query."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.safestring import SafeString

from .conditions import ORDERS, conditions, order_of
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
        """Its offers, or its activity where it has none, the words that were looked for marked.

        The index joins titles with « ; », after which French wants no capital: here each ends with a full stop.
        """
        return marked(self.offers_text.replace("; ", ". ") or excerpt(self.activity, self.stems), self.stems)

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
_RANKED = """
(SELECT f.entry_id, row_number() OVER () AS rank
 FROM (SELECT f.entry_id FROM {rows} ORDER BY {order}, f.entry_id LIMIT %s OFFSET %s) f)
"""
_GIVEN = "unnest(%s::bigint[]) WITH ORDINALITY"
_CARDS = """
SELECT entry_id AS supplier_id, t.slug, t.name, t.place, f.legal_form, t.staff_count, f.verified_on, f.capacity,
       e.serves, t.offers_text, t.activity
FROM {page} page(entry_id, rank)
JOIN suppliers_directoryfacets f USING (entry_id)
JOIN suppliers_directoryentry e ON e.supplier_id = entry_id
JOIN suppliers_directorytext t USING (entry_id)
ORDER BY page.rank
"""


def page(query: DirectoryQuery, text: Text, start: int, stop: int) -> list[Card]:
    """The answers from rank `start` (counted from 0) up to `stop`."""
    order = order_of(query, text)
    asked = conditions(query, text, ranked=order == "relevance")
    where = asked.where()
    sql, rows = "", f"suppliers_directoryfacets f{asked.joins.sql} WHERE {where.sql}"
    if asked.always and order != "relevance":  # relevance is in no index, and needs the text beside it
        sql, rows = _NARROWED.format(joins=asked.joins.sql, where=where.sql), "pool f"
    sql += _CARDS.format(page=_RANKED.format(rows=rows, order=ORDERS[order]))
    return _read(sql, [*asked.joins.parameters, *where.parameters, stop - start, start], text)


def of(supplier_ids: list[int], text: Text) -> list[Card]:
    """The cards of these suppliers, in this order; what is not published is left out."""
    return _read(_CARDS.format(page=_GIVEN), [supplier_ids], text)


def _read(sql: str, parameters: list[Any], text: Text) -> list[Card]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        names = [column.name for column in cursor.description]
        return [Card(**dict(zip(names, row, strict=True)), stems=text.stems) for row in cursor.fetchall()]
