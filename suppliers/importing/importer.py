"""Read a file row by row, set aside what cannot be taken, write the rest in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pghistory
from django.db import transaction
from django.utils.translation import gettext as _

from marketplace.territories.models import Pole
from marketplace.territories.places import current_gazetteer
from marketplace.web.collecting import collector_at_rest
from marketplace.web.folding import fold_text
from marketplace.web.locks import hold_lock
from marketplace.web.tabular import HEADER_WITHIN, Table, TableError, Tables, open_tables
from marketplace.web.verbs import verb
from suppliers.cells import CellError, neq_warning
from suppliers.importing.erased import leave_out_erased
from suppliers.importing.listing import LISTING
from suppliers.importing.mappings import MAPPINGS, looks_like_registry
from suppliers.importing.reading import RowRefused
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
    mapping: str = "",
    by: User | None,
    pole: Pole | None = None,
    territory: str = "",
    name: str = "",
    dry_run: bool = False,
    progress: Callable[[int], None] = lambda rows: None,
) -> ImportReport:
    """Write the suppliers of a CSV or XLSX file; `name` is the file's name for history. Running it again changes nothing.

    Without a `mapping` the file is a pôle's listing, unless its columns are the registry's: then it is refused. `territory`
    says what a column « Territoire » means, « siege » or « desservi »; without an answer it is not read.
    Raises `TableError` where the file as a whole cannot be used; nothing is written then. `dry_run` reports and undoes.
    """
    name = name or path.name
    pghistory.context(import_file=name, mapping=mapping or LISTING.code)
    report = ImportReport()
    hold_lock(LOCK)
    kind = MAPPINGS[mapping or LISTING.code]
    with open_tables(path, score=kind.score) as tables:
        writer = SupplierWriter(mapping=kind, pole=pole, file_name=name, by=by, report=report)
        lists = read_tables(tables, kind, report, territory=territory, is_sure=bool(mapping))
        for rows in lists:
            for batch in batches_of(rows):  # never of two tabs, whose rows have the same numbers
                with collector_at_rest():
                    leave_out_erased(batch, report)
                    writer.write(batch)
                progress(report.read)
        report.notes += tables.notes
    propose_neqs(by=by)
    if dry_run:
        transaction.set_rollback(True)
    return report


def read_tables(
    tables: Tables, mapping: FileMapping, report: ImportReport, *, territory: str, is_sure: bool
) -> Iterator[Iterator[SupplierRow]]:
    """The rows of each list of the file, one NEQ seen once for all of them."""
    seen: dict[int | tuple[str, str], tuple[str, int]] = {}
    first: Columns | None = None
    for table in tables.each:
        columns = match_columns(table, mapping, report, territory=territory, is_sure=is_sure, first=first)
        if columns is None:
            continue
        if first is not None:
            report.notes.append(
                _("L’onglet « %(tab)s » est lu aussi : il a le même en-tête.") % {"tab": table.sheet}
            )
        yield read_rows(table, columns, mapping, report, seen, sheet=table.sheet if first else "")
        first = first or columns


def _quoted(names: Iterable[str]) -> str:
    """« a », « b », in the reader's own quotation marks."""
    return ", ".join(_("« %(title)s »") % {"title": name} for name in names)


def match_columns(
    table: Table,
    mapping: FileMapping,
    report: ImportReport,
    *,
    territory: str = "",
    is_sure: bool = True,
    first: Columns | None = None,
) -> Columns | None:
    """The columns of this list, once those that are needed are there; None for a second list that is of something else.

    Raises `TableError` where the file cannot be read so, or is another kind than nobody named.
    """
    columns = mapping.match(table.header.cells, {"territory": territory})
    if first is not None and not is_same_kind(first, columns):
        report.notes.append(
            _("L’onglet « %(tab)s » n’est pas lu : ses colonnes ne sont pas celles de la première liste.")
            % {"tab": table.sheet}
        )
        return None
    if columns.missing:
        raise TableError(what_is_missing(table, columns, mapping))
    if mapping is LISTING and looks_like_registry(table.header.cells):
        if not is_sure:
            raise TableError(
                _(
                    "Les colonnes de ce fichier sont celles du registre des entreprises : ses lignes ne sont pas une liste "
                    "d’entreprises d’économie sociale. Importez-le avec la correspondance « req » (--mapping req), ou dites "
                    "que c’est la liste d’un pôle (--mapping maillage)."
                )
            )
        report.notes.append(
            _("Ce fichier a les colonnes du registre des entreprises; il est lu comme la liste d’un pôle.")
        )
    twice = [(one, other) for one, other in columns.repeated if fold_text(one) == fold_text(other)]
    if twice:
        raise TableError(
            _("La colonne %(columns)s est là deux fois. Gardez-en une.")
            % {"columns": _quoted(one for one, _other in twice)}
        )
    told = report.warnings
    for one, other in columns.repeated:
        told.append(
            RowMessage(
                table.header.number,
                other[:80],
                _("« %(one)s » contient la même chose que « %(other)s » : seule « %(one)s » est lue.")
                % {"one": one[:80], "other": other[:80]},
            )
        )
    for header in columns.unknown:
        told.append(RowMessage(table.header.number, header[:80], _("Colonne inconnue : elle n’est pas lue.")))
    for column, header in columns.asked.items():
        report.asked[column] = header
        told.append(
            RowMessage(
                table.header.number,
                header[:80],
                _(
                    "« %(column)s » peut indiquer où est l’entreprise ou quel territoire elle dessert : la colonne n’est pas "
                    "lue. Précisez-le avec --territoire siege ou --territoire desservi."
                )
                % {"column": header[:80]},
            )
        )
    return columns


def is_same_kind(first: Columns, other: Columns) -> bool:
    """A second tab is read where it names enterprises as the first does: by their NEQ if the first has it, and half its columns."""
    if other.missing or ("neq" in first.at) != ("neq" in other.at):
        return False
    return len(first.at.keys() & other.at.keys()) * 2 >= len(first.at)


def what_is_missing(table: Table, columns: Columns, mapping: FileMapping) -> str:
    found = ", ".join(cell.strip()[:40] for cell in table.header.cells[:30] if cell.strip())
    text = _("Il manque la colonne %(columns)s. Colonnes lues : %(found)s.") % {
        "columns": _quoted(columns.missing),
        "found": found,
    }
    if not table.is_known:
        text += " " + _(
            "L’en-tête a été cherché dans les %(count)s premières lignes; ces colonnes sont à la ligne %(row)s."
        ) % {"count": HEADER_WITHIN, "row": table.header.number}
    other = next(
        (kind for kind in MAPPINGS.values() if kind is not mapping and kind.score(table.header.cells)), None
    )
    if other is not None:
        text += " " + _("Ce fichier va avec --mapping %(mapping)s.") % {"mapping": other.code}
    return text


def read_rows(
    table: Table,
    columns: Columns,
    mapping: FileMapping,
    report: ImportReport,
    seen: dict[int | tuple[str, str], tuple[str, int]],
    sheet: str = "",
) -> Iterator[SupplierRow]:
    """The rows that can be taken; the others, and repeated ones, go to the report. `sheet` is named where it is not the first."""
    places = current_gazetteer()
    where = _("Onglet « %(tab)s » : ") % {"tab": sheet} if sheet else ""
    for line in table.rows:
        if line.fault:
            report.rejected.append(RowMessage(line.number, "", where + line.fault))
            continue
        values = columns.pick(line.cells)
        try:
            row = mapping.read(values, line.number, places)
        except RowRefused as refused:
            report.warnings += [
                RowMessage(line.number, columns.headers.get(column, ""), where + message)
                for column, message in refused.warnings
            ]
            report.rejected.append(refusal_of(refused, line.number, columns, mapping, where))
            continue
        row.digest = row.fingerprint(mapping.code)
        said = int(row.digest[:16], 16)
        place = f"{line.number} ({sheet})" if sheet else str(line.number)
        before = seen.setdefault(int(row.neq) if row.neq else row.identity, (place, said))
        if before[0] != place:
            if before[1] == said:
                report.unchanged += 1
            else:
                report.rejected.append(
                    RowMessage(
                        line.number,
                        columns.headers["neq" if row.neq else "name"],
                        where + repeated_row(row) % {"row": before[0]},
                    )
                )
            continue
        report.unplaced += not row.is_placed
        if row.neq and (warning := neq_warning(row.neq)):
            row.warnings.append(("neq", warning))
        for column, message in row.warnings:
            report.warnings.append(RowMessage(line.number, columns.headers.get(column, ""), where + message))
        row.raw = kept_cells(values)
        yield row


def kept_cells(values: dict[str, str]) -> dict[str, str]:
    """The cells of a row as they are kept: without who a person is, and without what the database does not take."""
    return {
        key: value.replace("\0", "").strip()
        for key, value in values.items()
        if value.strip() and key not in PERSONAL
    }


def repeated_row(row: SupplierRow) -> str:
    if row.neq:
        return _("Ce NEQ est déjà à la ligne %(row)s, avec d’autres valeurs.")
    return _(
        "Cette entreprise (même nom, même lieu) est déjà à la ligne %(row)s, avec d’autres valeurs. Gardez une des deux lignes."
    )


def refusal_of(
    refused: RowRefused, number: int, columns: Columns, mapping: FileMapping, where: str
) -> RowMessage:
    """One message for a row, with everything that is wrong in it: each cell by its column."""
    told = [
        (columns.headers.get(error.column, mapping.printed.get(error.column, "")), error.message)
        for error in [*refused.errors, *(CellError(*told) for told in refused.warnings)]
    ]
    fields = ", ".join(dict.fromkeys(header for header, _message in told))
    if len(told) == 1:
        return RowMessage(number, fields, where + told[0][1])
    return RowMessage(
        number, fields, where + " ".join(f"{header}\u00a0: {message}" for header, message in told)
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
