import gzip
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from buyers.models import Tender
from marketplace.web import site
from marketplace.web.process_cache import clear_process_caches
from tests import factories
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db


def in_days(days: float):
    return timezone.now() + timedelta(days=days)


def test_home_with_nothing_says_so(client):
    response = client.get("/")
    assert_clean(response)
    assert "Aucun avis ouvert en ce moment" in response.content.decode()


def test_home_counts_what_is_published_and_open(client):
    factories.SupplierFactory(proved=6)
    factories.SupplierFactory(proved=6, proved__on=timezone.localdate() - timedelta(days=400))
    factories.SupplierFactory(status="submitted")
    factories.TenderFactory(buyer_name="Ville de Shawinigan")
    factories.TenderFactory(buyer_name="Ville de Shawinigan")
    factories.TenderFactory(closes_at=in_days(-1))
    figures = client.get("/").context["figures"]
    assert figures == {"suppliers": 2, "regions": 1, "verified": 1, "open_tenders": 2, "buyers": 1}


def test_home_shows_the_notices_that_close_first(client):
    titles = ["Six", "Un", "Cinq", "Deux", "Quatre", "Trois"]
    for title, days in zip(titles, [6, 1, 5, 2, 4, 3], strict=True):
        factories.TenderFactory(title=title, closes_at=in_days(days))
    response = client.get("/")
    assert_clean(response)
    assert [tender.title for tender in response.context["closing_soon"]] == [
        "Un",
        "Deux",
        "Trois",
        "Quatre",
        "Cinq",
    ]


def test_home_never_shows_closed_or_cancelled_notices(client):
    factories.TenderFactory(title="Fermé hier", closes_at=in_days(-1))
    factories.TenderFactory(title="Annulé", status=Tender.Status.CANCELLED)
    factories.TenderFactory(title="Sans date", closes_at=None)
    page = client.get("/").content.decode()
    assert not any(title in page for title in ("Fermé hier", "Annulé", "Sans date"))


@pytest.mark.parametrize("rows", [1, 3])
def test_home_asks_six_questions_then_four(client, rows, django_assert_num_queries):
    for _ in range(rows):
        factories.TenderFactory()
    client.get("/")
    cache.clear()
    with django_assert_num_queries(6):
        client.get("/")
    with django_assert_num_queries(4):
        client.get("/")


def test_home_searches_the_directory(client):
    page = client.get("/").content.decode()
    assert f'role="search" action="{reverse("suppliers:directory")}"' in page
    assert 'name="q"' in page
    assert 'name="ou"' in page


def test_home_sets_no_cookie_for_a_passer_by(client):
    assert not client.get("/").cookies


def test_home_offers_english_once_it_exists(client, monkeypatch):
    monkeypatch.setattr(site, "english_exists", lambda: False)
    assert 'hreflang="en' not in client.get("/").content.decode()
    monkeypatch.setattr(site, "english_exists", lambda: True)
    response = client.get("/")
    assert_clean(response)
    assert 'href="/en/" lang="en-CA" hreflang="en-CA"' in response.content.decode()


def test_header_follows_the_person(client, pole_staff):
    page = client.get("/").content.decode()
    assert "Me connecter" in page
    assert "Me déconnecter" not in page
    client.force_login(factories.UserFactory())
    page = client.get("/").content.decode()
    assert "Me déconnecter" in page
    assert ">Gestion<" not in page.replace("</svg>", ">")
    client.force_login(pole_staff)
    assert "Gestion" in client.get("/").content.decode()


def test_every_link_of_home_leads_somewhere(client):
    page = client.get("/").content.decode()
    addresses = set(re.findall(r'<a[^>]*href="(/[^"]*)"', page))
    assert "" not in re.findall(r'<a[^>]*href="([^"]*)"', page)
    assert reverse("suppliers:directory") in addresses
    broken = {address for address in addresses if client.get(address).status_code >= 400}
    assert broken == set()


def test_home_weighs_less_than_sixty_kilobytes(client):
    factories.TenderFactory.create_batch(5)
    files = ["css/look.css", "css/pages.css", "js/menu.js", "js/suggestions.js", "django_htmx/htmx-2.min.js"]
    page = client.get("/").content
    for name in files:
        assert f"{settings.STATIC_URL}{name}".encode() in page
    sources = [page, *(Path(finders.find(name)).read_bytes() for name in files)]
    assert sum(len(gzip.compress(source)) for source in sources) < 60_000


def test_every_example_of_home_finds_somebody(client):
    """They are chosen from what is offered today; without any offer, there is none."""
    cache.clear()
    clear_process_caches()
    assert 'class="freq' not in client.get("/").content.decode()
    for title, code in (
        ("Entretien ménager de bureaux", "76111500"),
        ("Déneigement de trottoirs", "72102900"),
    ):
        factories.SupplierFactory.create_batch(2, offers=[(title, code)])
    for home in ("/", "/en/"):
        cache.clear()
        clear_process_caches()
        page = client.get(home).content.decode()
        examples = re.findall(
            r'href="(/[^"]*\?q=[^"]*)"', page.partition('class="freq')[2].partition("</p>")[0]
        )
        assert len(examples) == 2
        assert unquote(examples[0].partition("=")[2]) in page.partition("placeholder=")[2][:80]
        for address in examples:
            assert '<ol class="res">' in client.get(address).content.decode(), address
    cache.clear()
    clear_process_caches()
