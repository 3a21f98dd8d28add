"""The other way round: one supplier's profile, and the open notices that share something with it."""

from __future__ import annotations

from collections import defaultdict

from django.db import connection
from django.utils import timezone

from marketplace.classification import codes
from marketplace.territories import choices

from .candidates import read_profile
from .engine import NoticeProfile, Statistics, SupplierProfile
from .terms import of_notices, sql

_PROFILE = """
SELECT e.supplier_id, e.codes, e.serves, e.capacity, e.region, org.lat, org.lon,
       tsvector_to_array(ts_filter(x.search, '{a,b,c}')), tsvector_to_array(ts_filter(x.search, '{a}')),
       (SELECT array_agg(t.term) FROM matching_trait t WHERE t.supplier_id = e.supplier_id),
       (SELECT array_agg(t.weight) FROM matching_trait t WHERE t.supplier_id = e.supplier_id),
       k.notices, k.words, k.wins, k.last_on
FROM suppliers_directoryentry e
JOIN suppliers_directorytext x ON x.entry_id = e.supplier_id
JOIN suppliers_supplier s ON s.id = e.supplier_id
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN matching_track k ON k.supplier_id = e.supplier_id
WHERE e.supplier_id = %(id)s
"""

_NOTICES = sql(
    """
WITH terms AS MATERIALIZED ({terms})
SELECT t.id, t.ocid, t.unspsc, t.seao_category_id, t.region_id, t.mrc_id, t.estimated_amount, said.terms, said.counts
FROM buyers_tender t
JOIN (
    SELECT terms.tender_id, array_agg(terms.term) AS terms, array_agg(coalesce(c.notices, 0)) AS counts
    FROM terms LEFT JOIN matching_termcount c USING (term) GROUP BY terms.tender_id
) said ON said.tender_id = t.id
WHERE said.terms && %(terms)s::text[]
""",
    terms=of_notices("t.status = 'active' AND t.closes_at > now()"),
)
_TOTALS = "SELECT term, notices FROM matching_termcount WHERE term IN ('#', '#w')"


def profile_of(supplier_id: int) -> SupplierProfile | None:
    """A published supplier as the engine wants it, with all its words; None if it is not published."""
    with connection.cursor() as cursor:
        cursor.execute(_PROFILE, {"id": supplier_id})
        row = cursor.fetchone()
    return read_profile(row) if row else None


def open_notices(supplier: SupplierProfile) -> tuple[dict[int, NoticeProfile], Statistics]:
    """Open notices by id that share a word or a code with a supplier's sheet or past, and how common their terms are.

    Good enough to choose the few that `reading.question` then reads whole: towns named in titles are not told apart.
    """
    known = {f"w:{word}" for word in supplier.words} | {f"u:{code}" for code in supplier.codes}
    known |= {term for term in supplier.past.terms if term[0] in "wu"}
    counts: dict[str, int] = {}
    mrcs = choices.mrcs()
    mrcs_of: dict[str, set[str]] = defaultdict(set)
    for code, mrc in mrcs.items():
        mrcs_of[mrc.region].add(code)
    found: dict[int, NoticeProfile] = {}
    today = timezone.localdate()
    with connection.cursor() as cursor:
        cursor.execute(_NOTICES, {"terms": sorted(known)})
        for tender_id, ocid, unspsc, category, region, mrc_code, amount, terms, of_terms in cursor.fetchall():
            counts |= zip(terms, of_terms, strict=True)
            seat = mrcs.get(mrc_code or "")
            found[tender_id] = NoticeProfile(
                key=ocid,
                words=tuple(sorted(term[2:] for term in terms if term.startswith("w:"))),
                codes=tuple(dict.fromkeys(codes.prefix(code) for code in unspsc)),
                category=category or "",
                buyer=next((term[2:] for term in terms if term.startswith("b:")), ""),
                regions=(region,) if region else (),
                mrc=mrc_code or "",
                mrcs=frozenset(mrcs_of[region]) if region else frozenset(),
                lat=seat.lat if seat else None,
                lon=seat.lon if seat else None,
                amount=float(amount) if amount else None,
                on=today,
            )
        cursor.execute(_TOTALS)
        totals = dict(cursor.fetchall())
    return found, Statistics(notices=totals.get("#", 0), words=totals.get("#w", 0), counts=counts)
