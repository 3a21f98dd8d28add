"""The contact log on the pages of a supplier and of a buyer under /gestion/: the last entries, and a short form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import Organisation, User
from marketplace.accounts.poles import pole_acting_for, pole_for
from marketplace.outreach.contact_log.forms import ContactForm
from marketplace.outreach.models import ContactEntry
from marketplace.outreach.permissions import can_log_contact
from marketplace.territories.models import Pole
from suppliers.models import Supplier

SHOWN = 3


def supplier_contacts(request: HttpRequest, supplier: Supplier) -> dict[str, Any] | None:
    return _panel(request, supplier.organisation, "supplier")


def buyer_contacts(request: HttpRequest, buyer: Buyer) -> dict[str, Any] | None:
    return _panel(request, buyer.organisation, "buyer")


def _panel(request: HttpRequest, organisation: Organisation, back: str) -> dict[str, Any] | None:
    """One statement."""
    reader = request.user
    if not isinstance(reader, User) or not can_log_contact(reader, organisation):
        return None
    rows = ContactEntry.objects.visible_to(reader).filter(organisation=organisation)
    entries = list(rows.standing().select_related("by", "next_by")[: SHOWN + 1])
    return {
        "organisation": organisation,
        "entries": entries[:SHOWN],
        "has_more": len(entries) > SHOWN,
        "form": ContactForm(pole=None, reader=reader, is_short=True),
        "back": back,
    }


def pole_of_log(organisation: Organisation, reader: User) -> Pole | None:
    """The pôle whose log the reader keeps there."""
    return pole_for(organisation) if reader.is_superuser else pole_acting_for(organisation, reader)


def profile_links(organisation: Organisation) -> list[tuple[str, str, str]]:
    """(kind, label, address) of the pages that an organisation has under /gestion/. One query."""
    found = Organisation.objects.filter(pk=organisation.pk).values_list("supplier__pk", "buyer__pk").first()
    supplier, buyer = found or (None, None)
    links = []
    if supplier:
        address = reverse("admin:suppliers_supplier_change", args=[supplier])
        links.append(("supplier", _("Fiche de fournisseur"), address))
    if buyer:
        links.append(("buyer", _("Profil d’acheteur"), reverse("admin:buyers_buyer_change", args=[buyer])))
    return links
