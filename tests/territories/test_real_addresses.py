"""How well places resolve on real rows: floors, so that a change that loses places is seen."""

import csv
import json
from collections import Counter

import pytest

from marketplace.territories.body_names import find_place_in_name

pytestmark = pytest.mark.shared_data


def test_registry_rows_of_mauricie_resolve(places, shared):
    with (shared / "suppliers" / "req_obnl_coop_mauricie.csv").open(encoding="utf-8-sig") as file:
        found = [places.resolve(row["Municipalite"], row["CodePostal"]) for row in csv.DictReader(file)]
    assert len(found) == 2220
    assert all(found)
    assert sum(place.mrc is not None for place in found) >= 2204
    assert {place.pole for place in found if place.mrc is None} == {"premieres-nations"}
    assert Counter(place.region for place in found)["04"] >= 2199


def test_buyers_of_older_notices_resolve_by_name(places, shared):
    path = shared / "seao" / "reconstructed_notices_until_2020-03-01.json"
    releases = json.loads(path.read_text(encoding="utf-8"))["releases"]
    names = {party["name"] for r in releases for party in r["parties"] if "buyer" in party["roles"]}
    found = [find_place_in_name(places, name) for name in names]
    assert len(found) == 400
    assert sum(bool(place) for place in found) >= 336


def test_buyers_of_a_real_week_resolve_by_name(places, shared):
    path = shared / "seao" / "hebdo_20260727_20260802.extrait_reel.json"
    releases = json.loads(path.read_text(encoding="utf-8"))["releases"]
    names = {party["name"] for r in releases for party in r["parties"] if "buyer" in party["roles"]}
    unknown = {name for name in names if not find_place_in_name(places, name)}
    assert unknown == {"Société québécoise des infrastructures"}


def test_name_and_address_of_a_buyer_agree(places, shared):
    agree = Counter()
    with (shared / "seao" / "awards_until_2020-03-01.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            by_name = find_place_in_name(places, row["buyer"])
            by_address = places.resolve(row["buyer_city"], row["buyer_postal"])
            if by_name and by_address:
                agree[by_name.region == by_address.region] += 1
    assert sum(agree.values()) > 5000
    assert agree[True] / sum(agree.values()) > 0.98
