"""Public pages are made once for everyone, never show what was withdrawn, and never hold anything of a person."""

import gzip
import pickle

import pytest
from django.core.cache import cache
from django.urls import reverse
from redis import RedisError

from buyers.ocds.importer import link_known
from marketplace.web import caching, public_pages
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Status
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings):
    settings.KEEP_PUBLIC_PAGES = True


@pytest.fixture
def supplier():
    return factories.SupplierFactory(name="Atelier du Fleuve")


def kept_pages() -> list[str]:
    """All that lies in the cache, as text."""
    found = []
    for packed in cache._cache.values():
        value = pickle.loads(packed)  # noqa: S301 - our own
        found.append(str(value))
        if isinstance(value, tuple):
            found.append(gzip.decompress(value[2]).decode())
    return found


def addresses(supplier) -> list[str]:
    directory, sheet = reverse("suppliers:directory"), reverse("suppliers:supplier", args=[supplier.slug])
    return [directory, f"{directory}?q=atelier", sheet, reverse("pages:home"), f"/en{reverse('pages:home')}"]


def test_second_reader_costs_one_query_and_an_unchanged_page_nothing_more(
    client, supplier, django_assert_num_queries
):
    for address in addresses(supplier):
        first = client.get(address)
        with django_assert_num_queries(1):
            second = client.get(address)
        assert second.content == first.content
        assert (second["ETag"], second["Vary"], second["Content-Language"]) == (
            first["ETag"], first["Vary"], first["Content-Language"],
        )  # fmt: skip
        assert "Cookie" in second["Vary"]
        assert second["Cache-Control"] == "private, no-cache"
        packed = client.get(address, headers={"accept-encoding": "gzip"})
        assert gzip.decompress(packed.content) == first.content
        unchanged = client.get(address, headers={"if-none-match": first["ETag"]})
        assert client.get(address, headers={"if-match": '"x"'}).status_code == 200, "of who writes"
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert (unchanged["ETag"], unchanged["Vary"]) == (first["ETag"], first["Vary"])


def test_what_is_withdrawn_is_gone_at_once(client, supplier):
    asked = addresses(supplier)
    before = [client.get(address) for address in asked]
    assert supplier.organisation.name in before[0].text
    supplier.status = Status.SUSPENDED
    supplier.save()
    reindex_suppliers(supplier_ids=[supplier.pk])
    directory, search, sheet, home, english = (
        client.get(address, headers={"if-none-match": old["ETag"]})
        for address, old in zip(asked, before, strict=True)
    )
    assert sheet.status_code == 404
    for page in (directory, search):
        assert page.status_code == 200
        assert f"/{supplier.slug}/" not in page.text
    assert {home.status_code, english.status_code} <= {200, 304}


def test_a_contract_shows_once_its_notice_is_imported(client, supplier):
    sheet = reverse("suppliers:supplier", args=[supplier.slug])
    assert client.get(sheet).status_code == 200
    factories.AwardFactory(organisation=supplier.organisation, tender__title="Balayage des rues")
    link_known(by=None)  # the end of an import
    assert "Balayage des rues" in client.get(sheet).text


def test_nothing_of_a_person_is_kept(client, supplier, mauricie):
    people = [
        factories.UserFactory(first_name="Zénaïde", last_name="Unique", email="zenaide@demo.example"),
        factories.PolePostFactory(pole=mauricie, user__email="zoe@demo.example").user,
        factories.MembershipFactory(
            organisation=supplier.organisation, user__email="zacharie@demo.example"
        ).user,
    ]
    asked = addresses(supplier)
    for person in people:
        client.force_login(person)
        for address in asked:
            page = client.get(address)
            assert "ETag" not in page
            assert page["Cache-Control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
        client.logout()
        for address in asked:
            assert reverse("account_logout") not in client.get(address).text
    kept = kept_pages()
    assert len(kept) > 2 * len(asked)
    for word in ("Zénaïde", "Unique", "@demo.example", "csrfmiddlewaretoken", "sessionid", "Set-Cookie"):
        assert not [one for one in kept if word in one], word


def test_only_what_a_page_reads_makes_another(client, supplier):
    directory = reverse("suppliers:directory")
    client.get(f"{directory}?q=atelier&region=")
    count = len(cache._cache)
    page = client.get(f"{directory}?utm_source=infolettre-de-zoe&q=atelier&forme=")
    assert len(cache._cache) == count
    assert "zoe" not in page.text
    client.get(f"{directory}?q=atelier", headers={"hx-request": "true"})
    assert len(cache._cache) == count + 1
    client.get(f"{directory}?q={'a' * 600}")
    client.head(f"{directory}?q=abc")
    client.post(directory)
    assert len(cache._cache) == count + 1
    raw = client.get(directory, QUERY_STRING="q=épicerie".encode().decode("latin-1"))
    assert 'value="épicerie"' in raw.text, "as programs send it"


def test_pages_kept_are_bounded(client, supplier, monkeypatch):
    monkeypatch.setattr(public_pages, "MOST_IN_A_MINUTE", 2)
    for n in range(4):
        client.get(f"{reverse('suppliers:directory')}?q=mot{n}")
    assert len([key for key in cache._cache if "page:" in key]) == 2


def test_pages_are_made_without_valkey(client, supplier, monkeypatch):
    def refuse(*args, **kwargs):
        raise RedisError

    forgiving = caching.ForgivingCache("redis://nowhere", {})
    monkeypatch.setattr(caching, "_faulted", 0.0)
    for name in ("get", "set", "add", "incr"):
        monkeypatch.setattr(caching.RedisCache, name, refuse)
    monkeypatch.setattr(public_pages, "cache", forgiving)
    for _ in range(2):
        page = client.get(reverse("suppliers:directory"))
        assert (page.status_code, supplier.organisation.name in page.text) == (200, True)
    assert caching.is_cache_away()
