"""The list of notices: what it finds, how it takes nonsense, what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from buyers.models import Tender
from marketplace.matching.suggestions import suggest_for_tender
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/appels-doffres/"
Status = Tender.Status


@pytest.fixture
def titles(client):
    """The titles that a query shows, in order."""

    def reading(query: str = "") -> list[str]:
        response = client.get(LIST + query)
        assert response.status_code == 200
        return [row["title"] for row in response.context["tenders"]]

    return reading


def make(title: str, days: float = 10, **fields) -> Tender:
    return factories.TenderFactory(title=title, closes_at=timezone.now() + timedelta(days=days), **fields)


def test_open_notices_come_by_themselves_the_next_to_close_first(titles):
    make("Plus tard", days=30)
    make("Bientôt", days=2)
    make("Fermé", days=-1)
    make("Attribué", days=5, status=Status.COMPLETE)
    make("Sans date").__class__.objects.filter(title="Sans date").update(closes_at=None)

    assert titles() == ["Bientôt", "Plus tard", "Sans date"]


def test_a_notice_without_a_known_closing_is_open_and_says_so(client):
    factories.TenderFactory(title="Sans date", closes_at=None)

    content = client.get("/appels-doffres/").content.decode()

    assert "Clôture non précisée, voir l’avis" in content
    assert "Ouvert" in content
    assert content.count("Fermé, pas encore attribué") == 1  # the filter


@pytest.mark.parametrize(
    ("statut", "found"),
    [
        ("ouvert", {"Ouvert", "Sans date"}),
        ("ferme", {"Fermé"}),
        ("attribue", {"Attribué", "Attribué en partie", "Attribué, sans date"}),
        ("annule", {"Annulé"}),
        ("sans-suite", {"Sans suite"}),
        ("annonce", {"Annoncé"}),
        (
            "tous",
            {
                "Ouvert",
                "Fermé",
                "Sans date",
                "Attribué",
                "Attribué en partie",
                "Attribué, sans date",
                "Annulé",
                "Sans suite",
                "Annoncé",
            },
        ),
    ],
)
def test_states_are_what_a_reader_calls_them(titles, statut, found):
    make("Ouvert")
    make("Fermé", days=-1)
    factories.TenderFactory(title="Sans date", closes_at=None)
    make("Attribué", status=Status.COMPLETE)
    make("Attribué en partie", days=-1, awarded="part")
    factories.TenderFactory(title="Attribué, sans date", closes_at=None, awarded="whole")
    make("Annulé", status=Status.CANCELLED)
    make("Sans suite", status=Status.UNSUCCESSFUL)
    make("Annoncé", status=Status.PLANNED)

    assert set(titles(f"?statut={statut}")) == found


@pytest.mark.parametrize(
    "q", ["plate-bandes", "PLATES BANDES", "l'entretien", "l’entretien", "Shawinigan", "mosaicultures"]
)
def test_words_are_found_without_accents_capitals_or_endings(titles, q):
    make("Entretien des plates-bandes et mosaïcultures", buyer_name="Ville de Shawinigan")
    make("Achat de camions", buyer_name="Ville de Laval")

    assert titles(f"?q={q}") == ["Entretien des plates-bandes et mosaïcultures"]


def test_a_notice_is_found_by_its_number(titles):
    make("Celui-ci", ocid="ocds-ec9k95-20990042")
    make("Pas lui", ocid="ocds-ec9k95-20990043")

    assert titles("?q=20990042") == ["Celui-ci"]
    assert titles("?q=ocds-ec9k95-20990042") == ["Celui-ci"]


def test_a_text_without_a_word_to_search_is_set_aside_with_a_sentence(client):
    make("Avis")

    response = client.get(LIST + "?q=de+la")

    assert [row["title"] for row in response.context["tenders"]] == ["Avis"]
    assert "ne contient aucun mot" in response.content.decode()


def test_an_unknown_region_passes_every_region_filter_marked(client):
    make("Mauricie")
    make("Laval", region_id="13", mrc_id="65")
    make("Inconnue", region_id=None, mrc_id=None, buyer_name="Achats communs")

    response = client.get(LIST + "?region=04")

    assert {row["title"] for row in response.context["tenders"]} == {"Mauricie", "Inconnue"}
    content = response.content.decode()
    assert content.count("Région non précisée") == 1
    assert "1 avis n’a pas de région connue" in content


@pytest.mark.parametrize("offre", ["76", "7611", "761115", "76111500", "76111503", "7611 15 00"])
def test_a_code_finds_its_ancestors_and_descendants(titles, offre):
    factories.unspsc("76111503")
    make("Ménage", unspsc=["76111500"])
    make("Autre", unspsc=["56101600"])

    assert titles(f"?offre={offre}") == ["Ménage"]


def test_methods_and_values_of_one_filter_are_alternatives(titles):
    make("Public", method="open")
    make("Invitation", method="limited")
    make("Gré à gré", method="direct")

    assert set(titles("?methode=public&methode=gre-a-gre")) == {"Public", "Gré à gré"}


def test_a_notice_by_invitation_is_never_shown_as_open(client, titles):
    make("Sur invitation seulement", method="limited")
    make("À tous")
    assert titles("") == ["À tous"]
    assert titles("?statut=sur-invitation") == ["Sur invitation seulement"]
    invited = Tender.objects.get(method="limited")
    assert invited not in Tender.objects.open()
    assert (invited.is_open, invited.is_running, invited.is_news) == (False, True, False)
    page = client.get(reverse("tenders:tender", args=[invited.ocid])).content.decode()
    assert "Seules les entreprises que l’acheteur a invitées" in page
    assert ">Ouvert<" not in page
    assert "Sur invitation seulement" not in client.get("/").content.decode()
    found = client.get("/api/v1/tenders/").json()["results"]
    assert [row["title"] for row in found] == ["À tous"]
    [row] = client.get("/api/v1/tenders/?status=invited").json()["results"]
    assert row["is_open"] is False
    factories.SupplierFactory(offers=[("Entretien ménager", "76111500")], serves=["R04"])
    assert suggest_for_tender(tender=invited, by=None) == []


def test_closing_before_a_day_leaves_that_day_out(titles):
    day = timezone.localtime().replace(hour=12, minute=0) + timedelta(days=5)
    factories.TenderFactory(title="Ce jour-là", closes_at=day)
    factories.TenderFactory(title="La veille", closes_at=day - timedelta(days=1))

    assert titles(f"?cloture_avant={day.date().isoformat()}") == ["La veille"]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("region=zz", "Le filtre « région » ne connaît pas « zz ». Il est ignoré."),
        ("offre=561", "Le filtre « offre » ne connaît pas « 561 »"),
        ("methode=magie", "Le filtre « mode » ne connaît pas « magie »"),
        ("statut=perdu", "Le filtre « état » ne connaît pas « perdu »"),
        ("cloture_avant=2026-02-31", "Le filtre « clôture avant » ne connaît pas « 2026-02-31 »"),
        ("cloture_avant=demain", "« demain »"),
        ("region=%00%3Cscript%3E", "&lt;script&gt;"),
        ("q=" + "x" * 300, "Seuls les 200 premiers caractères"),
        ("page=99999", "Voici la dernière"),
        ("page=abc", "n’est pas un numéro de page"),
    ],
)
def test_nonsense_gets_a_sentence_and_the_page(client, query, sentence):
    make("Avis")

    response = client.get(f"{LIST}?{query}")

    assert response.status_code == 200
    assert sentence.replace(" »", "\u00a0»").replace("« ", "«\u00a0") in response.content.decode().replace(
        " »", "\u00a0»"
    ).replace("« ", "«\u00a0")


@pytest.mark.parametrize("q", ["\x00", "a & | ! (", "'\"\\", "%", "<b>", "🙂", "-", '"', "a:*", "(((", "œ"])
def test_no_text_breaks_the_search(client, q):
    make("Avis")

    assert client.get(LIST, {"q": q}).status_code == 200


def test_facets_count_what_one_more_tick_would_find_and_show_zeros(client):
    make("A")
    make("B", region_id="13", mrc_id="65", method="direct")
    make("C", region_id="13", mrc_id="65", days=-2)

    facets = {
        f["name"]: {o["value"]: o["count"] for o in f["options"]}
        for f in client.get(LIST + "?region=04").context["facets"]
    }

    assert (facets["region"]["04"], facets["region"]["13"], facets["region"]["01"]) == ("1", "1", "0")
    assert (facets["methode"]["public"], facets["methode"]["invitation"]) == ("1", "0")


def test_pages_follow_each_other_without_loss(titles):
    for n in range(45):
        make(f"Avis {n:02d}", days=1 + n)

    seen = titles() + titles("?page=2") + titles("?page=3")

    assert seen == [f"Avis {n:02d}" for n in range(45)]


def test_htmx_gets_the_results_alone_with_a_clean_address(client):
    make("Avis")

    response = client.get(LIST + "?q=avis&region=&cloture_avant=", headers={"HX-Request": "true"})

    assert "<html" not in response.content.decode()
    assert response["HX-Push-Url"] == LIST + "?q=avis"
    assert "HX-Request" in response["Vary"]


def test_the_list_says_when_it_is_empty_and_what_to_do(client):
    content = client.get(LIST).content.decode()

    assert "Aucun avis ici" in content
    assert "statut=tous" in content


def test_a_hostile_title_is_shown_as_text(client):
    make("<script>alert(1)</script>")

    assert "<script>alert" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("query", ["", "?q=entretien&region=04&offre=7611&methode=public&statut=tous"])
def test_the_list_costs_the_same_for_one_row_and_three(client, query):
    make("Entretien", buyer=factories.BuyerFactory())
    client.get(LIST + query)

    with CaptureQueriesContext(connection) as one:
        client.get(LIST + query)
    for _ in range(2):
        make("Entretien", buyer=factories.BuyerFactory())
    with CaptureQueriesContext(connection) as three:
        client.get(LIST + query)

    assert len(one) == len(three) <= 8
