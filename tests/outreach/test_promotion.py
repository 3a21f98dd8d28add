"""What other sites, programs and walls show of us: frame, feeds, posters, pictures; and whose week it is."""

import json
import re
from collections import Counter
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils import timezone

from marketplace.outreach.models import FeaturedSupplier
from marketplace.outreach.promotion.rotation import (
    choose_featured_supplier,
    featured_now,
    skip_featured_supplier,
    week_of,
)
from marketplace.territories.models import Mrc
from marketplace.web.errors import NotAllowed, Refused
from marketplace.web.process_cache import clear_process_caches
from suppliers.curation import DecisionNote, suspend_supplier
from suppliers.directory_index import reindex_suppliers
from suppliers.models import Supplier
from tests import factories
from tests.admin.conftest import signed_in
from tests.events.factories import EventFactory
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db
EMBED = "/repertoire-integre/mauricie/"
MONDAY = date(2026, 11, 30)


def complete(name, **more):
    supplier = factories.SupplierFactory(
        name=name,
        activity="Buanderie qui lave et livre le linge des établissements de toute la région, chaque jour.",
        organisation__phone="8195550123",
        **more,
    )
    factories.OfferFactory(supplier=supplier, title="Nettoyage de draps")
    return supplier


def withdraw(supplier):
    admin = factories.UserFactory(is_superuser=True)
    suspend_supplier(
        supplier=Supplier.objects.get(pk=supplier.pk),
        by=admin,
        note=DecisionNote(message="À votre demande."),
    )


@pytest.fixture
def listed():
    suppliers = [complete("Buanderie <script>alert(1)</script>"), complete("Draps & cie")]
    complete("Lavalloise", mrc=Mrc.objects.get(code="65"))
    factories.SupplierFactory(name="Secrète", status="submitted")
    reindex_suppliers()
    clear_process_caches()
    return suppliers


def test_embed_is_framed_anywhere_without_script_or_cookie_and_nothing_else_is(client, listed):
    response = client.get(EMBED)
    page = response.content.decode()
    assert "Draps &amp; cie" in page
    assert "Lavalloise" not in page
    assert "Secrète" not in page
    assert "<script" not in page
    assert "style=" not in page
    policy = response["Content-Security-Policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "X-Frame-Options" not in response
    assert not response.cookies
    assert client.get("/en/embedded-directory/mauricie/").headers["Content-Language"] == "en-CA"
    for path in (
        "/",
        "/fournisseurs/",
        f"/fournisseurs/{listed[0].slug}/",
        "/presse/",
        "/p/mauricie/",
        "/nouvelles-entreprises.atom",
    ):
        other = client.get(path)
        assert other["X-Frame-Options"] == "DENY", path
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"], path


@pytest.mark.parametrize(
    "query",
    [
        "q=%00%00", "q=" + "x" * 5000, "page=-1", "page=99999999999999999999", "page=²", "mrc=65", "mrc=%27%22", "secteur=zz",
        "q=%22%3E%3Cscript%3E", "secteur=56&secteur=62", "q=%ff", "page=1e9",
    ],
)  # fmt: skip
def test_embed_answers_any_query_within_its_territory(client, listed, query):
    response = client.get(f"{EMBED}?{query}")
    assert response.status_code == 200
    assert "Lavalloise" not in response.content.decode()
    assert "<script" not in response.content.decode()


def test_embed_of_no_pole_says_so_in_its_frame_and_what_is_withdrawn_goes_at_once(client, listed):
    missing = client.get("/repertoire-integre/nulle-part/")
    assert missing.status_code == 404
    assert "frame-ancestors *" in missing["Content-Security-Policy"]
    assert "X-Frame-Options" not in missing
    assert "Draps" in client.get(EMBED).content.decode()
    withdraw(listed[1])
    assert "Draps" not in client.get(EMBED).content.decode()


def test_composer_gives_html_that_holds_what_was_chosen(listed):
    page = signed_in(factories.PolePostFactory().user).get(
        reverse("outreach_admin:embed"),
        {"pole": "mauricie", "sector": "56", "mrc": "371", "language": "en", "height": "640"},
    )
    assert_clean(page)
    snippet = page.context["snippet"]
    assert "/en/embedded-directory/mauricie/?secteur=56&amp;mrc=371" in snippet
    assert 'height="640"' in snippet
    foreign = signed_in(factories.PolePostFactory(pole=factories.pole("laval")).user)
    assert not foreign.get(
        reverse("outreach_admin:embed"), {"pole": "mauricie", "language": "fr", "height": "640"}
    ).context["snippet"]


def test_everyone_has_a_week_before_anyone_has_two(listed):
    complete("Troisième")
    factories.SupplierFactory(name="Trop peu dit")
    turns = Counter()
    for n in range(8):
        row = choose_featured_supplier(by=None, day=MONDAY + timedelta(weeks=n))
        turns[row.supplier_id] += 1
        assert max(turns.values()) - min(turns.get(pk, 0) for pk in turns) <= 1
        assert n < 4 or min(turns.values()) >= 1
    assert sorted(turns.values()) == [2, 2, 2, 2]
    first = list(FeaturedSupplier.objects.order_by("week").values_list("supplier", flat=True))
    FeaturedSupplier.objects.all().delete()
    again = [choose_featured_supplier(by=None, day=MONDAY + timedelta(weeks=n)).supplier_id for n in range(8)]
    assert again == first  # the order is nobody's choice


def test_week_shows_on_the_home_page_and_in_the_feed_until_it_is_skipped_or_withdrawn(client, listed):
    staff = factories.PolePostFactory().user
    Supplier.objects.filter(organisation__name="Lavalloise").delete()
    row = choose_featured_supplier(by=None)
    name = row.supplier.organisation.name
    assert choose_featured_supplier(by=None) == row
    assert client.get("/").context["featured"]["name"] == name
    assert f"Entreprise de la semaine\xa0: {name}" in {
        item["title"] for item in client.get("/nouvelles-entreprises.json?pole=mauricie").json()["items"]
    }
    with pytest.raises(NotAllowed):
        skip_featured_supplier(
            featured=row, reason="Non", by=factories.PolePostFactory(pole=factories.pole("laval")).user
        )
    with pytest.raises(Refused):
        skip_featured_supplier(featured=row, reason=" ", by=staff)
    page = signed_in(staff).post(
        reverse("outreach_admin:featured"),
        {"featured": row.pk, "reason": "Fermée pour rénovations"},
        follow=True,
    )
    assert_clean(page)
    assert "Fermée pour rénovations" in page.content.decode()
    second = featured_now()
    assert second.supplier_id != row.supplier_id
    with pytest.raises(Refused):
        skip_featured_supplier(featured=row, reason="Encore", by=staff)
    withdraw(second.supplier)
    assert featured_now() is None
    assert client.get("/").context["featured"] is None
    assert choose_featured_supplier(by=None) is None  # nobody is left for this week
    assert week_of(MONDAY + timedelta(days=6)) == MONDAY


def test_feeds_posters_and_pictures_say_what_is_public_and_nothing_of_what_is_not(client, listed):
    feed = ElementTree.fromstring(client.get("/nouvelles-entreprises.atom").content)  # noqa: S314 - our own
    titles = [one.text for one in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert "Draps & cie" in titles
    assert "Secrète" not in titles
    assert client.get("/nouvelles-entreprises.json?pole=nulle-part").status_code == 404
    assert client.get("/nouvelles-entreprises.json")["Access-Control-Allow-Origin"] == "*"
    slug = listed[1].slug
    paths = [f"/fournisseurs/{slug}/apercu.png", f"/affiches/entreprise/{slug}.pdf"]
    for path, start in zip(paths, (b"\x89PNG", b"%PDF"), strict=True):
        assert client.get(path).content.startswith(start)
    withdraw(listed[1])
    assert {client.get(path).status_code for path in paths} == {404}
    assert client.get("/affiches/pole/mauricie.pdf").content.startswith(b"%PDF")
    assert client.get("/affiches/pole/nulle-part.pdf").status_code == 404


def test_letters_that_xml_has_no_place_for_take_the_feed_from_nobody(client):
    complete("Coop\x0bpressée\x01")
    reindex_suppliers()
    for path in ("/nouvelles-entreprises.atom", "/en/new-enterprises.atom"):
        assert "Coop pressée" in client.get(path).content.decode(), path


def test_shared_links_and_machines_read_events_and_notices(client, listed):
    event = EventFactory(state="open", opened_at=timezone.now(), title="Journée </script>")
    tender = factories.TenderFactory(title="Draps </script> à laver", buyer_name="Ville & cie")
    for path, kind in (
        (f"/activites/{event.slug}/", "BusinessEvent"),
        (f"/appels-doffres/{tender.ocid}/", "Organization"),
    ):
        page = client.get(path).content.decode()
        (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
        assert json.loads(text)["@type"] == kind
        (picture,) = re.findall(r'og:image"\s+content="https://maillage.example([^"]+)"', page)
        assert client.get(picture)["Content-Type"] == "image/png"
    assert client.get(f"/activites/{event.slug}/affiche.pdf").content.startswith(b"%PDF")
    assert (
        '<meta property="og:title" content="Joindre mon pôle">'
        in client.get("/joindre-mon-pole/").content.decode()
    )


def test_sitemap_holds_public_pages_in_both_languages_and_is_cut_where_it_is_large(
    client, listed, monkeypatch
):
    address = f"https://maillage.example/fournisseurs/{listed[1].slug}/"
    text = client.get("/sitemap.xml").content.decode()
    ElementTree.fromstring(text)  # noqa: S314 - our own
    assert f"<loc>{address}</loc>" in text
    assert "secrete" not in text
    assert f'hreflang="en-CA" href="https://maillage.example/en/suppliers/{listed[1].slug}/"' in text
    monkeypatch.setattr("marketplace.pages.sitemaps.PER_FILE", 2)
    index = client.get("/sitemap.xml").content.decode()
    files = re.findall(r"<loc>https://maillage.example([^<]+)</loc>", index)
    assert "/sitemap-entreprises-2.xml" in files
    assert all(client.get(file).status_code == 200 for file in files)
    assert client.get("/sitemap-entreprises-3.xml").status_code == 404
    assert client.get("/sitemap-secrets-1.xml").status_code == 404


def test_guides_answer_in_both_languages_with_pictures_of_that_language(client):
    for path in (
        "/guides/",
        "/questions-frequentes/",
        "/a-propos/",
        "/presse/",
        "/en/guides/",
        "/en/faq/",
        "/en/about/",
        "/en/press/",
    ):
        assert_clean(client.get(path))
    for slug in ("economie-sociale", "acheter", "vendre", "poles"):
        for prefix, other in (("", "en"), ("/en", "fr")):
            page = client.get(f"{prefix}/guides/{slug}/")
            assert_clean(page)
            assert f"-{other}.webp" not in page.content.decode()
    assert client.get("/guides/rien/").status_code == 404
