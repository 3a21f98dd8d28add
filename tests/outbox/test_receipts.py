"""« We have it »: once per request, to who asked, in their language, saying who decides and by when."""

import re

import pytest
from allauth.account.models import EmailAddress

from buyers.models import Buyer
from buyers.registration import join_institution, register_institution
from marketplace.accounts.joining import accept_join_request, withdraw_join_request
from marketplace.accounts.tasks import tell_members
from marketplace.outbox.models import Message
from suppliers.claims import claim_supplier
from suppliers.curation import withdraw_supplier
from suppliers.registration.verbs import submit_registration
from tests import factories
from tests.suppliers.registration.builders import submitted

pytestmark = pytest.mark.django_db


def received(kind):
    return Message.objects.get(kind=f"{kind}.received")


def test_a_sheet_sent_is_acknowledged_to_who_sent_it_alone(pole_staff):
    person, colleague = factories.UserFactory(first_name="Maude"), factories.UserFactory()
    supplier = submitted(person)
    factories.MembershipFactory(user=colleague, organisation=supplier.organisation)
    message = received("registration")
    assert message.address == person.email
    assert message.title == "Fiche reçue\u00a0: «\u00a0Les Ateliers Tournesol\u00a0»"
    for said in ("Bonjour Maude,", "1 offre\n1 pièce à l’appui", "5 jours ouvrables au plus", "Pôle"):
        assert said in message.text
    assert f"/fournisseurs/inscription/{supplier.pk}/" in message.text
    assert re.sub(r"\s", "", message.text).count("envoyélafiche«LesAteliersTournesol»pour") == 1
    assert not Message.objects.filter(address=colleague.email).exists()


def test_each_time_it_is_sent_is_acknowledged_once():
    person = factories.UserFactory()
    supplier = submitted(person)
    withdraw_supplier(supplier=supplier, by=person)
    submit_registration(supplier=supplier, by=person, declaration="Oui.")
    versions = Message.objects.filter(kind="registration.received").values_list("version", flat=True)
    assert len(set(versions)) == len(versions) == 2


def test_it_speaks_the_readers_language():
    submitted(factories.UserFactory(language="en", first_name=""))
    message = received("registration")
    assert message.headers["Content-Language"] == "en-CA"
    assert "/en/suppliers/" in message.text
    assert "within 5 business days" in message.text


def test_a_claim_is_acknowledged_in_the_same_words_whoever_holds_the_sheet():
    texts = []
    for is_held in (True, False):
        supplier = factories.SupplierFactory(name="Coop X")
        if is_held:
            factories.MembershipFactory(organisation=supplier.organisation)
        made = claim_supplier(
            supplier=supplier,
            title="Trésorière",
            message="Appelez.",
            by=factories.UserFactory(first_name="A"),
        )
        text = Message.objects.get(kind="claim.received", recipient=made.user).text
        texts.append(re.sub(r"https?://\S+", "", text))
    assert texts[0] == texts[1]
    assert "Trésorière" in texts[0]


def test_an_institution_is_acknowledged_and_who_decides_depends_on_it(pole_staff):
    first, second = (factories.UserFactory(email=f"{n}@ville.test") for n in "ab")
    EmailAddress.objects.create(user=first, email=first.email, verified=True, primary=True)
    seat = {"name": "Ville d’Exemple", "town": "Shawinigan", "mrc_id": "36", "region_id": "04"}
    asked = {"kind": "municipality", "place": seat, "title": "Greffe"}
    made = register_institution(neq="8812345678", by=first, **asked)
    message = received("enrolment")
    assert "vérifie, puis décide." in message.text
    assert first.email in message.text
    accept_join_request(join_request=made, by=pole_staff)
    join_institution(buyer=Buyer.objects.get(), title="Achats", by=second)
    later = Message.objects.get(kind="enrolment.received", recipient=second)
    assert "Une personne responsable de l’institution vous répond." in later.text
    tell_members()
    assert Message.objects.filter(kind="enrolment.asked", recipient=first).exists()


def test_members_hear_nothing_of_a_claim_taken_back_before_the_worker_came():
    supplier = factories.SupplierFactory()
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    person = factories.UserFactory()
    made = claim_supplier(supplier=supplier, title="x", message="y", by=person)
    withdraw_join_request(join_request=made, by=person)
    tell_members()
    assert not Message.objects.filter(recipient=member).exists()
