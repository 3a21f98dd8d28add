"""Where an address is."""

import doctest
import time

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.territories import points
from marketplace.territories.models import PlaceAlias, PoleCoverage
from marketplace.territories.places import (
    NOWHERE,
    Gazetteer,
    clean_postal_code,
    current_gazetteer,
    distance_km,
)
from marketplace.territories.points import Prefix, Town

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)
POINTS = st.tuples(LATITUDES, LONGITUDES)


def test_places_examples_in_their_docstrings_hold():
    assert doctest.testmod(points).failed == 0


@given(POINTS, POINTS)
def test_distance_is_symmetric_and_never_past_the_antipodes(a, b):
    there = distance_km(*a, *b)
    assert there == pytest.approx(distance_km(*b, *a))
    assert 0 <= there <= 20_016


@given(POINTS)
def test_distance_to_itself_is_nothing(a):
    assert distance_km(*a, *a) == 0


@given(POINTS, POINTS, POINTS)
def test_distance_is_no_longer_straight_than_by_a_third_place(a, b, c):
    assert distance_km(*a, *c) <= distance_km(*a, *b) + distance_km(*b, *c) + 1e-6


@pytest.mark.parametrize(
    ("written", "code"),
    [("g9a 5h7", "G9A5H7"), ("G9A-5H7", "G9A5H7"), ("G9A", "G9A"), ("10001", ""), ("", ""), ("G9A5H", "")],
)
def test_postal_code_is_cleaned_or_dropped(written, code):
    assert clean_postal_code(written) == code


@pytest.mark.parametrize(
    ("town", "postal_code", "municipality", "mrc", "region", "how"),
    [
        ("Trois-Rivières (Québec)", "G9A 5H7", "37067", "371", "04", "municipality"),
        ("TROIS-RIVIÈRES QC", "", "37067", "371", "04", "municipality"),
        ("Cap-de-la-Madeleine", "G8T1A1", "37067", "371", "04", "alias"),
        ("Grand-Mère", "", "36033", "36", "04", "alias"),
        ("Shawinigan-Sud (Québec)", "G9P3E3", "36033", "36", "04", "alias"),
        ("St-Georges-de-Champlain", "G9T7H8", "36033", "36", "04", "alias"),
        ("TROIS-RIVIÈRES OUEST (QUÉBEC)", "G9A5E1", "37067", "371", "04", "alias"),
        ("Ste-Foy", "G1V 2M2", "23027", "23", "03", "alias"),
        ("Hull", "J8X1A1", "81017", "81", "07", "alias"),
        ("Jonquière", "G7X7W2", "94068", "941", "02", "alias"),
        ("Saint-Hubert", "J4T2E6", "58227", "58", "16", "alias"),
        ("Malbaie", "G5A1A1", "15013", "15", "03", "alias"),
        ("Québec", "", "23027", "23", "03", "municipality"),
        ("Ville de Québec", "", "23027", "23", "03", "municipality"),
        ("Montréal", "H2X1A1", "66023", "66", "06", "municipality"),
    ],
)
def test_resolve_finds_the_town(places, town, postal_code, municipality, mrc, region, how):
    place = places.resolve(town, postal_code)
    assert (place.municipality, place.mrc, place.region, place.how) == (municipality, mrc, region, how)
    assert place.lat is not None


@pytest.mark.parametrize(
    ("town", "postal_code", "mrc"),
    [
        ("Saint-Stanislas", "G0X3E0", "372"),
        ("Saint-Stanislas", "G8L7B4", "92"),
        ("Saint-Léon-le-Grand", "J0K2W0", "51"),
        ("Saint-Léon-le-Grand", "G0J2W0", "07"),
        ("Saint-Lambert", "J4P2R6", "58"),
        ("Saint-Lambert", "J0Z1V0", "87"),
        ("Sainte-Françoise", "G0S2N0", "38"),
        ("Clermont", "G4A1G6", "15"),
    ],
)
def test_resolve_tells_namesakes_apart_by_postal_code(places, town, postal_code, mrc):
    assert places.resolve(town, postal_code).mrc == mrc


def test_resolve_reads_the_beginning_of_a_longer_name(places):
    narcisse = places.resolve("St-Narcisse", "G0S1W0")
    assert places.towns[narcisse.municipality].name == "Saint-Narcisse-de-Beaurivage"
    bruno = places.resolve("Saint-Bruno", "J3V6B9")
    assert places.towns[bruno.municipality].name == "Saint-Bruno-de-Montarville"


def test_resolve_does_not_guess_between_namesakes(places):
    assert places.resolve("Saint-Elzéar") == NOWHERE
    assert places.resolve("Saint-Damase") == NOWHERE


def test_resolve_takes_the_city_over_a_hamlet_of_its_name(places):
    assert places.resolve("Saint-Lambert").mrc == "58"


def test_resolve_says_the_mrc_where_namesakes_share_it(places):
    assert places.resolve("Valcourt", "J0E2L0").mrc == "42"


def test_resolve_trusts_a_sure_postal_code_over_a_saint(places):
    place = places.resolve("Saint-Georges", "G9T7H8")
    assert (place.mrc, place.how) == ("36", "postal_code")


def test_resolve_trusts_another_official_name_over_a_postal_code(places):
    place = places.resolve("Terrebonne", "J6Z1T6")
    assert (place.mrc, place.how) == ("64", "municipality")


def test_resolve_trusts_the_postal_code_over_a_borough(places):
    assert places.resolve("Ville-Marie", "H2X1A1").mrc == "66"
    assert places.resolve("Ville-Marie", "J9V1A1").mrc == "85"
    assert places.resolve("Saint-Pierre", "H8R1A1").mrc == "66"
    assert places.resolve("Rosemont", "G9A1A1").mrc == "371"


@pytest.mark.parametrize(
    ("town", "postal_code", "mrc"),
    [
        ("CP 368", "G9A5H3", "371"),
        ("", "G9N 6V8", "36"),
        ("CP 664", "G0X3G0", "35"),
        ("550, AVENUE DE L'HÔTEL-DE-VILLE", "G9N6V3", "36"),
        ("Nulle-Part-sur-Mer", "J5V2L6", "51"),
    ],
)
def test_resolve_falls_back_on_the_postal_code(places, town, postal_code, mrc):
    place = places.resolve(town, postal_code)
    assert (place.mrc, place.how, place.municipality) == (mrc, "postal_code", None)


def test_resolve_of_a_split_prefix_is_unknown(places):
    assert places.resolve("", "J0G9Z9") == NOWHERE  # half Montérégie, half Centre-du-Québec


def test_resolve_of_a_rural_prefix_has_no_point(places):
    place = places.resolve("", "G0X9Z9")
    assert (place.region, place.lat) == ("04", None)


@pytest.mark.parametrize(
    ("town", "postal_code"),
    [
        ("Richmond", "K0A2Z0"),
        ("Windsor", "N9A1A1"),
        ("Toronto", "M5V1A1"),
        ("Moncton", ""),
        ("", ""),
        ("", "x"),
    ],
)
def test_resolve_of_another_province_is_nowhere(places, town, postal_code):
    place = places.resolve(town, postal_code)
    assert place == NOWHERE
    assert not place


def test_resolve_takes_the_federal_prefix_for_no_province(places):
    assert places.resolve("Gatineau", "K1A0S5").mrc == "81"


def test_resolve_heeds_the_designation(places):
    township = places.resolve("Canton de Hatley")
    assert places.towns[township.municipality].designation == "Canton"


def test_resolve_of_a_community_has_a_region_and_the_pole_of_its_nation(places):
    place = places.resolve("Wemotaci (Québec)", "G0X3R0")
    assert (place.mrc, place.region, place.pole) == (None, "04", "premieres-nations")
    assert places.resolve("Shawinigan").pole is None


@given(st.text(max_size=40), st.text(max_size=8))
def test_resolve_takes_any_text(town, postal_code):
    small = Gazetteer(
        {"37067": Town("37067", "Trois-Rivières", "Ville", "371", "04", 1, "", None, None)},
        prefixes={"G9A": Prefix("04", mrc="371")},
    )
    assert small.resolve(town, postal_code).region in (None, "04")


def test_resolve_asks_the_database_nothing_once_loaded(db, django_assert_num_queries):
    current_gazetteer()
    with django_assert_num_queries(0):
        current_gazetteer().resolve("Shawinigan", "G9N1A1")


def test_gazetteer_loads_in_eight_queries(db, django_assert_num_queries):
    with django_assert_num_queries(8):
        current_gazetteer()


def test_gazetteer_learns_a_new_alias_within_the_minute(db, monkeypatch):
    assert current_gazetteer().resolve("Lac-aux-Essais") == NOWHERE
    PlaceAlias.objects.create(name="Lac-aux-Essais", municipality_id="37067")
    assert current_gazetteer().resolve("Lac-aux-Essais") == NOWHERE
    an_hour_later = time.monotonic() + 3600
    monkeypatch.setattr("marketplace.web.process_cache.time.monotonic", lambda: an_hour_later)
    assert current_gazetteer().resolve("lac aux essais").mrc == "371"


def test_gazetteer_ends_the_coverage_of_a_nation_with_its_date(db):
    PoleCoverage.objects.filter(nation="atikamekw").update(until=timezone.localdate())
    assert current_gazetteer().resolve("Manawan").pole is None
