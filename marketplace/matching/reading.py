"""A notice as the engine wants it, with how common its terms are: one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.utils import timezone

from buyers.models import Tender
from marketplace.classification import codes
from marketplace.territories import choices
from marketplace.web.folding import fold

from .engine import NoticeProfile, Statistics
from .places import named_places
from .terms import BUYER, SAYS_SOMETHING, lexemes, sql

# Each word of the title with its stem, in its order; then the other terms that were asked for. `sheets` says how many
# words of the directory share the stem, about as many as sheets.
_READ = sql(
    """
WITH t AS (
    SELECT %(title)s::text AS title, %(buyer_id)s::bigint AS buyer_id, %(party_id)s::text AS party_id,
           %(buyer_name)s::text AS buyer_name
), said AS (
    SELECT 'w:' || lexeme AS term, lexeme, min(surface) AS shown, min(position) AS position
    FROM t CROSS JOIN LATERAL regexp_split_to_table(t.title, '[^[:alnum:]]+') WITH ORDINALITY AS s(surface, position)
    CROSS JOIN LATERAL unnest({lexemes}) lexeme
    WHERE {says_something} GROUP BY lexeme
    UNION ALL SELECT term, '', '', NULL FROM unnest(%(terms)s::text[]) term
    UNION ALL SELECT 'b:' || {buyer}, '', '', NULL FROM t WHERE {buyer} IS NOT NULL
)
SELECT said.term, said.shown, said.position, coalesce(c.notices, 0),
       CASE WHEN said.lexeme <> '' THEN
           (SELECT coalesce(sum(w.entries), 0) FROM suppliers_searchword w WHERE w.lexeme = said.lexeme) ELSE 0 END
FROM said LEFT JOIN matching_termcount c ON c.term = said.term ORDER BY said.position NULLS LAST, said.term
""",
    lexemes=lexemes("surface"),
    says_something=SAYS_SOMETHING,
    buyer=BUYER,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A notice to be answered; `sheets`: in about how many sheets of the directory each word stands."""

    notice: NoticeProfile
    statistics: Statistics
    sheets: dict[str, int]


def question(tender: Tender, on: date | None = None) -> Question:
    """Read a notice; `tender` need not be saved. `on` is the day that the age of past notices counts from, else today."""
    prefixes = [codes.prefix(code) for code in tender.unspsc]
    regions = (tender.region_id,) if tender.region_id else ()
    terms = {f"u:{above}" for code in prefixes for above in codes.ancestors(code)} | {
        f"r:{r}" for r in regions
    }
    if tender.seao_category_id:
        terms.add(f"c:{tender.seao_category_id}")
    with connection.cursor() as cursor:
        cursor.execute(
            _READ,
            {
                "title": tender.title,
                "buyer_id": tender.buyer_id,
                "party_id": tender.party_id,
                "buyer_name": tender.buyer_name,
                "terms": sorted(terms | {"#", "#w"}),
            },
        )
        rows = cursor.fetchall()
    counts = {term: count for term, _shown, _position, count, _sheets in rows}
    words = [
        (term.removeprefix("w:"), shown, sheets)
        for term, shown, position, _n, sheets in rows
        if position is not None
    ]
    mrcs = choices.mrcs()
    named = named_places(tender.title, tender.region_id)
    point = named.point or mrcs.get(tender.mrc_id or "")
    notice = NoticeProfile(
        key=tender.ocid,
        words=tuple(stem for stem, _shown, _sheets in words),
        shown=tuple(shown for _stem, shown, _sheets in words),
        places=frozenset(stem for stem, shown, _sheets in words if fold(shown) in named.words),
        codes=tuple(dict.fromkeys(prefixes)),
        category=tender.seao_category_id or "",
        buyer=next((term.removeprefix("b:") for term in counts if term.startswith("b:")), ""),
        buyer_name=tender.buyer_name,
        regions=regions,
        mrc=tender.mrc_id or "",
        mrcs=frozenset(code for code, mrc in mrcs.items() if mrc.region in regions),
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        amount=float(tender.estimated_amount) if tender.estimated_amount else None,
        on=on or timezone.localdate(),
    )
    statistics = Statistics(notices=counts["#"], words=counts["#w"], counts=counts)
    return Question(notice, statistics, {stem: int(sheets) for stem, _shown, sheets in words})
