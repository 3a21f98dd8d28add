"""Words about suppliers: places with their articles, states with their dates, marks in their texts."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from suppliers import wording
from suppliers.search.marking import excerpt_text, mark_text

NB = "\u00a0"


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ("Longueuil", "à Longueuil"),
        ("La Tuque", "à La Tuque"),
        ("L’Assomption", "à L’Assomption"),
        ("Les Escoumins", "aux Escoumins"),
        ("Le Bic", "au Bic"),
        ("Lévis", "à Lévis"),
    ],
)
def test_at_contracts_articles(place, said):
    assert wording.in_town(place) == said


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("tokens", "said"),
    [
        ([], ""),
        (["Q"], "Tout le Québec"),
        (["371"], "Trois-Rivières"),
        (["36", "371", "R16"], "Toute la Montérégie, Shawinigan et Trois-Rivières"),
        (["35", "36", "371", "372", "51"], "Mékinac, Shawinigan, Trois-Rivières, Les Chenaux et Maskinongé"),
        (
            ["35", "36", "371", "372", "51", "90"],
            "Mékinac, Shawinigan, Trois-Rivières, Les Chenaux et 2 autres territoires",
        ),
        (["R99", "ZZZ"], "R99 et ZZZ"),
    ],
)
def test_served_places_say_the_widest_first(tokens, said):
    assert wording.served_places(tokens) == said


def test_staff_and_capacity_stay_silent_where_unknown():
    assert wording.staff_text(None) == wording.staff_text(0) == wording.capacity_text(0) == ""
    assert wording.staff_text(1) == "1 personne"
    assert wording.capacity_text(180_000).replace(NB, " ") == "jusqu’à 180 000 $ par contrat"


def test_enumeration_joins_as_french_does():
    assert wording.enumerate_names(["a"]) == "a"
    assert wording.enumerate_names(["a", "b", "c"]) == "a, b et c"
    assert wording.enumerate_names(["a", "b"], last="ou") == "a ou b"


@pytest.mark.parametrize(
    ("text", "stems", "html"),
    [
        ("Entretien d’espaces verts", ["entretien", "espac", "vert"], "<mark>Entretien d’espaces verts</mark>"),
        ("Entretien écologique des espaces verts", ["entretien", "espac", "vert"],
         "<mark>Entretien</mark> écologique des <mark>espaces verts</mark>"),
        ("Ménage; ménage", ["menag"], "<mark>Ménage</mark>; <mark>ménage</mark>"),
        ("Œuvres & <b>art</b>", ["oeuvr", "art"], "<mark>Œuvres</mark> &amp; &lt;b&gt;<mark>art</mark>&lt;/b&gt;"),
        ("Gestion des petits événements, services de traiteur", ["gestion evenement", "servic repas"],
         "<mark>Gestion</mark> des petits <mark>événements</mark>, services de traiteur"),
        ("Rien", [], "Rien"),
        ("Rien", [""], "Rien"),
    ],
)  # fmt: skip
def test_marked_marks_runs_of_words(text, stems, html):
    assert mark_text(text, stems) == html


@given(st.text(), st.lists(st.text(alphabet="abcdefo", min_size=1, max_size=3)))
def test_marked_changes_no_letter_and_lets_no_tag_through(text, stems):
    html = str(mark_text(text, stems))
    bare = html.replace("<mark>", "").replace("</mark>", "")
    assert "<" not in bare
    from html import unescape

    assert unescape(bare) == unescape(text.replace("&", "&amp;"))


def test_excerpt_stays_short_and_keeps_the_answer():
    text = "mot " * 200 + "ménage " + "fin " * 200
    part = excerpt_text(text, ["menag"], 100)
    assert "ménage" in part
    assert len(part) <= 104
    assert excerpt_text("court", ["x"]) == "court"


def test_wording_follows_the_language():
    with translation.override("en"):
        assert wording.in_town("Les Escoumins").endswith("Les Escoumins")
