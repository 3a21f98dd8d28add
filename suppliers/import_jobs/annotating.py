"""The file of an import sent back with what is wrong in each row, to be put right in a spreadsheet and deposited again."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from marketplace.web.errors import Refused
from marketplace.web.private_files.tables import table_path
from marketplace.web.tabular import TableError
from marketplace.web.tabular.annotating import annotated_table
from suppliers.import_jobs.deposit import LIMITS
from suppliers.import_jobs.reading import header_label
from suppliers.models import SupplierImport


def annotated_file(job: SupplierImport) -> tuple[bytes, bool]:
    """The content, and whether it is a workbook. Raises `Refused` where the file is not there any more."""
    gone = _("Le fichier de cette importation n’est plus là. Déposez-le de nouveau.")
    if job.file is None:
        raise Refused(gone)
    notes: dict[tuple[str, int], tuple[Mapping[int, str], str]] = {}
    for row in job.rows.filter(revision__gt=0) | job.rows.wrong():
        # As a person corrected them, and without whom a person had erased.
        corrected = {at: row.cells.get(column, "") for column, at in job.columns.items()} if row.cells else {}
        notes[row.sheet, row.number] = (corrected, told_faults(job, row.faults))
    try:
        with table_path(job.file) as path:
            return annotated_table(
                path, notes=notes, title=_("À corriger (Maillage)"), header=job.header, limits=LIMITS
            )
    except TableError as fault:
        raise Refused(str(fault)) from fault
    except OSError as fault:
        raise Refused(gone) from fault


def told_faults(job: SupplierImport, faults: list[list[str]]) -> str:
    """« Forme juridique : … NEQ : … »."""
    return " ".join(
        f"{header_label(job, column)}\u00a0: {message}" if column else message for column, message in faults
    )
