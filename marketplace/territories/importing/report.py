"""What an import of territories did, for machines and for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import ngettext

from marketplace.web.typography import format_number


@dataclass(frozen=True, slots=True)
class Fault:
    """`row` as a spreadsheet numbers it, or the rank of a feature in its file; 0 where the whole file is meant."""

    file: str
    row: int
    field: str
    message: str


@dataclass
class TerritoryReport:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Fault] = field(default_factory=list)

    def add(self, other: TerritoryReport) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.rejected)

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": [
                {"row": f.row, "field": f.field, "message": f.message, "file": f.file} for f in self.rejected
            ],
        }

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing done, 3 some rows rejected."""
        if self.created + self.updated + self.unchanged == 0:
            return 1
        return 3 if self.rejected else 0

    def sentence(self) -> str:
        facts = [
            ngettext("%(n)s territoire ajouté", "%(n)s territoires ajoutés", self.created)
            % {"n": format_number(self.created)},
            ngettext("%(n)s mis à jour", "%(n)s mis à jour", self.updated)
            % {"n": format_number(self.updated)},
            ngettext("%(n)s sans changement", "%(n)s sans changement", self.unchanged)
            % {"n": format_number(self.unchanged)},
        ]
        if self.rejected:
            count = len(self.rejected)
            facts.append(
                ngettext("%(n)s ligne à corriger", "%(n)s lignes à corriger", count)
                % {"n": format_number(count)}
            )
        return ", ".join(facts) + "."
