"""What a file says otherwise of a listing that a person keeps: shown field by field, taken or settled by a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils.translation import gettext as _

from marketplace.accounts.models import Organisation
from marketplace.accounts.permissions import check_permission
from marketplace.territories.places import current_gazetteer
from marketplace.web.errors import WrongMove
from marketplace.web.folding import fold_text
from marketplace.web.verbs import verb
from suppliers.cells import CellError
from suppliers.editing import update_supplier
from suppliers.importing.mappings import MAPPINGS
from suppliers.importing.rows import SupplierRow
from suppliers.models import RegistryRecord, Supplier
from suppliers.permissions import can_curate_supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

OF_ORGANISATION = ("name", "address", "town", "postal_code", "email", "phone", "website")
OF_SUPPLIER = ("legal_form", "activity", "sector_id", "staff_count", "capacity")
PLACE = ("municipality_id", "mrc_id", "region_id", "lat", "lon")


@dataclass(frozen=True)
class Difference:
    """One field: its column, its label, what stands and what the file says, both as people read them."""

    column: str
    label: str
    ours: str
    theirs: str


def differing_columns(
    row: SupplierRow, organisation: Organisation, supplier: Supplier, mapping: str
) -> list[str]:
    """The columns where a file says something else. It says nothing in a blank cell; the registry's capitals say nothing new."""
    return [
        column
        for columns, said, row_of in (
            (OF_ORGANISATION, row.organisation, organisation),
            (OF_SUPPLIER, row.supplier, supplier),
        )
        for column in columns
        if said.get(column) not in (None, "") and not _same(said[column], getattr(row_of, column), mapping)
    ]


def _same(theirs: Any, ours: Any, mapping: str) -> bool:
    if isinstance(theirs, str) and isinstance(ours, str) and mapping == "req":
        return fold_text(theirs) == fold_text(ours)
    return bool(theirs == ours)


def open_differences(supplier: Supplier) -> list[Difference]:
    """What the last file says otherwise and nobody settled. No query where the record and the organisation came along."""
    record: RegistryRecord | None = getattr(supplier, "registry", None)
    if record is None or not record.differs:
        return []
    row = row_of_record(record)
    if row is None:
        return []
    said = {**row.organisation, **row.supplier}
    now = differing_columns(row, supplier.organisation, supplier, record.mapping)
    return [
        Difference(
            column,
            label_of_column(column),
            written_value(column, getattr(_owner(supplier, column), column)),
            written_value(column, said[column]),
        )
        for column in record.differs
        if column in now
    ]


def row_of_record(record: RegistryRecord) -> SupplierRow | None:
    """The kept row, read as it would be today; None where it was read under older rules."""
    mapping = MAPPINGS.get(record.mapping)
    if mapping is None:
        return None
    try:
        return mapping.read({key: str(text) for key, text in record.values.items()}, 0, current_gazetteer())
    except CellError:
        return None


def _owner(supplier: Supplier, column: str) -> Model:
    return supplier.organisation if column in OF_ORGANISATION else supplier


def label_of_column(column: str) -> str:
    """« téléphone »: the column as forms name it."""
    model = Organisation if column in OF_ORGANISATION else Supplier
    return str(getattr(model._meta.get_field(column.removesuffix("_id")), "verbose_name", column))


def written_value(column: str, value: Any) -> str:
    """A value as people read it."""
    if column == "legal_form" and value:
        return str(dict(Supplier._meta.get_field("legal_form").flatchoices).get(value, value))
    return "" if value is None else str(value)


@verb
def take_file_value(*, supplier: Supplier, column: str, by: User | None) -> None:
    """Staff take what the file says for one field; the others stay open. Raises `WrongMove` where it says it no more."""
    record = RegistryRecord.objects.select_for_update().filter(supplier=supplier).first()
    row = row_of_record(record) if record and column in record.differs else None
    said: Mapping[str, Any] = {**row.organisation, **row.supplier} if row else {}
    if record is None or column not in said:
        raise WrongMove(_("Le fichier a changé depuis : rechargez la page."))
    changes = {column: said[column]}
    if column == "town":  # a town and where it is never disagree
        changes |= {name: said[name] for name in PLACE if name in said}
    update_supplier(supplier=supplier, by=by, changes=changes)
    record.differs = [name for name in record.differs if name != column]
    record.save(update_fields=["differs"])


@verb
def keep_our_values(*, supplier: Supplier, by: User | None) -> None:
    """« Garder les valeurs de Maillage »: what this row says is settled until a file says something else again."""
    check_permission(
        can_curate_supplier, by, supplier, sentence=_("Cette fiche n’est pas dans votre territoire.")
    )
    record = RegistryRecord.objects.select_for_update().filter(supplier=supplier).first()
    if record is None:
        raise WrongMove(_("Le fichier a changé depuis : rechargez la page."))
    record.differs = []
    record.settled = record.fingerprint
    record.save(update_fields=["differs", "settled"])
