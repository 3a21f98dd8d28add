"""SQL that fills `DirectoryWords`; `directory_index` runs it after the texts. `CHOSEN(id)` is its own shorthand."""

from __future__ import annotations

DELETE_WORDS = "DELETE FROM suppliers_directorywords WHERE entry_id IN"


def _vector(text: str) -> str:
    return f"to_tsvector('public.french_unaccent', f_fold({text}))"


# Who types « SADC » or « UPA » means names that begin so: the first three, four and five initials stand among the labels.
# What a code's class and family are called says what it is a kind of; its segment says too little (« Services »).
WRITE_WORDS = f"""
INSERT INTO suppliers_directorywords AS w (entry_id, name, offers, activity, details, labels, place)
SELECT t.entry_id, {_vector("t.name")}, {_vector("coalesce(nullif(t.offers_text, ''), t.activity)")}, {_vector("t.activity")},
       {_vector("coalesce(offer.descriptions, '')")},
       {_vector("concat_ws(' ', labels.text, purpose.labels, certification.labels, form.words, left(initials.said, 3), left(initials.said, 4), left(initials.said, 5))")},
       {_vector("concat_ws(' ', org.town, town.name, mrc.name, region.name, org.address, org.postal_code)")}
FROM suppliers_directorytext t
JOIN suppliers_supplier s ON s.id = t.entry_id
JOIN accounts_organisation org ON org.id = s.organisation_id
LEFT JOIN territories_municipality town ON town.code = org.municipality_id
LEFT JOIN territories_mrc mrc ON mrc.code = org.mrc_id
LEFT JOIN territories_region region ON region.code = org.region_id
CROSS JOIN LATERAL (SELECT regexp_replace(regexp_replace(
    f_fold(t.name), '\\m(?:a|au|aux|d|de|des|du|en|et|inc|l|la|le|les|pour)\\M', ' ', 'g'), ' *([a-z0-9])[a-z0-9]* *', '\\1', 'g'
) AS said) initials
LEFT JOIN (VALUES
    ('obnl', 'organisme sans but lucratif OBNL OSBL non profit'), ('coop', 'coopérative coop cooperative'),
    ('coop_solidarite', 'coopérative de solidarité coop cooperative'),
    ('coop_travail', 'coopérative de travail coop worker cooperative'),
    ('coop_consommateurs', 'coopérative de consommateurs coop cooperative'),
    ('coop_producteurs', 'coopérative de producteurs coop cooperative'),
    ('coop_actionnaires', 'coopérative de travailleurs actionnaires coop cooperative'),
    ('mutuelle', 'mutuelle mutual')
) form(code, words) ON form.code = s.legal_form
LEFT JOIN (
    SELECT supplier_id, string_agg(description, ' ' ORDER BY id) AS descriptions
    FROM suppliers_offer WHERE CHOSEN(supplier_id) GROUP BY supplier_id
) offer ON offer.supplier_id = t.entry_id
LEFT JOIN (
    SELECT o.supplier_id, string_agg(DISTINCT c.label || ' ' || c.label_en, ' ') AS text
    FROM suppliers_offer o JOIN suppliers_offer_codes oc ON oc.offer_id = o.id
    JOIN classification_unspsccode c ON c.code IN (
        oc.unspsccode_id, left(oc.unspsccode_id, 6) || '00', left(oc.unspsccode_id, 4) || '0000')
    WHERE CHOSEN(o.supplier_id) GROUP BY o.supplier_id
) labels ON labels.supplier_id = t.entry_id
LEFT JOIN (
    SELECT j.supplier_id, string_agg(p.label || ' ' || p.label_en, ' ' ORDER BY p.code) AS labels
    FROM suppliers_supplier_purposes j JOIN classification_purpose p ON p.code = j.purpose_id
    WHERE CHOSEN(j.supplier_id) GROUP BY j.supplier_id
) purpose ON purpose.supplier_id = t.entry_id
LEFT JOIN (
    SELECT j.supplier_id, string_agg(c.label || ' ' || c.label_en, ' ' ORDER BY c.code) AS labels
    FROM suppliers_supplier_certifications j
    JOIN classification_certification c ON c.code = j.certification_id
    WHERE CHOSEN(j.supplier_id) GROUP BY j.supplier_id
) certification ON certification.supplier_id = t.entry_id
WHERE CHOSEN(t.entry_id)
ON CONFLICT (entry_id) DO UPDATE SET
    name = EXCLUDED.name, offers = EXCLUDED.offers, activity = EXCLUDED.activity, details = EXCLUDED.details,
    labels = EXCLUDED.labels, place = EXCLUDED.place
WHERE (w.*) IS DISTINCT FROM (EXCLUDED.*)
"""  # noqa: S608 - fields and functions, nothing that anyone types
