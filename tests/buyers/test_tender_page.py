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

    assert ("n’a pas de version" in content) == (query in ("?version=nulle", "?version=%00", "?depuis=9"))
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


LOTS = [
    {
        "id": "1",
        "title": "Nettoyage des écoles",
        "status": "active",
        "value": {"amount": 90000, "currency": "GBP"},
    },
    {
        "id": "2",
        "title": "Nettoyage du centre sportif",
        "description": "Trois patinoires",
        "hasOptions": True,
    },
]
WHOLE = {
    "tender__lots": LOTS,
    "tender__status": "active",
    "tender__tenderers": [{"id": f"FO-{n}", "name": f"Soumissionnaire {n}"} for n in (1, 2, 3)],
    "tender__numberOfTenderers": 5,
    "tender__options": {"description": "Deux saisons de plus"},
    "tender__hasRenewal": True,
    "tender__amendments": [
        {"id": "m1", "date": "2026-08-09", "rationale": "Le devis était incomplet", "description": "Devis remplacé"}
    ],
    "tender__documents": [
        {"id": "d1", "url": "https://a.example/devis.pdf", "title": "Devis", "documentType": "technicalSpecifications",
         "language": "en", "format": "application/pdf", "datePublished": "2026-08-02T12:00:00Z"},
        {"id": "d2", "url": "https://a.example/qr", "documentType": "clarifications", "format": "text/html"},
        {"id": "d3", "url": "javascript:alert(1)", "title": "Plan"},
    ],
    "awards": [
        {"id": "A1", "status": "active", "suppliers": [{"id": "FO-1", "name": "Soumissionnaire 1"}], "relatedLots": ["1"],
         "documents": [{"id": "d4", "url": "https://a.example/avis", "documentType": "awardNotice"}]}
    ],
    "contracts": [{"id": "A1", "amendments": [{"id": "m2", "date": "2026-09-01", "rationale": "Une école de plus"}]}],
}  # fmt: skip


def test_lots_bidders_documents_amendments_and_options_are_shown(feed, page):
    feed.load(awarded(20990001, **WHOLE))

    content = page()

    for words in (
        "2 lots", "1 lot attribué sur 2.", "Nettoyage du centre sportif", "Trois patinoires", "90 000 GBP",
        "attribué à Soumissionnaire 1", "Attribué en partie", "Autres soumissionnaires", "Soumissionnaire 3",
        "et 2 autres, que la source ne nomme pas.", "Modifications et leurs raisons", "Le devis était incomplet",
        "Une école de plus", "Deux saisons de plus", "prévues, sans précision", "Devis technique, PDF, anglais, 2 août 2026",
        "Questions et réponses", "Avis d’attribution", "Plan",
    ):  # fmt: skip
        assert words in content, words
    assert 'href="https://a.example/avis"' in content
    assert "javascript:" not in content
    assert "<dt>Soumissionnaires</dt>" in content
    assert "Fermé" not in content


def test_the_parts_of_a_notice_are_english_on_an_english_page(feed, client):
    feed.load(awarded(20990001, **WHOLE))

    content = client.get("/en/tenders/ocds-ec9k95-20990001/").content.decode()

    for words in (
        "1 of 2 lots awarded.",
        "Partly awarded",
        "Other bidders",
        "Technical specifications",
        "GBP",
    ):
        assert words in content, words


def test_a_notice_without_parts_shows_none_of_them(feed, page):
    feed.load(notice())

    content = page()

    for words in (
        "Autres soumissionnaires",
        "Les lots de l’avis",
        "Documents",
        "Modifications et",
        "Avis liés",
    ):
        assert words not in content, words


def test_related_notices_are_linked_where_they_are_known(feed, page):
    feed.load(notice(20990009, tender__title="Accord de départ"))
    related = [
        {"id": "1", "relationship": ["framework"], "scheme": "ocid", "identifier": "ocds-ec9k95-20990009"},
        {
            "id": "2",
            "relationship": ["prior"],
            "scheme": "ocid",
            "identifier": "ocds-ec9k95-1",
            "title": "Inconnu",
        },
        {"id": "3", "relationship": "prior", "title": "Ailleurs", "uri": "https://a.example/ailleurs"},
    ]
    feed.load(notice(relatedProcesses=related))

    content = page()

    assert 'href="/appels-doffres/ocds-ec9k95-20990009/"' in content
    assert "Accord de départ" in content
    assert "Accord-cadre" in content
    assert 'href="https://a.example/ailleurs"' in content
    assert 'href="/appels-doffres/ocds-ec9k95-1/"' not in content


def test_the_page_costs_no_more_with_many_lots_than_with_one(feed, client):
    counted = []
    for n, size in enumerate((0, 1, 60)):
        lots = [{"id": str(k), "title": f"Lot {k}"} for k in range(size)]
        bidders = [{"id": f"FO-{k}", "name": f"Nom {k}"} for k in range(size)]
        related = [
            {"relationship": ["prior"], "scheme": "ocid", "identifier": f"ocds-x-{k}"} for k in range(size)
        ]
        feed.load(
            notice(20990100 + n, tender__lots=lots, tender__tenderers=bidders, relatedProcesses=related)
        )
        url = f"/appels-doffres/ocds-ec9k95-{20990100 + n}/"
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            content = client.get(url).content.decode()
        counted.append(len(queries))
    assert "Voir les 20 autres lots" in content
    none, one, many = counted
    assert none <= one == many <= 8  # what is not there is not asked for


@pytest.mark.parametrize("end", ["31/01/2027 ou après", "", None])
def test_a_closing_that_is_not_understood_is_open_and_never_closed(feed, page, client, end):
    feed.load(notice(tender__tenderPeriod={"endDate": end} if end is not None else {}))

    content = page()

    assert "Clôture non précisée, voir l’avis" in content
    assert "On ne peut plus y répondre" not in content
    assert "Fermé" not in content
    assert client.get("/api/v1/tenders/").json()["count"] == 1
