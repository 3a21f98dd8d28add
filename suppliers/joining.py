"""A sheet that waited apart joins the organisation that already had its NEQ, once a pôle has decided so."""

from __future__ import annotations

from django.utils.translation import gettext as _

from marketplace.accounts.models import Membership, Organisation
from marketplace.web.errors import WrongMove
from suppliers.models import Registration, Supplier

#: What the person wrote in the registration stands from now on; a seat without a word keeps what it had.
SEAT_FIELDS = (
    "name",
    "address",
    "town",
    "postal_code",
    "municipality_id",
    "mrc_id",
    "region_id",
    "lat",
    "lon",
    "email",
    "phone",
    "website",
)


def join(sheet: Supplier) -> None:
    """Give the sheet, its members and what they wrote to the organisation that `Registration.joins` names.

    Called inside the move that publishes, on a locked sheet; does nothing where the sheet waits for nothing.
    """
    waiting = Registration.objects.select_for_update(of=("self",)).filter(supplier=sheet, joins__isnull=False)
    if (registration := waiting.first()) is None or registration.joins_id is None:
        return
    apart = sheet.organisation
    known = Organisation.objects.select_for_update().get(pk=registration.joins_id)
    if Supplier.objects.filter(organisation=known).exists():
        raise WrongMove(
            _(
                "Une autre fiche porte maintenant ce NEQ. Refusez cette inscription : l’entreprise revendiquera l’autre fiche."
            )
        )
    for name in SEAT_FIELDS:
        if value := getattr(apart, name):
            setattr(known, name, value)
    known.pole_id = known.pole_id or apart.pole_id
    known.save(update_fields=[*SEAT_FIELDS, "pole", "updated_at"])
    members = set(Membership.objects.filter(organisation=known).values_list("user_id", flat=True))
    for membership in Membership.objects.filter(organisation=apart).exclude(user__in=members):
        membership.organisation = known
        membership.save(update_fields=["organisation"])
    sheet.organisation = known
    sheet.save(update_fields=["organisation", "updated_at"])
    registration.joins = None
    registration.save(update_fields=["joins"])
    apart.delete()
