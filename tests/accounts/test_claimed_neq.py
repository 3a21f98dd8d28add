"""Declaring a NEQ takes nothing: neither the organisation that has it, nor the one that comes for it later."""

from __future__ import annotations

import pytest

from buyers.models import Buyer
from buyers.registration import register_institution
from marketplace.accounts.joining import accept_join_request
from marketplace.accounts.members import invite_member, remove_member
from marketplace.accounts.models import Membership, Organisation
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.curation import publish_supplier, submit_supplier
from suppliers.editing import open_supplier
from suppliers.models import Registration, Status, Supplier
from suppliers.registration.verbs import standing_of_neq
from tests import factories
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
    invite_member(organisation=draft.organisation, email="ami@exemple.test", role=OWNER, by=stranger)
    town = factories.OrganisationFactory(neq=TOWN_NEQ, name="Ville d’Exemple")
    factories.MembershipFactory(organisation=town, role=OWNER)
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    assert Supplier.objects.get(pk=draft.pk).organisation == town
    assert not town.invitations.exists()
    assert town.memberships.get(user=stranger).role == EDITOR, "it has an owner already"


def test_an_import_gives_a_draft_nothing_of_the_row_and_takes_nothing(stranger, tmp_path):
    draft = begun(stranger)
    before = Organisation.objects.get(pk=draft.organisation_id)
    listing = tmp_path / "listing.csv"
    listing.write_text(listing_text({"neq": NEQ, "nom": "Coop véritable"}), encoding="utf-8")
    report = load(listing)
    assert (report.created, report.rejected) == (0, [])
    assert Supplier.objects.count() == 1
    seat = Organisation.objects.get(pk=draft.organisation_id)
    assert (seat.neq, seat.name, seat.town) == (None, before.name, "")


def test_staff_open_no_second_supplier_for_a_declared_neq(stranger, pole_staff):
    begun(stranger)
    with pytest.raises(WrongMove, match="déjà inscrit"):
        open_supplier(by=pole_staff, values={"neq": NEQ, "name": "Coop", "legal_form": "coop"})


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
