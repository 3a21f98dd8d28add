"""`dev.py prove neq_proposals -s`: NEQs proposed for pôle-like lists made from the real registry extract, and what was right.

The extract is imported, then lists as pôles write them (`tests.suppliers.pole_lists`), through the same command as anyone's.
Names that the extract lacks are real ones, taken out of it before. The lists that the score was tuned on (seeds 1 and 2)
are not among those measured.
"""

from __future__ import annotations

import csv
import time
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from suppliers.models import ListedRow, NeqProposal, Supplier
from suppliers.neq_proposals import HIGH
from tests import factories
from tests.suppliers.import_files import counts, load
from tests.suppliers.pole_lists import ListedName, make_pole_list

pytestmark = [pytest.mark.shared_data, pytest.mark.django_db]

ROWS, ABSENT = 330, 100
SEEDS = (11, 12, 13, 14)
#: What was seen when this was written, less a margin: precision of the sure ones; the part of the rows that the extract
#: has whose right NEQ is proposed first, and surely; the part of absent rows with a sure proposal.
PRECISION, FIRST, SURE, FALSE = 0.985, 0.88, 0.75, 0.02


def read_extract(shared: Path) -> list[dict[str, str]]:
    with (shared / "suppliers" / "req_obnl_coop_mauricie.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["NEQ"]: row for row in csv.DictReader(file)}
    return list(rows.values())


def write_files(folder: Path, listed: list[ListedName], registry: list[dict[str, str]]) -> tuple[Path, Path]:
    extract, pole_list = folder / "registre.csv", folder / "liste.csv"
    with extract.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(registry[0]))
        writer.writeheader()
        writer.writerows(registry)
    with pole_list.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["NomEntreprise", "Municipalite", "CodePostal", "SiteWeb"])
        # The site tells the rows apart afterwards; the score does not read it.
        rows.writerows(
            [one.name, one.town, one.postal_code, f"www.{n}.example"] for n, one in enumerate(listed)
        )
    return extract, pole_list


@pytest.mark.parametrize("seed", SEEDS)
def test_proposals_on_lists_never_seen(seed, shared, tmp_path):
    listed, registry = make_pole_list(read_extract(shared), rows=ROWS, absent=ABSENT, seed=seed)
    extract, pole_list = write_files(tmp_path, listed, registry)
    load(extract, "req")
    started = time.perf_counter()
    report = load(pole_list, pole=factories.pole("mauricie"))
    seconds = time.perf_counter() - started

    assert report.created + report.unchanged + len(report.rejected) == len(listed)
    assert Supplier.objects.awaiting_neq().count() == report.created
    told = count_proposals(listed)
    print_table(seed, told, seconds, counts(report))
    whole, present, absent = told["all"], told["in the registry"], told["not in the registry"]
    assert whole["sure and right"] / whole["sure"] >= PRECISION
    assert present["first"] / present["rows"] >= FIRST
    assert present["sure and right"] / present["rows"] >= SURE
    assert absent["sure"] / absent["rows"] <= FALSE


def count_proposals(listed: list[ListedName]) -> dict[str, Counter[str]]:
    """By way of writing and in all: rows, those with a proposal, the right one among them, first, sure, sure and right."""
    at = {
        int(values["website"].split(".")[1]): supplier
        for supplier, values in ListedRow.objects.values_list("supplier", "values")
    }
    found: dict[int, list[NeqProposal]] = defaultdict(list)
    for proposal in NeqProposal.objects.order_by("-confidence", "pk"):
        found[proposal.supplier_id].append(proposal)
    told: dict[str, Counter[str]] = defaultdict(Counter)
    for number, one in enumerate(listed):
        if number not in at:  # the same name and place as another row
            continue
        proposals = found[at[number]]
        first = proposals[0] if proposals else None
        is_right = bool(first and one.neq and first.neq == one.neq)
        is_sure = bool(first and (first.confidence or 0) >= HIGH)
        facts = {
            "rows": True,
            "proposed": bool(first),
            "among": bool(one.neq) and any(p.neq == one.neq for p in proposals),
            "first": is_right,
            "sure": is_sure,
            "sure and right": is_sure and is_right,
        }
        where = "in the registry" if one.neq else "not in the registry"
        for group in ("all", where, *([f"  {one.way}"] if one.neq else [])):
            told[group].update({name: 1 for name, holds in facts.items() if holds})
    return told


def print_table(
    seed: int, told: dict[str, Counter[str]], seconds: float, report: tuple[int, int, int, int]
) -> None:
    columns = ("rows", "proposed", "among", "first", "sure", "sure and right")
    lines = [
        f"\nlist {seed}: {report[0]} rows entered as prospects and proposed for in {seconds:.1f} s",
        f"{'':26}" + "".join(f"{name:>16}" for name in columns),
    ]
    for group in sorted(told, key=lambda name: (name.startswith(" "), name)):
        lines.append(f"{group:26}" + "".join(f"{told[group][name]:>16}" for name in columns))
    whole, present = told["all"], told["in the registry"]
    lines.append(
        f"precision: {whole['sure and right'] / whole['sure']:.1%} of the sure, {whole['first'] / whole['proposed']:.1%} of all first"
        f" proposals; share of the rows that the registry has: {present['sure and right'] / present['rows']:.1%} sure,"
        f" {present['first'] / present['rows']:.1%} first, {present['among'] / present['rows']:.1%} shown"
    )
    print("\n".join(lines))  # noqa: T201 (`prove neq_proposals -s` is run to read this)
