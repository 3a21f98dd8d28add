"""Three errands of a buyer with fifteen minutes, in both languages: the right local firms stand first, and it says why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.territories.models import Mrc, Municipality
from suppliers.models import EmptySearch
from suppliers.search.asking import search_directory
from suppliers.search.empty import forget_empty_searches
from tests.factories import SupplierFactory

pytestmark = pytest.mark.django_db

CLEANING = [("Entretien ménager de bureaux et d’immeubles", "76111501")]
CATERING = [("Service de traiteur pour réunions et événements", "90101603")]
SNOW = [("Déneigement de stationnements et de trottoirs", "72102901")]


def firm(name, town, mrc, offers, serves=(), activity="Au service de la collectivité"):
    place = Municipality.objects.get(name=town, mrc=mrc)
    SupplierFactory(
        name=name,
        activity=activity,
        mrc=Mrc.objects.get(code=mrc),
        organisation__municipality=place,
        organisation__town=town,
        offers=offers,
        serves=list(serves),
    )


@pytest.fixture
def directory():
    for offers, trade in ((CLEANING, "Propre"), (CATERING, "Table"), (SNOW, "Hiver")):
        firm(f"{trade} de la Cité", "Trois-Rivières", "371", offers)
        firm(f"{trade} du Rocher", "Shawinigan", "36", offers, ["371", "36"])
        for number in range(8):
            firm(f"{trade} sans frontières {number}", "Rimouski", "10", offers, ["Q"])
    firm("Les Bricoleurs", "Trois-Rivières", "371", [("Menus travaux", None)], ["371"],
         "Menus travaux, parfois un peu d’entretien ménager, un repas de traiteur ou du déneigement")  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("entretien ménager à Trois-Rivières", "fr", ["Propre de la Cité", "Propre du Rocher"]),
        ("cleaning in Trois-Rivières", "en", ["Propre de la Cité", "Propre du Rocher"]),
        ("traiteur pour 120 personnes à Shawinigan", "fr", ["Table du Rocher"]),
        ("catering for 120 people near Shawinigan", "en", ["Table du Rocher"]),
        ("déneigement Trois-Rivières", "fr", ["Hiver de la Cité", "Hiver du Rocher"]),
        ("snow removal 50 000 $ Trois-Rivières", "en", ["Hiver de la Cité", "Hiver du Rocher"]),
    ],
)
def test_errand_finds_the_local_firms_first(directory, text, language, first):
    address = reverse("api:suppliers")
    response = Client().get(address, {"q": text}, headers={"accept-language": language})
    found = [row["name"] for row in response.json()["results"]]
    assert found[: len(first)] == first
    assert not any("sans frontières" in name for name in found[: len(first)])


def test_page_says_why_and_what_it_understood(directory):
    page = Client().get(reverse("suppliers:directory"), {"q": "traiteur pour 120 personnes à Shawinigan"})
    context = page.context
    labels = [chip["label"].replace("\u00a0", " ") for chip in context["understood"]]
    assert labels == ["traiteur", "120 personnes", "Shawinigan"]
    said = " ".join(page.content.decode().replace("\u00a0", " ").split())
    assert "traiteur</mark>" in said
    assert "hawinigan" in str(context["groups"][0]["cards"][0]["why"])


def test_search_that_finds_nobody_is_kept_a_month_without_the_person(directory):
    for _ in range(2):
        Client().get(reverse("suppliers:directory"), {"q": "xyzzyplok"})
    for told in (
        "5145551234", "514 555-1234", "Hélène", "zoe@exemple.test", "zoe＠exemple", "zoe arobase gmail", "mme", "12345 rue 12",
    ):  # fmt: skip
        Client().get(reverse("suppliers:directory"), {"q": f"xyzzyplok {told}"})
    kept = EmptySearch.objects.get()
    assert (kept.text, kept.language, kept.times >= 1) == ("xyzzyplok", "fr", True)
    EmptySearch.objects.update(day=timezone.localdate() - timedelta(days=31))
    assert forget_empty_searches(by=None) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    text=st.lists(
        st.sampled_from(
            [
                "traiteur",
                "à",
                "Shawinigan",
                "120",
                "personnes",
                "50 000 $",
                '"',
                "G9A",
                "7611",
                "UNSPSC",
                "Saint-",
                "the",
                "'",
            ]
        )
        | st.text(max_size=8),
        max_size=7,
    ).map(" ".join)
)
def test_any_text_is_read_and_a_word_that_answers_is_never_lost(directory, text):
    search_directory(text[:200].encode("utf-8", "replace").decode())
    assert len(search_directory(f"déneigement {text}"[:200].encode("utf-8", "replace").decode()).hits) > 0
