"""A stranger registers an enterprise's NEQ first: nothing is reserved, hidden, shown or mailed in its name."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.invitations import MOST_FOR_ORGANISATION, invitations_left
from marketplace.accounts.members import cancel_invitation, invite_member
from marketplace.accounts.models import Invitation, Membership, Organisation
from marketplace.outbox.models import Message
from marketplace.web.errors import Refused, WrongMove
from suppliers.claims import claim_supplier
from suppliers.curation import publish_supplier, submit_supplier
from suppliers.models import Registration, Status, Supplier
from suppliers.registration.verbs import DECLARATION, submit_registration
from suppliers.undoing import undo_decision
from tests import factories
from tests.suppliers.import_files import GOOD, counts, listing_text, load
from tests.suppliers.registration.builders import NEQ, filled, found, submitted

pytestmark = pytest.mark.django_db
SECRET = "Gagnez mille dollars"


@pytest.fixture
def squatter():
    return factories.UserFactory(email="squatteur@exemple.test", first_name="Zyxwolia")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def listing(tmp_path):
    path = tmp_path / "liste.csv"
    path.write_text(listing_text({"neq": NEQ, "nom": "Coop véritable"}), encoding="utf-8")
    return path


def test_import_is_the_same_with_and_without_a_strangers_draft(listing, squatter, pole_staff):
    draft = submitted(squatter, name=SECRET)
    written = Supplier.objects.filter(pk=draft.pk).values().get()
    assert counts(load(listing)) == (1, 0, 0, 0)
    assert counts(load(listing)) == (0, 0, 1, 0)
    prospect = Supplier.objects.get(organisation__neq=NEQ)
    assert (prospect.status, str(prospect)) == (Status.DRAFT, "Coop véritable")
    assert Supplier.objects.filter(pk=draft.pk).values().get() == written
    page = signed_in(pole_staff).get(f"/gestion/suppliers/supplier/?source=file&q={NEQ}").content.decode()
    assert "Coop véritable" in page


def test_second_person_is_told_calmly_and_begins_too(squatter):
    filled(squatter, name=SECRET)
    person = factories.UserFactory()
    client = signed_in(person)
    page = client.get(reverse("suppliers:register"), {"neq": NEQ}).content.decode()
    assert "Une autre personne a commencé une inscription avec ce NEQ." in page
    for secret in (SECRET, "Zyxwolia", "squatteur"):
        assert secret not in page
    client.post(reverse("suppliers:register_begin"), {"neq": NEQ})
    assert Registration.objects.filter(claimed_neq=NEQ).count() == 2
    own = Supplier.objects.get(registration__started_by=person)
    assert f"/{own.pk}/" in client.get(reverse("suppliers:register"), {"neq": NEQ})["Location"]


def test_draft_is_nowhere_for_others_and_is_not_claimed(squatter):
    draft = submitted(squatter, name=SECRET)
    other = factories.UserFactory()
    for client in (Client(), signed_in(other)):
        for name in ("claim", "supplier"):
            assert client.get(reverse(f"suppliers:{name}", args=[draft.slug])).status_code == 404
        for address in (f"/fournisseurs/?q={NEQ}", "/fournisseurs/?q=gagnez", f"/api/v1/suppliers/?q={NEQ}"):
            assert SECRET not in client.get(address).content.decode()
    with pytest.raises(WrongMove, match="pas encore vérifiée"):
        claim_supplier(supplier=draft, title="x", message="x", by=other)


def test_nobody_is_invited_in_the_name_of_what_nobody_reviewed(squatter, pole_staff):
    draft = filled(squatter, name=SECRET)
    client = signed_in(squatter)
    address = reverse("accounts:members", args=[draft.organisation_id])
    assert "Les invitations partiront quand le pôle" in client.get(address).content.decode()
    page = client.post(address, {"email": "victime@exemple.test", "role": "owner"}).content.decode()
    assert "Les invitations partiront quand le pôle" in page
    assert not Invitation.objects.exists()
    assert not Message.objects.filter(address="victime@exemple.test").exists()
    submit_registration(supplier=draft, by=squatter, declaration=str(DECLARATION))
    found(draft, pole_staff)
    publish_supplier(supplier=draft, by=pole_staff)
    client.post(address, {"email": "collegue@exemple.test", "role": "editor"})
    assert Invitation.objects.get().email == "collegue@exemple.test"


def test_invitations_of_a_day_are_counted_in_the_database_cancelled_ones_too():
    owner = factories.MembershipFactory(role=Membership.Role.OWNER)
    organisation, by = owner.organisation, owner.user
    client = signed_in(by)
    address = reverse("accounts:members", args=[organisation.pk])
    assert (
        f"Vous pouvez encore envoyer {MOST_FOR_ORGANISATION} invitations"
        in client.get(address).content.decode()
    )
    for number in range(MOST_FOR_ORGANISATION):
        made = invite_member(organisation=organisation, email=f"a{number}@exemple.test", role="editor", by=by)
        if number % 2:
            cancel_invitation(invitation=made, by=by)
    with pytest.raises(Refused, match="limite de 20 invitations en 24 heures"):
        invite_member(organisation=organisation, email="a0@exemple.test", role="editor", by=by)
    assert "La limite d’invitations en 24 heures est atteinte" in client.get(address).content.decode()
    other = factories.MembershipFactory(user=by, role=Membership.Role.OWNER).organisation
    assert invitations_left(other, by) == 0, "nor by the same person for another organisation"
    assert invitations_left(other, factories.UserFactory()) == MOST_FOR_ORGANISATION


def test_pole_sees_both_and_the_first_published_wins(squatter, pole_staff):
    squat, true = submitted(squatter, name=SECRET), submitted(factories.UserFactory(), name="Coop véritable")
    page = signed_in(pole_staff).get(f"/gestion/suppliers/supplier/{true.pk}/change/").content.decode()
    for part in ("Aussi pour ce NEQ", SECRET, "squatteur@exemple.test", f"/supplier/{squat.pk}/change/"):
        assert part in page
    found(true, pole_staff)
    publish_supplier(supplier=true, by=pole_staff)
    assert Organisation.objects.get(neq=NEQ).name == "Coop véritable"
    message = Message.objects.get(kind="registration.neq_settled")
    assert message.address == "squatteur@exemple.test"
    assert f"/fournisseurs/{Supplier.objects.get(pk=true.pk).slug}/revendiquer/" in message.text
    page = (
        signed_in(squatter)
        .get(reverse("suppliers:register_step", args=[squat.pk, "submit"]))
        .content.decode()
    )
    assert "Ce NEQ a maintenant une fiche" in page
    found(squat, pole_staff)
    with pytest.raises(WrongMove, match="Une autre fiche porte maintenant ce NEQ"):
        publish_supplier(supplier=squat, by=pole_staff)
    late = Supplier.objects.get(pk=squat.pk)
    late.status = Status.DRAFT
    late.save()
    with pytest.raises(WrongMove, match="Demandez à la gérer"):
        submit_registration(supplier=late, by=squatter, declaration=str(DECLARATION))


def test_registration_elsewhere_shows_its_presence_and_no_word_of_it(squatter, foreign_staff, pole_staff):
    submitted(squatter, name=SECRET)
    mrc = foreign_staff.covered_mrcs and sorted(foreign_staff.covered_mrcs)[0]
    theirs = factories.SupplierFactory(
        organisation__neq=NEQ, organisation__mrc_id=mrc, status=Status.PROSPECT
    )
    page = signed_in(foreign_staff).get(f"/gestion/suppliers/supplier/{theirs.pk}/change/").content.decode()
    assert "Dans un autre territoire" in page
    assert SECRET not in page
    assert "squatteur" not in page


def test_imported_prospect_makes_way_for_the_published_registration_and_comes_back(
    listing, squatter, pole_staff
):
    honest = submitted(squatter, name="Coop véritable, ici")
    load(listing)
    prospect = Supplier.objects.get(organisation__neq=NEQ)
    found(honest, pole_staff)
    decision = publish_supplier(supplier=honest, by=pole_staff)
    published = Supplier.objects.get(organisation__neq=NEQ)
    assert (published.pk, published.status) == (honest.pk, Status.PUBLISHED)
    assert published.organisation.name == "Coop véritable"
    assert not Supplier.objects.filter(pk=prospect.pk).exists()
    assert published.organisation.memberships.get().user == squatter
    undo_decision(decision=decision, by=pole_staff)
    back = Supplier.objects.get(organisation__neq=NEQ)
    assert (back.status, back.source) == (Status.DRAFT, prospect.source)
    draft = Supplier.objects.get(pk=honest.pk)
    assert draft.organisation.awaits_review
    assert draft.registration.claimed_neq == NEQ
    assert counts(load(listing)) == (0, 1, 0, 0), "its offers and contacts are read again"
    submit_supplier(supplier=back, by=pole_staff)
    with pytest.raises(WrongMove, match="Une autre fiche"):
        publish_supplier(supplier=draft, by=pole_staff)
    assert GOOD["nom"] != back.organisation.name
