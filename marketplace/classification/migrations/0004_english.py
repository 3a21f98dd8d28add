"""The English of the reference lists: standard titles of UNSPSC and NAICS, ours for the rest.

What an administrator wrote is left alone. A label that a notice taught before it was known here stays as it was.
"""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "reference" / "english.tsv"
LISTS = {
    "unspsc": "UnspscCode",
    "seao": "SeaoCategory",
    "sector": "Sector",
    "purpose": "Purpose",
    "certification": "Certification",
}


def load(apps, schema_editor) -> None:
    english: dict[str, dict[str, str]] = {name: {} for name in LISTS}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            english[row["list"]][row["code"]] = row["label"]
    for name, model_name in LISTS.items():
        model = apps.get_model("classification", model_name)
        waiting = list(model.objects.filter(code__in=english[name], label_en=""))
        for thing in waiting:
            thing.label_en = english[name][thing.code]
        model.objects.bulk_update(waiting, ["label_en"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("classification", "0003_label_en")]

    # Going back leaves the words: the columns go with the migration before.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
