"""Two listings beside each other: each field as people read it, where they differ, and which value one would take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.accounts.claimed_neq import PLACE_FIELDS
from marketplace.accounts.models import Organisation
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_day, format_neq, format_number
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

KEPT, LOST = "kept", "lost"
#: Whose address stays, where nobody says otherwise: the one that went furthest.
STANDING = (
    Status.PUBLISHED, Status.SUBMITTED, Status.SUSPENDED, Status.DRAFT, Status.PROSPECT, Status.ARCHIVED,
)  # fmt: skip


@dataclass(frozen=True)
class Field:
    """`columns` are taken together."""

    key: str
    columns: tuple[str, ...]
    of: type[models.Model]
    label: str | _StrPromise = ""

    @property
    def said(self) -> str:
        column: Any = self.of._meta.get_field(self.columns[0].removesuffix("_id"))
        return capfirst(str(self.label or column.verbose_name))


FIELDS = (
    Field("neq", ("neq",), Organisation),
    Field("name", ("name",), Organisation),
    Field("place", PLACE_FIELDS, Organisation, gettext_lazy("adresse")),
    Field("phone", ("phone",), Organisation),
    Field("email", ("email",), Organisation),
    Field("website", ("website",), Organisation),
    Field("pole", ("pole_id",), Organisation),
    Field("legal_form", ("legal_form",), Supplier),
    Field("activity", ("activity",), Supplier),
    Field("sector", ("sector_id",), Supplier),
    Field("staff_count", ("staff_count",), Supplier),
    Field("capacity", ("capacity",), Supplier),
    Field("hours", ("hours",), Supplier),
    Field("people_served", ("people_served",), Supplier),
    Field("insurance", ("insured_for", "insured_until"), Supplier),
)


@dataclass(frozen=True)
class ComparedField:
    """`differs`: one has to choose. `default`: « kept » or « lost », the one that says something."""

    key: str
    label: str
    kept: str
    lost: str
    differs: bool
    default: str

    def as_chosen(self, choices: Mapping[str, str]) -> str:
        chosen = choices.get(self.key, "")
        return chosen if chosen in (KEPT, LOST) else self.default


def compare_suppliers(kept: Supplier, lost: Supplier) -> list[ComparedField]:
    """Fields that neither fills are left out. One or two queries for the names of places."""
    compared = []
    for field in FIELDS:
        mine, theirs = _said(field, kept), _said(field, lost)
        if not mine and not theirs:
            continue
        raw = _values(field, kept) != _values(field, lost)
        compared.append(
            ComparedField(
                key=field.key,
                label=field.said,
                kept=mine,
                lost=theirs,
                differs=bool(mine and theirs and raw and fold_text(mine) != fold_text(theirs)),
                default=LOST if theirs and not mine else KEPT,
            )
        )
    return compared


def columns_to_take(kept: Supplier, lost: Supplier, choices: Mapping[str, str]) -> dict[str, Any]:
    """What is written on `kept`: the columns of each field whose value of `lost` was chosen, or stands alone."""
    taken: dict[str, Any] = {}
    defaults = {one.key: one for one in compare_suppliers(kept, lost)}
    for field in FIELDS:
        compared = defaults.get(field.key)
        if compared is None or not compared.lost or compared.as_chosen(choices) != LOST:
            continue
        taken |= dict(zip(field.columns, _values(field, lost), strict=True))
    return taken


def seen_version(one: Supplier, other: Supplier) -> str:
    """What stands on both, as a keyed digest: nothing can be read from it. The same in either order."""
    rows = sorted((one, other), key=lambda row: row.pk)
    said = [[row.pk, row.status, *(repr(_values(field, row)) for field in FIELDS)] for row in rows]
    return salted_hmac("suppliers.duplicates", repr(said), algorithm="sha256").hexdigest()[:32]


def likelier_kept(one: Supplier, other: Supplier) -> tuple[Supplier, Supplier]:
    """Which would stay, and which give way: by state, by who was here first."""

    def rank(row: Supplier) -> tuple[int, bool, int]:
        return STANDING.index(Status(row.status)), not row.organisation.neq, row.pk

    first, second = sorted((one, other), key=rank)
    return first, second


def _owner(field: Field, supplier: Supplier) -> models.Model:
    return supplier.organisation if field.of is Organisation else supplier


def _values(field: Field, supplier: Supplier) -> tuple[Any, ...]:
    row = _owner(field, supplier)
    return tuple(getattr(row, column) for column in field.columns)


def _said(field: Field, supplier: Supplier) -> str:
    organisation = supplier.organisation
    if field.key == "place":
        named = [
            organisation.town,
            organisation.mrc.name if organisation.mrc and not organisation.town else "",
        ]
        return ", ".join(filter(None, [organisation.address, *named, organisation.postal_code]))
    if field.key == "neq":
        return format_neq(organisation.neq) if organisation.neq else ""
    if field.key == "legal_form":
        return capfirst(supplier.form_label) if supplier.legal_form else ""
    if field.key == "sector":
        return str(supplier.sector or "")
    if field.key == "pole":
        return str(organisation.pole or "")
    if field.key == "insurance":
        until = supplier.insured_until
        parts = [
            _dollars(supplier.insured_for),
            _("jusqu’au %(day)s") % {"day": format_day(until)} if until else "",
        ]
        return ", ".join(filter(None, parts))
    if field.key == "capacity":
        return _dollars(supplier.capacity)
    value = getattr(_owner(field, supplier), field.columns[0])
    return "" if value is None else str(value)


def _dollars(amount: int | None) -> str:
    return _("%(n)s $") % {"n": format_number(amount)} if amount else ""


def both_of(rows: Iterable[Supplier], first: int, second: int) -> tuple[Supplier, Supplier] | None:
    found = {row.pk: row for row in rows}
    return (found[first], found[second]) if first in found and second in found else None
