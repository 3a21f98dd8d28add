"""What the pages of an import show: tabs of rows, sentences that sum up, steps, progress, the history."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from marketplace.web.typography import format_number
from suppliers.admin.import_forms import WrongCell, wrong_cells
from suppliers.models import SupplierImport, SupplierImportRow

State, Outcome, Left = SupplierImport.State, SupplierImportRow.Outcome, SupplierImportRow.Left


@dataclass(frozen=True)
class Tab:
    """Part of the rows: `label` before the run, `done` after it."""

    address: str
    label: Any
    done: Any
    rows: Q
    count: str  # in the import's counts


TABS = (
    Tab("a-corriger", gettext_lazy("À corriger"), gettext_lazy("Non importées"), Q(outcome=Outcome.REJECTED), "rejected"),
    Tab("cellules", gettext_lazy("Cellules laissées de côté"), gettext_lazy("Cellules laissées de côté"), ~Q(faults=[]) & ~Q(outcome=Outcome.REJECTED), "faulty"),
    Tab("nouvelles", gettext_lazy("À créer"), gettext_lazy("Créées"), Q(outcome=Outcome.CREATED), "created"),
    Tab("modifiees", gettext_lazy("À modifier"), gettext_lazy("Modifiées"), Q(outcome=Outcome.UPDATED), "updated"),
    Tab("gerees", gettext_lazy("Gérées par une personne"), gettext_lazy("Gérées par une personne"), Q(outcome=Outcome.HELD), "held"),
    Tab("sans-changement", gettext_lazy("Sans changement"), gettext_lazy("Sans changement"), Q(outcome=Outcome.UNCHANGED), "unchanged"),
    Tab("ailleurs", gettext_lazy("D’un autre territoire"), gettext_lazy("D’un autre territoire"), Q(outcome=Outcome.ELSEWHERE), "elsewhere"),
)  # fmt: skip
LEFT_TAB = Tab("restees", gettext_lazy("Non annulées"), gettext_lazy("Non annulées"), ~Q(left=""), "left")
BADGES = {
    State.COLUMNS: "wait",
    State.CHECKING: "info",
    State.READY: "wait",
    State.RUNNING: "info",
    State.DONE: "ok",
    State.UNDOING: "info",
    State.UNDONE: "plain",
    State.FAILED: "no",
}


@dataclass(frozen=True)
class HistoryRow:
    job: SupplierImport
    badge: tuple[str, str]
    summary: str


def history_row(job: SupplierImport) -> HistoryRow:
    return HistoryRow(job, (BADGES[State(job.state)], str(job.get_state_display())), summary_of(job))


def summary_of(job: SupplierImport) -> str:
    """« 412 fiches créées, 6 modifiées, 12 lignes à corriger. »; empty before the rows are read."""
    counts = job.counts
    if not counts:
        return ""
    is_done = job.started_at is not None and job.state != State.READY
    created, updated = counts.get("created", 0), counts.get("updated", 0)
    said = [
        _n(ngettext("%(n)s fiche créée", "%(n)s fiches créées", created), created)
        if is_done
        else _n(ngettext("%(n)s fiche à créer", "%(n)s fiches à créer", created), created)
    ]
    if updated:
        said.append(
            _n(ngettext("%(n)s modifiée", "%(n)s modifiées", updated), updated)
            if is_done
            else _n(ngettext("%(n)s à modifier", "%(n)s à modifier", updated), updated)
        )
    if n := counts.get("unchanged", 0):
        said.append(_n(ngettext("%(n)s sans changement", "%(n)s sans changement", n), n))
    if n := counts.get("held", 0):
        said.append(_n(ngettext("%(n)s gérée par une personne", "%(n)s gérées par une personne", n), n))
    if n := counts.get("elsewhere", 0):
        said.append(_n(ngettext("%(n)s d’un autre territoire", "%(n)s d’un autre territoire", n), n))
    if n := counts.get("rejected", 0):
        said.append(_n(ngettext("%(n)s ligne à corriger", "%(n)s lignes à corriger", n), n))
    return ", ".join(said) + "."


def _n(text: str, n: int) -> str:
    return text % {"n": format_number(n)}


def tabs_of(job: SupplierImport, chosen: Tab) -> list[tuple[str, str, int, bool]]:
    """(address, label, number, whether it is shown) of each part that has rows."""
    is_done = job.started_at is not None
    found = [
        (tab_address(tab.address), str(tab.done if is_done else tab.label), n, tab == chosen)
        for tab in TABS
        if (n := job.counts.get(tab.count, 0))
    ]
    if job.state == State.UNDONE and (left := job.rows.filter(LEFT_TAB.rows).count()):
        found.insert(0, (tab_address(LEFT_TAB.address), str(LEFT_TAB.done), left, chosen == LEFT_TAB))
    return found


def tab_address(tab: str) -> str:
    return f"?etat={tab}#lignes" if any(tab == one.address for one in (*TABS, LEFT_TAB)) else ""


def chosen_tab(job: SupplierImport, asked: str | None) -> Tab:
    """The one that is asked, else the first that has rows."""
    known = [LEFT_TAB, *TABS] if job.state == State.UNDONE else list(TABS)
    for tab in known:
        if tab.address == asked:
            return tab
    if job.state == State.UNDONE:
        return LEFT_TAB
    order = TABS if job.started_at is None else (*TABS[2:4], *TABS[:2], *TABS[4:])
    return next((tab for tab in order if job.counts.get(tab.count, 0) and tab.address != "cellules"), TABS[2])


def rows_of_tab(job: SupplierImport, tab: Tab) -> Any:
    return job.rows.filter(tab.rows).select_related("supplier__organisation").order_by("place")


@dataclass(frozen=True)
class ImportRow:
    row: SupplierImportRow
    cells: list[WrongCell] = field(default_factory=list)
    reads: list[tuple[str, str]] = field(default_factory=list)
    left: str = ""


#: What is shown of a row that makes a listing.
SUMMED = ("town", "form", "activity", "email", "phone")


def rows_shown(job: SupplierImport, rows: Iterable[SupplierImportRow], tab: Tab) -> list[ImportRow]:
    is_wrong = tab.address in ("a-corriger", "cellules")
    return [
        ImportRow(
            row,
            wrong_cells(job, row) if is_wrong else [],
            [] if is_wrong else [row.cells[name] for name in SUMMED if row.cells.get(name)],
            str(Left(row.left).label) if row.left else "",
        )
        for row in rows
    ]


def progress_context(job: SupplierImport) -> dict[str, Any]:
    """What advances, in words and in numbers."""
    total, done = job.rows_total, min(job.position, job.rows_total)
    said = {"done": format_number(done), "total": format_number(total)}
    labels = {
        State.CHECKING: ngettext("%(done)s ligne lue sur %(total)s", "%(done)s lignes lues sur %(total)s", total),
        State.RUNNING: ngettext("%(done)s ligne importée sur %(total)s", "%(done)s lignes importées sur %(total)s", total),
        State.UNDOING: ngettext("%(done)s ligne annulée sur %(total)s", "%(done)s lignes annulées sur %(total)s", total),
    }  # fmt: skip
    return {"label": labels[State(job.state)] % said, "done": done, "total": total, "State": State}


def steps_of(job: SupplierImport, page: str) -> list[dict[str, str]]:
    """« Fichier, colonnes, aperçu, importation »: where one is."""
    at = 1 if page == "import_columns" or job.state == State.COLUMNS else 2
    if job.started_at is not None:
        at = 4 if job.state in (State.DONE, State.UNDONE) else 3
    labels = [_("Fichier"), _("Colonnes"), _("Aperçu"), _("Importation")]
    return [
        {"label": label, "state": "done" if n < at else "now" if n == at else ""}
        for n, label in enumerate(labels)
    ]
