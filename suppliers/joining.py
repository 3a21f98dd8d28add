"""A supplier that a person registered gets the NEQ that they declared, once a pôle has decided so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from marketplace.accounts.claimed_neq import merge_organisation, settle_claimed_neq
from marketplace.accounts.models import Organisation
from marketplace.web.errors import WrongMove
from suppliers.models import Registration, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def settle_registration(supplier: Supplier, *, by: User | None) -> None:
    """Give the organisation its NEQ, or the supplier and its members to the organisation that has it.

    Called inside the move that publishes, on a locked row; does nothing where no NEQ waits.
    """
    waiting = Registration.objects.select_for_update(of=("self",)).filter(
        supplier=supplier, claimed_neq__gt=""
    )
    if (registration := waiting.first()) is None:
        return
    own, neq = supplier.organisation, registration.claimed_neq
    known = Organisation.objects.filter(neq=neq).exclude(pk=own.pk).first()
    if known is not None and Supplier.objects.filter(organisation=known).exists():
        raise WrongMove(
            _(
                "Une autre fiche porte maintenant ce NEQ. Refusez cette inscription : l’entreprise revendiquera l’autre fiche."
            )
        )
    into = settle_claimed_neq(organisation=own, neq=neq, by=by)
    registration.claimed_neq = ""
    registration.save(update_fields=["claimed_neq"])
    if into != own:
        supplier.organisation = into
        supplier.save(update_fields=["organisation", "updated_at"])
        merge_organisation(organisation=own, into=into, by=by)
