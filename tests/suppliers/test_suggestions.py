"""What is proposed while one types, and the place that a plain form sends."""

import pytest
from django.core.cache import cache

from marketplace.web import limits
from marketplace.web.process_cache import clear_process_caches
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status
from tests.factories import SupplierFactory
from tests.suppliers.test_directory_pages import ADDRESS, names, words

pytestmark = pytest.mark.django_db
SUGGESTIONS = "/fournisseurs/propositions/"


@pytest.fixture(autouse=True)
def sellers():
    cache.clear()
    clear_process_caches()
    yield [
        SupplierFactory(name="Traiteur Zeste", offers=[("Buffets froids", None)], serves=["36"]),
        SupplierFactory(
            name="Coop Propre", offers=[("Entretien ménager de bureaux", "76111500")], serves=["R04"]
        ),
        SupplierFactory(name="Ménagerie Cachée", offers=[("Ménage secret", None)], status=Status.DRAFT),
    ]
    cache.clear()


def proposed(client, query: str) -> list[tuple[str, str]]:
    answer = client.get(f"{SUGGESTIONS}?{query}").json()
    return [(one["text"], one.get("url", "")) for one in answer["items"]]


def test_suggestions_find_offers_enterprises_and_places(client, sellers):
    assert proposed(client, "q=mena") == [("ménage", ""), ("Entretien ménager de bureaux", "")]
    assert ("Traiteur Zeste", f"/fournisseurs/{sellers[0].slug}/") in proposed(client, "q=zest")
    assert ("Shawinigan", "/fournisseurs/?territoire=36") in proposed(client, "q=shawin")
    assert ("traiteur à Shawinigan", "") in proposed(client, "q=traiteur+à+shaw")
    assert proposed(client, "ou=champl")[0] == ("Champlain", "")
    assert [text for text, _ in proposed(client, "q=cach")] == []


def test_what_is_withdrawn_is_not_proposed(client, sellers):
    seller = sellers[0]
    assert {"Buffets froids", "Traiteur Zeste"} <= {
        text for q in ("q=buff", "q=zest") for text, _ in proposed(client, q)
    }
    seller.status = Status.SUSPENDED
    seller.save()
    reindex_suppliers(supplier_ids=[seller.pk])
    for typed in ("q=bu", "q=buff", "q=froids", "q=zest"):
        assert not {"Buffets froids", "Traiteur Zeste"} & {text for text, _ in proposed(client, typed)}


@pytest.mark.parametrize(
    "query", ["", "q=", "q=a", "q=%00", "q='%3B--+%26%7C!", "ou=%27", "q=" + "x" * 3000, "q=%25_%5C"]
)
def test_suggestions_answer_anything(client, query):
    response = client.get(f"{SUGGESTIONS}?{query}")
    assert response.status_code == 200
    assert response.json()["said"]


def test_suggestions_cost_one_query_and_may_be_kept(client, django_assert_num_queries):
    client.get(SUGGESTIONS + "?q=entretien")
    with django_assert_num_queries(1):
        response = client.get(SUGGESTIONS + "?q=entretien")
    assert "public" in response["Cache-Control"]
    assert "Cookie" not in response.get("Vary", "")


def test_suggestions_are_limited(client, monkeypatch):
    monkeypatch.setattr(limits, "wait", lambda **asked: 30 if asked["name"] == "suggestions" else 0)
    assert client.get(SUGGESTIONS + "?q=menage").status_code == 429


def test_typed_place_filters_and_the_address_stays_clean(client):
    response = client.get(ADDRESS + "?q=&ou=Champlain")
    assert names(response) == ["Coop Propre"]
    page = response.content.decode()
    assert 'name="ou" type="search" maxlength="120" value="Les Chenaux"' in " ".join(page.split())
    part = client.get(ADDRESS + "?q=&ou=champlain&vue=", headers={"HX-Request": "true"})
    assert part["HX-Push-Url"] == "/fournisseurs/?territoire=372"


def test_typed_place_that_is_not_clear_is_asked_again(client):
    response = client.get(ADDRESS + "?ou=sainte-anne")
    assert len(names(response)) == 2
    assert "« sainte-anne » peut désigner plusieurs lieux. Lequel?" in words(response)
    assert 'href="/fournisseurs/?territoire=372"' in response.content.decode()
    unknown = client.get(ADDRESS + "?ou=<b>Zanzibar")
    assert unknown.status_code == 200
    assert "Aucun lieu du Québec ne s’appelle « <b>Zanzibar »." in words(unknown)
    assert "<b>Zanzibar" not in unknown.content.decode()
