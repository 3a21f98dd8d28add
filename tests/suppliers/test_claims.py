"""Claiming a sheet: it grants nothing before the pôle decides, and tells nobody more than they need."""

import re
import threading

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from marketplace.accounts.joining import accept_join_request, refuse_join_request, withdraw_join_request
from marketplace.accounts.models import JoinRequest, Membership, User
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.accounts.tasks import tell_members
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from marketplace.web.private_files import PrivateFile
from suppliers.claims import claim_review_rows, claim_supplier
from suppliers.models import Status
from tests import factories
from tests.web.clean import assert_clean
from tests.web.private_files import samples

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
SAYS = {"title": "Trésorière", "message": "Appelez la direction au bureau."}


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def supplier():
    return factories.SupplierFactory(name="Atelier Les Trois Rives", slug="trois-rives")


@pytest.fixture
def person():
    return factories.UserFactory(first_name="Claire", last_name="Roy", email="claire@exemple.test")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def ask(supplier, person, **more):
    return claim_supplier(supplier=supplier, by=person, **{**SAYS, **more})


# -- verbs -----------------------------------------------------------------------------------------------------


def test_claim_grants_nothing(supplier, person):
    ask(supplier, person)
    assert not person.memberships.exists()
    assert not supplier.organisation.memberships.exists()


def test_members_are_told_a_name_and_a_function_and_nothing_else(supplier, person):
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    ask(supplier, person, phone="819 555-0199", message="Mon secret à moi")
    assert tell_members() == 1
    message = Message.objects.get(kind="claim.told")
    assert message.address == member.email
    for part in (message.text, message.html, message.title):
        assert person.email not in part
        assert "secret" not in part
        assert "555" not in part
    assert "Claire Roy, Trésorière," in message.text


def test_one_open_claim_per_person_and_sheet(supplier, person):
    ask(supplier, person)
    with pytest.raises(WrongMove):
        ask(supplier, person)
    ask(factories.SupplierFactory(), person)
    ask(supplier, factories.UserFactory())
    assert JoinRequest.objects.open().count() == 3


def test_member_has_nothing_to_claim(supplier, person):
    factories.MembershipFactory(organisation=supplier.organisation, user=person)
    with pytest.raises(WrongMove):
        ask(supplier, person)


def test_accepted_person_is_owner_where_nobody_is_and_editor_where_someone_is(supplier, person, pole_staff):
    first = accept_join_request(join_request=ask(supplier, person), by=pole_staff)
    second = accept_join_request(join_request=ask(supplier, factories.UserFactory()), by=pole_staff)
    assert (first.role, second.role) == (OWNER, EDITOR)
    assert set(Message.objects.values_list("address", "kind")) >= {
        (person.email, "claim.accepted"),
        (person.email, "claim.joined"),
    }


def test_staff_choose_the_role(supplier, person, pole_staff):
    factories.MembershipFactory(organisation=supplier.organisation, role=OWNER)
    assert accept_join_request(join_request=ask(supplier, person), by=pole_staff, role=OWNER).role == OWNER


def test_refusal_says_why_and_the_person_returns_with_something_new(supplier, person, pole_staff):
    claim = ask(supplier, person)
    with pytest.raises(WrongMove):
        refuse_join_request(join_request=claim, by=pole_staff, answer="  ")
    refuse_join_request(join_request=claim, by=pole_staff, answer="L’entreprise ne vous connaît pas.")
    message = Message.objects.get(kind="claim.refused")
    assert message.address == person.email
    assert "L’entreprise ne vous connaît pas." in message.text
    with pytest.raises(WrongMove):
        ask(supplier, person)
    again = ask(supplier, person, message="Demandez à la présidente, 819 555-0100.")
    assert again.state == JoinRequest.State.OPEN


def test_accepting_ends_the_other_claims_and_says_so(supplier, person, pole_staff):
    other = ask(supplier, factories.UserFactory(email="autre@exemple.test"))
    accept_join_request(join_request=ask(supplier, person), by=pole_staff)
    other.refresh_from_db()
    assert other.state == JoinRequest.State.REFUSED
    message = Message.objects.get(address="autre@exemple.test", kind="claim.ended")
    assert "Claire" not in message.text + message.html


def test_staff_may_keep_the_other_claims(supplier, person, pole_staff):
    other = ask(supplier, factories.UserFactory())
    accept_join_request(join_request=ask(supplier, person), by=pole_staff, end_others=False)
    other.refresh_from_db()
    assert other.state == JoinRequest.State.OPEN


def test_only_staff_of_the_territory_decide_and_never_about_themselves(supplier, person, foreign_staff):
    claim = ask(supplier, person)
    owner = factories.MembershipFactory(organisation=supplier.organisation, role=OWNER).user
    for someone in (foreign_staff, owner, person, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            accept_join_request(join_request=claim, by=someone)
        with pytest.raises(NotAllowed):
            refuse_join_request(join_request=claim, by=someone, answer="Non.")
    staff = factories.PolePostFactory().user
    own = ask(supplier, staff)
    with pytest.raises(NotAllowed):
        accept_join_request(join_request=own, by=staff)


def test_decided_claim_is_decided(supplier, person, pole_staff):
    claim = ask(supplier, person)
    refuse_join_request(join_request=claim, by=pole_staff, answer="Non.")
    with pytest.raises(WrongMove):
        accept_join_request(join_request=claim, by=pole_staff)
    with pytest.raises(WrongMove):
        withdraw_join_request(join_request=claim, by=person)
    assert not person.memberships.exists()


@pytest.mark.django_db(transaction=True)
def test_two_staff_deciding_at_once_decide_once(supplier, person):
    claim = ask(supplier, person)
    people = [factories.PolePostFactory().user.pk for _ in range(2)]
    refused = []
    start = threading.Barrier(2)

    def decide(user_id, verb):
        by = User.objects.get(pk=user_id)
        try:
            start.wait()
            verb(join_request=JoinRequest.objects.get(pk=claim.pk), by=by)
        except Refused:
            refused.append(user_id)
        finally:
            connection.close()

    verbs = (accept_join_request, lambda **kw: refuse_join_request(answer="Non.", **kw))
    threads = [threading.Thread(target=decide, args=pair) for pair in zip(people, verbs, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    claim.refresh_from_db()
    assert len(refused) == 1
    answers = Message.objects.filter(address=person.email).exclude(kind="claim.received")
    assert answers.count() == 1
    assert person.memberships.exists() == (claim.state == JoinRequest.State.ACCEPTED)


# -- what the pôle reads ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "website", "verdict"),
    [
        ("claire@rives.example", "https://www.rives.example/contact", "full"),
        ("claire@courriel.rives.example", "https://rives.example", "full"),
        ("claire@autrerives.example", "https://rives.example", "part"),
        ("claire@gmail.com", "https://rives.example", "part"),
        ("claire@gmail.com", "", "part"),
        ("claire@rives.example", "", "none"),
    ],
)
def test_address_is_an_indicator(supplier, person, email, website, verdict):
    organisation = supplier.organisation
    organisation.website = website
    organisation.save()
    person.email = email
    person.save()
    claim = ask(supplier, person)
    assert claim_review_rows(claim)[1]["verdict"] == verdict


def test_generic_domain_never_confirms_even_where_the_sheet_uses_it(supplier, person):
    factories.ContactFactory(supplier=supplier, email="autre@gmail.com")
    person.email = "claire@gmail.com"
    person.save()
    assert claim_review_rows(ask(supplier, person))[1]["verdict"] == "part"


def test_phone_and_name_are_compared_as_people_write_them(supplier, person):
    factories.ContactFactory(supplier=supplier, name="CLAIRE  ROY", phone="(819) 555-0142")
    rows = claim_review_rows(ask(supplier, person, phone="1 819 555 0142 poste 3"))
    assert [row["verdict"] for row in rows] == ["full", rows[1]["verdict"], "full"]


# -- pages -----------------------------------------------------------------------------------------------------


def body(response):
    return re.sub(r'csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_page_is_the_same_with_and_without_members(person):
    held = factories.SupplierFactory(name="Coop X", slug="coop-x")
    member = factories.MembershipFactory(organisation=held.organisation, role=OWNER).user
    client = signed_in(person)
    with_members = body(client.get("/fournisseurs/coop-x/revendiquer/"))
    member.memberships.all().delete()
    assert body(client.get("/fournisseurs/coop-x/revendiquer/")) == with_members
    assert body(Client().get("/fournisseurs/coop-x/revendiquer/"))


@pytest.mark.parametrize("status", [Status.PROSPECT, Status.DRAFT, Status.SUBMITTED, Status.ARCHIVED])
def test_sheet_that_is_not_visible_shows_its_name_and_town_only(person, status):
    supplier = factories.SupplierFactory(
        name="Coop Cachée", slug="cachee", status=status, activity="Zyxwolia en préparation"
    )
    factories.ContactFactory(supplier=supplier, name="Zyxwolia Contact", email="zyxwolia@exemple.test")
    organisation = supplier.organisation
    organisation.phone, organisation.website = "819 555-0777", "https://zyxwolia.example"
    organisation.save()
    for client in (Client(), signed_in(person)):
        page = client.get("/fournisseurs/cachee/revendiquer/").content.decode()
        assert "Coop Cachée" in page
        assert "Trois-Rivières" in page
        for secret in ("yxwolia", "555", organisation.neq, 'href="/fournisseurs/cachee/"'):
            assert secret not in page


def test_visitor_is_told_to_sign_in_and_comes_back():
    factories.SupplierFactory(slug="coop-x")
    response = Client().get("/fournisseurs/coop-x/revendiquer/")
    assert_clean(response)
    page = response.content.decode()
    assert "/compte/creer/?next=/fournisseurs/coop-x/revendiquer/" in page
    response = Client().post("/fournisseurs/coop-x/revendiquer/", SAYS)
    assert response["Location"].startswith("/compte/connexion/?next=")
    assert not JoinRequest.objects.exists()


def test_claim_with_a_file_that_only_the_pole_and_the_person_open(
    supplier, person, pole_staff, foreign_staff
):
    client = signed_in(person)
    file = samples.upload(samples.PDF, "resolution.pdf")
    response = client.post("/fournisseurs/trois-rives/revendiquer/", {**SAYS, "evidence": file}, follow=True)
    assert_clean(response)
    claim = JoinRequest.objects.get()
    assert claim.evidence is not None
    owner = factories.MembershipFactory(organisation=supplier.organisation, role=OWNER).user
    address = f"/fournisseurs/revendications/{claim.pk}/piece/"
    for someone in (person, pole_staff):
        response = signed_in(someone).get(address)
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment")
        b"".join(response.streaming_content)
    for someone in (owner, foreign_staff, factories.UserFactory()):
        assert signed_in(someone).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_faulty_form_keeps_what_was_written(supplier, person):
    response = signed_in(person).post(
        "/fournisseurs/trois-rives/revendiquer/", {"title": "", "message": "Mon message", "phone": "12"}
    )
    assert_clean(response)
    page = response.content.decode()
    assert "Écrivez votre fonction dans l’entreprise." in page
    assert "Ce numéro de téléphone est incomplet." in page
    assert "Mon message" in page
    assert not JoinRequest.objects.exists()


def test_person_takes_the_claim_back_and_its_file_goes(supplier, person):
    client = signed_in(person)
    ask(supplier, person)
    page = client.get("/fournisseurs/trois-rives/revendiquer/")
    assert_clean(page)
    assert "Retirer ma demande" in page.content.decode()
    own = JoinRequest.objects.get().get_absolute_url()
    assert own.startswith("/fournisseurs/revendications/")
    client.post(own, {"decision": "withdraw"})
    assert JoinRequest.objects.get().state == JoinRequest.State.WITHDRAWN
    assert_clean(client.get(own))
    assert signed_in(factories.UserFactory()).post(own, {"decision": "withdraw"}).status_code == 404


def test_too_many_claims_are_held_back(person):
    client = signed_in(person)
    answers = set()
    for _ in range(12):
        supplier = factories.SupplierFactory()
        answers.add(client.post(f"/fournisseurs/{supplier.slug}/revendiquer/", SAYS).status_code)
    assert 429 in answers
    assert JoinRequest.objects.count() <= 10


def test_public_sheet_leads_to_the_claim_and_a_members_own_does_not(supplier, person):
    link = "/fournisseurs/trois-rives/revendiquer/"
    assert link in Client().get("/fournisseurs/trois-rives/").content.decode()
    factories.MembershipFactory(organisation=supplier.organisation, user=person)
    assert link not in signed_in(person).get("/fournisseurs/trois-rives/").content.decode()


# -- the back room ---------------------------------------------------------------------------------------------


def test_staff_read_and_decide(supplier, person, pole_staff, django_assert_max_num_queries):
    claim = ask(supplier, person)
    client = signed_in(pole_staff)
    assert "Atelier Les Trois Rives" in client.get("/mon-espace/").content.decode()
    with django_assert_max_num_queries(18):
        response = client.get(f"/gestion/accounts/joinrequest/{claim.pk}/change/")
    assert_clean(response)
    page = response.content.decode()
    assert "Ce que nous savons" in page
    assert person.email in page
    response = client.post(
        f"/gestion/accounts/joinrequest/{claim.pk}/decision/",
        {"decision": "refuse", "answer": ""},
        follow=True,
    )
    assert_clean(response)
    assert "Écrivez pourquoi" in response.content.decode()
    client.post(f"/gestion/accounts/joinrequest/{claim.pk}/decision/", {"decision": "accept", "role": OWNER})
    assert person.memberships.get().role == OWNER
    assert_clean(client.get(f"/gestion/accounts/joinrequest/{claim.pk}/change/"))
    assert_clean(client.get("/gestion/accounts/joinrequest/"))


def test_staff_elsewhere_see_no_claim(supplier, person, foreign_staff):
    claim = ask(supplier, person)
    client = signed_in(foreign_staff)
    assert "Trois Rives" not in client.get("/gestion/accounts/joinrequest/").content.decode()
    assert "Trois Rives" not in client.get("/mon-espace/").content.decode()
    client.post(f"/gestion/accounts/joinrequest/{claim.pk}/decision/", {"decision": "accept"})
    claim.refresh_from_db()
    assert claim.state == JoinRequest.State.OPEN


# -- Law 25 ----------------------------------------------------------------------------------------------------


def test_claims_are_handed_over_and_erased_with_their_history_and_file(supplier, person):
    from marketplace.web import private_files

    upload = samples.upload(samples.PDF, "a.pdf")
    ask(supplier, person, evidence=private_files.check_upload(upload))
    said = export_personal_data(person)["join_requests"][0]
    assert said["message"] == SAYS["message"]
    erase_personal_data(user=person, by=person)
    assert not JoinRequest.objects.exists()
    assert not PrivateFile.objects.exists()
    assert not JoinRequest.pgh_event_model.objects.exists()
