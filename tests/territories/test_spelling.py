"""How people write towns."""

import doctest

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from marketplace.territories import spelling
from marketplace.territories.models import Municipality, PlaceAlias, TerritoryName
from marketplace.territories.spelling import name_key, town_spellings
from marketplace.web.folding import fold_text


def test_spelling_examples_in_its_docstrings_hold():
    assert doctest.testmod(spelling).failed == 0


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("STE-ANNE-DE-LA-PÉRADE", "sainte anne de la perade"),
        ("St-Élie", "saint elie"),
        ("N.-D.-du-Mont-Carmel", "notre dame du mont carmel"),
        ("Sacré-Cœur", "sacre coeur"),
        ("L’Île-d'Orléans", "l ile d orleans"),
        ("Métabetchouan--Lac-à-la-Croix", "metabetchouan lac a la croix"),
        ("Kanien\u2019kehá:ka", "kanien keha ka"),
    ],
)
def test_key_brings_spellings_together(written, key):
    assert name_key(written) == key


@given(st.text(max_size=40))
def test_key_of_a_key_is_itself(text):
    once = name_key(text)
    assert name_key(once) == once


@pytest.mark.parametrize(
    "written",
    [
        "Trois-Rivières (Québec)",
        "TROIS-RIVIÈRES QC",
        "Ville de Trois-Rivières",
        "Trois-Rivieres, QC, Canada",
        "La Ville de Trois-Rivières (Québec)",
    ],
)
def test_spellings_hold_the_bare_town(written):
    assert "trois rivieres" in [name for name, _designation in town_spellings(written)]


def test_spellings_never_take_the_province_for_the_city():
    assert "quebec" not in [name for name, _designation in town_spellings("Lévis (Québec)")]
    assert ("quebec", "") in list(town_spellings("Québec (Québec)"))


def test_spellings_keep_ville_marie_whole():
    names = [name for name, _designation in town_spellings("Ville de Ville-Marie")]
    assert "ville marie" in names
    assert "marie" not in names


@pytest.mark.parametrize("line", ["CP 368", "C.P. 97", "CASE POSTALE 128", "", "  ", "G9A 3B9", "(Québec)"])
def test_spellings_of_a_line_without_a_town_are_none(line):
    assert list(town_spellings(line)) == []


@given(st.text(max_size=60))
def test_spellings_take_any_text(text):
    names = [name for name, _designation in town_spellings(text)]
    assert len(names) == len(set(names))
    assert all(names)


@pytest.mark.django_db
def test_fold_is_the_twin_of_the_database():
    names = [*Municipality.objects.values_list("name", "folded")]
    names += [*PlaceAlias.objects.values_list("name", "folded")]
    names += [*TerritoryName.objects.values_list("words", "folded")]
    assert len(names) > 1700
    assert [(name, folded) for name, folded in names if fold_text(name) != folded] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["Cœur d’Œuvre", "ÀÉÎÕÜ ç ñ", "A\u00a0B\u202fC", "l'été, à 9 h", "Straße", "№ 5", ""]
)
def test_fold_agrees_with_the_database_on_odd_text(text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT f_fold(%s)", [text])
        assert cursor.fetchone()[0].replace("no ", "") == fold_text(text).replace("no ", "")
