"""A list of public bodies into the pipeline: those that are known are recognised, the others come, faults are told by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import Organisation, User, is_in_territory
from marketplace.accounts.people import erased_among
from marketplace.accounts.person_marks import PersonMarks
from marketplace.accounts.retention import remove_row
from marketplace.outreach.models import Approach, ContactEntry
from marketplace.outreach.pipeline.following import start_approach
from marketplace.territories.models import Pole
from marketplace.territories.places import current_gazetteer
from marketplace.web.admin_lists import folded_column
from marketplace.web.errors import NotAllowed
from marketplace.web.folding import fold_text
from marketplace.web.locks import hold_lock
from marketplace.web.tabular import Limits, Row, Table, TableError, open_tables
from marketplace.web.verbs import verb
from suppliers.cells import CellError, parse_email, parse_neq, parse_phone, parse_text, parse_website
from suppliers.importing.areas import find_area
from suppliers.importing.headers import LISTING_SYNONYMS, columns_by_key, known_column

#: More in one file is no list that three people call.
MOST_ROWS = 2_000
LOCK = 2_026_004
LIMITS = Limits(bytes=5 * 1024 * 1024, rows=MOST_ROWS + 50)
COLUMNS = (
    "neq", "name", "town", "mrc", "region", "phone", "email", "website",
    "contact_name", "contact_title", "contact_email", "contact_phone",
)  # fmt: skip
KIND_SYNONYMS = ("Type", "Type d’institution", "Type d’organisme", "Catégorie", "Genre", "Secteur", "Kind")
NAME_SYNONYMS = ("Institution", "Organisme public", "Nom de l’institution", "Public body", "Acheteur")
#: The first of these words in a cell or a name says the kind.
KINDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Buyer.Kind.MRC, ("mrc", "municipalite regionale")),
    (Buyer.Kind.MUNICIPALITY, ("municipalite", "ville", "municipal", "canton", "paroisse", "village")),
    (Buyer.Kind.HEALTH, ("sante", "ciusss", "cisss", "hopital", "chsld")),
    (Buyer.Kind.SCHOOL, ("scolaire", "ecole", "school")),
    (Buyer.Kind.CEGEP, ("cegep", "collegial", "college")),
    (Buyer.Kind.UNIVERSITY, ("universit",)),
    (Buyer.Kind.MINISTRY, ("ministere", "ministry")),
    (Buyer.Kind.STATE_ENTERPRISE, ("societe d etat", "hydro")),
    (Buyer.Kind.PRIVATE, ("prive", "private")),
)


@dataclass
class ImportOutcome:
    """`rejected`: (row, sentence); `added` are names; `known` were recognised, of which `already` in the pipeline."""

    batch: UUID
    read: int = 0
    added: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    already: list[str] = field(default_factory=list)
    rejected: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class _TriedOut(Exception):
    """A trial: everything that it wrote is taken back."""


@cache
def _known_headers() -> dict[str, str]:
    synonyms = {column: LISTING_SYNONYMS[column] for column in COLUMNS if column in LISTING_SYNONYMS}
    known = columns_by_key({}, synonyms)
    for column, more in (("name", NAME_SYNONYMS), ("kind", KIND_SYNONYMS)):
        known = columns_by_key({}, {column: more}) | known
    return known


def header_score(cells: list[str]) -> int:
    """How many columns are known; 0 without a name."""
    found = {known_column(cell, _known_headers()) for cell in cells if cell.strip()} - {None}
    return len(found) if "name" in found else 0


@verb
def import_bodies(*, path: Path, pole: Pole, owner: User | None, by: User, is_trial: bool) -> ImportOutcome:
    """Read a file; with `is_trial` nothing of it is kept. Raises `TableError` where it is no table that can be read."""
    outcome = ImportOutcome(uuid4())
    hold_lock(LOCK)  # sent twice at once, the second finds what the first brought
    try:
        with transaction.atomic(), open_tables(path, score=header_score, limits=LIMITS) as tables:
            is_any = False
            for table in tables.each:
                if not table.is_known:
                    continue
                is_any = True
                _import_table(table, outcome, pole=pole, owner=owner, by=by)
            outcome.notes += tables.notes
            if not is_any:
                raise TableError(
                    _("Aucune ligne d’en-tête avec le nom des organisations. Nommez cette colonne « Nom ».")
                )
            if is_trial:
                raise _TriedOut
    except _TriedOut:
        pass
    return outcome


def _import_table(table: Table, outcome: ImportOutcome, *, pole: Pole, owner: User | None, by: User) -> None:
    columns: dict[str, int] = {}
    for at, header in enumerate(table.header.cells):
        if (column := known_column(header, _known_headers())) and column not in columns:
            columns[column] = at
    seen: dict[int, int] = {}
    for row in table.rows:
        if not row.fault and not any(cell.strip() for cell in row.cells):
            continue
        outcome.read += 1
        if outcome.read > MOST_ROWS:
            raise TableError(_("Ce fichier a plus de %(n)s lignes. Divisez-le.") % {"n": MOST_ROWS})
        try:
            body = read_body(row, columns)
            with transaction.atomic():
                _take_body(body, row.number, outcome, seen, pole=pole, owner=owner, by=by)
        except CellError as error:
            outcome.rejected.append((row.number, error.message))
        except NotAllowed:
            outcome.rejected.append((row.number, _("Cette organisation n’est pas de votre territoire.")))


def read_body(row: Row, columns: dict[str, int]) -> dict[str, Any]:
    """The cells of a row, cleaned. Raises `CellError` with a sentence."""
    if row.fault:
        raise CellError("name", row.fault)
    cells = {name: row.cells[at] if at < len(row.cells) else "" for name, at in columns.items()}
    limits = {"name": 255, "town": 120, "contact_name": 160, "contact_title": 160}
    body: dict[str, Any] = {
        name: parse_text(name, cells.get(name, ""), limit) for name, limit in limits.items()
    }
    if not fold_text(body["name"]):
        raise CellError("name", _("Il manque le nom."))
    body["neq"] = parse_neq("neq", cells["neq"]) if cells.get("neq", "").strip() else ""
    for name in ("email", "contact_email"):
        body[name] = parse_email(name, cells.get(name, ""))
    for name in ("phone", "contact_phone"):
        body[name] = parse_phone(name, cells.get(name, ""))
    body["website"] = parse_website("website", cells.get("website", ""))
    body["kind"] = kind_of_body(cells.get("kind", ""), body["name"])
    body |= _place(cells, body["town"])
    return body


def kind_of_body(said: str, name: str) -> str:
    for text in (said, name):
        folded = f" {fold_text(text)} "
        for kind, words in KINDS:
            if any(f" {word}" in folded for word in words):
                return str(kind)
    return Buyer.Kind.OTHER


def _place(cells: dict[str, str], town: str) -> dict[str, Any]:
    """By the MRC or the region that is written, else by the town."""
    for column in ("mrc", "region"):
        text = cells.get(column, "").strip()
        if not text:
            continue
        area = (find_area(f"MRC {text}") if column == "mrc" else None) or find_area(text)
        if area is None or area == ("", ""):
            raise CellError(column, _("« %(value)s » n’est ni une région ni une MRC.") % {"value": text[:60]})
        if area[1]:
            return {"mrc_id": area[1], "region_id": None}
    place = current_gazetteer().resolve(town) if town else None
    if place is not None and place.mrc:
        return {"mrc_id": place.mrc, "region_id": place.region, "municipality_id": place.municipality}
    return {"mrc_id": None, "region_id": None}


def _take_body(
    body: dict[str, Any],
    number: int,
    outcome: ImportOutcome,
    seen: dict[int, int],
    *,
    pole: Pole,
    owner: User | None,
    by: User,
) -> None:
    organisation = find_body(body)
    is_new = organisation is None
    if organisation is None:
        organisation = _new_organisation(body, pole)
        if not is_in_territory(by, organisation):
            raise NotAllowed
    if (first := seen.setdefault(organisation.pk, number)) != number:
        raise CellError("name", _("La même organisation qu’à la ligne %(row)s.") % {"row": first})
    person = {
        name: body[name] for name in ("contact_name", "contact_title", "contact_email", "contact_phone")
    }
    marks = PersonMarks(name=body["contact_name"], email=body["contact_email"], phone=body["contact_phone"])
    if erased_among([(marks, body["neq"] or body["name"])]):
        person = {}
        outcome.notes.append(
            _("Ligne %(row)s : la personne a demandé l’effacement de son nom; il n’est pas repris.")
            % {"row": number}
        )
    _row, started = start_approach(
        organisation=organisation,
        side=Approach.Side.BUYING,
        pole=pole,
        source=Approach.Source.LIST,
        owner=owner,
        known={"kind": body["kind"], "batch": outcome.batch, **person},
        by=by,
    )
    if is_new:
        outcome.added.append(organisation.name)
    else:
        (outcome.known if started else outcome.already).append(organisation.name)


def find_body(body: dict[str, Any]) -> Organisation | None:
    """The organisation that has the NEQ, else the only one of that name in that MRC. A name alone recognises nobody, and one
    whose listing gave way to another stands no more."""
    if body["neq"] and (found := Organisation.objects.hold_with_neq(body["neq"])):
        return found
    rows = Organisation.objects.annotate(folded=folded_column("name")).filter(
        folded=fold_text(body["name"]), awaits_review=False, merged_into=None
    )
    if body["neq"]:
        rows = rows.filter(neq=None)
    if not body["mrc_id"]:
        raise CellError("mrc", _("Il manque la MRC ou la ville : le nom seul ne suffit pas."))
    same = list(rows.filter(mrc=body["mrc_id"])[:2])
    if len(same) > 1:
        raise CellError("name", _("Plusieurs organisations de cette MRC portent ce nom : ajoutez le NEQ."))
    return same[0] if same else None


def _new_organisation(body: dict[str, Any], pole: Pole) -> Organisation:
    names = ("name", "town", "phone", "email", "website", "mrc_id", "region_id")
    organisation = Organisation(
        neq=body["neq"] or None,
        municipality_id=body.get("municipality_id"),
        **{name: body[name] for name in names},
    )
    if organisation.mrc_id and organisation.region_id is None and organisation.mrc:
        organisation.region_id = organisation.mrc.region_id
    if not organisation.mrc_id:
        organisation.pole = pole
    organisation.save()
    return organisation


@verb
def undo_body_import(*, batch: UUID, by: User) -> tuple[int, list[str]]:
    """Take back what an import brought, as far as nobody worked on it since; how many, and the names of those that stay."""
    rows = Approach.objects.visible_to(by).filter(batch=batch).placed().select_related("organisation")
    undone, stay = 0, []
    for row in rows.order_by("pk"):
        organisation = row.organisation
        noted = ContactEntry.objects.filter(organisation=organisation, pole=row.pole_id).exists()
        is_touched = noted or row.place != Approach.Stage.TO_ASK or row.invitations.exists()
        if is_touched:
            stay.append(organisation.name)
            continue
        born_here = _came_with(row)
        remove_row(row)
        undone += 1
        if born_here and _is_nobodys(organisation):
            remove_row(organisation)
    return undone, stay


def _came_with(row: Approach) -> bool:
    """The same import wrote the row and its organisation: their history has one context."""
    events: Any = Approach
    began = events.pgh_event_model.objects.filter(pgh_obj_id=row.pk, pgh_label="insert")
    events = Organisation
    born = events.pgh_event_model.objects.filter(pgh_obj_id=row.organisation_id, pgh_label="insert")
    return bool(born.filter(pgh_context__in=began.values("pgh_context")).exists())


def _is_nobodys(organisation: Organisation) -> bool:
    """Nothing but the list ever spoke of it."""
    return not (
        hasattr(organisation, "buyer")
        or hasattr(organisation, "supplier")
        or organisation.memberships.exists()
        or organisation.approaches.exists()
        or organisation.contact_entries.exists()
        or organisation.awards.exists()
    )
