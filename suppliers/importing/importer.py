"""Read a file row by row, set aside what cannot be taken, write the rest in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pghistory
from django.db import connection, transaction
from django.utils.translation import gettext as _

from marketplace.territories.models import Pole
from marketplace.territories.places import current_gazetteer
from marketplace.web.tabular import Row, Table, TableError, open_table
from marketplace.web.verbs import verb
from suppliers.cells import CellError, neq_warning
from suppliers.importing.mappings import MAPPINGS
from suppliers.importing.report import ImportReport, RowMessage
from suppliers.importing.rows import Columns, FileMapping, SupplierRow
from suppliers.importing.writer import SupplierWriter
from suppliers.neq_confirmation import propose_neqs

if TYPE_CHECKING:
    from marketplace.accounts.models import User

BATCH = 1000
LOCK = 2_026_001  # one import of suppliers at a time: two could both create the same enterprise
# Who a person is stays out of the kept row: contacts live in their own table, where erasure finds them.
PERSONAL = ("contact_name", "contact_title", "contact_email", "contact_phone", "contact_public")


@verb
def import_suppliers(
    *,
    path: Path,
    mapping: str,
    by: User | None,
    pole: Pole | None = None,
    name: str = "",
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Write the suppliers of a CSV or XLSX file; `name` is the file's name for history. Running it again changes nothing.

    Raises `TableError` where the file as a whole cannot be used; nothing is written then. `dry_run` reports and undoes.
    """
    name = name or path.name
    pghistory.context(import_file=name, mapping=mapping)
    report = ImportReport()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    with open_table(path) as table:
        kind = MAPPINGS[mapping]
        columns = match_columns(table, kind, report)
        writer = SupplierWriter(mapping=kind, pole=pole, file_name=name, by=by, report=report)
        for batch in batches_of(read_rows(table.rows, columns, kind, report)):
            writer.write(batch)
            progress(report.read)
    propose_neqs(by=by)
    if dry_run:
        transaction.set_rollback(True)
    return report


def _quoted(names: Iterable[str]) -> str:
    """« a », « b », in the reader's own quotation marks."""
    return ", ".join(_("« %(title)s »") % {"title": name} for name in names)


def match_columns(table: Table, mapping: FileMapping, report: ImportReport) -> Columns:
    """The columns of this file, once those that are needed are there, each once."""
    columns = mapping.match(table.header.cells)
    if columns.missing:
        raise TableError(
            _("Il manque la colonne %(columns)s. Colonnes lues : %(found)s.")
            % {
                "columns": _quoted(columns.missing),
                "found": ", ".join(cell.strip()[:40] for cell in table.header.cells[:30] if cell.strip()),
            }
        )
    if columns.repeated:
        raise TableError(
            _("La colonne %(columns)s est là deux fois. Gardez-en une.")
            % {"columns": _quoted(columns.repeated)}
        )
    for header in columns.unknown:
        report.warnings.append(
            RowMessage(table.header.number, header[:80], _("Colonne inconnue : elle n’est pas lue."))
        )
    return columns


def read_rows(
    lines: Iterator[Row], columns: Columns, mapping: FileMapping, report: ImportReport
) -> Iterator[SupplierRow]:
    """The rows that can be taken; the others, and repeated ones, go to the report."""
    places = current_gazetteer()
    seen: dict[int | tuple[str, str], tuple[int, int]] = {}
    for line in lines:
        if line.fault:
            report.rejected.append(RowMessage(line.number, "", line.fault))
            continue
        values = columns.pick(line.cells)
        try:
            row = mapping.read(values, line.number, places)
        except CellError as error:
            header = columns.headers.get(error.column, mapping.printed.get(error.column, ""))
            report.rejected.append(RowMessage(line.number, header, error.message))
            continue
        row.digest = row.fingerprint(mapping.code)
        said = int(row.digest[:16], 16)
        before = seen.setdefault(int(row.neq) if row.neq else row.identity, (line.number, said))
        if before[0] != line.number:
            if before[1] == said:
                report.unchanged += 1
            else:
                report.rejected.append(
                    RowMessage(
                        line.number,
                        columns.headers["neq" if row.neq else "name"],
                        repeated_row(row) % {"row": before[0]},
                    )
                )
            continue
        report.unplaced += not row.is_placed
        if row.neq and (warning := neq_warning(row.neq)):
            row.warnings.append(("neq", warning))
        for column, message in row.warnings:
            report.warnings.append(RowMessage(line.number, columns.headers.get(column, ""), message))
        row.raw = {
            key: value.strip() for key, value in values.items() if value.strip() and key not in PERSONAL
        }
        yield row


def repeated_row(row: SupplierRow) -> str:
    if row.neq:
        return _("Ce NEQ est déjà à la ligne %(row)s, avec d’autres valeurs.")
    return _(
        "Cette entreprise (même nom, même lieu) est déjà à la ligne %(row)s, avec d’autres valeurs. Gardez une des deux lignes."
    )


def batches_of(rows: Iterator[SupplierRow]) -> Iterator[list[SupplierRow]]:
    batch: list[SupplierRow] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
