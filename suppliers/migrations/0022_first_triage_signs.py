"""The first signs of triage. What is there already is left alone: staff edit them."""

import csv
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "triage_signs.tsv"


def load(apps, schema_editor):
    model = apps.get_model("suppliers", "TriageSign")
    if model.objects.exists():
        return
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            model.objects.create(**row | {"in_activity": row["in_activity"] == "1", "points": int(row["points"])})


class Migration(migrations.Migration):
    dependencies = [("suppliers", "0021_triage")]

    # Going back leaves the signs: the table goes with the migration before.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
