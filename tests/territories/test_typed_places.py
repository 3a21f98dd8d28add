"""Places as buyers type them."""

import pytest

from marketplace.territories import typed_places
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.typed_places import is_anywhere, place_label, read_place, suggest_places

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("typed", "tokens"),
    [
        ("Shawinigan", ["36"]),
        ("champlain", ["372"]),
        ("Laval", ["65"]),
        ("Laval (région)", ["R13"]),
        ("laval (region)", ["R13"]),
        ("mauricie", ["R04"]),
        ("les chenaux", ["372"]),
        ("G9A 5H7", ["371"]),
        ("j0x", ["R07"]),
        ("Cap-de-la-Madeleine", ["371"]),
        ("Trois-Rivère", ["371", "35"]),
        ("partout", []),
        ("M5V 2T6", []),
        ("zzzz", []),
        ("\x00", []),
        ("%_'; (", []),
    ],
)
def test_place_is_read_as_people_type_it(typed, tokens):
    assert [choice.token for choice in read_place(typed)] == tokens


def test_place_that_may_be_several_is_offered():
    choices = read_place("sainte-anne")
    assert len(choices) == typed_places.MOST_CHOICES
    assert "Sainte-Anne-de-la-Pérade" in [choice.label for choice in choices]
    assert is_anywhere("N’importe où")


def test_every_label_reads_back_as_its_own_area():
    """What a field holds, and whatever is proposed, means the same when it is sent."""
    tokens = [*mrcs_by_code(), *(f"R{code}" for code in region_names())]
    assert [[one.token for one in read_place(place_label(token))] for token in tokens] == [
        [token] for token in tokens
    ]
    proposed = [choice for letter in "abcdefghijklmnopqrstuvwxyz" for choice in suggest_places(letter, 40)]
    assert len(proposed) > 700
    assert [one for one in proposed if [read.token for read in read_place(one.label)] != [one.token]] == []
