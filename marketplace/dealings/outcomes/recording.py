"""Which notices fitted whom, kept for good: suggestions come and go with what is open (`matching.suggestions`)."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from marketplace.matching.needs import FITTING_SQL
from marketplace.matching.tenders import fill_sql
from marketplace.web.verbs import verb

# A row with no points was set aside by hand: nobody had suggested it. Every suggestion that stands was computed since the last
# round or is recorded already, so the two tables are compared whole; what came and went between two rounds is not counted.
_TENDERS = """
INSERT INTO dealings_suggestednotice (supplier_id, tender_id, "on")
SELECT s.supplier_id, s.tender_id, %(today)s FROM matching_suggestion s
WHERE s.points > 0 AND NOT EXISTS (
    SELECT FROM dealings_suggestednotice n WHERE n.supplier_id = s.supplier_id AND n.tender_id = s.tender_id)
ON CONFLICT DO NOTHING
"""
# A need without a code fits whoever delivers there: that is nobody in particular.
_NEEDS = fill_sql(
    """
INSERT INTO dealings_suggestednotice (supplier_id, need_id, "on")
SELECT e.supplier_id, n.id, %(today)s
FROM buyers_need n
JOIN suppliers_directoryentry e ON {fitting}
JOIN suppliers_supplier s ON s.id = e.supplier_id AND s.status = 'published'
WHERE n.status = 'published' AND n.closes_at > now() AND n.unspsc <> '{}' AND NOT EXISTS (
    SELECT FROM dealings_suggestednotice r WHERE r.supplier_id = e.supplier_id AND r.need_id = n.id)
ON CONFLICT DO NOTHING
""",
    fitting=FITTING_SQL,
)


@verb
def record_suggested_notices(*, by: None) -> int:
    """Keep what fits today and was not known yet; how many. Safe to run twice, also at once."""
    kept = 0
    with connection.cursor() as cursor:
        for statement in (_TENDERS, _NEEDS):
            cursor.execute(statement, {"today": timezone.localdate()})
            kept += cursor.rowcount
    return kept
