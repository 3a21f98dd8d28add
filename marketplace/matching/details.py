"""What the reasons name: the offers of the suppliers chosen, and their past notices that resemble this one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.db import connection

from marketplace.classification import codes

from . import weights
from .engine import NoticeProfile, OfferProfile, PastNotice, Statistics, SupplierProfile
from .terms import BUYER, lexemes, sql

_OFFERS = sql(
    """
SELECT o.supplier_id, o.title, array_remove(array_agg(oc.unspsccode_id ORDER BY oc.unspsccode_id), NULL),
       {lexemes}
FROM suppliers_offer o LEFT JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
WHERE o.supplier_id = ANY(%(ids)s) GROUP BY o.id ORDER BY o.id
""",
    lexemes=lexemes("o.title || ' ' || o.description"),
)
# Twenty at most for each supplier: what was won first, then the nearest, then the latest.
_PAST = sql(
    """
SELECT e.supplier_id, past.title, past.buyer_name, past.year, past.won, past.same_buyer, past.likeness
FROM (SELECT DISTINCT supplier_id FROM matching_experience WHERE supplier_id = ANY(%(ids)s)) e
CROSS JOIN LATERAL (
    SELECT t.title, t.buyer_name, extract(year FROM t.published_at)::int AS year, x.won,
           coalesce({buyer} = %(buyer)s, FALSE) AS same_buyer, said.likeness
    FROM matching_experience x JOIN buyers_tender t ON t.id = x.tender_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(w.part), 0) AS likeness FROM unnest(%(words)s::text[], %(parts)s::float8[]) w(word, part)
        WHERE t.search @@ (w.word || ':A')::tsquery
    ) said
    WHERE x.supplier_id = e.supplier_id AND (said.likeness >= %(similar)s OR {buyer} = %(buyer)s)
    ORDER BY x.won DESC, said.likeness DESC, t.published_at DESC NULLS LAST, t.id LIMIT 20
) past
""",
    buyer=BUYER,
)


def detailed(
    notice: NoticeProfile, suppliers: Iterable[SupplierProfile], statistics: Statistics
) -> dict[int | str, SupplierProfile]:
    """The same profiles with their offers and similar past notices, by key: two statements."""
    chosen = list(suppliers)
    rarity = [statistics.rarity_of_word(word) for word in notice.words]
    whole = sum(rarity) or 1.0
    parameters: dict[str, Any] = {
        "ids": [supplier.key for supplier in chosen],
        "words": list(notice.words),
        "parts": [part / whole for part in rarity],
        "buyer": notice.buyer,
        "similar": weights.SIMILAR,
    }
    offers: dict[int, list[OfferProfile]] = defaultdict(list)
    similar: dict[int, list[PastNotice]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_OFFERS, parameters)
        for supplier_id, title, unspsc, words in cursor.fetchall():
            offers[supplier_id].append(
                OfferProfile(
                    title=title,
                    codes=tuple(codes.prefix(code) for code in unspsc),
                    words=frozenset(words).intersection(notice.words),
                )
            )
        if any(supplier.past.notices for supplier in chosen):
            cursor.execute(_PAST, parameters)
            for supplier_id, title, buyer, year, won, same_buyer, likeness in cursor.fetchall():
                similar[supplier_id].append(
                    PastNotice(
                        title=title,
                        buyer=buyer,
                        year=year,
                        won=won,
                        same_buyer=same_buyer,
                        similar=likeness >= weights.SIMILAR,
                    )
                )
    return {
        supplier.key: replace(
            supplier,
            offers=tuple(offers.get(int(supplier.key), ())),
            similar=tuple(similar.get(int(supplier.key), ())),
        )
        for supplier in chosen
    }
