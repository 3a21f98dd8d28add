"""What an import of tenders did, for machines and for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import ngettext

from marketplace.web.typography import format_number


@dataclass(frozen=True)
class Rejection:
    """A release that was not taken, or (among the warnings) was taken with something left out.

    `index` counts the releases of a file from 1; None where the file itself is meant. `line` counts from 1 and
    `offset` in bytes from 0, None where nothing says so.
    """

    file: str
    index: int | None
    ocid: str
    id: str
    message: str
    line: int | None = None
    offset: int | None = None


@dataclass(frozen=True)
class Place:
    file: str
    index: int | None
    line: int
    offset: int

    def told(self, message: str, ocid: str = "", release_id: str = "") -> Rejection:
        return Rejection(self.file, self.index, ocid, release_id, message, self.line, self.offset)


@dataclass
class TenderReport:
    """Counts are of releases: `tenders_created` brought a new tender, `tenders_updated` another version of one."""

    releases: int = 0
    tenders_created: int = 0
    tenders_updated: int = 0
    unchanged: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    warnings: list[Rejection] = field(default_factory=list)
    announced: int = 0

    def add(self, other: TenderReport) -> None:
        self.releases += other.releases
        self.tenders_created += other.tenders_created
        self.tenders_updated += other.tenders_updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected
        self.warnings += other.warnings
        self.announced += other.announced

    def as_json(self) -> dict[str, Any]:
        return {
            "releases": self.releases,
            "tenders_created": self.tenders_created,
            "tenders_updated": self.tenders_updated,
            "unchanged": self.unchanged,
            "rejected": [asdict(rejection) for rejection in self.rejected],
            "warnings": [asdict(warning) for warning in self.warnings],
        }

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing done, 3 some releases rejected or a file that breaks off."""
        if self.tenders_created + self.tenders_updated + self.unchanged == 0:
            return 1
        return 3 if self.rejected else 0

    def sentence(self) -> str:
        facts = [
            ngettext("%(n)s version lue", "%(n)s versions lues", self.releases)
            % {"n": format_number(self.releases)},
            ngettext("%(n)s avis créé", "%(n)s avis créés", self.tenders_created)
            % {"n": format_number(self.tenders_created)},
            ngettext("%(n)s mis à jour", "%(n)s mis à jour", self.tenders_updated)
            % {"n": format_number(self.tenders_updated)},
            ngettext("%(n)s sans changement", "%(n)s sans changement", self.unchanged)
            % {"n": format_number(self.unchanged)},
        ]
        if self.rejected:
            facts.append(
                ngettext("%(n)s à corriger", "%(n)s à corriger", len(self.rejected))
                % {"n": format_number(len(self.rejected))}
            )
        if self.warnings:
            facts.append(
                ngettext("%(n)s avertissement", "%(n)s avertissements", len(self.warnings))
                % {"n": format_number(len(self.warnings))}
            )
        return ", ".join(facts) + "."
