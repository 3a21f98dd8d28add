"""What someone with a bad idea would try with the doors that are open to everybody."""

import time

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse

from buyers.registration import join_institution
from marketplace.accounts.joining import joins_at_once
from marketplace.accounts.members import remove_member
from marketplace.accounts.models import Invitation, JoinRequest, Membership, User
from marketplace.accounts.validators import holds_domain, validate_words_only, visible_text
from marketplace.outbox.models import Message
from marketplace.web.errors import WrongMove
from suppliers.claims import claim_supplier
from suppliers.models import Status
from suppliers.registration.forms import IdentityForm
from suppliers.registration.offer_forms import OfferForm
from tests import factories
from tests.security import people
from tests.suppliers.registration.builders import begun

pytestmark = pytest.mark.django_db
OWNER = Membership.Role.OWNER


def test_nobody_floods_mailboxes_with_invitations(valkey, client):
    """Whoever holds an organisation may write to anybody in its name, so many times a day."""
    place = factories.OrganisationFactory()
    client.force_login(factories.MembershipFactory(organisation=place, role=OWNER).user)
    page = reverse("accounts:members", args=[place.pk])
    answers = [
        client.post(page, {"email": f"victime{n}@exemple.test", "role": "editor"}).status_code
        for n in range(32)
    ]
    assert answers == [302] * 20 + [200] * 10 + [429] * 2  # a day’s limit, then an hour’s
    again = {"action": "resend", "id": Invitation.objects.first().pk}
    assert client.post(reverse("accounts:members_change", args=[place.pk]), again).status_code == 429
    assert Message.objects.filter(kind="invitation").count() == 20


@pytest.mark.parametrize(
    "name",
    [
        "Gagnez sur www.ailleurs.example",
        "https://ailleurs.example",
        "<b>Gras</b>",
        "Gagnez sur promo.example.com",
        "promo.quebec",
        "bit.ly/x",
        "promo．example．com",
        "pr\u00adomo.shop (rabais)",
        "10.0.0.1",
    ],
)
def test_name_of_an_enterprise_carries_no_link_into_mails(name):
    form = IdentityForm({"name": name}, supplier=begun())
    assert "name" in form.errors


#: Of the registry: initials, abbreviations, missing spaces, and dots that are part of the name.
TRUE_NAMES = """ASSOCIATION DES R.C. DE LA MAURICIE
L.I.S.E. INC.
Ré.Action
aqua.duc inc
Co.Cork
Corto.rev
BTAA.BBBL Architectes
Les Équipements M.Tetreault.inc
Ascenseurs Maxi.inc
André-F.Couture
Parkinson Centre-du-Québec.Mauricie Inc.
LH2 inc.services professionnels
Construction C.R. / 9042 5976 QUÉBEC INC.
Groupe St.Jean-Ste.Anne enr.
O.B.N.L. L’Accueil (1984) inc.
C.P.E. LES P’TITS LOUPS
S.A.D.C. du Haut-St-Maurice
20 ANS.OPÉR.LE REST. DU STADE
Dr.Mobile et Cie.ltée
Coopérative d’habitation « La Rue 12.5 »""".splitlines()


def test_true_names_with_dots_are_taken_and_a_site_only_where_staff_wrote_it():
    draft = begun()
    refused = [name for name in TRUE_NAMES if "name" in IdentityForm({"name": name}, supplier=draft).errors]
    assert refused == []
    assert "votre pôle l’écrira" in str(IdentityForm({"name": "Insertech.ca"}, supplier=draft).errors["name"])
    listed = factories.SupplierFactory(name="Insertech.ca")
    assert "name" not in IdentityForm({"name": "Insertech.ca"}, supplier=listed).errors
    assert "name" in IdentityForm({"name": "Promo.ca"}, supplier=listed).errors
    typed = {
        "town": "promo.shop",
        "address": "promo.shop",
        "contact_name": "a.com",
    }
    assert "title" in OfferForm(QueryDict("title=Livré par promo.shop"), supplier=draft).errors
    assert {"town", "address", "contact_name"} <= IdentityForm(typed, supplier=draft).errors.keys()


@pytest.mark.parametrize(
    ("written", "kept"),
    [("Café @ la\u00a0gare", "Café @ la gare"), ("\u202eexe.fdp", "exe.fdp"), ("A\u200bB\x07C", "AB C")],
)
def test_name_of_an_enterprise_is_what_one_sees(written, kept):
    form = IdentityForm({"name": written}, supplier=begun())
    form.is_valid()
    assert form.cleaned_data["name"] == kept == visible_text(written)


def test_a_text_of_any_length_is_read_at_once():
    """Whoever opens an account may send a name of two megabytes: tried from every hyphen, it took hours."""
    started = time.process_time()
    assert not holds_domain("-a" * 50_000)
    assert time.process_time() - started < 3


def test_name_of_an_enterprise_is_not_made_of_nothing():
    form = IdentityForm({"name": "\u200b\u200b\u2060"}, supplier=begun())
    assert form.errors["name"] == ["Écrivez le nom de l’entreprise."]


@pytest.mark.parametrize("text", ["\u202eRoy", "Ro\u200by", "Roy\x07"])
def test_name_of_a_person_turns_no_sentence_around(text):
    with pytest.raises(ValidationError):
        validate_words_only(text)


def test_closed_sheet_is_not_claimed():
    with pytest.raises(WrongMove, match="fermée"):
        claim_supplier(
            supplier=factories.SupplierFactory(status=Status.ARCHIVED),
            title="Trésorière",
            message="Appelez.",
            by=factories.UserFactory(),
        )


def test_whom_an_owner_removed_does_not_come_back_by_their_address():
    town = factories.BuyerFactory(verified_at=["ville.example"])
    owner = factories.MembershipFactory(organisation=town.organisation, role=OWNER).user
    person = people.person(email="partie@ville.example")
    assert join_institution(buyer=town, title="Greffe", by=person).state == JoinRequest.State.ACCEPTED
    remove_member(membership=person.memberships.get(), by=owner)
    person = User.objects.get(pk=person.pk)
    assert not joins_at_once(town.organisation, person)
    assert join_institution(buyer=town, title="Greffe", by=person).state == JoinRequest.State.OPEN
    assert not person.memberships.exists()


@pytest.mark.parametrize(
    "address", ["a@sub.ville.example", "a@ville.example.mal.test", "a@autreville.example", "a@vi11e.example"]
)
def test_an_address_that_only_resembles_the_domain_waits(address):
    town = factories.BuyerFactory(verified_at=["ville.example"])
    person = people.person(email=address)
    join_institution(buyer=town, title="Greffe", by=person)
    assert not person.memberships.exists()
