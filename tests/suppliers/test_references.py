"""References that a customer confirms by the link of a mail: asked, answered once, taken back, forgotten."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused
from suppliers.models import CustomerReference, Status
from suppliers.references import (
    MOST_PER_DAY,
    Asked,
    ask_reference,
    forget_references,
    remove_reference,
    withdraw_reference_of,
)
from tests.factories import MembershipFactory, SupplierFactory

pytestmark = pytest.mark.django_db
State = CustomerReference.State
PAGE = "/fournisseurs/atelier/"


@pytest.fixture
def supplier():
    return SupplierFactory(slug="atelier", organisation__website="https://atelier.example")


@pytest.fixture
def member(supplier):
    return MembershipFactory(organisation=supplier.organisation).user


def ask(supplier, by, **said):
    said = {
        "customer": "Ville de Longueuil", "what": "60 bancs de parc", "year": 2025, "person": "Luce Achat",
        "email": "luce@longueuil.exemple", **said,
    }  # fmt: skip
    return ask_reference(supplier=supplier, by=by, asked=Asked(**said))


def link_of_last_mail():
    text = Message.objects.order_by("-pk").first().text
    return re.search(r"https?://[^/\s]+(/\S*references/\S+)", text)[1]


def test_customer_confirms_once_and_takes_it_back_at_will(client, supplier, member):
    ask(supplier, member)
    link = link_of_last_mail()
    assert "60 bancs" not in client.get(PAGE).content.decode()
    shown = client.get(link)
    assert "60 bancs de parc" in shown.content.decode()
    assert shown["Referrer-Policy"] == "no-referrer"
    reference = CustomerReference.objects.get()
    assert reference.state == State.ASKED  # opening answers nothing
    assert "Merci" in client.post(link, {"answer": "confirm"}).content.decode()
    assert "_auth_user_id" not in client.session
    reference.refresh_from_db()
    assert (reference.state, reference.person, reference.email) == (State.CONFIRMED, "", "")
    assert reference.from_domain == "longueuil.exemple"
    assert "Ville de Longueuil" in reference.consent
    history = CustomerReference.pgh_event_model.objects.filter(pgh_obj_id=reference.pk)
    assert not history.exclude(person="", email="").exists()
    page = client.get(PAGE).content.decode()
    assert "60 bancs de parc" in page
    assert "d’une adresse @longueuil.exemple" in page
    assert "luce" not in page.lower()
    [told] = client.get(f"/api/v1/suppliers/{supplier.slug}/").json()["references"]
    assert (told["what"], told["from_domain"]) == (reference.what, "longueuil.exemple")
    assert told["confirmed_on"] == timezone.localdate().isoformat()
    assert "1 référence confirmée" in client.get("/fournisseurs/").content.decode()
    for answer in ("confirm", "refuse", "withdraw"):
        assert client.post(link, {"answer": answer}).status_code == 404  # used
    back = link_of_last_mail()
    assert back != link
    client.post(back, {"answer": "withdraw"})
    assert "60 bancs" not in client.get(PAGE).content.decode()
    assert "référence confirmée" not in client.get("/fournisseurs/").content.decode()
    with pytest.raises(Refused):
        ask(supplier, member)  # taken back is a no


def test_refusal_shows_nothing_and_keeps_the_address_from_being_asked_again(client, supplier, member):
    ask(supplier, member)
    client.post(link_of_last_mail(), {"answer": "refuse"})
    reference = CustomerReference.objects.get()
    assert (reference.state, reference.email, reference.token_hash) == (State.REFUSED, "", None)
    withdraw_reference_of(supplier=supplier, by=member, reference=reference)
    for again in ("LUCE@longueuil.exemple", "luce+parcs@longueuil.exemple"):
        with pytest.raises(Refused):
            ask(supplier, member, email=again)
    others = [SupplierFactory() for _ in range(2)]
    members = [MembershipFactory(organisation=other.organisation).user for other in others]
    ask(others[0], members[0], email="luce+1@longueuil.exemple")
    with pytest.raises(Refused):
        ask(others[1], members[1], email="luce+2@longueuil.exemple")


def test_requests_are_of_published_suppliers_to_others_and_few(supplier, member):
    for email in (member.email, "ventes@atelier.example"):
        with pytest.raises(Refused):
            ask(supplier, member, email=email)
    with pytest.raises(NotAllowed):
        ask(supplier, MembershipFactory().user)
    for n in range(MOST_PER_DAY):
        reference = ask(supplier, member, email=f"client{n}@exemple.test")
        withdraw_reference_of(supplier=supplier, by=member, reference=reference)
    with pytest.raises(Refused):
        ask(supplier, member)
    draft = SupplierFactory(status=Status.DRAFT)
    with pytest.raises(Refused):
        ask(draft, MembershipFactory(organisation=draft.organisation).user)


def test_lapsed_request_answers_nothing_and_names_nobody(client, supplier, member):
    ask(supplier, member)
    link = link_of_last_mail()
    CustomerReference.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert client.post(link, {"answer": "confirm"}).status_code == 404
    forget_references(by=None)
    reference = CustomerReference.objects.get()
    assert (reference.state, reference.person, reference.email) == (State.ASKED, "", "")
    CustomerReference.objects.update(expires_at=timezone.now() - timedelta(days=200))
    forget_references(by=None)
    assert not CustomerReference.objects.exists()
    assert not CustomerReference.pgh_event_model.objects.exists()


def test_staff_of_the_territory_remove_a_reference(client, supplier, member, pole_staff, foreign_staff):
    ask(supplier, member)
    client.post(link_of_last_mail(), {"answer": "confirm"})
    reference = CustomerReference.objects.get()
    with pytest.raises(NotAllowed):
        remove_reference(reference=reference, by=foreign_staff)
    remove_reference(reference=reference, by=pole_staff)
    assert "60 bancs" not in client.get(PAGE).content.decode()
