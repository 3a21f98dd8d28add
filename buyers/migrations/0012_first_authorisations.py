"""The first authorisations that answering a call may need. What is there already is left alone: the platform edits them."""

import csv
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "authorisation_rules.tsv"


def load(apps, schema_editor):
    model = apps.get_model("buyers", "AuthorisationRule")
    if model.objects.exists():
        return
    certifications = set(
        apps.get_model("classification", "Certification").objects.values_list("pk", flat=True)
    )
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            held = row.pop("certification")
            model.objects.create(
                **row | {"amount_from": row["amount_from"] or None},
                certification_id=held if held in certifications else None,
            )


class Migration(migrations.Migration):
    dependencies = [
        ("buyers", "0011_authorisation_rules"),
        ("classification", "0002_reference"),
    ]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
