"""Wrong cells put right on the page: the rows are checked again at once, and those that they agree or disagree with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from marketplace.web.verbs import verb
from suppliers.import_jobs.checking import ImportChecker, count_outcomes
from suppliers.import_jobs.deposit import hold_import
from suppliers.models import SupplierImport, SupplierImportRow

if TYPE_CHECKING:
    from marketplace.accounts.models import User

LONGEST = 5_000


@dataclass
class Corrected:
    """`taken` rows are right now, `wrong` are not yet, `late` are numbers of rows that a colleague corrected meanwhile."""

    taken: int = 0
    wrong: int = 0
    late: list[int] = field(default_factory=list)


@verb
def correct_rows(
    *, job: SupplierImport, cells: Mapping[int, Mapping[str, str]], seen: int, by: User
) -> Corrected:
    """`cells` by row and column, as typed; `seen` is the revision of the page."""
    held = hold_import(job, by, state=SupplierImport.State.READY)
    done = Corrected()
    rows = []
    for row in held.rows.select_for_update().filter(pk__in=cells):
        said = {
            column: text.replace("\0", "").strip()[:LONGEST]
            for column, text in cells[row.pk].items()
            if column in held.columns
        }
        changed = {column: text for column, text in said.items() if text != row.cells.get(column, "").strip()}
        if not changed:
            continue
        if row.revision > seen:
            done.late.append(row.number)
            continue
        row.cells = {**row.cells, **changed}
        row.revision = held.revision + 1
        rows.append(row)
    if not rows:
        return done
    held.revision += 1
    before = {row.identity for row in rows if row.identity}
    SupplierImportRow.objects.rewrite(rows, ["cells", "revision"])
    ImportChecker(held).check(rows)
    touched = before | {row.identity for row in rows if row.identity}
    near = held.rows.filter(identity__in=touched).exclude(pk__in=[row.pk for row in rows])
    if others := list(near[:500]):
        ImportChecker(held).check(others)
    done.wrong = sum(bool(row.faults) for row in rows)
    done.taken = len(rows) - done.wrong
    held.counts = count_outcomes(held)
    held.save(update_fields=["revision", "counts"])
    return done
