"""The map beside the list: markers that lead on, whatever is asked, with or without outlines."""

import re

import pytest

from marketplace.territories.maps import HEIGHT, WIDTH, current_land, project
from marketplace.territories.models import Boundary, Mrc
from marketplace.web.process_cache import clear_process_caches
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Supplier
from tests.factories import SupplierFactory
from tests.suppliers.test_directory_pages import ADDRESS, names, words
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
SQUARE = [[-72.8, 46.2], [-72.3, 46.2], [-72.3, 46.5], [-72.8, 46.5], [-72.8, 46.2]]


@pytest.fixture(autouse=True)
def fresh():
    clear_process_caches()
    yield
    clear_process_caches()


def markers(response) -> dict[str, str]:
    page = response.content.decode().replace("&amp;", "&").replace("\u00a0", " ")
    return {label: url for url, label in re.findall(r'<a href="([^"]*)" aria-label="([^"]*)">', page)}


@pytest.fixture
def seats():
    laval, rimouski = Mrc.objects.get(code="65"), Mrc.objects.get(code="10")
    SupplierFactory.create_batch(3, serves=["Q"])
    SupplierFactory(name="À Laval", mrc=laval, serves=["65"])
    SupplierFactory(name="À Rimouski", mrc=rimouski)
    SupplierFactory(name="Nulle part", mrc=None)


def test_map_draws_mrcs_and_leads_into_each(client, seats):
    response = client.get(ADDRESS + "?vue=carte")
    assert_clean(response)
    found = markers(response)
    assert found == {
        "Trois-Rivières : 3 fournisseurs": "/fournisseurs/?mrc=371&vue=carte",
        "Laval : 1 fournisseur": "/fournisseurs/?mrc=65&vue=carte",
        "Rimouski-Neigette : 1 fournisseur": "/fournisseurs/?mrc=10&vue=carte",
    }
    assert "1 autre fournisseur a son siège hors de cette carte ou à un endroit inconnu." in words(response)
    served = markers(client.get(ADDRESS + "?vue=carte&territoire=65"))
    assert list(served) == ["Laval : 1 fournisseur"]  # the three of Trois-Rivières stand beside this frame


def test_map_of_one_mrc_shows_each_enterprise(client, seats):
    one = Supplier.objects.get(organisation__name="À Laval")
    one.organisation.lat, one.organisation.lon = 45.58, -73.75
    one.organisation.save()
    reindex_suppliers(supplier_ids=[one.pk])
    response = client.get(ADDRESS + "?vue=carte&mrc=65")
    assert markers(response) == {"À Laval": f"/fournisseurs/{one.slug}/"}
    assert names(client.get(ADDRESS + "?mrc=65")) == ["À Laval"]


def test_map_draws_outlines_where_they_were_imported(client, seats):
    without = client.get(ADDRESS + "?vue=carte")
    assert "Limites des MRC approximatives." in words(without)
    Boundary.objects.create(mrc_id="371", geometry={"type": "Polygon", "coordinates": [SQUARE]})
    clear_process_caches()
    page = client.get(ADDRESS + "?vue=carte&territoire=371")
    assert "approximatives" not in words(page)
    assert re.search(r'class="served" d="M\d+ \d+l', page.content.decode())


def test_projection_keeps_distances():
    (x0, y0), (x1, y1) = project([46.3432, 46.8139], [-72.5430, -71.2080])
    assert abs(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5 - 115) < 3
    land = current_land()
    placed = land.inhabited.place(land.centres["66"])
    assert 0 < placed[0] < WIDTH
    assert 0 < placed[1] < HEIGHT


def test_map_sql_stays_the_same(client, seats, django_assert_max_num_queries):
    client.get(ADDRESS + "?vue=carte&mrc=371")
    with django_assert_max_num_queries(3):
        client.get(ADDRESS + "?vue=carte&mrc=371")
