"""UNSPSC classes, goods and services that the lexicon and the notices name, in both languages.

A label that someone wrote or that a notice taught stays; what is nameless is named.
"""

import csv
from pathlib import Path

from django.db import migrations

FILE = Path(__file__).resolve().parent.parent / "reference" / "unspsc_classes.tsv"


def load(apps, schema_editor) -> None:
    model = apps.get_model("classification", "UnspscCode")
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)}
    known = model.objects.in_bulk()
    for level in (6, 8):  # parents first
        new = []
        for code, row in sorted(rows.items()):
            if code in known or (6 if code.endswith("00") else 8) != level:
                continue
            parent = code[: level - 2].ljust(8, "0")
            new.append(
                model(
                    code=code,
                    level=level,
                    parent_id=parent,
                    label=row["label"],
                    label_en=row["label_en"],
                    source="reference",
                )
            )
        model.objects.bulk_create(new, batch_size=500)
    named = []
    for code in known.keys() & rows.keys():
        thing, row = known[code], rows[code]
        if not thing.label:
            thing.label, thing.source = row["label"], "reference"
        if not thing.label_en:
            thing.label_en = row["label_en"]
        named.append(thing)
    model.objects.bulk_update(named, ["label", "label_en", "source"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("classification", "0008_lexicon_words_again")]

    # Going back leaves the rows: offers and notices may stand on them.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
