"""The facets of the directory, one entry each: filters, counts, boxes, chips, API parameters and the column's SQL derive.

A facet is a column of `DirectoryFacets`. To add one: the column and its migration; an entry in `FACETS`; its name among those
that `directory_columns` reads.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.classification.labels import certification_labels, purpose_labels, sector_names, sector_spans
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.web.typography import format_money_short

from .directory_columns import NO_DAY, Coded, DirectoryColumns, Rows, day_number
from .models import LegalForm

if TYPE_CHECKING:
    from numpy.typing import NDArray

RECENT, LAPSED, IN_PROGRESS = "recente", "echue", "en_cours"
CAPACITY_STEPS = (25_000, 50_000, 100_000, 250_000)  # dollars per contract
MAX_CAPACITY = 2_000_000_000  # dollars; beyond, PostgreSQL's integer ends


@dataclass(frozen=True, kw_only=True)
class Facet:
    """Suppliers by the value of one column; several values are alternatives."""

    name: str  # in queries and in the API
    french: str  # in a page's address
    label: Promise  # inside a sentence: « Le filtre « région » ne connaît pas… »
    title: Promise  # above its boxes
    help_text: str  # for who reads the API
    column: str  # of `DirectoryFacets`
    source: str  # what fills it: SQL over s (supplier), e (its DirectoryEntry), org (its organisation)
    get_labels: Callable[[], Mapping[str, str]]  # the values, in order, in the reader's language
    chip: Promise | str = ""  # before a value that is asked
    is_open: bool = False
    is_long: bool = False

    def read_value(self, value: str) -> str | None:
        """The value as a query holds it; None for what is no value."""
        return value if value in self.get_labels() else None

    def value_label(self, value: str) -> str:
        return self.get_labels()[value]

    def groups(self, columns: DirectoryColumns) -> Coded:
        """What suppliers are grouped by to be counted."""
        return columns.coded[self.column]

    def holds(self, group: str, values: Collection[str]) -> bool:
        """Whether suppliers of this group have one of the values."""
        return group in values

    def meeting(self, values: tuple[str, ...], columns: DirectoryColumns, rows: Rows) -> NDArray[np.bool_]:
        """Which of these rows have one of the values."""
        return self.groups(columns).among(lambda group: self.holds(group, values), rows)

    def count_values(self, groups: dict[str, int]) -> dict[str, int]:
        """Counts by value, from counts by group key."""
        return groups


class SetFacet(Facet):
    """Several values in one text, « |environnement|insertion| »."""

    def holds(self, group: str, values: Collection[str]) -> bool:
        return any(f"|{code}|" in group for code in values)

    def count_values(self, groups: dict[str, int]) -> dict[str, int]:
        counts: dict[str, int] = defaultdict(int)
        for members, n in groups.items():
            for member in members.strip("|").split("|") if members else ():
                counts[member] += n
        return dict(counts)


def set_source(table: str, column: str) -> str:
    """The codes of a many-to-many table, as a `SetFacet` holds them."""
    of_supplier = f"FROM {table} j WHERE j.supplier_id = s.id"
    codes = f"'|' || string_agg(j.{column}, '|' ORDER BY j.{column}) || '|'"
    return f"coalesce((SELECT {codes} {of_supplier}), '')"


class LegalFormFacet(Facet):
    """« coop » stands for every kind of co-operative."""

    def holds(self, group: str, values: Collection[str]) -> bool:
        return group in values or LegalForm(group).family in values

    def count_values(self, groups: dict[str, int]) -> dict[str, int]:
        return groups | {"coop": sum(n for form, n in groups.items() if form.startswith("coop"))}


def legal_form_labels() -> dict[str, str]:
    """The general form before the precise ones; « Coopérative » alone would not say that it means all of them."""
    forms = (
        LegalForm.OBNL, LegalForm.COOP, LegalForm.COOP_SOLIDARITY, LegalForm.COOP_WORK, LegalForm.COOP_CONSUMERS,
        LegalForm.COOP_PRODUCERS, LegalForm.COOP_SHAREHOLDERS, LegalForm.MUTUAL,
    )  # fmt: skip
    labels = {form.value: str(form.label) for form in forms} | {"coop": _("Coopérative (toutes)")}
    return {value: label[0].upper() + label[1:] for value, label in labels.items()}


class CapacityFacet(Facet):
    """At least so many dollars; any amount may be asked, the steps are offered. Of several, the least counts."""

    def read_value(self, value: str) -> str | None:
        """« 25000 », « 25 000 », « 25 000 $ »."""
        digits = re.sub(r"[\s$]", "", value)
        is_amount = digits.isascii() and digits.isdigit() and len(digits) <= 12
        return str(min(int(digits), MAX_CAPACITY)) if is_amount else None

    def value_label(self, value: str) -> str:
        return _("%(amount)s et plus") % {"amount": format_money_short(int(value))}

    def groups(self, columns: DirectoryColumns) -> Coded:
        """By how many of the steps it reaches."""
        return columns.keep(self.name, lambda: self._steps(columns))

    @staticmethod
    def _steps(columns: DirectoryColumns) -> Coded:
        reached = np.zeros(len(columns), dtype=np.uint8)
        for step in CAPACITY_STEPS:
            reached += columns.capacity >= step
        return Coded(reached, [str(steps) for steps in range(len(CAPACITY_STEPS) + 1)])

    def meeting(self, values: tuple[str, ...], columns: DirectoryColumns, rows: Rows) -> NDArray[np.bool_]:
        return columns.capacity[rows] >= min(map(int, values))

    def count_values(self, groups: dict[str, int]) -> dict[str, int]:
        return {
            str(least): sum(n for bucket, n in groups.items() if int(bucket) > step)
            for step, least in enumerate(CAPACITY_STEPS)
        }


class VerificationFacet(Facet):
    """Whether the six criteria are proved and in date today; the column holds the last day, or null without six."""

    def groups(self, columns: DirectoryColumns) -> Coded:
        today = day_number(timezone.localdate())
        return columns.keep((self.name, today), lambda: self._states(columns, today))

    @staticmethod
    def _states(columns: DirectoryColumns, today: int) -> Coded:
        last = columns.verified_until
        states = np.where(last >= today, 0, np.where(last == NO_DAY, 2, 1)).astype(np.uint8)
        return Coded(states, [RECENT, LAPSED, IN_PROGRESS])


def sector_labels() -> dict[str, str]:
    spans = sector_spans()
    return {code: f"{spans.get(code, code)} {label}" for code, label in sector_names().items()}


# In the order in which the page shows them and addresses name them.
FACETS: tuple[Facet, ...] = (
    LegalFormFacet(
        name="legal_form",
        french="forme",
        label=lazy("forme"),
        title=lazy("Forme juridique"),
        help_text="obnl, coop, mutuelle, or a precise form (`coop_travail`).",
        column="legal_form",
        source="s.legal_form",
        get_labels=legal_form_labels,
        is_open=True,
    ),
    SetFacet(
        name="purpose",
        french="finalite",
        label=lazy("finalité"),
        title=lazy("Finalité"),
        help_text="Code of a social purpose.",
        column="purposes",
        source=set_source("suppliers_supplier_purposes", "purpose_id"),
        get_labels=purpose_labels,
        is_open=True,
    ),
    CapacityFacet(
        name="capacity_min",
        french="capacite_min",
        label=lazy("capacité"),
        title=lazy("Capacité par contrat"),
        chip=lazy("Capacité"),
        help_text="Dollars per contract, at least.",
        column="capacity",
        source="e.capacity",
        get_labels=lambda: {
            str(step): _("%(amount)s et plus") % {"amount": format_money_short(step)}
            for step in CAPACITY_STEPS
        },
        is_open=True,
    ),
    VerificationFacet(
        name="verification",
        french="verification",
        label=lazy("vérification"),
        title=lazy("Vérification"),
        help_text="`recente`: six criteria of six, in date; `echue`: no longer; `en_cours`: fewer than six.",
        column="verified_until",
        source="e.verified_until",
        get_labels=lambda: {
            RECENT: _("Vérifiée, à jour"),
            LAPSED: _("Vérification échue"),
            IN_PROGRESS: _("Vérification en cours"),
        },
        is_open=True,
    ),
    SetFacet(
        name="certification",
        french="certification",
        label=lazy("certification"),
        title=lazy("Certification"),
        help_text="Code of a certification.",
        column="certifications",
        source=set_source("suppliers_supplier_certifications", "certification_id"),
        get_labels=certification_labels,
        is_long=True,
    ),
    Facet(
        name="region",
        french="region",
        label=lazy("région"),
        title=lazy("Région du siège"),
        chip=lazy("Région"),
        help_text="Region of the seat (`04`).",
        column="region",
        source="e.region",
        get_labels=lambda: {code: f"{code} {name}" for code, name in region_names().items()},
        is_long=True,
    ),
    Facet(
        name="mrc",
        french="mrc",
        label=lazy("MRC"),
        title=lazy("MRC du siège"),
        chip=lazy("MRC"),
        help_text="MRC of the seat (`371`).",
        column="mrc",
        source="e.mrc",
        get_labels=lambda: {code: mrc.name for code, mrc in mrcs_by_code().items()},
        is_long=True,
    ),
    Facet(
        name="sector",
        french="secteur",
        label=lazy("secteur"),
        title=lazy("Secteur (SCIAN)"),
        chip=lazy("Secteur"),
        help_text="SCIAN sector, two digits.",
        column="sector",
        source="coalesce(s.sector_id, '')",
        get_labels=sector_labels,
        is_long=True,
    ),
)
