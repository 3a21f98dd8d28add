"""UNSPSC segments and families, SEAO categories, SCIAN sectors, finalités, certifications.

What is already there is left alone, so that running this again never undoes what an administrator changed.
The files keep their columns for ever: a later correction is a new file and a new migration.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parent.parent / "reference"


def rows(name: str) -> Iterator[dict[str, str]]:
    with (REFERENCE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def load(apps, schema_editor) -> None:
    def model(name: str):
        return apps.get_model("classification", name)

    def add(name: str, objects) -> None:
        model(name).objects.bulk_create(list(objects), ignore_conflicts=True, batch_size=500)

    code_model = model("UnspscCode")
    families, segments = [], []
    for row in rows("unspsc"):
        code = row["code"]
        is_segment = code.endswith("000000")
        (segments if is_segment else families).append(
            code_model(
                code=code,
                level=2 if is_segment else 4,
                parent_id=None if is_segment else code[:2] + "000000",
                label=row["label"],
                source="reference",
            )
        )
    add("UnspscCode", segments)
    add("UnspscCode", families)
    # A feed may have brought a code before its label was known here.
    labels = {known.code: known.label for known in segments + families}
    nameless = list(code_model.objects.filter(label="", code__in=labels))
    for code in nameless:
        code.label, code.source = labels[code.code], "reference"
    code_model.objects.bulk_update(nameless, ["label", "source"])
    add("SeaoCategory", (model("SeaoCategory")(**row) for row in rows("seao_categories")))
    add("Sector", (model("Sector")(**row) for row in rows("sectors")))
    add(
        "Purpose",
        (model("Purpose")(position=position, **row) for position, row in enumerate(rows("purposes"), 1)),
    )
    add("Certification", (model("Certification")(**row) for row in rows("certifications")))


class Migration(migrations.Migration):
    dependencies = [("classification", "0001_initial")]

    # Going back leaves the rows: offers and notices may stand on them, and their tables go with the first migration.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
