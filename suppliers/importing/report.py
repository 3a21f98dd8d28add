"""What an import did, for machines and for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number


@dataclass(frozen=True, slots=True)
class RowMessage:
    """`row` as a spreadsheet numbers it; `field` is the file's own header, empty where the whole row is meant."""

    row: int
    field: str
    message: str


@dataclass
class ImportReport:
    """Counts of rows. `notes` speak of the file as a whole; `asked` are its columns that a person has to explain."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0  # rows of listings that a person keeps, left as they are
    rejected: list[RowMessage] = field(default_factory=list)
    warnings: list[RowMessage] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    unplaced: int = 0

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + self.held + len(self.rejected)

    @property
    def warnings_of_rows_taken(self) -> list[RowMessage]:
        """Without those of rejected rows, whose own message already says them."""
        rejected = {told.row for told in self.rejected}
        return [told for told in self.warnings if told.row not in rejected]

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "held": self.held,
            "rejected": _by_row(self.rejected),
            "warnings": _by_row([*(RowMessage(0, "", note) for note in self.notes), *self.warnings]),
        }

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing done, 3 some rows rejected."""
        if self.created + self.updated + self.unchanged + self.held == 0:
            return 1
        return 3 if self.rejected else 0

    def sentence(self) -> str:
        """« 212 fournisseurs importés, 4 lignes à corriger. Rien n’est perdu. »"""
        imported = self.created + self.updated
        facts = []
        if imported or not (self.unchanged or self.held):
            facts.append(
                ngettext("%(n)s fournisseur importé", "%(n)s fournisseurs importés", imported)
                % {"n": format_number(imported)}
            )
        if self.unchanged:
            facts.append(
                ngettext("%(n)s sans changement", "%(n)s sans changement", self.unchanged)
                % {"n": format_number(self.unchanged)}
            )
        if self.held:
            facts.append(
                ngettext(
                    "%(n)s fiche gérée par une personne, laissée telle quelle",
                    "%(n)s fiches gérées par une personne, laissées telles quelles",
                    self.held,
                )
                % {"n": format_number(self.held)}
            )
        if not self.rejected:
            return ", ".join(facts) + "."
        facts.append(
            ngettext("%(n)s ligne à corriger", "%(n)s lignes à corriger", len(self.rejected))
            % {"n": format_number(len(self.rejected))}
        )
        return ", ".join(facts) + ". " + _("Rien n’est perdu.")


def _by_row(messages: list[RowMessage]) -> list[dict[str, Any]]:
    """As the JSON tells them, in the order of the rows; row 0 is the file itself."""
    return [
        {"row": told.row, "field": told.field, "message": told.message}
        for told in sorted(messages, key=lambda told: told.row)
    ]
