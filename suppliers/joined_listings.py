"""A pôle's row and the registry's row of one NEQ become one listing, and two again where that was wrong.

Each step is called inside a verb of `neq_confirmation`, on locked rows, and returns what its undoing needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from pghistory.models import Event

from marketplace.accounts.claimed_neq import (
    CONTACT_FIELDS,
    PLACE_FIELDS,
    merge_organisation,
    settle_claimed_neq,
    split_organisation,
)
from marketplace.accounts.models import Organisation
from marketplace.web.errors import WrongMove
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS, set_columns
from suppliers.models import Decision, ListedRow, RegistryRecord, Status, Supplier
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: What a row of a file has without anybody having touched it.
_OF_AN_IMPORT = frozenset(
    {
        "contacts", "decisions", "held_certifications", "listed_rows", "neq_proposals", "offers", "registry",
        "served_areas",
    }
)  # fmt: skip


def is_untouched(supplier: Supplier) -> bool:
    """A prospect of the registry that nobody holds, edited, answered for, chose or wrote about: only its import made it."""
    return (
        supplier.status == Status.PROSPECT
        and supplier.source == Supplier.Source.REGISTRY
        and is_only_imported(supplier)
    )


def is_only_imported(supplier: Supplier) -> bool:
    """The same, from the registry or from a pôle's file."""
    if (
        supplier.status not in (Status.PROSPECT, Status.DRAFT)
        or supplier.source == Supplier.Source.PERSON
        or supplier.curated_at is not None
        or supplier.organisation.memberships.exists()
    ):
        return False
    if supplier.decisions.exclude(channel=Decision.Channel.IMPORT).exists():
        return False
    return not any(
        relation.related_model._default_manager.filter(**{relation.field.name: supplier.pk}).exists()
        for relation in Supplier._meta.related_objects
        if relation.get_accessor_name() not in _OF_AN_IMPORT
        and not issubclass(relation.related_model, Event)  # its own history
    )


def is_kept_by_people(organisation: Organisation) -> bool:
    """Its name and place are not the registry's alone: members, a verified institution, a profile beside the supplier."""
    if organisation.institution_verified_on or organisation.memberships.exists():
        return True
    profiles = (
        r for r in Organisation._meta.related_objects if r.one_to_one and r.related_model is not Supplier
    )
    return any(
        r.related_model._default_manager.filter(**{r.field.name: organisation.pk}).exists() for r in profiles
    )


def join_listing(
    held: Supplier, known: Organisation, other: Supplier | None, *, by: User | None
) -> dict[str, Any]:
    """The pôle's supplier goes on, on the organisation that has the NEQ; the registry's supplier is gone.

    What the pôle wrote stays: name, ways to reach it, its address where it gave one; the registry gives the rest.
    """
    own = held.organisation
    before: dict[str, Any] = {
        "known": _columns(known, ORGANISATION_FIELDS),
        "supplier": _columns(held, SUPPLIER_FIELDS),
        "other": None,
    }
    into, filled = settle_claimed_neq(organisation=own, neq=str(known.neq), by=by)
    if not is_kept_by_people(into):
        said = {"name": own.name} | {
            name: getattr(own, name) for name in CONTACT_FIELDS if getattr(own, name)
        }
        if own.address or (own.municipality_id and own.municipality_id != into.municipality_id):
            said |= {name: getattr(own, name) for name in PLACE_FIELDS}
        if own.pole_id:
            said["pole_id"] = own.pole_id
        if names := set_columns(into, said):
            into.save(update_fields=[*names, "updated_at"])
    if other is not None:
        known_too = {
            name: getattr(other, name) for name in SUPPLIER_FIELDS if getattr(held, name) in ("", None)
        }
        set_columns(held, known_too)
        before |= replace_prospect(held, other)
    held.organisation = into
    held.save(
        update_fields=["organisation", *(name.removesuffix("_id") for name in SUPPLIER_FIELDS), "updated_at"]
    )
    before["merged"] = {**merge_organisation(organisation=own, into=into, by=by), "filled": filled}
    before["known_after"] = _columns(into, ORGANISATION_FIELDS)
    before["supplier_after"] = _columns(held, SUPPLIER_FIELDS)
    return before


def replace_prospect(held: Supplier, other: Supplier) -> dict[str, Any]:
    """An untouched prospect makes way for the supplier of the same NEQ; what the file said of it is kept beside that one."""
    before = {
        "other": _columns(other, ("slug", "source", "status", *SUPPLIER_FIELDS)),
        "rows": list(ListedRow.objects.filter(supplier=other).values_list("pk", flat=True)),
    }
    RegistryRecord.objects.filter(supplier=held).delete()
    RegistryRecord.objects.filter(supplier=other).update(supplier=held)
    ListedRow.objects.filter(supplier=other).update(supplier=held)
    other.delete()
    return before


def bring_prospect_back(
    held: Supplier, known: Organisation, before: dict[str, Any], *, by: User | None
) -> None:
    """The prospect that `replace_prospect` took away stands again on its organisation, which `held` has left."""
    columns = {"source": Supplier.Source.REGISTRY, "status": Status.PROSPECT, **before["other"]}
    slug = columns.pop("slug")
    is_free = not Supplier.objects.filter(slug=slug).exists()
    other = Supplier.objects.create(
        organisation=known,
        slug=slug if is_free else supplier_slug(known.name),
        **columns,
    )
    # Offers and contacts, which a pôle's file has, come back with the next import: it reads the row as new.
    changed = {"fingerprint": ""} if other.source == Supplier.Source.FILE else {}
    RegistryRecord.objects.filter(supplier=held).update(supplier=other, **changed)
    ListedRow.objects.filter(pk__in=before.get("rows", []), supplier=held).update(supplier=other)
    Decision.objects.create(
        supplier=other, verb="import", to_status=other.status, channel=Decision.Channel.IMPORT, by=by
    )


def split_listing(held: Supplier, before: dict[str, Any], *, by: User | None) -> None:
    """Two listings again. A column that someone changed since keeps what they wrote, on the side where they wrote it."""
    known = held.organisation
    now = _columns(known, ("name", *CONTACT_FIELDS))
    own = split_organisation(merged=before["merged"], out_of=known, by=by)
    set_columns(own, {name: value for name, value in now.items() if value != before["known_after"][name]})
    own.save()  # what was written since was written for the enterprise that the pôle meant
    _restore(known, before["known"], before["known_after"])
    _restore(held, before["supplier"], before["supplier_after"])
    held.organisation = own
    if held.status == Status.DRAFT:
        held.status, held.status_changed_at = Status.PROSPECT, timezone.now()
    held.save()
    if before["other"] is None:
        return
    bring_prospect_back(held, known, before, by=by)


def close_duplicate(held: Supplier, other: Supplier) -> dict[str, Any]:
    """The listing of that NEQ is kept by people: it stays as it is, and the pôle's row is closed beside it.

    The row of the list follows, so that the next import finds the listing and keeps what differs for the curator.
    """
    if held.organisation.memberships.exists():
        raise WrongMove(
            _(
                "Les deux fiches ont des membres. Demandez aux membres de la ligne du pôle de revendiquer l’autre fiche."
            )
        )
    rows = list(ListedRow.objects.filter(supplier=held).values_list("pk", flat=True))
    ListedRow.objects.filter(pk__in=rows).update(supplier=other)
    before = {"status": held.status, "reason": held.reason, "rows": rows, "with": other.pk}
    held.status, held.reason = Status.ARCHIVED, Supplier.Reason.DUPLICATE
    held.status_changed_at = timezone.now()
    held.save(update_fields=["status", "reason", "status_changed_at", "updated_at"])
    return before


def reopen_duplicate(held: Supplier, before: dict[str, Any]) -> None:
    ListedRow.objects.filter(pk__in=before["rows"]).update(supplier=held)
    held.status, held.reason, held.status_changed_at = before["status"], before["reason"], timezone.now()
    held.save(update_fields=["status", "reason", "status_changed_at", "updated_at"])


def take_neq_away(held: Supplier, neq: str) -> None:
    organisation = held.organisation
    if organisation.neq != neq:
        raise WrongMove(_("Le NEQ de cette fiche a changé depuis. Corrigez-le dans la fiche."))
    organisation.neq = None
    organisation.save(update_fields=["neq", "updated_at"])
    if held.status == Status.DRAFT:
        held.status, held.status_changed_at = Status.PROSPECT, timezone.now()
        held.save(update_fields=["status", "status_changed_at", "updated_at"])


def _columns(row: Organisation | Supplier, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _restore(row: Organisation | Supplier, before: dict[str, Any], after: dict[str, Any]) -> None:
    still = {name: value for name, value in before.items() if getattr(row, name) == after.get(name)}
    if set_columns(row, still):
        row.save()
