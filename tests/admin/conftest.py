"""A territory full of things that carry one word, so that a leak of any of them can be seen."""

from types import SimpleNamespace

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.invitations import create_invitation
from marketplace.dealings.models import Decline
from marketplace.matching.models import Alert, Suggestion
from marketplace.outbox.models import Attempted, Message
from marketplace.outreach.models import Approach, Campaign, ContactEntry
from suppliers.curation import DecisionNote, submit_supplier
from suppliers.models import RegistryRecord
from tests import factories
from tests.events.factories import EventFactory
from tests.web.versions import posted_back

WORD = "Zyxwolia"


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def press(client, row, *, follow=False, **typed):
    """Type on the page of a row, then press one of its buttons, as a browser would."""
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    typed = {name: value if isinstance(value, list) else [value] for name, value in typed.items()}
    return client.post(address, posted_back(client.get(address)) | typed, follow=follow)


@pytest.fixture
def secret(db, pole_staff):
    """One of everything in Mauricie, each with the word in it."""
    supplier = factories.SupplierFactory(
        name=f"{WORD} coopérative", status="draft", slug="zyxwolia", offers=[(f"Offre {WORD}", "76111500")]
    )
    organisation = supplier.organisation
    factories.ContactFactory(supplier=supplier, name=f"Contact {WORD}", email="zyxwolia-contact@exemple.test")
    user = factories.UserFactory(email="zyxwolia@exemple.test", last_name=WORD)
    factories.MembershipFactory(user=user, organisation=organisation)
    create_invitation(organisation=organisation, email="zyxwolia-invitee@exemple.test", by=pole_staff)
    submit_supplier(
        supplier=supplier,
        by=pole_staff,
        note=DecisionNote(message=f"Message {WORD}", channel="phone", on_behalf_of=WORD),
    )
    RegistryRecord.objects.create(supplier=supplier, mapping="req", values={"nom": WORD}, fingerprint="x")
    EventFactory(title=f"Journée {WORD}", slug="journee-zyxwolia", text=WORD, place=WORD)
    buyer = factories.BuyerFactory(name=f"Ville de {WORD}")
    tender = factories.TenderFactory(title=f"Avis {WORD}", buyer_name=f"Ville de {WORD}", buyer=buyer)
    factories.AwardFactory(tender=tender, name=f"Gagnante {WORD}")
    Suggestion.objects.create(
        supplier=supplier, tender=tender, points=80, rank=1, reasons=[], tender_version="1"
    )
    Decline.objects.create(supplier=supplier, tender=tender, by=user)
    Alert.objects.create(user=user, supplier=supplier)
    message = Message.objects.create(
        recipient=user, address=user.email, kind="essai", subject="x:1", version="1", title=f"Titre {WORD}",
        text=f"Corps {WORD}", html=WORD, sender_name="Maillage", message_id=f"<{WORD}@exemple.test>",
        pole=factories.pole("mauricie"), status=Attempted.Status.FAILED, last_error=f"Erreur {WORD}",
    )  # fmt: skip
    Approach.objects.create(
        organisation=organisation,
        pole=factories.pole("mauricie"),
        side="selling",
        contact_name=WORD,
        promise=WORD,
    )
    Campaign.objects.create(
        pole=factories.pole("mauricie"), name=WORD, slug="zyxwolia-campagne", purpose=WORD
    )
    for kind in ("note", "meeting"):
        ContactEntry.objects.create(
            organisation=organisation, pole=factories.pole("mauricie"), kind=kind, with_whom=WORD, said=WORD,
            next_action=f"Rappeler {WORD}", next_on=timezone.localdate(),
        )  # fmt: skip
    return SimpleNamespace(
        supplier=supplier, organisation=organisation, user=user, buyer=buyer, tender=tender, message=message
    )
