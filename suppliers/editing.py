"""A person writes a sheet, or opens one: what is the organisation's and what is the supplier's, together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts import rules as who
from marketplace.accounts.models import Organisation
from marketplace.territories.models import Pole
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb
from suppliers import directory, rules, states
from suppliers.models import Decision, Registration, Status, Supplier
from suppliers.moving import check_channel, check_complete, locked, record, write
from suppliers.slugs import supplier_slug

if TYPE_CHECKING:
    from marketplace.accounts.models import User

SCREEN = Decision.Channel.SCREEN
ORGANISATION_FIELDS = frozenset(
    [
        "neq",
        "name",
        "address",
        "town",
        "postal_code",
        "municipality",
        "mrc",
        "region",
        "lat",
        "lon",
        "email",
        "phone",
        "website",
    ]
)
SHEET_FIELDS = frozenset(["legal_form", "activity", "sector", "staff_count", "capacity"])


@verb
def update_sheet(
    *,
    supplier: Supplier,
    by: User | None,
    changes: Mapping[str, Any] | None = None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
) -> Decision:
    """A person edits the sheet: `changes` by field of the supplier or of its organisation.

    From then on a person holds the sheet and no import changes it. Offers, contacts and served areas that were
    written in the same transaction are indexed with it.
    """
    changes = dict(changes or {})
    if unknown := changes.keys() - ORGANISATION_FIELDS - SHEET_FIELDS:
        raise TypeError(f"update_sheet does not write {sorted(unknown)}")
    sheet = locked(states.UPDATE, supplier, by, message, channel, on_behalf_of)
    sheet.curated_at = timezone.now()
    decision = record(states.UPDATE, sheet, supplier, by, message, channel, on_behalf_of)
    write(sheet.organisation, changes, ORGANISATION_FIELDS)
    write(sheet, {**changes, "curated_at": sheet.curated_at}, SHEET_FIELDS | {"curated_at"})
    if sheet.status == Status.PUBLISHED:
        check_complete(sheet)
    directory.reindex(supplier_ids=[sheet.pk])
    return decision


@verb
def open_sheet(
    *,
    by: User | None,
    values: Mapping[str, Any],
    pole: Pole | None = None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
) -> Supplier:
    """A sheet for an enterprise that no listing brought, as a draft; its organisation is made, or found by NEQ.

    `pole` answers for it where the place is unknown or belongs to another.
    """
    check_channel(channel, on_behalf_of)
    if by is not None and not by.is_staff:
        raise NotAllowed
    if unknown := values.keys() - ORGANISATION_FIELDS - SHEET_FIELDS:
        raise TypeError(f"open_sheet does not write {sorted(unknown)}")
    seat = {name: value for name, value in values.items() if name in ORGANISATION_FIELDS}
    neq = seat.get("neq")
    known = Organisation.objects.filter(neq=neq).first() if neq else None
    is_declared = bool(neq) and Registration.objects.filter(claimed_neq=neq).exists()
    is_elsewhere = known is not None and by is not None and not who.may_curate.test(by, known)
    if is_declared or is_elsewhere or (known and Supplier.objects.filter(organisation=known).exists()):
        raise WrongMove(
            _(
                "Ce NEQ est déjà inscrit. Si sa fiche n’est pas dans votre territoire, écrivez à l’administration."
            )
        )
    organisation = known or Organisation(pole=pole)
    write(organisation, seat, ORGANISATION_FIELDS)
    supplier = Supplier.objects.create(
        organisation=organisation,
        slug=supplier_slug(organisation.name),
        status=Status.DRAFT,
        source=Supplier.Source.PERSON,
        curated_at=timezone.now(),
        **{name: value for name, value in values.items() if name in SHEET_FIELDS},
    )
    if by is not None and not rules.curates.test(by, supplier):
        raise NotAllowed(_("Ce lieu n’est pas dans votre territoire. Choisissez une MRC de votre pôle."))
    record(states.OPEN, supplier, supplier, by, message, channel, on_behalf_of)
    return supplier
