"""Declaring a NEQ takes nothing: neither the organisation that has it, nor the one that comes for it later."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.urls import reverse

from buyers.models import Buyer
from buyers.registration import register_institution
from marketplace.accounts.invitations import (
    InvitationUnusable,
    accept_invitation,
    accept_own_invitation,
    create_invitation,
)
from marketplace.accounts.joining import accept_join_request, refuse_join_request, withdraw_join_request
from marketplace.accounts.members import invite_member, remove_member
from marketplace.accounts.models import JoinRequest, Membership, Organisation, User
from marketplace.accounts.personal_data import export_personal_data
from marketplace.outbox.models import Message
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.curation import publish_supplier, submit_supplier
from suppliers.editing import open_supplier, update_supplier
from suppliers.models import Registration, Status, Supplier
from suppliers.registration.verbs import standing_of_neq
from tests import factories
from tests.admin.conftest import press
from tests.suppliers.import_files import listing_text, load
from tests.suppliers.registration.builders import NEQ, begun, filled, found, submitted

pytestmark = pytest.mark.django_db
OWNER, EDITOR = Membership.Role.OWNER, Membership.Role.EDITOR
TOWN_NEQ = "8812345678"


def enrol(by, *, neq=TOWN_NEQ, name="Ville d’Exemple", mrc="36", region="04"):
    seat = {"name": name, "town": "Shawinigan", "mrc_id": mrc, "region_id": region}
    return register_institution(neq=neq, kind="municipality", place=seat, title="Greffe", by=by)


@pytest.fixture
def stranger():
    return factories.UserFactory(email="inconnu@exemple.test")


# -- a stranger comes first ------------------------------------------------------------------------------------


def test_beginning_a_registration_gives_no_hold_on_the_neq(stranger):
    begun(stranger, neq=TOWN_NEQ)
    assert not Organisation.objects.filter(neq=TOWN_NEQ).exists()
    assert Registration.objects.get().claimed_neq == TOWN_NEQ


def test_the_enrolment_of_a_town_does_not_land_on_a_strangers_draft(stranger, pole_staff):
    draft = begun(stranger, neq=TOWN_NEQ)
    clerk = factories.UserFactory(email="greffe@ville.exemple.test")
    membership = accept_join_request(join_request=enrol(clerk), by=pole_staff)
    town = membership.organisation
    assert (town.neq, town.name, membership.role) == (TOWN_NEQ, "Ville d’Exemple", OWNER)
    assert town.pk != draft.organisation_id
    assert not Membership.objects.filter(organisation=town, user=stranger).exists()
    with pytest.raises(NotAllowed):
        remove_member(membership=membership, by=stranger)


def test_a_strangers_invitation_leads_nobody_into_the_organisation_that_has_the_neq(stranger, pole_staff):
    draft = submitted(stranger, neq=TOWN_NEQ)
    invite_member(organisation=draft.organisation, email="ami@exemple.test", role=OWNER, by=None)
    town = factories.OrganisationFactory(neq=TOWN_NEQ, name="Ville d’Exemple")
    factories.MembershipFactory(organisation=town, role=OWNER)
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    assert Supplier.objects.get(pk=draft.pk).organisation == town
    assert not town.invitations.exists()
    assert town.memberships.get(user=stranger).role == EDITOR, "it has an owner already"


def test_a_stranger_sees_removes_and_decides_nothing_of_the_town(client, stranger, pole_staff):
    draft = submitted(stranger, neq=TOWN_NEQ)
    clerk = factories.UserFactory(email="greffe@ville.exemple.test", last_name="Zacharie")
    made = enrol(clerk)
    client.force_login(stranger)

    def shut(name, *args):
        address = reverse(name, args=args)
        for response in (client.get(address), client.post(address, {"decision": "accept"})):
            assert response.status_code in (404, 405), (address, response.status_code)

    shut("accounts:enrolment", made.pk)
    for decide in (
        lambda: accept_join_request(join_request=made, by=stranger),
        lambda: refuse_join_request(join_request=made, by=stranger, answer="Non."),
        lambda: withdraw_join_request(join_request=made, by=stranger),
    ):
        with pytest.raises(NotAllowed):
            decide()
    membership = accept_join_request(join_request=made, by=pole_staff)
    town = membership.organisation
    shut("accounts:members", town.pk)
    shut("accounts:members_remove", town.pk, membership.pk)
    shut("accounts:members_remove", draft.organisation_id, membership.pk)
    with pytest.raises(NotAllowed):
        invite_member(organisation=town, email="ami@exemple.test", role=OWNER, by=stranger)
    colleague = enrol(factories.UserFactory(email="maire@ailleurs.test", last_name="Zacharie"))
    assert colleague.organisation == town
    shut("accounts:enrolment", colleague.pk)
    with pytest.raises(NotAllowed):
        accept_join_request(join_request=colleague, by=stranger)
    assert Membership.objects.filter(pk=membership.pk, role=OWNER).exists()
    assert not JoinRequest.objects.visible_to(stranger).exists()
    assert not Organisation.objects.visible_to(stranger).filter(pk=town.pk).exists()
    said = [client.get("/mon-espace/").content.decode(), str(export_personal_data(stranger))]
    said += [f"{mail.title} {mail.text}" for mail in Message.objects.filter(address=stranger.email)]
    assert not [text for text in said if "Zacharie" in text or clerk.email in text]


def test_an_invitation_of_a_strangers_draft_opens_nothing_after_the_merge(stranger, pole_staff):
    draft = submitted(stranger, neq=TOWN_NEQ)
    friend = factories.UserFactory(email="ami@exemple.test")
    EmailAddress.objects.create(user=friend, email=friend.email, verified=True, primary=True)
    sent, token = create_invitation(organisation=draft.organisation, email=friend.email, role=OWNER, by=None)
    town = factories.OrganisationFactory(neq=TOWN_NEQ, name="Ville d’Exemple")
    factories.MembershipFactory(organisation=town, role=OWNER)
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    for accept in (
        lambda: accept_invitation(token=token, by=friend),
        lambda: accept_own_invitation(invitation=sent, by=friend),
    ):
        with pytest.raises(InvitationUnusable):
            accept()
    assert not friend.memberships.exists()


def test_who_a_stranger_brought_along_joins_as_editor_and_every_member_is_told(stranger, pole_staff):
    draft = submitted(stranger, neq=TOWN_NEQ)
    factories.MembershipFactory(organisation=draft.organisation, role=OWNER, user__email="ami@exemple.test")
    town = factories.OrganisationFactory(neq=TOWN_NEQ, name="Ville d’Exemple")
    owner = factories.MembershipFactory(organisation=town, role=OWNER, user__email="maire@exemple.test")
    factories.MembershipFactory(organisation=town, role=EDITOR, user__email="greffe@exemple.test")
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    arrived = town.memberships.filter(user__email__in=["ami@exemple.test", "inconnu@exemple.test"])
    assert [membership.role for membership in arrived] == [EDITOR, EDITOR]
    told = Message.objects.filter(kind="members.merged").values_list("address", flat=True)
    assert sorted(told) == sorted(["maire@exemple.test", "greffe@exemple.test"] * 2)
    remove_member(membership=arrived.get(user=stranger), by=owner.user)
    assert not town.memberships.filter(user=stranger).exists()


def test_a_stranger_who_enrols_first_chooses_no_pole_for_the_town(stranger, pole_staff, foreign_staff):
    theirs = enrol(stranger, name="Ville de Nulle-Part", mrc="65", region="13")
    made = enrol(factories.UserFactory(email="greffe@ville.exemple.test"))
    assert theirs.organisation != made.organisation
    with pytest.raises(NotAllowed):
        accept_join_request(join_request=made, by=foreign_staff)
    membership = accept_join_request(join_request=made, by=pole_staff)
    assert (membership.organisation.neq, membership.organisation.name) == (TOWN_NEQ, "Ville d’Exemple")
    theirs.refresh_from_db()
    assert theirs.organisation == membership.organisation, "who registered it apart waits there from now on"
    assert not Organisation.objects.filter(name="Ville de Nulle-Part").exists()
    with pytest.raises(NotAllowed):
        accept_join_request(join_request=theirs, by=foreign_staff)


def test_a_strangers_words_make_no_address_for_a_known_organisation(stranger):
    known = factories.OrganisationFactory(neq=TOWN_NEQ, name="Ville d’Exemple")
    enrol(stranger, name="Nulle-Part")
    assert Buyer.objects.get(organisation=known).slug == "ville-dexemple"


def test_staff_who_write_the_declared_neq_give_nothing_before_the_publication(stranger, pole_staff):
    draft = submitted(stranger, neq=TOWN_NEQ)
    update_supplier(supplier=draft, by=pole_staff, changes={"neq": TOWN_NEQ})
    assert not Organisation.objects.filter(neq=TOWN_NEQ).exists()
    update_supplier(supplier=draft, by=pole_staff, changes={"neq": NEQ})
    assert Registration.objects.get().claimed_neq == NEQ
    factories.SupplierFactory(organisation__neq=TOWN_NEQ)
    with pytest.raises(WrongMove, match="déjà inscrit"):
        update_supplier(supplier=draft, by=pole_staff, changes={"neq": TOWN_NEQ})
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    assert Organisation.objects.get(neq=NEQ) == Supplier.objects.get(pk=draft.pk).organisation


def test_the_administration_edits_no_organisation_of_a_draft(client, stranger, admin_user):
    """It is edited on its supplier, where the NEQ stays a claim."""
    draft = begun(stranger, neq=TOWN_NEQ)
    client.force_login(admin_user)
    address = f"/gestion/accounts/organisation/{draft.organisation_id}/change/"
    page = client.get(address).content.decode()
    assert 'name="neq"' not in page
    sizes = {
        f"{rows}-{size}_FORMS": "0"
        for rows in ("memberships", "invitations")
        for size in ("TOTAL", "INITIAL")
    }
    client.post(address, {"name": "Ville d’Exemple", "neq": TOWN_NEQ, "email_domains": "", **sizes})
    assert not Organisation.objects.filter(neq=TOWN_NEQ).exists()


def test_an_import_gives_a_draft_nothing_of_the_row_and_takes_nothing(stranger, tmp_path):
    draft = begun(stranger)
    before = Organisation.objects.get(pk=draft.organisation_id)
    listing = tmp_path / "listing.csv"
    listing.write_text(listing_text({"neq": NEQ, "nom": "Coop véritable"}), encoding="utf-8")
    report = load(listing)
    assert (report.created, report.rejected) == (1, [])
    seat = Organisation.objects.get(pk=draft.organisation_id)
    assert (seat.neq, seat.name, seat.town) == (None, before.name, "")


def test_a_strangers_draft_keeps_staff_from_nothing(stranger, pole_staff):
    begun(stranger)
    place = {"mrc_id": "371", "region_id": "04"}
    opened = open_supplier(by=pole_staff, values={"neq": NEQ, "name": "Coop", "legal_form": "coop", **place})
    assert opened.organisation.neq == NEQ


def test_members_of_the_organisation_are_not_led_to_a_strangers_draft(stranger):
    known = factories.OrganisationFactory(neq=NEQ, name="Coop connue")
    begun(stranger)
    member = factories.MembershipFactory(organisation=known, role=OWNER).user
    assert standing_of_neq(NEQ, member) is None
    assert begun(member).organisation == known


def test_staff_find_a_draft_by_the_neq_that_it_declares(client, stranger, pole_staff):
    draft = submitted(stranger)
    client.force_login(pole_staff)
    for address in (
        f"/gestion/suppliers/supplier/?q={NEQ}",
        "/gestion/suppliers/supplier/file/",
        f"/gestion/suppliers/supplier/{draft.pk}/change/",
    ):
        assert "1167\u00a0403\u00a0218" in client.get(address).content.decode(), address


# -- an organisation that another pôle looks after -------------------------------------------------------------


@pytest.fixture
def elsewhere():
    """An enterprise of the Laval pôle, with its people."""
    organisation = factories.OrganisationFactory(
        neq=NEQ,
        name="Coop d’ailleurs",
        town="Laval",
        mrc=Mrc.objects.get(code="65"),
        email="coop@ailleurs.test",
    )
    factories.MembershipFactory(organisation=organisation, role=OWNER)
    return organisation


def unchanged(organisation):
    now = Organisation.objects.get(pk=organisation.pk)
    return (now.name, now.town, now.mrc_id, now.email) == (
        "Coop d’ailleurs",
        "Laval",
        "65",
        "coop@ailleurs.test",
    )


def test_publishing_joins_no_organisation_of_another_pole(stranger, pole_staff, foreign_staff, elsewhere):
    draft = submitted(stranger)  # its typed place is in Mauricie
    found(draft, pole_staff)
    with pytest.raises(NotAllowed, match="pas de votre territoire"):
        publish_supplier(supplier=draft, by=pole_staff)
    assert unchanged(elsewhere)
    assert elsewhere.memberships.count() == 1
    draft.refresh_from_db()
    assert draft.status == Status.SUBMITTED
    assert Supplier.objects.curated_by(foreign_staff).filter(pk=draft.pk).exists(), "whose decision it is"
    publish_supplier(supplier=draft, by=foreign_staff)
    assert unchanged(elsewhere), "its name and place stay"
    assert elsewhere.memberships.get(user=stranger).role == EDITOR


def test_an_enrolment_joins_no_organisation_of_another_pole(stranger, pole_staff, foreign_staff, elsewhere):
    made = enrol(stranger, neq=NEQ, name="Autre nom")  # its typed place is in Mauricie
    with pytest.raises(NotAllowed):
        accept_join_request(join_request=made, by=pole_staff)
    assert unchanged(elsewhere)
    assert not Buyer.objects.known().filter(organisation=elsewhere).exists()
    membership = accept_join_request(join_request=made, by=foreign_staff)
    assert (membership.organisation, membership.role) == (elsewhere, EDITOR)
    assert unchanged(elsewhere), "its name and place stay"


def test_an_organisation_that_comes_meanwhile_is_not_joined_either(stranger, pole_staff, admin_user):
    draft, made = filled(stranger), enrol(stranger)
    for neq in (NEQ, TOWN_NEQ):
        factories.OrganisationFactory(neq=neq, mrc=Mrc.objects.get(code="65"))
    submit_supplier(supplier=draft, by=stranger)
    found(draft, pole_staff)
    with pytest.raises(NotAllowed):
        publish_supplier(supplier=draft, by=pole_staff)
    for someone in (pole_staff, admin_user):  # the person is told to join that one
        with pytest.raises(WrongMove, match="Une autre organisation a ce NEQ"):
            accept_join_request(join_request=made, by=someone)
    publish_supplier(supplier=draft, by=admin_user)


def test_no_page_of_another_pole_decides_or_tells(client, stranger, pole_staff, elsewhere):
    """By page, POST, action and API: the request to join, and the draft that only declares the NEQ."""
    owner = elsewhere.memberships.get().user
    User.objects.filter(pk=owner.pk).update(email="zephirine@ailleurs.test", last_name="Zéphirine")
    asker = factories.UserFactory(email="zoe@ailleurs.test", last_name="Zéphirine")
    made = enrol(asker, neq=NEQ)
    draft = submitted(stranger)  # its typed place is in Mauricie
    found(draft, pole_staff)
    client.force_login(pole_staff)
    supplier = f"/gestion/suppliers/supplier/{draft.pk}"
    request = f"/gestion/accounts/joinrequest/{made.pk}"
    pages = [
        "/mon-espace/",
        "/gestion/",
        f"{request}/change/",
        f"{request}/history/",
        f"/acheteurs/inscription/{made.pk}/",
        "/gestion/accounts/joinrequest/",
        f"/gestion/accounts/joinrequest/?q={NEQ}",
        "/gestion/accounts/invitation/",
        f"/gestion/accounts/organisation/?q={NEQ}",
        f"/gestion/accounts/organisation/{elsewhere.pk}/change/",
        f"/gestion/accounts/organisation/{elsewhere.pk}/history/",
        f"/mon-espace/organisations/{elsewhere.pk}/membres/",
        f"{supplier}/change/",
        f"{supplier}/history/",
        "/api/v1/suppliers/",
        f"/api/v1/suppliers/{draft.slug}/",
    ]
    for page in pages:
        said = client.get(page, follow=True).content.decode()
        assert "Zéphirine" not in said, page
        assert "ailleurs.test" not in said, page
    for verb in ("accept", "refuse"):
        posted = {"decision": verb, "role": OWNER, "answer": "Oui."}
        assert client.post(f"{request}/decision/", posted).status_code == 404
        assert client.post(f"/acheteurs/inscription/{made.pk}/", posted).status_code == 404
    answer = press(client, draft, move="publish", follow=True)
    assert "pas de votre territoire" in answer.content.decode()
    chosen = {"action": "publish_selected_suppliers", ACTION_CHECKBOX_NAME: [draft.pk], "confirmed": "1"}
    answer = client.post("/gestion/suppliers/supplier/", chosen, follow=True)
    assert "pas de votre territoire" in answer.content.decode()
    assert client.post(f"/api/v1/suppliers/{draft.slug}/", {"status": "published"}).status_code in (403, 405)
    made.refresh_from_db()
    draft.refresh_from_db()
    assert (made.state, draft.status) == (JoinRequest.State.OPEN, Status.SUBMITTED)
    assert unchanged(elsewhere)
    assert elsewhere.memberships.get().user == owner


def test_staff_open_no_supplier_on_an_organisation_of_another_pole(pole_staff, elsewhere):
    values = {"neq": NEQ, "name": "Autre nom", "town": "Shawinigan", "mrc_id": "36", "legal_form": "coop"}
    with pytest.raises(WrongMove, match="pas dans votre territoire"):
        open_supplier(by=pole_staff, values=values)
    assert unchanged(elsewhere)
    assert not Supplier.objects.exists()


def test_what_a_known_organisation_lacks_is_filled_in(stranger, pole_staff):
    known = factories.OrganisationFactory(
        neq=NEQ,
        name="Coop connue",
        town="",
        postal_code="",
        mrc=None,
        region=None,
        pole=factories.pole("mauricie"),
    )
    draft = submitted(stranger)
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    known.refresh_from_db()
    assert (known.name, known.mrc_id, known.town) == ("Coop connue", "371", "Trois-Rivières")
