"""From a NEQ to a draft: what stands is claimed, what is known is untouched, one person begins once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse

from marketplace.accounts.models import Membership, Organisation, User
from marketplace.web.errors import WrongMove
from suppliers.curation import publish_supplier
from suppliers.models import CriterionAnswer, Registration, Status, Supplier
from suppliers.registration.verbs import MOST_DRAFTS, NeqTaken, begin_registration
from tests import factories
from tests.suppliers.registration.builders import NEQ, begun, found, submitted

START = reverse("suppliers:register")


def ask(client, neq: str):
    return client.get(START, {"neq": neq})


@pytest.mark.django_db
def test_begin_opens_a_draft_with_the_person_as_owner():
    person = factories.UserFactory()
    supplier = begun(person)
    assert (supplier.status, supplier.source, supplier.organisation.neq) == ("draft", "person", None)
    assert supplier.registration.claimed_neq == NEQ
    membership = Membership.objects.get(organisation=supplier.organisation)
    assert (membership.user, membership.role) == (person, "owner")
    assert CriterionAnswer.objects.filter(supplier=supplier).count() == 6


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("117 204 588", "Il y a 9 chiffres; il en faut dix."),
        ("11672045881", "Il y a 11 chiffres; il en faut dix."),
        ("1167 403 abc", "Un NEQ n’a que des chiffres."),
        ("", "Écrivez le NEQ"),
    ],
)
def test_wrong_neq_is_told_and_kept(client, written, says):
    page = ask(client, written).content.decode()
    assert says in page
    assert f'value="{written}"' in page or not written
    assert not Supplier.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("neq", "warns"), [("1167 403 218", False), ("9967403218", True), ("11-67-40-32-18", False)]
)
def test_free_neq_asks_for_an_account_and_an_unusual_one_only_warns(client, neq, warns):
    page = ask(client, neq).content.decode()
    assert "Ce NEQ n’a pas encore de fiche" in page
    assert ("ce qui est rare" in page) is warns
    assert "account_signup" not in page
    assert f"next={'%2Ffournisseurs%2Finscription%2F%3Fneq%3D'}" in page
    assert not Supplier.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("status", [status for status in Status.values if status != "archived"])
def test_neq_of_a_standing_sheet_leads_to_its_claim(client, status):
    supplier = factories.SupplierFactory(status=status, organisation__neq=NEQ)
    response = ask(client, NEQ)
    assert response["Location"] == reverse("suppliers:claim", args=[supplier.slug])


@pytest.mark.django_db
def test_neq_of_an_archived_sheet_leads_to_the_pole_and_opens_nothing(client):
    factories.SupplierFactory(status="archived", reason="closed", organisation__neq=NEQ, name="Fermée inc.")
    client.force_login(factories.UserFactory())
    page = ask(client, NEQ).content.decode()
    assert "La fiche de ce NEQ est fermée" in page
    assert "Fermée inc." not in page
    client.post(reverse("suppliers:register_begin"), {"neq": NEQ})
    assert Supplier.objects.count() == 1


@pytest.mark.django_db
def test_own_draft_is_taken_up_again(client):
    person = factories.UserFactory()
    supplier = begun(person)
    client.force_login(person)
    assert f"/{supplier.pk}/" in ask(client, NEQ)["Location"]


@pytest.mark.django_db
def test_opening_signed_out_leads_to_sign_in_and_back(client):
    response = client.post(reverse("suppliers:register_begin"), {"neq": NEQ})
    assert "/connexion/" in response["Location"]
    assert NEQ in response["Location"]
    assert not Supplier.objects.exists()


@pytest.mark.django_db
def test_known_organisation_stays_untouched_until_a_pole_publishes(pole_staff):
    """Knowing the NEQ of a buyer, or of who won a contract, grants nothing."""
    shop = factories.BuyerFactory(name="Ville de Zacharie", organisation__neq=NEQ)
    mayor = factories.MembershipFactory(organisation=shop.organisation, role="owner").user
    person = factories.UserFactory()
    supplier = submitted(person)
    known = Organisation.objects.get(pk=shop.organisation_id)
    assert supplier.organisation_id != known.pk
    assert supplier.organisation.neq is None
    assert known.name == "Ville de Zacharie"
    assert list(known.memberships.values_list("user", flat=True)) == [mayor.pk]

    found(supplier, pole_staff)
    publish_supplier(supplier=supplier, by=pole_staff)
    supplier = Supplier.objects.get(pk=supplier.pk)
    assert supplier.organisation_id == known.pk
    assert set(known.memberships.values_list("user", flat=True)) == {mayor.pk, person.pk}
    assert Registration.objects.get(supplier=supplier).claimed_neq == ""
    assert supplier.organisation.name == "Ville de Zacharie", "a known name is not overwritten"
    assert not Organisation.objects.filter(name="Les Ateliers Tournesol").exists()


@pytest.mark.django_db
def test_member_of_a_known_organisation_opens_its_sheet_directly():
    membership = factories.MembershipFactory(
        organisation=factories.OrganisationFactory(neq=NEQ, name="Connue")
    )
    supplier = begun(membership.user)
    assert supplier.organisation == membership.organisation
    assert Membership.objects.filter(organisation=supplier.organisation).count() == 1


@pytest.mark.django_db
def test_publishing_refuses_where_another_sheet_took_the_neq_meanwhile(pole_staff):
    known = factories.OrganisationFactory(neq=NEQ)
    supplier = submitted(factories.UserFactory())
    factories.SupplierFactory(organisation=known)
    found(supplier, pole_staff)
    with pytest.raises(WrongMove, match="Une autre fiche"):
        publish_supplier(supplier=supplier, by=pole_staff)


@pytest.mark.django_db
def test_one_person_leaves_five_drafts_open_at_most():
    person = factories.UserFactory()
    for number in range(MOST_DRAFTS):
        begun(person, neq=f"116740321{number}")
    with pytest.raises(WrongMove, match="inscriptions en cours"):
        begun(person, neq="1167403299")


@pytest.mark.django_db(transaction=True)
def test_one_person_in_two_windows_opens_one_draft():
    person = factories.UserFactory()
    ready, answers = threading.Barrier(2), []

    def begin() -> None:
        try:
            ready.wait(10)
            answers.append(begin_registration(neq=NEQ, by=User.objects.get(pk=person.pk)))
        except NeqTaken as taken:
            answers.append(taken)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(type(answer).__name__ for answer in answers) == ["NeqTaken", "Supplier"]
    assert Supplier.objects.count() == Organisation.objects.count() == 1
