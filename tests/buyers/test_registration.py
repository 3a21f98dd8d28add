"""An institution registers, the pôle verifies, colleagues join; nothing is granted before."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client

from buyers.models import Buyer
from buyers.registration import join_institution, register_institution
from marketplace.accounts.joining import accept_join_request as accept
from marketplace.accounts.joining import refuse_join_request
from marketplace.accounts.models import JoinRequest, Membership, Organisation, User
from marketplace.accounts.own_domains import confirmed_domains
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.accounts.tasks import tell_members
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused
from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
NEQ = "8812345678"
DOMAIN = "ville.exemple.test"


def accept_join_request(**decision):
    """As staff do who write the institution's own domain as they verify it."""
    is_first = not decision["join_request"].organisation.institution_verified_on
    return accept(**decision, email_domains=[DOMAIN] if is_first else None)


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


def someone(email, **more):
    user = factories.UserFactory(email=email, **more)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture
def person():
    return someone(f"chantal@{DOMAIN}", first_name="Chantal", last_name="Gagné")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def register(by, neq=NEQ, name="Ville d’Exemple", **more):
    seat = {"name": name, "town": "Shawinigan", "mrc_id": "36", "region_id": "04"}
    return register_institution(neq=neq, kind="municipality", place=seat, title="Greffe", by=by, **more)


def form(**more):
    return {
        "name": "Ville d’Exemple",
        "kind": "municipality",
        "town": "Shawinigan",
        "title": "Greffe",
        **more,
    }


# -- verbs -----------------------------------------------------------------------------------------------------


def test_registering_grants_nothing_and_lists_nothing(person):
    made = register(person)
    buyer = made.organisation.buyer
    assert (buyer.is_verified, buyer.is_public) == (False, False)
    assert not person.memberships.exists()
    assert buyer.organisation.neq is None  # declared, not taken: NEQs are public
    assert not Buyer.objects.visible_to(factories.UserFactory()).exists()


def test_verifying_lists_it_with_its_neq_and_domain_and_makes_an_owner(person, pole_staff):
    made = register(person)
    membership = accept_join_request(join_request=made, by=pole_staff)
    buyer = Buyer.objects.get()
    assert (buyer.is_verified, buyer.is_public, set(confirmed_domains(buyer.organisation))) == (
        True,
        True,
        {DOMAIN},
    )
    assert buyer.organisation.neq == NEQ
    assert buyer.organisation.institution_verified_by.code == "mauricie"
    assert membership.role == OWNER
    assert Message.objects.get(kind="enrolment.accepted").address == person.email


def test_colleague_with_a_confirmed_address_joins_at_once_and_members_are_told(person, pole_staff):
    buyer = accept_join_request(join_request=register(person), by=pole_staff).organisation.buyer
    colleague = someone(f"luc@{DOMAIN}")
    made = join_institution(buyer=buyer, title="Achats", by=colleague)
    assert made.state == JoinRequest.State.ACCEPTED
    assert colleague.memberships.get().role == EDITOR
    assert Message.objects.filter(address=person.email, kind="enrolment.joined").exists()


@pytest.mark.parametrize("email", [f"luc@sous.{DOMAIN}", f"luc@faux{DOMAIN}", "luc@gmail.com"])
def test_other_addresses_wait_for_an_owner(person, pole_staff, email):
    buyer = accept_join_request(join_request=register(person), by=pole_staff).organisation.buyer
    other = someone(email)
    made = join_institution(buyer=buyer, title="Achats", by=other)
    assert made.state == JoinRequest.State.OPEN
    assert not other.memberships.exists()
    tell_members()
    assert Message.objects.filter(address=person.email, kind="enrolment.asked").exists()
    accept_join_request(join_request=made, by=person)
    assert other.memberships.get().role == EDITOR


def test_address_at_the_domain_that_is_not_confirmed_waits(person, pole_staff):
    buyer = accept_join_request(join_request=register(person), by=pole_staff).organisation.buyer
    other = factories.UserFactory(email=f"luc@{DOMAIN}")
    EmailAddress.objects.create(user=other, email=other.email, verified=False)
    assert join_institution(buyer=buyer, title="Achats", by=other).state == JoinRequest.State.OPEN


def test_waiting_colleagues_come_in_with_the_first(person, pole_staff):
    first, second = register(person), register(someone(f"luc@{DOMAIN}"))
    stranger = register(someone("x@ailleurs.test"))
    assert first.organisation_id == second.organisation_id == stranger.organisation_id
    accept_join_request(join_request=first, by=pole_staff)
    states = [JoinRequest.objects.get(pk=row.pk).state for row in (first, second, stranger)]
    assert states == ["accepted", "accepted", "open"]


def test_known_listed_buyer_stays_listed_whatever_is_decided(person, pole_staff):
    listed = factories.BuyerFactory(name="Ville d’Exemple", organisation__neq=None)
    made = join_institution(buyer=listed, neq=NEQ, title="Greffe", by=person)
    listed.refresh_from_db()
    assert (listed.is_verified, listed.is_public) == (False, True)
    refuse_join_request(join_request=made, by=pole_staff, answer="La ville ne vous connaît pas.")
    listed.refresh_from_db()
    assert (listed.is_verified, listed.is_public, listed.organisation.neq) == (False, True, None)
    assert "La ville ne vous connaît pas." in Message.objects.get(kind="enrolment.refused").text


def test_refused_registration_is_not_listed_and_can_be_tried_again(person, pole_staff):
    made = register(person)
    refuse_join_request(join_request=made, by=pole_staff, answer="Non.")
    assert not Buyer.objects.get().is_public
    again = register(someone("autre@ailleurs.test"))
    assert again.is_open


def test_neq_of_an_enterprise_gives_no_hold_on_it_before_it_is_verified(person, pole_staff):
    supplier = factories.SupplierFactory(organisation__neq=NEQ, name="Coop Achète Aussi")
    owner = factories.MembershipFactory(organisation=supplier.organisation, role=OWNER).user
    made = register(person)
    assert not Buyer.objects.known().exists()
    assert made.organisation.name == "Coop Achète Aussi", "a known name is not overwritten"
    membership = accept_join_request(join_request=made, by=pole_staff)
    assert membership.organisation == supplier.organisation
    assert membership.role == EDITOR  # it has an owner already
    assert Organisation.objects.count() == 1
    assert Message.objects.filter(address=owner.email, kind="enrolment.joined").exists()


def test_who_may_decide(person, pole_staff, foreign_staff):
    made = register(person)
    for by in (foreign_staff, person, factories.MembershipFactory(role=OWNER).user):
        with pytest.raises(NotAllowed):
            accept_join_request(join_request=made, by=by)
    buyer = accept_join_request(join_request=made, by=pole_staff).organisation.buyer
    asked = join_institution(buyer=buyer, title="x", by=someone("x@ailleurs.test"))
    editor = factories.MembershipFactory(organisation=buyer.organisation, role=EDITOR).user
    with pytest.raises(NotAllowed):
        accept_join_request(join_request=asked, by=editor)


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_registering_at_once_make_one_institution(person):
    people = [person.pk, someone(f"luc@{DOMAIN}").pk]
    start, faults = threading.Barrier(2), []

    def go(user_id):
        try:
            start.wait()
            register(User.objects.get(pk=user_id))
        except Exception as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(pk,)) for pk in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    assert Buyer.objects.count() == Organisation.objects.count() == 1
    assert JoinRequest.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_staff_deciding_at_once_decide_once(person):
    made = register(person)
    people = [factories.PolePostFactory().user.pk for _ in range(2)]
    start, refused = threading.Barrier(2), []

    def decide(user_id):
        try:
            start.wait()
            accept_join_request(
                join_request=JoinRequest.objects.get(pk=made.pk), by=User.objects.get(pk=user_id)
            )
        except Refused:
            refused.append(user_id)
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(pk,)) for pk in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    answers = Message.objects.filter(address=person.email).exclude(kind="enrolment.received")
    assert answers.count() == 1


# -- pages -----------------------------------------------------------------------------------------------------


def test_neq_comes_first_and_needs_no_account():
    response = Client().get("/acheteurs/inscription/")
    assert_clean(response)
    response = Client().post("/acheteurs/inscription/", {"neq": "881 234"})
    assert_clean(response)
    assert "Il y a 6 chiffres; il en faut dix." in response.content.decode()
    response = Client().post("/acheteurs/inscription/", {"neq": "8812 345 678"})
    assert response["Location"] == f"/acheteurs/inscription/institution/?neq={NEQ}"
    page = Client().get(response["Location"])
    assert_clean(page)
    assert "/compte/creer/?next=%2Facheteurs%2Finscription%2Finstitution%2F%3Fneq%3D" in page.content.decode()


@pytest.mark.parametrize("query", ["", "?neq=", "?neq=abc", "?neq=12"])
def test_address_without_a_neq_leads_back(query, person):
    response = signed_in(person).get(f"/acheteurs/inscription/institution/{query}")
    assert response["Location"] == "/acheteurs/inscription/"


def test_person_registers_and_follows(person):
    client = signed_in(person)
    address = f"/acheteurs/inscription/institution/?neq={NEQ}"
    page = client.get(address)
    assert_clean(page)
    assert DOMAIN in page.content.decode()
    response = client.post(address, form(), follow=True)
    assert_clean(response)
    assert "Votre demande est envoyée." in response.content.decode()
    buyer = Buyer.objects.get()
    assert (buyer.organisation.mrc_id, buyer.organisation.neq) == ("36", None)
    assert "Ville d’Exemple" in client.get("/mon-espace/").content.decode()
    assert "Ville d’Exemple" not in Client().get("/acheteurs/").content.decode()
    assert Client().get(f"/acheteurs/{buyer.slug}/").status_code == 404


def test_rare_prefix_warns_and_refuses_nothing(person):
    client = signed_in(person)
    address = "/acheteurs/inscription/institution/?neq=1112345678"
    assert "ce qui est rare" in client.get(address).content.decode()
    client.post(address, form())
    assert JoinRequest.objects.exists()


def test_generic_address_is_told_to_use_the_institutions():
    page = signed_in(someone("x@hotmail.com")).get(f"/acheteurs/inscription/institution/?neq={NEQ}")
    assert "N’importe qui peut avoir une adresse à hotmail.com" in page.content.decode()


def test_listed_institution_of_that_name_is_offered(person):
    listed = factories.BuyerFactory(name="Ville d’Exemple", organisation__neq=None)
    client = signed_in(person)
    address = f"/acheteurs/inscription/institution/?neq={NEQ}"
    response = client.post(address, form())
    assert_clean(response)
    assert "Est-ce l’une de celles-ci?" in response.content.decode()
    assert not JoinRequest.objects.exists()
    client.post(address, form(same_as=str(listed.pk)))
    assert JoinRequest.objects.get().organisation == listed.organisation
    assert JoinRequest.objects.get().claimed_neq == NEQ


def test_another_institution_of_that_name_is_possible(person):
    factories.BuyerFactory(name="Ville d’Exemple", organisation__neq=None)
    signed_in(person).post(f"/acheteurs/inscription/institution/?neq={NEQ}", form(same_as="autre"))
    assert Buyer.objects.count() == 2


def test_unknown_town_is_said_beside_the_field(person):
    response = signed_in(person).post(
        f"/acheteurs/inscription/institution/?neq={NEQ}", form(town="Nulle-Part-sur-Mer")
    )
    assert_clean(response)
    assert "Choisissez la MRC." in response.content.decode()
    assert "Nulle-Part-sur-Mer" in response.content.decode()


def test_known_neq_joins_what_is_known(person):
    known = factories.BuyerFactory(name="Ville connue", organisation__neq=NEQ)
    client = signed_in(person)
    address = f"/acheteurs/inscription/institution/?neq={NEQ}"
    assert "Ville connue" in client.get(address).content.decode()
    client.post(address, {"title": "Greffe"})
    assert JoinRequest.objects.get().organisation == known.organisation


def test_owner_answers_a_colleague_in_my_space(person, pole_staff):
    buyer = accept_join_request(join_request=register(person), by=pole_staff).organisation.buyer
    other = someone("x@ailleurs.test", last_name="Zyxwolia")
    made = join_institution(buyer=buyer, title="Achats", by=other)
    client = signed_in(User.objects.get(pk=person.pk))
    address = f"/acheteurs/inscription/{made.pk}/"
    assert address in client.get("/mon-espace/").content.decode()
    assert_clean(client.get(address))
    response = client.post(address, {"decision": "refuse", "answer": ""})
    assert_clean(response)
    assert "Écrivez pourquoi" in response.content.decode()
    client.post(address, {"decision": "accept"})
    assert other.memberships.exists()


def test_stranger_opens_no_enrolment(person):
    made = register(person)
    stranger = factories.MembershipFactory(role=OWNER).user
    address = f"/acheteurs/inscription/{made.pk}/"
    assert signed_in(stranger).get(address).status_code == 404
    assert signed_in(stranger).post(address, {"decision": "accept"}).status_code == 404
    assert (
        signed_in(person).post(address, {"decision": "accept"}).status_code == 200
    )  # and a refusal in words
    assert not person.memberships.exists()


def test_staff_verify_in_the_back_room(person, pole_staff, foreign_staff, django_assert_max_num_queries):
    made = register(person)
    change = f"/gestion/accounts/joinrequest/{made.pk}/change/"
    client = signed_in(pole_staff)
    assert "Ville d’Exemple" in client.get("/mon-espace/").content.decode()
    with django_assert_max_num_queries(18):
        response = client.get(change)
    assert_clean(response)
    assert_clean(client.get("/gestion/accounts/joinrequest/"))
    decision = f"/gestion/accounts/joinrequest/{made.pk}/decision/"
    response = client.post(
        decision, {"decision": "accept", "email_domains": "gmail.com", "role": OWNER}, follow=True
    )
    assert "ce domaine ne prouve rien" in response.content.decode()
    assert not person.memberships.exists()
    signed_in(foreign_staff).post(decision, {"decision": "accept"})
    assert not person.memberships.exists()
    client.post(decision, {"decision": "accept", "email_domains": f"{DOMAIN}, exemple.test", "role": OWNER})
    assert confirmed_domains(Buyer.objects.get().organisation) == {DOMAIN, "exemple.test"}
    assert "Ville d’Exemple" in Client().get("/acheteurs/").content.decode()
    assert_clean(client.get(change))


def test_enrolments_are_handed_over_and_erased(person):
    register(person, message="Appelez le greffe.")
    assert export_personal_data(person)["join_requests"][0]["message"] == "Appelez le greffe."
    erase_personal_data(user=person, by=person)
    assert not JoinRequest.objects.exists()
    assert not JoinRequest.pgh_event_model.objects.exists()
