from datetime import timedelta

import pytest
from django.utils import timezone

from suppliers.models import Decision, Supplier
from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
ADDRESS = "/mon-espace/"


def page_of(client, user) -> str:
    client.force_login(user)
    response = client.get(ADDRESS)
    assert_clean(response)
    return response.content.decode()


def member_of(**supplier: object):
    made = factories.SupplierFactory(**supplier)
    return factories.MembershipFactory(organisation=made.organisation).user


def test_my_space_asks_who_you_are(client):
    response = client.get(ADDRESS)
    assert response.status_code == 302
    assert response["Location"] == f"/compte/connexion/?next={ADDRESS}"


def test_my_space_is_kept_by_no_cache(client):
    client.force_login(factories.UserFactory())
    assert "no-store" in client.get(ADDRESS)["Cache-Control"]


def test_my_space_greets_and_says_that_nothing_waits(client):
    user = factories.MembershipFactory(user__first_name="Maude").user
    page = page_of(client, user)
    assert "Bonjour Maude" in page
    assert "Rien ne vous attend" in page
    assert "todo" not in page


def test_staff_see_the_oldest_sheets_of_their_territory_first(client, pole_staff):
    for name, days in (("Récente", 1), ("Ancienne", 9)):
        sheet = factories.SupplierFactory(name=name, status="submitted")
        Supplier.objects.filter(pk=sheet.pk).update(status_changed_at=timezone.now() - timedelta(days=days))
    page = page_of(client, pole_staff)
    assert page.index("Ancienne") < page.index("Récente")


def test_staff_of_another_pole_see_none_of_it(client, foreign_staff):
    factories.SupplierFactory(name="Coop Secrète", status="submitted")
    page = page_of(client, foreign_staff)
    assert "Coop Secrète" not in page
    assert "Rien ne vous attend" in page


def test_staff_are_told_how_many_more_wait(client, pole_staff):
    factories.SupplierFactory.create_batch(8, status="submitted")
    assert "Et 3 autres fiches à vérifier" in page_of(client, pole_staff)


def test_member_sees_the_state_of_the_sheet(client):
    page = page_of(
        client, member_of(name="Atelier Les Trois Rives", proved=6, proved__pole=factories.pole("mauricie"))
    )
    assert "Atelier Les Trois Rives" in page
    assert "Publiée" in page
    assert "Vérifiée le" in page
    assert "(Pôle" in page


def test_member_reads_why_the_sheet_came_back(client):
    user = member_of(status="draft")
    sheet = Supplier.objects.get()
    for message in ("Ancien message", "Ajoutez vos lettres patentes."):
        Decision.objects.create(supplier=sheet, verb="return", to_status="draft", message=message)
    page = page_of(client, user)
    assert "Ajoutez vos lettres patentes." in page
    assert "Ancien message" not in page


def test_member_never_sees_another_sheet(client):
    factories.SupplierFactory(name="Coop Voisine")
    factories.SupplierFactory(name="Coop Secrète", status="draft")
    page = page_of(client, member_of(name="La mienne"))
    assert "La mienne" in page
    assert "Coop Voisine" not in page
    assert "Coop Secrète" not in page


def test_buyer_starts_from_its_own_territory(client):
    buyer = factories.BuyerFactory(name="Ville de Shawinigan")
    user = factories.MembershipFactory(organisation=buyer.organisation).user
    page = page_of(client, user)
    assert "Ville de Shawinigan" in page
    assert "?territoire=371" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_my_space_of_a_member_stays_within_eleven_queries(client, rows, django_assert_max_num_queries):
    user = factories.UserFactory()
    for _ in range(rows):
        made = factories.SupplierFactory()
        factories.MembershipFactory(user=user, organisation=made.organisation)
    client.force_login(user)
    client.get(ADDRESS)
    with django_assert_max_num_queries(11):
        client.get(ADDRESS)


@pytest.mark.parametrize("rows", [1, 3])
def test_my_space_of_staff_stays_within_eleven_queries(
    client, pole_staff, rows, django_assert_max_num_queries
):
    factories.SupplierFactory.create_batch(rows, status="submitted")
    client.force_login(pole_staff)
    client.get(ADDRESS)
    with django_assert_max_num_queries(11):
        client.get(ADDRESS)


def test_my_space_links_alerts_and_cohorts_only_for_who_sells(client):
    buyer = factories.BuyerFactory()
    buying = factories.MembershipFactory(organisation=buyer.organisation).user
    page = page_of(client, buying)
    assert "Mes alertes" not in page
    assert "Mes cohortes" not in page
    page = page_of(client, member_of())
    assert "Mes alertes" in page
    assert "Mes cohortes" in page


@pytest.mark.parametrize("page", ["securite/", "courriel/", "mot-de-passe/changer/", "deux-etapes/"])
def test_my_space_is_current_on_the_pages_of_the_account(client, page):
    client.force_login(factories.UserFactory())
    response = client.get(f"/compte/{page}")
    assert response.status_code == 200
    assert 'href="/mon-espace/" aria-current="true"' in response.content.decode()
