"""What stands is carried over: documents to their supplier, proofs that had a document, and what follows from six.

« Prouvé » without any document says nothing of what it rests on: such a finding waits to be examined again. A supplier
whose publication alone dated it is no longer said to be verified.
"""

from django.db import migrations

EVIDENCE = """
UPDATE suppliers_evidencefile e SET supplier_id = a.supplier_id, criteria = ARRAY[a.criterion]
FROM suppliers_criterionanswer a WHERE a.id = e.answer_id AND e.supplier_id IS NULL
"""
EVIDENCE_HISTORY = """
UPDATE suppliers_evidencefileevent e SET supplier_id = coalesce(
    (SELECT a.supplier_id FROM suppliers_criterionanswer a WHERE a.id = e.answer_id),
    (SELECT max(a.supplier_id) FROM suppliers_criterionanswerevent a WHERE a.pgh_obj_id = e.answer_id), 0)
WHERE e.supplier_id IS NULL
"""
PROOFS = """
UPDATE suppliers_criterionanswer a
SET proved_on = (a.found_at AT TIME ZONE 'America/Toronto')::date,
    expires_on = ((a.found_at AT TIME ZONE 'America/Toronto')::date + interval '1 year')::date,
    basis = 'document', proved_by_id = a.found_by_id, pole_id = s.verified_by_id
FROM suppliers_supplier s
WHERE s.id = a.supplier_id AND a.state = 'proved'
      AND EXISTS (SELECT 1 FROM suppliers_evidencefile e WHERE e.answer_id = a.id)
"""
UNPROVED = "UPDATE suppliers_criterionanswer SET state = '' WHERE state = 'proved' AND proved_on IS NULL"
SUPPLIERS = """
UPDATE suppliers_supplier s
SET proved_until = p.until,
    verified_on = CASE WHEN p.n = 6 THEN p.proved_on END,
    verified_until = CASE WHEN p.n = 6 THEN p.until[1] END,
    verified_by_id = CASE WHEN p.n = 6 THEN s.verified_by_id END
FROM (
    SELECT s.id, count(a.id) AS n, max(a.proved_on) AS proved_on,
           coalesce(array_agg(a.expires_on ORDER BY a.expires_on) FILTER (WHERE a.id IS NOT NULL), '{}') AS until
    FROM suppliers_supplier s
    LEFT JOIN suppliers_criterionanswer a ON a.supplier_id = s.id AND a.proved_on IS NOT NULL
    GROUP BY s.id
) p
WHERE p.id = s.id AND (s.proved_until <> p.until OR s.verified_on IS NOT NULL)
"""
ENTRIES = """
UPDATE suppliers_directoryentry e
SET verified_on = s.verified_on, verified_until = s.verified_until, proved_until = s.proved_until
FROM suppliers_supplier s WHERE s.id = e.supplier_id
"""
FACETS = """
UPDATE suppliers_directoryfacets f SET verified_on = s.verified_on, verified_until = s.verified_until
FROM suppliers_supplier s WHERE s.id = f.entry_id
"""

# The other way: every published supplier is said to be verified, and each document hangs on one answer.
PUBLISHED = """
UPDATE suppliers_supplier
SET verified_on = coalesce(verified_on, (status_changed_at AT TIME ZONE 'America/Toronto')::date),
    verified_until = coalesce(verified_until, (status_changed_at AT TIME ZONE 'America/Toronto')::date)
WHERE status = 'published'
"""
ENTRIES_BACK = """
UPDATE suppliers_directoryentry e SET verified_on = s.verified_on
FROM suppliers_supplier s WHERE s.id = e.supplier_id
"""
FACETS_BACK = """
UPDATE suppliers_directoryfacets f SET verified_on = s.verified_on
FROM suppliers_supplier s WHERE s.id = f.entry_id
"""
ANSWERS_BACK = """
INSERT INTO suppliers_criterionanswer (supplier_id, criterion, text, state, note)
SELECT e.supplier_id, e.criteria[1], '', '', '' FROM suppliers_evidencefile e ON CONFLICT DO NOTHING
"""
EVIDENCE_BACK = """
UPDATE suppliers_evidencefile e SET answer_id = a.id FROM suppliers_criterionanswer a
WHERE a.supplier_id = e.supplier_id AND a.criterion = e.criteria[1] AND e.answer_id IS NULL
"""
HISTORY_BACK = """
UPDATE suppliers_evidencefileevent h SET answer_id = coalesce(
    (SELECT e.answer_id FROM suppliers_evidencefile e WHERE e.id = h.pgh_obj_id), 0)
WHERE h.answer_id IS NULL
"""


class Migration(migrations.Migration):

    dependencies = [
        ('suppliers', '0006_verification'),
    ]

    operations = [
        migrations.RunSQL(
            sql=[EVIDENCE, EVIDENCE_HISTORY, PROOFS, UNPROVED, SUPPLIERS, ENTRIES, FACETS],
            reverse_sql=[PUBLISHED, ENTRIES_BACK, FACETS_BACK, ANSWERS_BACK, EVIDENCE_BACK, HISTORY_BACK],
        ),
    ]
