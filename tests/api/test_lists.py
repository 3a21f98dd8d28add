"""The read-only API: the same questions as the pages, in English."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from buyers.ocds.importer import link_known
from marketplace.web.list_versions import forget_list_changes, list_version, record_list_change
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status
from tests import factories

pytestmark = pytest.mark.django_db


def get(path: str, **params):
    response = Client().get(f"/api/v1/{path}", params)
    assert response.status_code == 200
    return response.json()


def test_supplier_carries_what_the_contract_says():
    supplier = factories.SupplierFactory(name="Net Boréal", offers=[("Lavage de vitres", "76111504")])
    found = get("suppliers/")
    assert found["count"] == 1
    assert found["next"] is None
    row = found["results"][0]
    assert {"slug", "name", "neq", "legal_form", "region", "mrc", "sector", "offers", "url"} <= set(row)
    assert (row["name"], row["region"], row["mrc"]) == ("Net Boréal", "04", "371")
    assert row["offers"][0]["codes"] == ["76111504"]
    assert row["url"].endswith(f"/fournisseurs/{supplier.slug}/")


def test_supplier_list_says_how_a_text_was_read():
    factories.SupplierFactory(name="Net Boréal", offers=[("Lavage de vitres", "76111504")])
    said = get("suppliers/", q="lavage de vitres à Shawinigan")["search"]
    assert {chip["kind"] for chip in said["understood"]} == {"what", "where"}
    assert sum(said["tiers"].values()) == 1
    assert get("suppliers/", q="vitrse")["search"]["read_as"] == "vitres"
    assert "search" not in get("suppliers/")


def test_suppliers_that_are_not_published_do_not_exist():
    draft = factories.SupplierFactory(name="Brouillon secret", status=Status.DRAFT)
    assert get("suppliers/")["count"] == 0
    assert Client().get(f"/api/v1/suppliers/{draft.slug}/").status_code == 404


def test_supplier_contacts_never_leave_by_the_api():
    supplier = factories.SupplierFactory()
    factories.ContactFactory(supplier=supplier, name="Xénophon Discret", is_public=False)
    assert "Xénophon" not in Client().get("/api/v1/suppliers/").content.decode()


@pytest.mark.parametrize(
    ("params", "names"),
    [
        ({"q": "vitres"}, ["Vitres claires"]),
        ({"q": "vitrse"}, ["Vitres claires"]),
        ({"region": "13"}, ["Traiteur lavallois"]),
        ({"mrc": "371"}, ["Vitres claires"]),
        ({"offer": "7611"}, ["Vitres claires"]),
        ({"legal_form": "coop"}, ["Traiteur lavallois", "Vitres claires"]),
        ({"legal_form": "mutuelle"}, []),
        ({"serves": "65"}, ["Traiteur lavallois"]),
        ({"region": ["04", "13"], "ordering": "name"}, ["Traiteur lavallois", "Vitres claires"]),
    ],
)
def test_suppliers_answer_the_directory_filters(params, names):
    from marketplace.territories.models import Mrc

    factories.SupplierFactory(name="Vitres claires", offers=[("Lavage de vitres", "76111504")])
    factories.SupplierFactory(
        name="Traiteur lavallois", activity="Traiteur", mrc=Mrc.objects.get(code="65"), serves=["65"]
    )
    assert [row["name"] for row in get("suppliers/", **params)["results"]] == names


@pytest.mark.parametrize("path", ["suppliers/", "tenders/"])
@pytest.mark.parametrize(
    "params",
    [
        {"region": "zz"},
        {"offer": "abc"},
        {"page": "99999"},
        {"page": "-1"},
        {"page": "9" * 40},
        {"page_size": "100000"},
        {"page_size": "deux"},
        {"q": "\x00"},
        {"q": "x" * 5000},
        {"q": "-" * 60},
        {"q": "'); DROP TABLE--"},
        {"ordering": "password"},
        {"closes_before": "2026-02-31"},
    ],
)
def test_lists_answer_nonsense_with_200(path, params):
    factories.SupplierFactory()
    factories.TenderFactory()
    found = get(path, **params)
    assert {"count", "next", "previous", "results"} <= set(found)


def test_page_beyond_the_end_is_the_last_one_and_says_so():
    factories.SupplierFactory()
    found = get("suppliers/", page="99999")
    assert len(found["results"]) == 1
    assert "dernière" in found["messages"][0]


def test_pages_follow_each_other():
    for _ in range(3):
        factories.SupplierFactory()
    first = get("suppliers/", page_size="2")
    assert len(first["results"]) == 2
    assert Client().get("/api/v1/suppliers/?page_size=2")["Link"] == f'<{first["next"]}>; rel="next"'
    second = Client().get(first["next"]).json()
    assert len(second["results"]) == 1
    assert second["previous"]
    assert not {row["slug"] for row in first["results"]} & {row["slug"] for row in second["results"]}


def test_tenders_show_open_ones_unless_told():
    factories.TenderFactory(title="Ouvert")
    factories.TenderFactory(title="Attribué", status="complete")
    assert [row["title"] for row in get("tenders/")["results"]] == ["Ouvert"]
    assert get("tenders/", status="all")["count"] == 2


def test_tender_of_unknown_region_passes_a_region_filter():
    factories.TenderFactory(title="Sans région", region_id=None, mrc_id=None, region_source="")
    row = get("tenders/", region="04")["results"][0]
    assert (row["title"], row["region"]) == ("Sans région", None)


def test_tender_shows_its_awards():
    award = factories.AwardFactory()
    found = get(f"tenders/{award.tender.ocid}/")
    assert found["awards"][0]["neq"] == award.neq


@pytest.mark.parametrize("path", ["suppliers/", "tenders/"])
def test_lists_ask_the_same_sql_for_one_row_and_three(path, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make = factories.SupplierFactory if path == "suppliers/" else factories.TenderFactory
    counts = []
    for wanted in (1, 3):
        while Client().get(f"/api/v1/{path}").json()["count"] < wanted:
            make()
        with CaptureQueriesContext(connection) as captured:
            get(path)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_api_is_read_only(method):
    assert getattr(Client(), method)("/api/v1/suppliers/").status_code == 405


def test_schema_and_docs_stand_without_another_host():
    schema = Client().get("/api/v1/schema/").content.decode()
    assert "/api/v1/suppliers/" in schema
    page = Client().get("/api/v1/docs/").content.decode().replace(settings.SITE_URL, "")
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page
    assert "<script>" not in page


@pytest.mark.parametrize(
    "path", ["api/v1/suppliers/a%00b/", "api/v1/tenders/a%00b/", "pas-pour-nous/avis/a%00b/"]
)
def test_address_with_a_nul_does_not_exist(path):
    assert Client().get(f"/{path}").status_code == 404


LISTS = ("suppliers/", "tenders/", "events/", "cohorts/")


@pytest.mark.parametrize(
    "path", ["suppliers/?=1&page_size=1", "suppliers/?page_size=1&%00=%00", "tenders/?=&page_size=1"]
)
def test_parameter_without_a_name_breaks_no_link(path):
    for _ in range(2):
        factories.SupplierFactory()
        factories.TenderFactory()
    response = Client().get(f"/api/v1/{path}")
    assert response.status_code == 200
    assert Client().get(response.json()["next"]).json()["previous"]


def test_messages_name_the_parameter_as_it_was_written():
    asked = {"legal_form": "zz", "page_size": "deux", "legalform": "coop"}
    said = get("suppliers/", **asked)["messages"]
    assert said[0] == "Le filtre «\xa0legal_form\xa0» ne connaît pas «\xa0zz\xa0». Il est ignoré."
    assert said[1] == "Le paramètre «\xa0legalform\xa0» n’existe pas. Il est ignoré."
    assert "page_size" in said[2]
    english = Client().get("/api/v1/suppliers/", asked, headers={"Accept-Language": "en"}).json()["messages"]
    assert "“legal_form”" in english[0]
    assert english[1] == "There is no parameter “legalform”. It is ignored."


def test_answer_that_has_not_changed_is_not_sent_again(django_assert_max_num_queries):
    first = factories.SupplierFactory(name="Net Boréal")
    factories.TenderFactory()
    client = Client()
    for path in (*LISTS, f"suppliers/{first.slug}/", "schema/"):
        answer = client.get(f"/api/v1/{path}")
        assert answer["ETag"], path
        again = {"If-None-Match": answer["ETag"]}
        unchanged = client.get(f"/api/v1/{path}", headers=again)
        assert (unchanged.status_code, unchanged["ETag"]) == (304, answer["ETag"]), path
        of_writers = {"If-Match": '"other"', "If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
        assert client.get(f"/api/v1/{path}", headers=of_writers).status_code == 200, path
        assert {"Accept-Language", "Accept-Encoding"} <= set(answer["Vary"].split(", ")), path
        other = client.get(f"/api/v1/{path}", headers=again | {"Accept-Language": "en"})
        assert other.status_code == 200 or path != "suppliers/", path
    etag = {"If-None-Match": client.get("/api/v1/suppliers/?q=net")["ETag"]}
    with django_assert_max_num_queries(1):
        assert client.get("/api/v1/suppliers/?q=net", headers=etag).status_code == 304
    assert client.get("/api/v1/suppliers/?q=nette", headers=etag).status_code == 200
    first.organisation.name = "Net Austral"
    first.organisation.save()
    reindex_suppliers(supplier_ids=[first.pk])
    assert client.get("/api/v1/suppliers/?q=net", headers=etag).status_code == 200


def test_notices_change_with_an_import_and_when_a_closing_goes_by():
    tender = factories.TenderFactory()
    client = Client()
    asked = {"If-None-Match": client.get("/api/v1/tenders/")["ETag"]}
    assert client.get("/api/v1/tenders/", headers=asked).status_code == 304
    with time_machine.travel(tender.closes_at + timedelta(seconds=1)):
        closed = client.get("/api/v1/tenders/", headers=asked)
        assert closed.json()["count"] == 0
    link_known(by=None)  # the end of every import
    assert client.get("/api/v1/tenders/", headers=asked).status_code == 200


def test_version_of_a_list_changes_with_each_commit_and_is_kept_small():
    before = list_version("suppliers")
    factories.SupplierFactory()
    changed = list_version("suppliers")
    assert changed != before
    record_list_change("tenders")
    assert list_version("suppliers") == changed
    forget_list_changes()
    kept = list_version("suppliers")
    assert kept.startswith("1-")
    record_list_change("suppliers")
    assert list_version("suppliers") not in (before, changed, kept)


def test_answers_are_the_same_for_whoever_asks_and_may_be_shared(platform_admin):
    draft = factories.SupplierFactory(name="Brouillon secret", status=Status.DRAFT)
    client = Client()
    client.force_login(platform_admin)
    client.cookies["django_language"] = "en"
    response = client.get("/api/v1/suppliers/?region=zz")
    assert draft.slug not in response.content.decode()
    assert "Il est ignoré" in response.json()["messages"][0]
    assert "Cookie" not in response["Vary"]
    assert response["Cache-Control"] == "public, max-age=60"
    assert not response.cookies


def test_any_site_may_read_and_none_may_write():
    factories.SupplierFactory()
    for response in (
        Client().get("/api/v1/suppliers/"),
        Client().get("/api/v1/suppliers/nulle-part/"),
        Client().get("/api/v1/nulle-part/"),
        Client().options("/api/v1/suppliers/", headers={"Access-Control-Request-Method": "GET"}),
    ):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert {"ETag", "Link", "Retry-After"} <= set(response["Access-Control-Expose-Headers"].split(", "))
        assert not response.has_header("Access-Control-Allow-Credentials")
    assert "If-None-Match" in response["Access-Control-Allow-Headers"]
    for closed in (
        Client().post("/api/v1/suppliers/"),
        Client().get("/api/v1/docs/"),
        Client().get("/fournisseurs/"),
    ):
        assert not closed.has_header("Access-Control-Allow-Origin")


@pytest.mark.parametrize(
    "path", ["suppliers/nulle-part/", "tenders/nulle-part/", "nulle-part/", "suppliers/a%00b/"]
)
def test_what_is_not_there_is_said_in_json(path):
    for language in ("fr", "en"):
        response = Client().get(
            f"/api/v1/{path}", headers={"Accept-Language": language, "Accept": "text/html"}
        )
        assert response.status_code == 404
        assert response["Content-Type"] == "application/json"
        assert response.json()["detail"]
    assert Client().delete("/api/v1/suppliers/")["Allow"] == "GET, HEAD, OPTIONS"
