"""A file that names again someone who asked to be forgotten: they stay out, and the report says so."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.accounts.people import erased_among
from marketplace.accounts.person_marks import PersonMarks
from suppliers.importing.report import ImportReport, RowMessage
from suppliers.importing.rows import SupplierRow

#: Of the enterprise itself, where a person's own address or number may stand.
OWN = ("email", "phone")


def leave_out_erased(batch: list[SupplierRow], report: ImportReport) -> None:
    """Take the erased out of a batch of rows: contacts, and the enterprise's address where it is theirs. One statement."""
    marks = {id(row): _marks_of(row) for row in batch}
    erased = erased_among((mark, row.neq or row.name) for row in batch for mark in marks[id(row)].values())
    if not erased:
        return
    for row in batch:
        gone = {key for key, mark in marks[id(row)].items() if (mark, row.neq or row.name) in erased}
        for column in gone.intersection(OWN):
            row.organisation[column] = ""
            row.raw.pop(str(column), None)
        if row.contacts:
            row.contacts = [line for position, line in enumerate(row.contacts) if position not in gone]
        if gone:
            report.warnings.append(
                RowMessage(
                    row.number,
                    "",
                    _(
                        "Une personne nommée sur cette ligne a demandé l’effacement de ses renseignements : ils ne sont pas repris."
                    ),
                )
            )


def _marks_of(row: SupplierRow) -> dict[str | int, PersonMarks]:
    """By « email », « phone » of the enterprise, or the position of a contact."""
    found: dict[str | int, PersonMarks] = {}
    if email := str(row.organisation.get("email") or ""):
        found["email"] = PersonMarks(email=email)
    if phone := str(row.organisation.get("phone") or ""):
        # A number is told with the name that goes with it: the enterprise's own rings at many.
        name = row.contacts[0].name if row.contacts else ""
        found["phone"] = PersonMarks(name=name, phone=phone)
    for position, line in enumerate(row.contacts or []):
        found[position] = PersonMarks(name=line.name, email=line.email, phone=line.phone)
    return found
