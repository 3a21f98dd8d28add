"""A saved search of notices becomes an alert of its person, with the same filters; the search goes. Backwards, it comes again.

A filter on the day of closing asks nothing of notices to come, and is left out. A search whose filters were no longer understood is
stopped: without them it would send much else. A consent to searches of notices is carried over, with its words and its date, and ends under its former name.
"""

from urllib.parse import parse_qsl, urlencode

from django.db import migrations
from django.utils import timezone

METHODS = {"public": "open", "qualifie": "selective", "invitation": "limited", "gre-a-gre": "direct"}
WORDS = "UPDATE matching_alert SET words_query = websearch_to_tsquery('public.french_unaccent', words)::text WHERE id = %s"
KNOWN = {"q", "region", "offre", "methode", "cloture_avant", "statut", "page"}


def forwards(apps, schema_editor):
    SavedSearch = apps.get_model("matching", "SavedSearch")
    Alert = apps.get_model("matching", "Alert")
    Consent = apps.get_model("accounts", "Consent")
    searches = SavedSearch.objects.filter(of="tenders").order_by("pk")
    for search in searches:
        asked = {}
        for name, value in parse_qsl(search.query):
            asked.setdefault(name, []).append(value)
        words = " ".join(asked.get("q", [])[-1:])[:300]
        regions = [one for one in asked.get("region", []) if len(one) == 2 and one.isdigit()]
        codes = [one for one in asked.get("offre", []) if one.isdigit() and len(one) in (2, 4, 6, 8)]
        stopped = search.stopped_at
        if stopped is None and search.fault:
            stopped = search.looked_until
        if stopped is None and not (words or regions or codes or asked.get("methode") or search.query == ""):
            stopped = search.looked_until
        alert = Alert.objects.create(
            user_id=search.user_id,
            name=search.name,
            words=words,
            regions=regions,
            codes=codes,
            methods=[METHODS[one] for one in asked.get("methode", []) if one in METHODS],
            minimum_fit=None,
            frequency=search.frequency,
            stopped_at=stopped,
            paused_from=search.paused_at.date() if search.paused_at else None,
            former_search=search.pk,
        )
        Alert.objects.filter(pk=alert.pk).update(created_at=search.created_at)
        if words:
            schema_editor.execute(WORDS, [alert.pk])
    searches.delete()
    for consent in Consent.objects.filter(purpose="notice_searches", withdrawn_at=None):
        if not Consent.objects.filter(user_id=consent.user_id, purpose="alerts", withdrawn_at=None).exists():
            Consent.objects.create(
                user_id=consent.user_id,
                purpose="alerts",
                wording=consent.wording,
                given_at=consent.given_at,
                channel=consent.channel,
            )
    Consent.objects.filter(purpose="notice_searches", withdrawn_at=None).update(withdrawn_at=timezone.now())


def backwards(apps, schema_editor):
    """Alerts for an enterprise stay the one that they were, the oldest of a person and an enterprise; others become searches."""
    SavedSearch = apps.get_model("matching", "SavedSearch")
    Alert = apps.get_model("matching", "Alert")
    Consent = apps.get_model("accounts", "Consent")
    words = {meaning: word for word, meaning in METHODS.items()}
    kept = set()
    for alert in Alert.objects.order_by("pk"):
        if alert.supplier_id and (alert.user_id, alert.supplier_id) not in kept:
            kept.add((alert.user_id, alert.supplier_id))
            continue
        pairs = [("q", alert.words)] if alert.words else []
        pairs += [("region", one) for one in alert.regions]
        pairs += [("offre", one) for one in alert.codes]
        pairs += [("methode", words[one]) for one in alert.methods if one in words]
        SavedSearch.objects.create(
            user_id=alert.user_id,
            of="tenders",
            name=alert.name or "Alerte",
            query=urlencode(pairs),
            frequency=alert.frequency,
            created_at=alert.created_at,
            stopped_at=alert.stopped_at,
        )
        if alert.stopped_at is None:
            consent = Consent.objects.filter(user_id=alert.user_id, purpose="alerts", withdrawn_at=None).first()
            known = Consent.objects.filter(user_id=alert.user_id, purpose="notice_searches", withdrawn_at=None)
            if consent and not known.exists():
                Consent.objects.create(
                    user_id=alert.user_id,
                    purpose="notice_searches",
                    wording=consent.wording,
                    given_at=consent.given_at,
                    channel=consent.channel,
                )
        alert.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_new_supplier_consents"),
        ("matching", "0006_alert_profiles"),
    ]

    operations = [migrations.RunPython(forwards, backwards)]
