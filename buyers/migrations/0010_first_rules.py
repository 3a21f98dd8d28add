"""The first rules of purchase and social clauses. What is there already is left alone: staff edit both."""

import csv
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def rows(name):
    with (REFERENCE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def load(apps, schema_editor):
    rule_model = apps.get_model("buyers", "ProcedureRule")
    clause_model = apps.get_model("buyers", "Clause")
    known = set(rule_model.objects.values_list("label", flat=True))
    for row in rows("procedure_rules"):
        if row["label"] not in known:
            rule_model.objects.create(
                **{
                    name: value or None
                    if name in ("amount_from", "amount_to", "valid_from", "valid_until", "checked_on")
                    else value
                    for name, value in row.items()
                    if name not in ("regimes", "paths")
                },
                regimes=row["regimes"].split(),
                paths=row["paths"].split(),
            )
    known = set(clause_model.objects.values_list("title", flat=True))
    for position, row in enumerate(rows("social_clauses"), 1):
        if row["title"] not in known:
            clause_model.objects.create(position=10 * position, **{**row, "weight": row["weight"] or None})


class Migration(migrations.Migration):
    dependencies = [("buyers", "0009_purchase_rules")]

    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
