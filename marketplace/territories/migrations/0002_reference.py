"""Regions, MRCs, municipalities, prefixes, nations and pôles: the project's own reference data.

What is already there is left alone, so that running this again never undoes what an administrator changed.
The files keep their columns for ever: a later correction is a new file and a new migration.
"""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from django.db import migrations

REFERENCE = Path(__file__).resolve().parent.parent / "reference"

DESIGNATIONS = {
    "M": "Municipalité",
    "V": "Ville",
    "P": "Paroisse",
    "VL": "Village",
    "CT": "Canton",
    "CU": "Cantons unis",
    "TNO": "Territoire non organisé",
    "GR": "Gouvernement régional",
    "R": "Réserve indienne",
    "VN": "Village nordique",
    "VC": "Village cri",
    "VK": "Village naskapi",
    "T1": "Terre de la catégorie I",
    "T1A": "Terre de la catégorie IA",
    "T1N": "Terre de la catégorie IA-N",
}


def rows(name: str) -> Iterator[dict[str, str]]:
    with (REFERENCE / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)


def number(text: str) -> float | None:
    return float(text) if text else None


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def load(apps, schema_editor) -> None:
    def model(name: str):
        return apps.get_model("territories", name)

    def add(name: str, objects) -> None:
        model(name).objects.bulk_create(list(objects), ignore_conflicts=True, batch_size=500)

    add("Region", (model("Region")(**row) for row in rows("regions")))
    add(
        "Mrc",
        (
            model("Mrc")(
                code=row["code"],
                name=row["name"],
                kind=row["kind"],
                region_id=row["region"],
                population=int(row["population"]),
                lat=float(row["lat"]),
                lon=float(row["lon"]),
            )
            for row in rows("mrc")
        ),
    )
    add(
        "MrcRegionPeriod",
        (
            model("MrcRegionPeriod")(
                mrc_id=row["mrc"],
                region_id=row["region"],
                since=day(row["since"]),
                until=day(row["until"]),
            )
            for row in rows("mrc_region_periods")
        ),
    )
    add("Nation", (model("Nation")(**row) for row in rows("nations")))
    add(
        "Municipality",
        (
            model("Municipality")(
                code=row["code"],
                name=row["name"],
                designation=DESIGNATIONS[row["kind"]],
                mrc_id=row["mrc"] or None,
                region_id=row["region"] or None,
                nation_id=row["nation"] or None,
                population=int(row["population"]),
                postal_code=row["postal_code"],
                lat=number(row["lat"]),
                lon=number(row["lon"]),
            )
            for row in rows("municipalities")
        ),
    )
    add(
        "PlaceAlias",
        (
            model("PlaceAlias")(name=row["name"], municipality_id=row["municipality"])
            for row in rows("aliases")
        ),
    )
    add(
        "TerritoryName",
        (
            model("TerritoryName")(words=row["words"], region_id=row["region"], mrc_id=row["mrc"] or None)
            for row in rows("territory_names")
        ),
    )
    add(
        "PostalRegion",
        (
            model("PostalRegion")(
                fsa=row["fsa"],
                region_id=row["region"],
                part=float(row["part"]),
                others=row["others"].split(),
                mrc_id=row["mrc"] or None,
                lat=number(row["lat"]),
                lon=number(row["lon"]),
            )
            for row in rows("postal_prefixes")
        ),
    )
    # A pôle that is already there has the coverage that its administrators gave it.
    standing = set(model("Pole").objects.values_list("code", flat=True))
    add("Pole", (model("Pole")(**row) for row in rows("poles")))
    add(
        "PoleCoverage",
        (
            model("PoleCoverage")(
                pole_id=row["pole"],
                mrc_id=row["mrc"] or None,
                nation_id=row["nation"] or None,
                since=day(row["since"]),
                until=day(row["until"]),
            )
            for row in rows("pole_coverage")
            if row["pole"] not in standing
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("territories", "0001_initial")]

    # Going back leaves the rows: organisations may stand on them, and their tables go with the migration before.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
