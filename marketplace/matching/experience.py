"""What suppliers won or bid on, kept as terms that a new notice can be compared with in one statement."""

from __future__ import annotations

from typing import Any

from django.db import connection

from marketplace.accounts.models import User
from marketplace.matching import weights
from marketplace.matching.tenders import EXPERIENCE, chosen_suppliers, fill_sql, terms_sql
from marketplace.web.list_versions import record_list_change
from marketplace.web.verbs import verb

_LOCK = "SELECT pg_advisory_xact_lock(hashtext('matching.experience'))"

# An award names its organisation, or only the NEQ of one that was imported later. What was taken back was not won.
_WON = fill_sql(
    """
    SELECT DISTINCT s.id AS supplier_id, a.tender_id
    FROM suppliers_supplier s
    JOIN accounts_organisation o ON o.id = s.organisation_id
    CROSS JOIN LATERAL (
        SELECT tender_id, status FROM buyers_award WHERE organisation_id = o.id
        UNION ALL SELECT tender_id, status FROM buyers_award WHERE organisation_id IS NULL AND neq <> '' AND neq = o.neq
    ) a
    WHERE a.status NOT IN ('cancelled', 'unsuccessful') AND {only}
""",
    only=chosen_suppliers("s.id"),
)
_FORGET = fill_sql(
    """
DELETE FROM matching_experience e
WHERE e.won AND {only}
  AND NOT EXISTS (SELECT 1 FROM ({won}) won WHERE won.supplier_id = e.supplier_id AND won.tender_id = e.tender_id)
""",
    only=chosen_suppliers("e.supplier_id"),
    won=_WON,
)
_KEEP_WON = fill_sql(
    """
INSERT INTO matching_experience AS e (supplier_id, tender_id, won)
SELECT supplier_id, tender_id, TRUE FROM ({won}) won
ON CONFLICT (supplier_id, tender_id) DO UPDATE SET won = TRUE WHERE NOT e.won
""",
    won=_WON,
)
# Whoever bid on one version stays known for it.
_KEEP_BIDS = fill_sql(
    """
INSERT INTO matching_experience (supplier_id, tender_id, won)
SELECT DISTINCT s.id, bidder.tender_id, FALSE
FROM buyers_bidder bidder
JOIN accounts_organisation o ON bidder.neq <> '' AND o.neq = bidder.neq
JOIN suppliers_supplier s ON s.organisation_id = o.id
WHERE {only}
ON CONFLICT (supplier_id, tender_id) DO NOTHING
""",
    only=chosen_suppliers("s.id"),
)
_FORGET_TRACKS = fill_sql("DELETE FROM matching_track WHERE {only}", only=chosen_suppliers("supplier_id"))
_FORGET_TRAITS = fill_sql("DELETE FROM matching_trait WHERE {only}", only=chosen_suppliers("supplier_id"))

_PAST = fill_sql(
    """
WITH past AS MATERIALIZED (
    SELECT e.supplier_id, e.tender_id, CASE WHEN e.won THEN 1.0 ELSE 0.5 END AS weight, e.won
    FROM matching_experience e WHERE {only}
), terms AS MATERIALIZED ({terms})
""",
    only=chosen_suppliers("e.supplier_id"),
    terms=terms_sql("t.id IN (SELECT tender_id FROM past)"),
)
_WRITE_TRACKS = fill_sql(
    """
{past}, sizes AS (SELECT tender_id, count(*) AS words FROM terms WHERE term LIKE 'w:%%' GROUP BY tender_id)
INSERT INTO matching_track (supplier_id, notices, words, wins, last_on)
SELECT past.supplier_id, sum(past.weight), coalesce(sum(past.weight * sizes.words), 0),
       count(*) FILTER (WHERE past.won), max(least(t.published_at, now())::date)
FROM past JOIN buyers_tender t ON t.id = past.tender_id LEFT JOIN sizes USING (tender_id) GROUP BY 1
""",
    past=_PAST,
)
# Written in the order of the key, so that what a notice asks for lies together.
_WRITE_TRAITS = fill_sql(
    """
{past} INSERT INTO matching_trait (term, supplier_id, weight, rate)
SELECT one.term, one.supplier_id, one.weight,
       one.weight / CASE WHEN one.term LIKE 'w:%%' THEN k.words + %(words)s ELSE k.notices + %(notices)s END
FROM (
    SELECT terms.term, past.supplier_id, sum(past.weight) AS weight
    FROM past JOIN terms USING (tender_id) GROUP BY 1, 2
) one JOIN matching_track k USING (supplier_id) ORDER BY 1, 2
""",
    past=_PAST,
)
_FORGET_COUNTS = "DELETE FROM matching_termcount"
_WRITE_COUNTS = fill_sql(
    """
WITH terms AS MATERIALIZED ({terms})
INSERT INTO matching_termcount (term, notices)
SELECT term, count(*) FROM terms GROUP BY term
UNION ALL SELECT '#', count(*) FROM buyers_tender
UNION ALL SELECT '#w', count(*) FROM terms WHERE term LIKE 'w:%%'
""",
    terms=terms_sql("TRUE"),
)
_FRESHEN = "ANALYZE matching_experience, matching_trait, matching_track, matching_termcount"


@verb
def learn_experience(*, supplier_ids: list[int] | None = None, by: User | None) -> None:
    """Bring experience in step with awards and bids, for these suppliers, or for all and with the counts of all terms.

    For all: after an import that brought awards, and every night. Safe to repeat; two at once wait for each other.
    """
    if supplier_ids is not None and not supplier_ids:
        return
    parameters: dict[str, Any] = {
        "ids": supplier_ids,
        "words": weights.SMOOTHING_WORDS,
        "notices": weights.SMOOTHING,
    }
    statements = [
        _FORGET,
        _KEEP_WON,
        _KEEP_BIDS,
        _FORGET_TRACKS,
        _WRITE_TRACKS,
        _FORGET_TRAITS,
        _WRITE_TRAITS,
    ]
    if supplier_ids is None:
        statements += [_FORGET_COUNTS, _WRITE_COUNTS, _FRESHEN]
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        for statement in statements:
            cursor.execute(statement, parameters)
    record_list_change(EXPERIENCE)
