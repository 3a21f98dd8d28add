"""The writer of an import from the page: as the command's, within the territory, keeping what it wrote over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from suppliers.import_jobs.standing import columns_of_organisation, differing, digest_of, standing_of
from suppliers.importing.report import ImportReport
from suppliers.importing.rows import FileMapping, SupplierRow
from suppliers.importing.writer import Outcome, Pair, SupplierWriter
from suppliers.models import ListedRow, RegistryRecord, SupplierImport


@dataclass
class WrittenRow:
    """`before` None: nothing was written. `after`: the digest of the listing as it stands now."""

    pair: Pair
    before: dict[str, Any] | None = None
    after: str = ""


class ImportWriter(SupplierWriter):
    """`elsewhere` are the numbers of rows that belong to another territory; `written` what became of the others."""

    def __init__(self, job: SupplierImport, mapping: FileMapping, report: ImportReport) -> None:
        super().__init__(mapping=mapping, pole=job.pole, file_name=job.name, by=job.started_by, report=report)
        self.is_limited = job.is_limited
        self.elsewhere: set[int] = set()
        self.written: dict[int, WrittenRow] = {}

    def compare(self, rows: list[SupplierRow]) -> list[Pair]:
        pairs = super().compare(rows)
        if not self.is_limited or self.pole is None:
            return pairs
        gone = {pair.row.number for pair in pairs if self.is_elsewhere(pair)}
        self.elsewhere |= gone
        return [pair for pair in pairs if pair.row.number not in gone]

    def is_elsewhere(self, pair: Pair) -> bool:
        """Staff of a pôle write what is in their territory, or in nobody's yet; the rest is said, and not written."""
        row, organisation = pair.row, pair.organisation
        mrc = row.organisation.get("mrc_id")
        if row.neq and mrc and mrc not in self.covered:
            return True
        own = self.pole.pk if self.pole else ""
        if organisation is None:
            return bool(row.pole and row.pole != own and not mrc)
        if organisation.mrc_id in self.covered or organisation.pole_id == own:
            return False
        is_nobodys = organisation.mrc_id is None and organisation.pole_id is None
        return not (is_nobodys and pair.supplier is not None and self.may_write(pair))

    def write_pairs(self, pairs: list[Pair]) -> None:
        known = [pair.supplier.pk for pair in pairs if pair.supplier and pair.outcome == Outcome.UPDATED]
        joined = {
            pair.row.number: columns_of_organisation(pair.organisation)
            for pair in pairs
            if pair.outcome == Outcome.CREATED and pair.organisation is not None
        }
        stood = standing_of(known)
        records = {pair.row.number: _record_of(pair) for pair in pairs}
        noted = {pair.row.number for pair in pairs if pair.supplier is not None and pair.is_said_anew}
        super().write_pairs(pairs)
        changed = [pair for pair in pairs if pair.outcome in (Outcome.CREATED, Outcome.UPDATED)]
        stands = standing_of([pair.supplier.pk for pair in changed if pair.supplier])
        for pair in pairs:
            number = pair.row.number
            self.written[number] = written = WrittenRow(pair)
            if pair.outcome in (Outcome.CREATED, Outcome.UPDATED) and pair.supplier is not None:
                now = stands[pair.supplier.pk]
                written.after = digest_of(now)
                if pair.outcome == Outcome.UPDATED:
                    written.before = {"made": "", **differing(stood[pair.supplier.pk], now)}
                elif number in joined:
                    written.before = {"made": "supplier", "organisation": joined[number]}
                else:
                    written.before = {"made": "organisation"}
            elif number in noted:
                written.before = {"made": ""}
            if written.before is not None:
                written.before |= records[number]


def _record_of(pair: Pair) -> dict[str, Any]:
    """What the last file said of the listing, to be said again once this one is undone."""
    kind = RegistryRecord if pair.row.neq else ListedRow
    record = pair.record if isinstance(pair.record, kind) else None
    said = {"kind": "registry" if pair.row.neq else "listed"}
    if record is None:
        return {**said, "record": None}
    kept = {name: getattr(record, name) for name in ("mapping", "values", "fingerprint")}
    if isinstance(record, RegistryRecord):
        kept |= {"differs": record.differs, "settled": record.settled}
    else:
        kept |= {"place_key": record.place_key}
    return {**said, "record": kept}
