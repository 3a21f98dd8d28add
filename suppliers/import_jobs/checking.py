"""What is to become of each row: understood, known again within the file, compared with what stands. Nothing is written but the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from suppliers.columns import ORGANISATION_FIELDS
from suppliers.import_jobs.reading import ReadRow, RowUnderstanding
from suppliers.import_jobs.writing import ImportWriter
from suppliers.importing.differences import label_of_column, written_value
from suppliers.importing.erased import OWN, leave_out_erased
from suppliers.importing.importer import repeated_row
from suppliers.importing.report import ImportReport
from suppliers.importing.rows import SupplierRow
from suppliers.importing.writer import Outcome as Written
from suppliers.importing.writer import Pair, SupplierWriter
from suppliers.models import Supplier, SupplierImport, SupplierImportRow

Outcome = SupplierImportRow.Outcome
CHECKED = ["cells", "name", "identity", "digest", "outcome", "faults", "unknown", "changes", "supplier"]
#: Of what is shown of a change: the columns that a person reads.
SHOWN = (
    "neq", "name", "address", "town", "postal_code", "email", "phone", "website", "legal_form", "activity", "sector_id",
    "staff_count", "capacity",
)  # fmt: skip
BELONGINGS = ("offers", "areas", "contacts", "purposes", "certifications")


class ImportChecker:
    """Checks rows of one import, a batch at a time, with the writer that will write them."""

    def __init__(self, job: SupplierImport) -> None:
        self.job = job
        self.understanding = RowUnderstanding(job)
        self.report = ImportReport()
        self.writer = ImportWriter(job, self.understanding.mapping, self.report)

    def check(self, staged: Sequence[SupplierImportRow]) -> None:
        """Fill in what becomes of each row, and save it."""
        taken = self.understand(staged)
        by_place = {row.place: row for row in staged}
        for pair in self.writer.compare(list(taken.values())):
            self._compared(by_place[pair.row.number], pair)
        for place in self.writer.elsewhere & taken.keys():
            by_place[place].outcome = Outcome.ELSEWHERE
        SupplierImportRow.objects.rewrite(staged, CHECKED)

    def understand(self, staged: Sequence[SupplierImportRow]) -> dict[int, SupplierRow]:
        """The rows that can be taken, by place; the others have their faults."""
        taken: dict[int, SupplierRow] = {}
        for row in staged:
            if row.faults and not row.cells:  # broken as a whole, in the file
                row.outcome = Outcome.REJECTED
                continue
            read = self.understanding.read(row)
            self._understood(row, read)
            if read.row is not None:
                taken[row.place] = read.row
        self._leave_out_erased(staged, taken)
        self._leave_out_repeated(staged, taken)
        return taken

    def _understood(self, row: SupplierImportRow, read: ReadRow) -> None:
        row.faults, row.unknown, row.changes, row.supplier = read.faults, read.unknown, [], None
        row.name = " ".join(row.cells.get("name", "").split())[:255]
        if read.row is None:
            row.outcome, row.identity, row.digest = Outcome.REJECTED, "", ""
            return
        row.outcome = Outcome.NONE
        row.identity, row.digest = identity_of(read.row), read.row.digest

    def _leave_out_erased(self, staged: Iterable[SupplierImportRow], taken: dict[int, SupplierRow]) -> None:
        before = len(self.report.warnings)
        leave_out_erased(list(taken.values()), self.report)
        told = {one.row: one.message for one in self.report.warnings[before:]}
        for row in staged:
            if row.place in told:
                row.faults.append(["", told[row.place]])
                row.cells = _without_people(row.cells, taken[row.place])

    def _leave_out_repeated(self, staged: Sequence[SupplierImportRow], taken: dict[int, SupplierRow]) -> None:
        """Of two rows of one enterprise the first counts: the other says the same, or it stays out."""
        places = [row.place for row in staged]
        known = {row.identity for row in staged if row.identity}
        others = (
            self.job.rows.filter(identity__in=known)
            .exclude(place__in=places)
            .only("place", "number", "identity", "digest")
        )
        first: dict[str, SupplierImportRow] = {}
        for row in sorted([*others, *(one for one in staged if one.identity)], key=lambda one: one.place):
            before = first.setdefault(row.identity, row)
            if before is row or row.place not in taken:
                continue
            said = taken.pop(row.place)
            if before.digest == row.digest:
                row.outcome = Outcome.UNCHANGED
                continue
            row.outcome = Outcome.REJECTED
            row.faults.append(["neq" if said.neq else "name", repeated_row(said) % {"row": before.number}])

    def _compared(self, row: SupplierImportRow, pair: Pair) -> None:
        row.outcome, row.supplier = str(pair.outcome), pair.supplier
        if pair.outcome == Written.UPDATED:
            row.changes = changes_of(self.writer, pair)


def _without_people(cells: dict[str, str], said: SupplierRow) -> dict[str, str]:
    """The file may be read again after a person was erased: what is kept of it must not bring them back."""
    own = {name for name in OWN if not said.organisation.get(name)}
    return {name: text for name, text in cells.items() if name not in own and not name.startswith("contact_")}


def identity_of(row: SupplierRow) -> str:
    return hashlib.sha256("|".join(["neq", row.neq] if row.neq else row.identity).encode()).hexdigest()


def changes_of(writer: SupplierWriter, pair: Pair) -> list[list[str]]:
    """[label, what stands, what it becomes], as `SupplierWriter.update` will do it. The instances are spoilt for writing."""
    organisation, supplier = pair.organisation, pair.supplier
    if organisation is None or supplier is None:
        return []
    stood = {name: _of(organisation, supplier, name) for name in SHOWN}
    before = writer.last_said(pair)
    writer.merge_organisation(pair, before.organisation if before else {})
    writer.merge_supplier(pair, before.supplier if before else {})
    if pair.listed and pair.row.neq:
        organisation.neq = pair.row.neq
    found = [
        [label_of_column(name), written_value(name, stood[name])[:200], written_value(name, now)[:200]]
        for name in SHOWN
        if (now := _of(organisation, supplier, name)) != stood[name]
    ]
    said = before or SupplierRow(0, "", {}, {})
    found += [
        [belonging_label(name), "", ""]
        for name in BELONGINGS
        if getattr(pair.row, name) is not None
        and getattr(pair.row, name) != getattr(said, name)
        and name != "contacts"
    ]
    return found


def _of(organisation: Organisation, supplier: Supplier, name: str) -> Any:
    return getattr(organisation if name in ORGANISATION_FIELDS else supplier, name)


def belonging_label(name: str) -> str:
    return {
        "offers": _("offres"), "areas": _("territoires desservis"), "contacts": _("personnes-ressources"),
        "purposes": _("finalités"), "certifications": _("certifications"),
    }[name]  # fmt: skip


def count_outcomes(job: SupplierImport) -> dict[str, int]:
    """Rows by outcome; « faulty » are those that enter without a cell of theirs."""
    found = dict(job.rows.order_by().values_list("outcome").annotate(n=Count("pk")))
    counts = {str(outcome): found.get(str(outcome), 0) for outcome in Outcome if outcome}
    counts["faulty"] = job.rows.wrong().exclude(outcome=Outcome.REJECTED).count()
    return counts
