"""A web process reads what pages need before it takes requests."""

import pytest
from django.test import Client

from marketplace.web import warming
from marketplace.web.process_cache import clear_process_caches
from marketplace.web.warming import warm_process
from suppliers import directory_columns
from suppliers.directory_columns import forget_columns
from suppliers.models import EmptySearch
from tests.bench.pages import HOST
from tests.factories import SupplierFactory


def by_client(environ, start_response):
    """A WSGI application whose answers leave the test's connection open when they are closed."""
    address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
    headers = {"host": environ["HTTP_HOST"], "cookie": environ["HTTP_COOKIE"]}
    mark = {name: value for name, value in environ.items() if name.startswith("maillage.")}
    return [Client().get(address, headers=headers, **mark).content]


@pytest.mark.django_db
def test_a_warm_process_owes_its_first_visitor_nothing(django_assert_max_num_queries, settings, monkeypatch):
    monkeypatch.setattr(warming, "close_old_connections", lambda: None)
    settings.KEEP_PUBLIC_PAGES = True
    SupplierFactory(offers=[("Traiteur", None)])
    clear_process_caches()
    forget_columns()
    beats = []
    warm_process(by_client, between=lambda: beats.append(1))
    assert directory_columns._current is not None
    assert len(beats) == 2 * len(settings.WARM_PAGES)
    with django_assert_max_num_queries(4):  # the list's version once, the search, the rows
        assert Client().get("/fournisseurs/", {"q": "traiteur"}, headers={"host": HOST}).status_code == 200


@pytest.mark.django_db
def test_what_a_process_asks_for_nobody_is_not_kept_as_a_search_in_vain(monkeypatch):
    monkeypatch.setattr(warming, "close_old_connections", lambda: None)
    warm_process(by_client)
    assert not EmptySearch.objects.exists()
    Client().get("/fournisseurs/", {"q": "traiteur shawinigan"}, headers={"host": HOST})
    assert EmptySearch.objects.exists()


@pytest.mark.django_db
def test_a_process_starts_where_its_pages_fail():
    def fails(environ, start_response):
        raise RuntimeError("away")

    warm_process(fails)
