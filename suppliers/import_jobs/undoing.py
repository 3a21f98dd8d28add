"""Taking back what an import wrote, row by row: what it made goes, what it changed is as it was, what anybody touched since stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import CASCADE, Model, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel

from marketplace.accounts.models import Organisation
from marketplace.web.carriers import made_by_themselves
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS
from suppliers.import_jobs.standing import digest_of, standing_of
from suppliers.importing.belongings import SupplierBelongings
from suppliers.importing.rows import ContactLine, OfferLine, SupplierRow
from suppliers.importing.writer import save_rows
from suppliers.models import Contact, ListedRow, RegistryRecord, Supplier, SupplierImport, SupplierImportRow

Left = SupplierImportRow.Left
#: Rows that hang on a listing and are no sign that somebody used it: the digest sees them, or they are of every listing.
#: Of other models `web.carriers` says which rows nobody made.
BY_THEMSELVES = frozenset(
    {
        "suppliers.Contact", "suppliers.RegistryRecord", "suppliers.HeldCertification", "suppliers.DirectoryEntry",
        "suppliers.ListedRow", "suppliers.Offer", "suppliers.ServedArea", "suppliers.Supplier", "suppliers.Supplier_purposes",
        "suppliers.DuplicateCheck", "accounts.PersonalDataRead",
    }
)  # fmt: skip
OWN = ("source",)


def take_back(job: SupplierImport, rows: Sequence[SupplierImportRow]) -> None:
    """Undo these rows, inside a transaction, and save what became of each."""
    ids = [row.supplier_id for row in rows if row.supplier_id]
    held = Supplier.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    suppliers = {supplier.pk: supplier for supplier in held.select_related("organisation")}
    list(Organisation.objects.select_for_update().filter(supplier__in=ids).order_by("pk").values_list("pk"))
    made = [row for row in rows if row.before and row.before["made"]]
    unlike = _changed_since(rows)
    again = _named_again(job, ids)
    used = _used([row.supplier_id for row in made if row.supplier_id], suppliers)
    going: list[SupplierImportRow] = []
    back: list[SupplierImportRow] = []
    for row in rows:
        supplier = suppliers.get(row.supplier_id or 0)
        if supplier is None:
            row.left = Left.GONE
        elif not row.after:  # only what the file says of a listing that people keep was noted
            back.append(row)
        elif supplier.pk in unlike:
            row.left = Left.CHANGED
        elif supplier.pk in again:
            row.left = Left.NAMED_AGAIN
        elif supplier.pk in used:
            row.left = Left.USED
        elif row in made:
            going.append(row)
        else:
            back.append(row)
    _bring_back(job, [(row, suppliers[row.supplier_id or 0]) for row in back])
    _take_away([(row, suppliers[row.supplier_id or 0]) for row in going])
    for row in (*going, *back):
        row.is_undone = True
    for row in going:
        row.supplier = None
    SupplierImportRow.objects.rewrite(rows, ["left", "is_undone", "supplier"])


def _changed_since(rows: Iterable[SupplierImportRow]) -> set[int]:
    after = {row.supplier_id: row.after for row in rows if row.supplier_id and row.after}
    return {pk for pk, standing in standing_of(list(after)).items() if digest_of(standing) != after[pk]}


def _named_again(job: SupplierImport, ids: Collection[int]) -> set[int]:
    """Listings that a later import names too, and that was not undone."""
    later = SupplierImportRow.objects.filter(
        supplier__in=ids,
        is_undone=False,
        outcome__in=["created", "updated", "unchanged"],
        supplier_import__state__in=[SupplierImport.State.RUNNING, SupplierImport.State.DONE],
        supplier_import__started_at__gt=job.started_at,
    )
    return set(later.exclude(supplier_import=job).values_list("supplier_id", flat=True))


def _used(ids: Collection[int], suppliers: dict[int, Supplier]) -> set[int]:
    """Listings, of those that the import made, on which something hangs that people did, in any app."""
    if not ids:
        return set()
    owner = {suppliers[pk].organisation_id: pk for pk in ids if pk in suppliers}
    found = {pk for rows, column in _hanging(Supplier, ids) for pk in rows.values_list(column, flat=True)}
    for rows, column in _hanging(Organisation, list(owner)):
        found |= {owner[pk] for pk in rows.values_list(column, flat=True)}
    return found


def _hanging(model: type[Model], ids: Collection[int]) -> Iterable[tuple[QuerySet[Any], str]]:
    nobodys = made_by_themselves()
    for relation in model._meta.get_fields(include_hidden=True):  # owners mostly need no way back
        if not isinstance(relation, ForeignObjectRel) or getattr(relation, "on_delete", None) is not CASCADE:
            continue
        if relation.related_model._meta.label in BY_THEMSELVES:
            continue
        column = relation.field.attname
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": ids})
        if (nobody := nobodys.get(relation.related_model)) is not None:
            rows = rows.exclude(nobody)
        yield rows, column


def _take_away(pairs: Sequence[tuple[SupplierImportRow, Supplier]]) -> None:
    """What the import made: the listing, and its organisation where that came with it."""
    whole = [s.organisation_id for row, s in pairs if row.before and row.before["made"] == "organisation"]
    alone = [(row, s) for row, s in pairs if row.before and row.before["made"] == "supplier"]
    Organisation.objects.filter(pk__in=whole).delete()
    for row, supplier in alone:
        _set_columns(supplier.organisation, row.before or {}, "organisation")
    save_rows([supplier.organisation for _row, supplier in alone], ORGANISATION_FIELDS)
    Supplier.objects.filter(pk__in=[supplier.pk for _row, supplier in alone]).delete()


def _bring_back(job: SupplierImport, pairs: Sequence[tuple[SupplierImportRow, Supplier]]) -> None:
    """What stood before."""
    seats = [
        s.organisation for row, s in pairs if _set_columns(s.organisation, row.before or {}, "organisation")
    ]
    profiles = [s for row, s in pairs if _set_columns(s, row.before or {}, "supplier")]
    save_rows(seats, ORGANISATION_FIELDS)
    save_rows(profiles, (*SUPPLIER_FIELDS, *OWN))
    contacts = _former_contacts(job, [s.pk for row, s in pairs if (row.before or {}).get("contacts")])
    SupplierBelongings((s, _former_row(row, contacts.get(s.pk))) for row, s in pairs).write()
    for row, supplier in pairs:
        _bring_record_back(job, row, supplier)


def _set_columns(row: Any, before: dict[str, Any], part: str) -> bool:
    kept = before.get(part) or {}
    model = type(row)
    for name, value in kept.items():
        setattr(
            row,
            name,
            model._meta.get_field(name.removesuffix("_id")).to_python(value) if value is not None else None,
        )
    return bool(kept)


def _former_row(row: SupplierImportRow, contacts: list[ContactLine] | None) -> SupplierRow:
    """What hung on the listing, as a row of a file would say it."""
    before = row.before or {}
    offers = before.get("offers")
    areas = before.get("areas")
    return SupplierRow(
        number=row.place,
        neq="",
        organisation={},
        supplier={},
        offers=None
        if offers is None
        else [OfferLine(one["kind"], one["title"], tuple(one["codes"])) for one in offers],
        areas=None if areas is None else [(region, mrc) for offer, region, mrc in areas if offer is None],
        purposes=before.get("purposes"),
        certifications=before.get("certifications"),
        contacts=contacts,
    )


def _former_contacts(job: SupplierImport, ids: Collection[int]) -> dict[int, list[ContactLine]]:
    """The people whom the import took away, from their history: who asked to be erased is not there any more."""
    if not ids:
        return {}
    events: Any = Contact.pgh_event_model.objects  # type: ignore[attr-defined]
    gone = events.filter(
        supplier_id__in=ids, pgh_label="delete", pgh_context__metadata__supplier_import=job.pk
    )
    found: dict[int, list[ContactLine]] = {pk: [] for pk in ids}
    for one in gone.order_by("id"):
        line = ContactLine(one.name, one.title, one.email, one.phone, one.is_public)
        found[one.supplier_id].append(line)
    return found


def _bring_record_back(job: SupplierImport, row: SupplierImportRow, supplier: Supplier) -> None:
    """What the former file said is said again, unless a later one has spoken."""
    before = row.before or {}
    rows: QuerySet[Any]
    if before.get("kind") == "registry":
        rows = RegistryRecord.objects.filter(supplier=supplier, fingerprint=before.get("said", ""))
    else:
        rows = ListedRow.objects.filter(supplier=supplier, pole=job.pole, fingerprint=before.get("said", ""))
    if before.get("record") is None:
        rows.delete()
    else:
        rows.update(**before["record"])
