"""SEAO and CanadaBuys, turned off: whoever runs a site turns them on."""

from django.db import migrations

SOURCES = [
    {
        "name": "SEAO",
        "kind": "seao",
        "address": "https://www.donneesquebec.ca/recherche/api/3/action/package_show?id=systeme-electronique-dappel-doffres-seao",
        "territory": "all",
        "schedule": "daily",
        "stale_after_days": 10,
        "licence": "Secrétariat du Conseil du trésor, CC BY 4.0",
    },
    {
        "name": "AchatsCanada",
        "kind": "canadabuys",
        "address": "https://canadabuys.canada.ca/opendata/pub/",
        "territory": "qc",
        "schedule": "daily",
        "stale_after_days": 7,
        "licence": "Services publics et Approvisionnement Canada, Licence du gouvernement ouvert",
    },
]


def add_sources(apps, schema_editor):
    source = apps.get_model("buyers", "NoticeSource")
    for said in SOURCES:
        source.objects.get_or_create(name=said["name"], defaults=said)


class Migration(migrations.Migration):
    dependencies = [("buyers", "0013_feeds")]

    operations = [migrations.RunPython(add_sources, migrations.RunPython.noop)]
