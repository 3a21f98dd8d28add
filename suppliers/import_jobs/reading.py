"""The rows of a deposited file, and what one of them says once its words are explained."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from marketplace.territories.places import Gazetteer, current_gazetteer
from marketplace.web.folding import fold_text
from marketplace.web.private_files import PrivateFile
from marketplace.web.private_files.tables import table_path
from marketplace.web.tabular import Table, open_tables
from marketplace.web.tabular.asking import header_cell
from suppliers.cells import neq_warning
from suppliers.import_jobs.deposit import LIMITS, SEAT, header_score
from suppliers.importing.importer import is_same_kind, kept_cells
from suppliers.importing.mappings import MAPPINGS
from suppliers.importing.reading import RowRefused
from suppliers.importing.rows import Columns, SupplierRow
from suppliers.models import SupplierImport, SupplierImportRow

#: Words that mean that a cell is left as if it were blank.
LEFT_OUT = "-"
#: Columns whose cells may hold several values: their words are replaced within the cell.
SEVERAL = frozenset({"areas", "purposes", "certifications"})


def rows_of_file(job: SupplierImport, file: PrivateFile, notes: list[str]) -> Iterator[SupplierImportRow]:
    """Every row under the header of each list, none of them understood yet. Raises `TableError`, `OSError`."""
    place = 0
    with table_path(file) as path, open_tables(path, score=header_score(job.header), limits=LIMITS) as tables:
        first: Columns | None = None
        for table in tables.each:
            columns = _columns_of(job, table, first)
            if columns is None:
                notes.append(
                    _(
                        "L’onglet « %(tab)s » n’est pas lu : ses colonnes ne sont pas celles de la première liste."
                    )
                    % {"tab": table.sheet}
                )
                continue
            first = first or columns
            for line in table.rows:
                place += 1
                row = SupplierImportRow(
                    supplier_import=job, place=place, number=line.number, sheet=table.sheet[:40]
                )
                if line.fault:
                    row.faults = [["", line.fault]]
                else:
                    row.cells = {
                        key: text.replace("\0", "")
                        for key, text in columns.pick(line.cells).items()
                        if text.strip()
                    }
                yield row
        notes += tables.notes


def _columns_of(job: SupplierImport, table: Table, first: Columns | None) -> Columns | None:
    """As the person said them; of another tab, those with the same headers. None where it is of something else."""
    titles = [fold_text(header_cell(cell)) for cell in table.header.cells]
    if titles == [fold_text(one) for one in job.header]:
        at = job.columns
    elif first is None:
        return None
    else:
        key_of = {fold_text(job.header[at]): key for key, at in job.columns.items()}
        at = {}
        for place, title in enumerate(titles):
            if key := key_of.get(title):
                at.setdefault(key, place)
    columns = Columns(at, headers_of(job), [], [] if "name" in at else ["name"], [], {})
    return columns if first is None or is_same_kind(first, columns) else None


def headers_of(job: SupplierImport) -> dict[str, str]:
    """The file's own header of each column that is read."""
    return {key: job.header[at] for key, at in job.columns.items() if at < len(job.header)}


@dataclass
class ReadRow:
    """A row as it is understood; `row` None where it cannot enter. `faults` are [column, sentence]."""

    row: SupplierRow | None
    faults: list[list[str]] = field(default_factory=list)
    unknown: list[list[str]] = field(default_factory=list)


class RowUnderstanding:
    """Reads the rows of one import, with what its person said of unknown words."""

    def __init__(self, job: SupplierImport) -> None:
        self.mapping = MAPPINGS[job.mapping]
        self.columns = list(job.columns)
        self.gazetteer: Gazetteer = current_gazetteer()
        self.whole = {
            (column, folded): meaning
            for column, said in job.meanings.items()
            if column not in SEVERAL
            for folded, (_words, meaning) in said.items()
        }
        self.within = {
            column: [
                (re.compile(_pattern(words), re.IGNORECASE), meaning) for words, meaning in said.values()
            ]
            for column, said in job.meanings.items()
            if column in SEVERAL
        }

    def read(self, staged: SupplierImportRow) -> ReadRow:
        cells = {column: self._meant(column, staged.cells.get(column, "")) for column in self.columns}
        try:
            row = self.mapping.read(cells, staged.place, self.gazetteer)
        except RowRefused as refused:
            faults = [[error.column, error.message] for error in refused.errors]
            faults += [list(one) for one in refused.warnings if one not in refused.blanks]
            return ReadRow(None, faults, [list(one) for one in refused.unknown_words])
        if row.neq and (warning := neq_warning(row.neq)):
            row.warnings.append(("neq", warning))
        row.digest = row.fingerprint(self.mapping.code)
        row.raw = kept_cells(cells)
        faults = [list(one) for one in row.warnings if one not in row.blanks]
        return ReadRow(row, faults, [list(one) for one in row.unknown])

    def _meant(self, column: str, text: str) -> str:
        if not text.strip():
            return text
        meaning = self.whole.get((column, fold_text(text) or text))
        if meaning is not None:
            return "" if meaning == LEFT_OUT else meaning
        for pattern, meant in self.within.get(column, ()):
            text = pattern.sub("" if meant == LEFT_OUT else meant, text)
        return text


def _pattern(words: str) -> str:
    """The words as they stand in a cell, however many blanks part them, and not within longer words."""
    return r"(?<!\w)" + r"\s+".join(re.escape(word) for word in words.split()) + r"(?!\w)"


def header_label(job: SupplierImport, column: str) -> str:
    """The file's header, else our own word for it."""
    return headers_of(job).get(column) or MAPPINGS[job.mapping].printed.get(
        column, "" if column == SEAT else column
    )
