"""What came back, against what left and what stands: changes to choose, conflicts to decide, cells that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.private_files import PrivateFile
from marketplace.web.private_files.tables import table_path
from marketplace.web.tabular import Limits, TableError, opened_file
from marketplace.web.tabular.workbook import open_sheets
from suppliers.cells import CellError
from suppliers.models import Supplier
from suppliers.round_trip.columns import (
    FICHE,
    TABS,
    Column,
    Tab,
    digest_text,
    header_of,
    plain,
    rows_of,
    same_digest,
    seen_digests,
    texts_of,
    whole,
)
from suppliers.round_trip.exporting import MOST

LIMITS = Limits(bytes=10 * 1024 * 1024, rows=60_000)
Returned = dict[str, list["ReturnedRow"]]  # by the mark of a tab


@dataclass(frozen=True)
class Change:
    """One cell. `seen` is the digest of what the page shows as ours; `row` None: a row to be added. `value`: as it is written."""

    key: str
    tab: Tab
    column: Column
    pk: int
    ours: str
    theirs: str
    value: Any
    is_conflict: bool
    fault: str = ""

    @property
    def label(self) -> str:
        return header_of(self.column)

    @property
    def seen(self) -> str:
        return digest_text(self.tab, self.pk, self.column.key, self.ours)


@dataclass
class Addition:
    """A row without a number of its own: an offer or a person to add to a listing."""

    key: str
    tab: Tab
    number: int
    values: dict[str, Any]
    said: str
    fault: str = ""


@dataclass
class Differences:
    """Of one listing."""

    supplier: Supplier
    changes: list[Change] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)

    @property
    def conflicts(self) -> int:
        return sum(change.is_conflict for change in self.changes)


@dataclass
class Compared:
    """`notes` are about rows that could not be read; `untouched` counts the listings that came back as they left."""

    of: list[Differences] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    untouched: int = 0


@dataclass(frozen=True)
class ReturnedRow:
    number: int
    version: str
    fiche: int
    pk: int
    texts: dict[str, str]


def read_sheet(file: PrivateFile) -> Returned:
    """Raises `Refused` where the file is no workbook of ours."""
    try:
        with table_path(file) as path:
            found = read_workbook(path)
    except TableError as fault:
        raise Refused(str(fault)) from fault
    except OSError as fault:
        raise Refused(_("Ce classeur n’est plus là. Rapportez-le de nouveau.")) from fault
    if not found:
        raise Refused(
            _(
                "Ce fichier n’est pas un classeur exporté d’ici : la colonne masquée des versions n’y est plus."
            )
        )
    return found


def read_workbook(path: Path) -> Returned:
    """By tab, each row that names a listing. Tabs are known by the mark of their first column, headers in either language."""
    found: dict[str, list[ReturnedRow]] = {}
    with opened_file(path, LIMITS) as (source, is_workbook):
        if not is_workbook:
            raise TableError(_("Rapportez le classeur .xlsx que vous avez exporté."))
        with open_sheets(source, LIMITS) as sheets:
            for sheet in sheets:
                header = next(sheet.rows, None)
                if header is None or header.fault:
                    continue
                tab = next((one for one in TABS if one.mark in [cell.strip() for cell in header.cells]), None)
                if tab is not None and tab.mark not in found:
                    found[tab.mark] = list(_rows(tab, header.cells, sheet.rows))
    return found


def _rows(tab: Tab, header: list[str], rows: Any) -> Iterator[ReturnedRow]:
    known = _known_headers(tab)
    at = {
        known[cell.strip()]: place
        for place, cell in reversed(list(enumerate(header)))
        if cell.strip() in known
    }
    for row in rows:
        if row.fault:
            return
        cells = {key: row.cells[place].strip() if place < len(row.cells) else "" for key, place in at.items()}
        if not any(cells.values()):
            continue
        fiche = read_key(_whole(cells.get("fiche", "")))
        own = fiche if tab.is_listing else read_key(_whole(cells.get("own", "")))
        texts = {key: text for key, text in cells.items() if key not in ("version", "fiche", "own")}
        yield ReturnedRow(row.number, cells.get("version", ""), fiche, own, texts)


def _whole(text: str) -> str:
    return text.removesuffix(".0")


def _known_headers(tab: Tab) -> dict[str, str]:
    found = {tab.mark: "version"}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found[str(FICHE.id_header)] = "fiche"
            if not tab.is_listing:
                found[str(tab.id_header)] = "own"
            for column in tab.columns:
                found.setdefault(header_of(column), column.key)
    return found


def compare_sheet(found: Returned, user: User, *, only: int | None = None) -> Compared:
    """Against what stands, as far as the reader curates it. `only`: one listing, by its number."""
    compared = Compared()
    named = {row.fiche for rows in found.values() for row in rows if row.fiche}
    if only is not None:
        named &= {only}
    if len(named) > MOST:
        raise Refused(_("Ce classeur contient trop de fiches. Rapportez-le en plusieurs parties."))
    mine = {one.pk: one for one in whole(Supplier.objects.curated_by(user).filter(pk__in=named))}
    of = {pk: Differences(supplier) for pk, supplier in mine.items()}
    for tab in TABS:
        standing = {row.pk: row for row in rows_of(tab, list(mine.values()))}
        met: set[int] = set()
        for row in found.get(tab.mark, ()):
            if only is not None and row.fiche != only:
                continue
            where = {"tab": tab.title, "row": row.number}
            if row.fiche not in mine:
                compared.notes.append(
                    _(
                        "%(tab)s, ligne %(row)s : cette fiche n’existe pas, ou n’est pas dans votre territoire."
                    )
                    % where
                )
            elif not row.pk:
                if addition := _addition(tab, row, standing.values()):
                    of[row.fiche].additions.append(addition)
            elif row.pk in met:
                compared.notes.append(
                    _("%(tab)s, ligne %(row)s : la même ligne est là deux fois; seule la première compte.")
                    % where
                )
            elif row.pk not in standing or (not tab.is_listing and standing[row.pk].supplier_id != row.fiche):
                compared.notes.append(
                    _("%(tab)s, ligne %(row)s : quelqu’un l’a retirée depuis l’exportation.") % where
                )
            else:
                of[row.fiche].changes += _changes(tab, row, standing[row.pk])
            met.add(row.pk)
    compared.of = [one for one in of.values() if one.changes or one.additions]
    compared.of.sort(key=lambda one: (-one.conflicts, one.supplier.organisation.name.casefold()))
    compared.untouched = len(of) - len(compared.of)
    return compared


def _changes(tab: Tab, row: ReturnedRow, standing: Any) -> Iterator[Change]:
    seen = seen_digests(tab, row.version)
    texts = texts_of(tab, standing)
    for column in tab.columns:
        if column.parse is None or column.key not in row.texts:
            continue
        ours, theirs = texts[column.key], row.texts[column.key]
        if plain(ours) == plain(theirs):
            continue
        base = seen.get(column.key)
        if base is not None and same_digest(base, tab, row.pk, column.key, theirs):
            continue  # nobody touched it in the workbook; what stands is newer
        value, fault = _parsed(column, theirs)
        if not fault and value == _parsed(column, ours)[0]:
            continue  # « 5 000 $ » is 5000
        is_conflict = base is None or not same_digest(base, tab, row.pk, column.key, ours)
        key = f"{tab.mark}:{row.pk}:{column.key}"
        yield Change(key, tab, column, row.pk, ours, theirs, value, is_conflict, fault)


def _parsed(column: Column, text: str) -> tuple[Any, str]:
    if column.parse is None:
        return None, ""
    try:
        return column.parse(column.key, plain(text)), ""
    except CellError as error:
        return None, error.message


def _addition(tab: Tab, row: ReturnedRow, standing: Iterable[Any]) -> Addition | None:
    """None where nothing is said, or where it stands already: written a moment ago, the page being sent twice. A listing
    is never added here."""
    written = {
        column.key: row.texts.get(column.key, "") for column in tab.columns if column.parse is not None
    }
    if tab.is_listing or not any(plain(text) for text in written.values()):
        return None
    values, faults = {}, []
    for key, text in written.items():
        column = tab.column(key)
        values[key], fault = _parsed(column, text or ("service" if key == "kind" else ""))
        if fault:
            faults.append(f"{header_of(column)}\u00a0: {fault}")
    if not faults and any(one.supplier_id == row.fiche and _says(tab, one, values) for one in standing):
        return None
    said = ", ".join(plain(text) for text in written.values() if plain(text))
    return Addition(f"{tab.mark}:+{row.number}", tab, row.number, values, said[:300], " ".join(faults))


def _says(tab: Tab, standing: Any, values: dict[str, Any]) -> bool:
    texts = texts_of(tab, standing)
    return all(_parsed(tab.column(key), texts[key])[0] == value for key, value in values.items())
