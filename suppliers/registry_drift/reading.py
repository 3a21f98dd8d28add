"""Read a new extract of the registry beside our listings. Nothing of it is written on them: what differs waits for a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.errors import NotAllowed
from marketplace.web.locks import hold_lock
from marketplace.web.tabular import Row, TableError, open_tables
from marketplace.web.verbs import verb
from suppliers.importing.importer import match_columns, read_rows
from suppliers.importing.registry import REGISTRY
from suppliers.importing.report import ImportReport
from suppliers.models import RegistryDrift, RegistryExtract, Status, Supplier
from suppliers.registry_drift.comparing import Extract, covered_mrcs, drifts_of

LOCK = 2_026_003  # one extract at a time
State = RegistryDrift.State


@verb
def compare_with_registry(
    *, path: Path, name: str = "", by: User | None, pole: Pole | None = None
) -> RegistryExtract:
    """Keep what the extract says otherwise of the listings of a territory: of who asks, of a pôle, or of all.

    What was decided stays decided while the extract says the same. Raises `TableError` where the file cannot be read.
    """
    if by is not None and not by.is_staff:
        raise NotAllowed
    if by is not None and by.pole_codes and not by.is_superuser:
        pole = Pole.objects.get(pk=pole.pk if pole and pole.pk in by.pole_codes else min(by.pole_codes))
    hold_lock(LOCK)
    extract = read_extract(path)
    listings = list(_listings_of(by, pole).select_related("organisation").order_by("pk"))
    covered = covered_mrcs(
        ((s.organisation.mrc_id or "", s.organisation.neq or "") for s in listings), extract
    )
    kept = RegistryExtract.objects.create(
        name=(name or path.name)[:255],
        pole=pole,
        rows=extract.lines,
        compared=len(listings),
        mrcs=covered,
        by=by,
    )
    _keep(kept, listings, extract, frozenset(covered))
    return kept


def read_extract(path: Path) -> Extract:
    found = Extract()
    report = ImportReport()
    with open_tables(path, score=REGISTRY.score) as tables:
        for table in tables.each:
            columns = match_columns(table, REGISTRY, report)
            if columns is None:
                continue
            watched = replace(table, rows=_watch(table.rows, columns.at["neq"], found))
            for row in read_rows(watched, columns, REGISTRY, report, {}):
                found.rows[row.neq] = row
    if not found.neqs:
        raise TableError(_("Ce fichier n’a aucune ligne avec un NEQ : rien n’a été comparé."))
    return found


def _watch(rows: Iterator[Row], column: int, found: Extract) -> Iterator[Row]:
    """A row that cannot be taken, for its legal form or its name, is in the registry all the same."""
    for row in rows:
        found.lines += 1
        if column < len(row.cells):
            found.neqs.add(re.sub(r"\D", "", row.cells[column]))
        yield row
    found.neqs.discard("")


def _listings_of(by: User | None, pole: Pole | None) -> QuerySet[Supplier]:
    rows = Supplier.objects.exclude(status=Status.ARCHIVED).filter(
        organisation__neq__isnull=False, organisation__merged_into=None
    )
    if by is not None:
        rows = rows.curated_by(by)
    elif pole is not None:
        mrcs = PoleCoverage.objects.today().filter(pole=pole).values("mrc")
        rows = rows.filter(organisation__mrc__in=mrcs)
    return rows


def _keep(kept: RegistryExtract, listings: list[Supplier], extract: Extract, covered: frozenset[str]) -> None:
    known = {
        (drift.supplier_id, drift.kind): drift
        for drift in RegistryDrift.objects.filter(supplier__in=[one.pk for one in listings])
    }
    new, changed, standing = [], [], set()
    for supplier in listings:
        for kind, said in drifts_of(supplier, extract, covered).items():
            key = (supplier.pk, kind)
            standing.add(key)
            drift = known.get(key)
            if drift is None:
                new.append(RegistryDrift(supplier=supplier, extract=kept, kind=kind, said=said))
                continue
            if drift.said != said or drift.state == State.APPLIED:  # the registry says something else again
                _forget(drift)
            drift.said, drift.extract = said, kept
            changed.append(drift)
    gone = [d.pk for key, d in known.items() if key not in standing and d.state != State.APPLIED]
    # Of a listing that this extract does not have, it says nothing of name and place.
    RegistryDrift.objects.filter(pk__in=gone, supplier__organisation__neq__in=extract.neqs).delete()
    RegistryDrift.objects.bulk_create(new, batch_size=1_000)
    RegistryDrift.objects.bulk_update(
        changed,
        ["said", "extract", "state", "decided_by", "decided_at", "until", "batch", "before"],
        batch_size=500,
    )


def _forget(drift: RegistryDrift) -> None:
    drift.state = State.WAITING
    cleared: dict[str, Any] = {
        "decided_by": None,
        "decided_at": None,
        "until": None,
        "batch": None,
        "before": {},
    }
    for name, value in cleared.items():
        setattr(drift, name, value)
