"""A notice's page: what it asks, until when, what changed, who won."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buyers.models import Tender
from tests import factories
from tests.buyers.ocds_files import awarded, in_days, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client):
    """The text of a notice's page."""

    def reading(number: int = 20990001, query: str = "") -> str:
        response = client.get(f"/appels-doffres/ocds-ec9k95-{number}/{query}")
        assert response.status_code == 200
        return response.content.decode().replace("\u00a0", " ")

    return reading


def test_an_open_notice_counts_its_days_and_leads_to_its_source(feed, page):
    feed.load(notice(tender__tenderPeriod={"endDate": in_days(7)}))

    content = page()

    assert "<b>7</b>" in content
    assert "jours avant la clôture" in content
    assert 'href="https://seao.gouv.qc.ca/avis?ItemId=20990001"' in content
    assert "76111500" in content
    assert "On ne peut plus y répondre" not in content
    assert "Ce qui a changé" not in content


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"closes_at": timezone.now() - timedelta(days=1)}, "Cet avis est fermé. Clôturé le"),
        ({"status": Tender.Status.COMPLETE}, "Ce contrat est attribué"),
        ({"status": Tender.Status.CANCELLED}, "Cet avis est annulé"),
        ({"status": Tender.Status.UNSUCCESSFUL}, "sans suite"),
        ({"status": Tender.Status.PLANNED}, "n’est qu’annoncé"),
    ],
)
def test_what_is_over_says_so(page, fields, words):
    factories.TenderFactory(ocid="ocds-ec9k95-20990001", **fields)

    content = page()

    assert "On ne peut plus y répondre" in content
    assert words in content
    assert "jours avant la clôture" not in content


def test_awards_are_shown_with_amounts_and_what_the_contract_came_to(feed, page):
    feed.load(awarded())

    content = page(20990002)

    assert "Ménage Modèle inc." in content
    assert "1170 000 001" in content
    assert "41 251 $" in content
    assert "contrat : 43 000 $" in content


def test_an_award_shared_by_two_tells_its_amount_once(feed, page):
    shared = {"id": "1", "value": {"amount": 5000}, "suppliers": [{"name": "Une"}, {"name": "Deux"}]}
    nameless = {"id": "2", "value": {"amount": 77}}
    feed.load(awarded(awards=[shared, nameless], contracts=None))

    content = page(20990002)

    assert content.count("5 000 $") == 1
    assert "Une" in content
    assert "Deux" in content
    assert "Adjudicataire non précisé" in content


def test_versions_are_listed_and_the_latest_is_compared_with_the_one_before(feed, page):
    for version, title in (
        ("20260801120000", "Bancs"),
        ("20260802120000", "Tables"),
        ("20260803120000", "Chaises"),
    ):
        feed.load(notice(version=version, tender__title=title))

    content = page()

    assert "Version 3, modifiée le 3 août 2026" in content
    assert "<del>Tables</del>" in content
    assert "<ins>Chaises</ins>" in content
    assert "?version=20260802120000#changements" in content
    second = page(query="?version=20260802120000")
    assert "<del>Bancs</del>" in second
    assert "<ins>Tables</ins>" in second
    assert "première version" in page(query="?version=20260801120000")
    whole = page(query="?depuis=20260801120000")
    assert "<del>Bancs</del>" in whole
    assert "<ins>Chaises</ins>" in whole


@pytest.mark.parametrize(
    "query", ["?version=nulle", "?version=%00", "?depuis=9", "?version=", "?depuis=20260802120000"]
)
def test_a_version_that_does_not_exist_is_told_and_the_last_one_shown(feed, page, query):
    feed.load(notice(version="20260801120000"), notice(version="20260802120000", tender__title="Neuf"))

    content = page(query=query)

    assert ("n’a pas de version" in content) == (query in ("?version=nulle", "?depuis=9"))
    assert "<ins>Neuf</ins>" in content


def test_an_unknown_region_is_marked(feed, page):
    feed.load(notice(parties=[], buyer={"name": "Achats communs"}))

    content = page()

    assert content.count("Région non précisée") == 1
    assert "tous les filtres de région" in content


def test_a_published_buyer_is_linked_and_a_hidden_one_is_not(feed, page):
    buyer = factories.BuyerFactory(organisation__name="Ville de Shawinigan", slug="ville-de-shawinigan")
    feed.load(notice())
    assert "/acheteurs/ville-de-shawinigan/" in page()

    buyer.is_published = False
    buyer.save()

    assert "/acheteurs/ville-de-shawinigan/" not in page()


def test_the_dates_to_keep_mark_the_next_one(feed, client):
    feed.load(notice(tender__enquiryPeriod={"endDate": in_days(5)}))

    milestones = client.get("/appels-doffres/ocds-ec9k95-20990001/").context["milestones"]

    assert [(milestone.label, milestone.state) for milestone in milestones] == [
        ("Publication", "done"), ("Dernier jour pour les questions", "now"), ("Clôture", ""),
    ]  # fmt: skip
    assert "dans 5 jours" in milestones[1].when


@pytest.mark.parametrize("ocid", ["ocds-ec9k95-0", "x", "%00", "a" * 300])
def test_a_notice_that_does_not_exist_is_not_found(client, ocid):
    assert client.get(f"/appels-doffres/{ocid}/").status_code == 404


def test_a_notice_of_another_source_shows_without_a_seao_number(feed, client):
    feed.load(notice() | {"ocid": "ocds-213czf-1", "id": "v1"})

    assert "Numéro SEAO" not in client.get("/appels-doffres/ocds-213czf-1/").content.decode()


def test_hostile_words_of_a_feed_are_shown_as_text(feed, page):
    evil = "<script>alert(1)</script>"
    item = {"id": "S9", "description": evil, "classification": {"id": "99999999", "description": evil}}
    feed.load(notice(version="20260801120000"))
    feed.load(
        awarded(
            20990001,
            "20260802120000",
            tender__title=evil,
            tender__id=evil,
            tender__items=[item],
            tender__documents=[{"url": "https://a.example/x", "title": evil}],
            buyer={"name": evil, "id": "OP-9"},
            awards=[{"id": "1", "suppliers": [{"name": evil}]}],
        )
    )

    assert "<script>alert" not in page()


def test_the_page_costs_the_same_whatever_its_versions_and_awards(feed, client):
    feed.load(awarded(20990001, "20260801120000"))
    url = "/appels-doffres/ocds-ec9k95-20990001/"
    client.get(url)
    feed.load(awarded(20990001, "20260802120000"))
    with CaptureQueriesContext(connection) as two:
        client.get(url)
    many = [{"id": str(n), "suppliers": [{"name": f"S{n}"}]} for n in range(9)]
    feed.load(*(awarded(20990001, f"2026081{n}120000", awards=many) for n in range(5)))
    with CaptureQueriesContext(connection) as seven:
        client.get(url)

    assert len(two) == len(seven) <= 8
