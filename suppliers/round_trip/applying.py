"""A workbook brought back, and the changes of it that a person chose: each listing in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.classification.labels import ensure_codes
from marketplace.classification.models import UnspscCode
from marketplace.territories.places import current_gazetteer
from marketplace.web.errors import Refused, WrongMove
from marketplace.web.private_files import Checked, delete_private_file, store_private_file
from marketplace.web.verbs import verb
from suppliers import states
from suppliers.columns import set_columns
from suppliers.curation import DecisionNote, hold_supplier
from suppliers.editing import update_supplier
from suppliers.importing.rows import SupplierRow
from suppliers.models import Contact, Offer, ReturnedSheet, ServedArea, Supplier
from suppliers.round_trip.columns import CONTACTS, FICHE, LISTINGS, OFFERS, Tab
from suppliers.round_trip.comparing import (
    Addition,
    Change,
    Differences,
    Returned,
    compare_sheet,
    read_sheet,
)

KEEP = timedelta(days=30)


@verb
def bring_back_sheet(*, upload: Checked, by: User) -> ReturnedSheet:
    """Keep a workbook while its changes are chosen. Raises `Refused` where it is none of ours."""
    held = User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    same = ReturnedSheet.objects.filter(created_by=held, file__sha256=upload.sha256).first()
    if same is not None:
        return same
    file = store_private_file(upload=upload, by=by, holder=by)
    sheet = ReturnedSheet.objects.create(
        name=upload.name[:120], created_by=by, file=file, forget_at=timezone.now() + KEEP
    )
    read_sheet(file)
    return sheet


@verb
def drop_sheet(*, sheet: ReturnedSheet, by: User) -> None:
    file = sheet.file
    sheet.delete()
    delete_private_file(file=file, by=by)


@verb
def forget_sheets(*, by: None) -> int:
    """After thirty days; how many went."""
    rows = list(ReturnedSheet.objects.outdated().select_related("file")[:100])
    for sheet in rows:
        file = sheet.file
        sheet.delete()
        delete_private_file(file=file, by=by)
    return len(rows)


def apply_changes(*, sheet: ReturnedSheet, chosen: Mapping[str, str], by: User) -> tuple[int, list[str]]:
    """`chosen`: keys of changes, each with the digest of what the page showed. How many were written, and what was not."""
    written, refused = 0, []
    returned = read_sheet(sheet.file)
    for differences in compare_sheet(returned, by).of:
        keys = {one.key for one in [*differences.changes, *differences.additions]} & chosen.keys()
        if not keys:
            continue
        try:
            written += apply_to_listing(
                supplier=differences.supplier,
                returned=returned,
                chosen={key: chosen[key] for key in keys},
                name=sheet.name,
                by=by,
            )
        except Refused as why:
            refused.append(f"{differences.supplier}\u00a0: {why}")
    ReturnedSheet.objects.filter(pk=sheet.pk).update(written=F("written") + written)
    return written, refused


@verb
def apply_to_listing(
    *, supplier: Supplier, returned: Returned, chosen: Mapping[str, str], name: str, by: User
) -> int:
    """Of one listing, held: compared again as it stands now, so that what a colleague wrote meanwhile is not lost."""
    held = hold_supplier(states.UPDATE, supplier, by)
    now = next(iter(compare_sheet(returned, by, only=held.pk).of), Differences(held))
    changes = [one for one in now.changes if one.key in chosen]
    additions = [one for one in now.additions if one.key in chosen]
    if any(one.seen != chosen[one.key] for one in changes):
        raise WrongMove(_("quelqu’un vient de la modifier : regardez les deux valeurs avant de choisir."))
    wrong = [one.fault for one in (*changes, *additions) if one.fault]
    if wrong:
        raise WrongMove(" ".join(wrong))
    if not changes and not additions:
        return 0
    _write_rows(OFFERS, held, changes)
    _write_rows(CONTACTS, held, changes)
    _add_rows(held, additions)
    own = {one.column.key: one.value for one in changes if one.tab.mark == LISTINGS}
    if "areas" in own:
        _write_areas(held, own["areas"])
    update_supplier(
        supplier=held,
        by=by,
        changes=_columns(held, own, by),
        purposes=own.get("purposes"),
        certifications=own.get("certifications"),
        note=DecisionNote(_("Classeur « %(name)s »") % {"name": name}),
    )
    return len(changes) + len(additions)


def _columns(held: Supplier, own: Mapping[str, Any], by: User) -> dict[str, Any]:
    """By column of the database; a town and where it is never disagree."""
    found = {FICHE.column(key).target: value for key, value in own.items() if FICHE.column(key).target}
    if "town" in found or "postal_code" in found:
        town = found.get("town", held.organisation.town)
        code = found.get("postal_code", held.organisation.postal_code)
        row = SupplierRow(0, "", {"name": "", "postal_code": code}, {})
        row.locate(current_gazetteer(), town, None, "town")
        mrc = row.organisation["mrc_id"]
        if not by.is_superuser and mrc and mrc not in by.covered_mrcs:
            raise WrongMove(_("« %(town)s » n’est pas dans votre territoire.") % {"town": town})
        if mrc:
            found |= {
                name: row.organisation[name]
                for name in ("municipality_id", "mrc_id", "region_id", "lat", "lon")
            }
    return found


def _write_rows(mark: str, held: Supplier, changes: Iterable[Change]) -> None:
    model: Any = {OFFERS: Offer, CONTACTS: Contact}[mark]
    by_row: dict[int, list[Change]] = {}
    for change in changes:
        if change.tab.mark == mark:
            by_row.setdefault(change.pk, []).append(change)
    for pk, said in by_row.items():
        row = model.objects.select_for_update().get(pk=pk, supplier=held)
        _save(row, said[0].tab, {one.column.key: one.value for one in said})


def _add_rows(held: Supplier, additions: Iterable[Addition]) -> None:
    for addition in additions:
        model: Any = {OFFERS: Offer, CONTACTS: Contact}[addition.tab.mark]
        _save(model(supplier=held), addition.tab, addition.values)


def _save(row: Any, tab: Tab, values: Mapping[str, Any]) -> None:
    """Through the model's own checks."""
    set_columns(
        row, {tab.column(key).target: value for key, value in values.items() if tab.column(key).target}
    )
    try:
        row.full_clean()
    except ValidationError as error:
        raise WrongMove(" ".join(error.messages)) from error
    row.save()
    if "codes" in values:
        row.codes.set(UnspscCode.objects.filter(pk__in=ensure_codes(values["codes"])))


def _write_areas(held: Supplier, areas: Iterable[tuple[str, str]]) -> None:
    """Of the whole listing; those of single offers stay."""
    wanted = set(areas)
    for area in held.served_areas.filter(offer=None):
        pair = (area.region_id or "", area.mrc_id or "")
        if pair in wanted:
            wanted.discard(pair)
        else:
            area.delete()
    ServedArea.objects.bulk_create(
        ServedArea(supplier=held, region_id=region or None, mrc_id=mrc or None)
        for region, mrc in sorted(wanted)
    )
