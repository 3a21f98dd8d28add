"""Lists and labels of places."""

import pytest
from django.utils import translation

from marketplace.territories.labels import (
    mrcs_by_code,
    region_label,
    region_names,
    territory_label,
)
from marketplace.territories.models import Region

pytestmark = pytest.mark.django_db


def test_regions_are_all_there_in_the_order_of_their_codes():
    regions = region_names()
    assert list(regions) == [f"{n:02}" for n in range(1, 18)]
    assert regions["04"] == "Mauricie"


def test_mrcs_are_in_the_order_of_their_names():
    mrcs = mrcs_by_code()
    assert len(mrcs) == 103
    assert mrcs["371"].name == "Trois-Rivières"
    assert mrcs["371"].region == "04"
    assert next(iter(mrcs)) == "88"  # Abitibi
    assert [mrc.name for mrc in mrcs.values()].index("L’Érable") < [m.name for m in mrcs.values()].index(
        "Laval"
    )


def test_choices_and_labels_ask_the_database_nothing_once_warm(django_assert_num_queries):
    region_names(), mrcs_by_code()
    with django_assert_num_queries(0):
        region_names(), mrcs_by_code(), territory_label("371"), region_label("04")


def test_choices_show_an_edit_after_a_minute(monkeypatch):
    now = 1000.0
    monkeypatch.setattr("marketplace.web.process_cache.time.monotonic", lambda: now)
    region_names()
    Region.objects.filter(code="04").update(name="La Mauricie")
    now = 1059.0
    assert region_names()["04"] == "Mauricie"
    now = 1060.0
    assert region_names()["04"] == "La Mauricie"


@pytest.mark.parametrize(
    ("token", "label"),
    [
        ("371", "Trois-Rivières"),
        ("04", "La Haute-Gaspésie"),  # an MRC's code; the region is R04
        ("R04", "Mauricie"),
        ("Q", "Tout le Québec"),
        ("999", "999"),
        ("R99", "R99"),
        ("", ""),
    ],
)
def test_territory_label_names_a_token(token, label):
    with translation.override("fr"):
        assert territory_label(token) == label


def test_region_label_never_stands_without_its_name():
    assert region_label("16") == "16 Montérégie"
    assert region_label("99") == "99"
