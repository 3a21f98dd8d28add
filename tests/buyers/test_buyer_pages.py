"""The list of public buyers and a buyer's page."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories

pytestmark = pytest.mark.django_db


def names(response) -> list[str]:
    assert response.status_code == 200
    return [row["name"] for row in response.context["buyers"]]


def test_buyers_are_sorted_without_accents_and_count_their_open_notices(client):
    for name in ("Zoo", "École", "Eau"):
        factories.BuyerFactory(name=name)
    busy = factories.BuyerFactory(name="Abri")
    for days in (3, 4, -1):
        factories.TenderFactory(buyer=busy, closes_at=timezone.now() + timedelta(days=days))

    response = client.get("/acheteurs/")

    assert names(response) == ["Abri", "Eau", "École", "Zoo"]
    assert "2 avis ouverts" in response.content.decode().replace("\u00a0", " ")


@pytest.mark.parametrize("q", ["ecole riviere", "RIVIÈRE", "l'école", "%", "_"])
def test_buyers_are_found_by_words_of_their_name(client, q):
    factories.BuyerFactory(name="Centre de l’École de la Rivière")
    factories.BuyerFactory(name="Ville")

    found = names(client.get("/acheteurs/", {"q": q}))

    assert "Centre de l’École de la Rivière" in found
    assert ("Ville" in found) == (q in "%_")


def test_buyers_are_filtered_by_region_and_nonsense_is_told(client):
    factories.BuyerFactory(name="Ici")
    factories.BuyerFactory(name="Ailleurs", organisation__mrc_id="65", organisation__region_id="13")

    response = client.get("/acheteurs/?region=04&region=zz&page=99")

    assert names(response) == ["Ici"]
    content = response.content.decode().replace("\u00a0", " ")
    assert "ne connaît pas « zz »" in content
    assert "Voici la dernière" in content


def test_hidden_profiles_stand_in_no_list_and_open_to_their_people_only(client):
    buyer = factories.BuyerFactory(name="Cachée", slug="cachee", is_published=False)
    member = factories.MembershipFactory(organisation=buyer.organisation).user

    assert names(client.get("/acheteurs/")) == []
    assert client.get("/acheteurs/cachee/").status_code == 404
    client.force_login(factories.UserFactory())
    assert client.get("/acheteurs/cachee/").status_code == 404
    client.force_login(member)
    assert names(client.get("/acheteurs/")) == []
    response = client.get("/acheteurs/cachee/")
    assert response.status_code == 200
    assert "n’est pas publié" in response.content.decode()


def test_staff_open_hidden_profiles_of_their_territory_only(client, pole_staff, foreign_staff):
    factories.BuyerFactory(name="Cachée", slug="cachee", is_published=False)

    client.force_login(pole_staff)
    assert client.get("/acheteurs/cachee/").status_code == 200
    client.force_login(foreign_staff)
    assert client.get("/acheteurs/cachee/").status_code == 404


def test_a_buyers_page_shows_its_notices_open_first_and_nobody_elses(client):
    buyer = factories.BuyerFactory(name="Ville", slug="ville")
    factories.TenderFactory(buyer=buyer, title="Ouvert maintenant")
    factories.TenderFactory(buyer=buyer, title="Attribué avant", status="complete")
    factories.TenderFactory(title="De quelqu’un d’autre")

    response = client.get("/acheteurs/ville/")

    assert [row["title"] for row in response.context["tenders"]] == ["Ouvert maintenant"]
    assert [card["title"] for card in response.context["past"]] == ["Attribué avant"]
    assert "autre" not in response.content.decode().partition("<main")[2].partition("</main")[0]


def test_a_buyer_without_notices_says_so(client):
    factories.BuyerFactory(slug="ville")

    assert "Aucun avis ouvert" in client.get("/acheteurs/ville/").content.decode()


def test_an_unknown_buyer_is_not_found(client):
    assert client.get("/acheteurs/personne/").status_code == 404


@pytest.mark.parametrize("url", ["/acheteurs/", "/acheteurs/ville/"])
def test_pages_cost_the_same_for_one_row_and_three(client, url):
    buyer = factories.BuyerFactory(slug="ville")
    factories.TenderFactory(buyer=buyer)
    factories.TenderFactory(buyer=buyer, status="complete")
    client.get(url)

    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _ in range(2):
        factories.TenderFactory(buyer=buyer)
        factories.TenderFactory(buyer=buyer, status="complete")
        factories.BuyerFactory()
    with CaptureQueriesContext(connection) as three:
        client.get(url)

    assert len(one) == len(three) <= 8


def test_a_buyer_page_says_what_it_buys_from_whom_and_until_when(client):
    buyer = factories.BuyerFactory(name="Ville de Louiseville")
    coop = factories.SupplierFactory(name="Coop Les Balais")
    hidden = factories.SupplierFactory(name="Coop en préparation", status="draft")
    ends = timezone.localdate() + timedelta(days=100)
    past = {"buyer": buyer, "status": "complete"}
    for n, (seller, amount) in enumerate(((coop, 1000), (coop, 500), (hidden, 200))):
        factories.AwardFactory(
            tender=factories.TenderFactory(**past), award_id=str(n), organisation=seller.organisation, amount=amount,
            awarded_on=timezone.localdate(), ends_on=ends if n == 0 else None,
        )  # fmt: skip
    shared = factories.TenderFactory(**past, unspsc=["56101500"])
    for name in ("Une", "Deux"):
        factories.AwardFactory(
            tender=shared, award_id="x", neq="", name=name, amount=300, awarded_on=timezone.localdate()
        )
    factories.AwardFactory(tender=factories.TenderFactory(**past), name="Annulée inc.", status="cancelled")

    context = client.get(f"/acheteurs/{buyer.slug}/").context

    assert [(row.label, row.contracts, row.url) for row in context["sellers"][:1]] == [
        ("Coop Les Balais", 2, f"/fournisseurs/{coop.slug}/")
    ]
    assert {row.label: row.url for row in context["sellers"]}["Coop en préparation"] == ""
    assert "Annulée inc." not in {row.label for row in context["sellers"]}
    assert sorted(row.contracts for row in context["bought"]) == [1, 3]  # what two share counts once
    assert [row.seller for row in context["ending"]] == ["Coop Les Balais"]
