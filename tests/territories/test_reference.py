"""The reference data that every installation starts with."""

import csv
from collections import Counter
from datetime import date
from importlib import import_module
from itertools import pairwise

import pytest
from django.apps import apps

from marketplace.territories.models import (
    Mrc,
    MrcRegionPeriod,
    Municipality,
    Nation,
    PlaceAlias,
    Pole,
    PoleCoverage,
    PostalRegion,
    Region,
    TerritoryName,
)

pytestmark = pytest.mark.django_db
load = import_module("marketplace.territories.migrations.0002_reference").load


def test_reference_holds_the_whole_of_quebec():
    assert Region.objects.count() == 17
    assert Mrc.objects.filter(kind="mrc").count() == 87
    assert Mrc.objects.filter(kind="equivalent").count() == 16  # Jamésie and Eeyou Istchee share one row
    assert Municipality.objects.count() == 1285
    assert PostalRegion.objects.count() == 421
    assert Nation.objects.count() == 11
    assert PlaceAlias.objects.count() > 400
    assert TerritoryName.objects.count() > 140


def test_reference_population_of_an_mrc_is_that_of_its_municipalities():
    for mrc in Mrc.objects.prefetch_related("municipalities"):
        assert mrc.population == sum(town.population for town in mrc.municipalities.all()), mrc


def test_reference_points_lie_in_quebec():
    assert not Mrc.objects.exclude(lat__range=(44, 63), lon__range=(-80, -56)).exists()
    assert not Municipality.objects.filter(lat__isnull=False).exclude(lat__range=(44, 63)).exists()
    assert not Municipality.objects.filter(lon__isnull=False).exclude(lon__range=(-80, -56)).exists()


def test_reference_shares_the_kinds_of_municipalities():
    kinds = Counter(Municipality.objects.values_list("designation", flat=True))
    assert kinds["Ville"] == 234
    assert kinds["Village nordique"] == 14


def test_reference_typography_is_ours():
    for model, field in [(Mrc, "name"), (Municipality, "name"), (PlaceAlias, "name"), (Pole, "name")]:
        assert not model.objects.filter(**{f"{field}__contains": "'"}).exists()
        assert not model.objects.filter(**{f"{field}__contains": "--"}).exists()


def test_reference_mrc_lies_in_one_region_every_day():
    for mrc in Mrc.objects.prefetch_related("region_periods"):
        periods = sorted(mrc.region_periods.all(), key=lambda period: period.since or date.min)
        assert periods[0].since is None, mrc
        assert periods[-1].until is None, mrc
        assert periods[-1].region_id == mrc.region_id, mrc
        assert all(before.until == after.since for before, after in pairwise(periods)), mrc


@pytest.mark.parametrize("mrc", ["46", "47"])
def test_reference_mrc_left_monteregie_in_2021(mrc):
    def region_on(day):
        periods = MrcRegionPeriod.objects.filter(mrc=mrc)
        return next(
            p.region_id
            for p in periods
            if (p.since is None or p.since <= day) and (p.until is None or day < p.until)
        )

    assert region_on(date(2021, 7, 27)) == "16"
    assert region_on(date(2021, 7, 28)) == "05"


def test_reference_poles_cover_every_mrc_and_every_nation():
    assert Pole.objects.count() == 22
    today = PoleCoverage.objects.today()
    assert set(today.exclude(mrc=None).values_list("mrc", flat=True)) == set(
        Mrc.objects.values_list("pk", flat=True)
    )
    assert set(today.exclude(nation=None).values_list("nation", flat=True)) == set(
        Nation.objects.values_list("pk", flat=True)
    )
    shared = [
        mrc for mrc, n in Counter(today.exclude(mrc=None).values_list("mrc", flat=True)).items() if n > 1
    ]
    assert shared == ["991"]


def test_reference_poles_of_a_region_cover_all_of_it():
    mauricie = PoleCoverage.objects.today().filter(pole="mauricie").values_list("mrc", flat=True)
    assert set(mauricie) == {"35", "36", "371", "372", "51", "90"}
    before = PoleCoverage.objects.on(date(2020, 1, 1))
    assert before.filter(pole="monteregie-est", mrc="46").exists()
    assert not before.filter(pole="estrie", mrc="46").exists()
    assert PoleCoverage.objects.today().filter(pole="estrie", mrc="46").exists()


def test_reference_poles_come_without_contact_details():
    assert not Pole.objects.exclude(email="", phone="", postal_address="", website="").exists()


def test_reference_communities_have_a_nation_and_a_region_of_their_own():
    communities = Municipality.objects.filter(mrc=None)
    assert communities.count() == 31
    assert not communities.filter(nation=None).exists()
    assert not communities.filter(region=None).exists()


def test_reference_prefix_lies_in_the_region_of_its_mrc():
    for prefix in PostalRegion.objects.exclude(mrc=None).select_related("mrc"):
        assert prefix.mrc.region_id == prefix.region_id, prefix
        assert prefix.fsa[1] != "0", prefix
        assert prefix.region_id not in prefix.others, prefix


def test_reference_names_lie_in_the_region_of_their_mrc():
    for name in TerritoryName.objects.exclude(mrc=None).select_related("mrc"):
        assert name.mrc.region_id == name.region_id, name


def test_reference_loaded_twice_changes_nothing_and_keeps_edits():
    Mrc.objects.filter(code="371").update(name="Les Trois")
    Pole.objects.filter(code="mauricie").update(email="bonjour@exemple.test")
    PoleCoverage.objects.filter(pole="mauricie", mrc="35").delete()
    MrcRegionPeriod.objects.filter(mrc="46", since=None).update(until=date(2021, 7, 1))
    models = [Region, Mrc, MrcRegionPeriod, Municipality, PlaceAlias, TerritoryName, PostalRegion, Pole]
    before = {model: model.objects.count() for model in models}
    load(apps, None)
    assert {model: model.objects.count() for model in models} == before
    assert Mrc.objects.get(code="371").name == "Les Trois"
    assert Pole.objects.get(code="mauricie").email == "bonjour@exemple.test"
    assert not PoleCoverage.objects.filter(pole="mauricie", mrc="35").exists()


def test_reference_loaded_again_brings_back_what_is_missing():
    PostalRegion.objects.filter(fsa="G9A").delete()
    load(apps, None)
    assert PostalRegion.objects.get(fsa="G9A").mrc_id == "371"


@pytest.mark.shared_data
def test_reference_says_what_the_official_list_says(shared):
    with (shared / "territory" / "mrc.csv").open(encoding="utf-8-sig") as file:
        listed = {row["mrc_code"]: row for row in csv.DictReader(file)}
    assert set(listed) == set(Mrc.objects.values_list("code", flat=True))
    for mrc in Mrc.objects.all():
        assert (mrc.region_id, mrc.population) == (
            listed[mrc.code]["region_codes"],
            int(listed[mrc.code]["population"]),
        )
