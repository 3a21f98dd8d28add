"""The reasons: one per thing that fits, and what is missing said as such."""

from dataclasses import replace

import pytest

from marketplace.matching.engine import PastTender
from marketplace.matching.reasons import match_reasons

from .profiles import STATISTICS, offering, supplier, tender


def by_kind(one, asked=None):
    return {reason.kind: reason for reason in match_reasons(asked or tender(), one, STATISTICS)}


@pytest.mark.parametrize(
    ("offered", "level", "verdict"),
    [
        ("761115", "same", "full"),
        ("76111501", "under", "full"),
        ("7611", "above", "part"),
        ("761116", "family", "part"),
        ("7612", "none", "none"),
    ],
)
def test_code_reason_names_how_near_the_nearest_offer_is(offered, level, verdict):
    reason = by_kind(offering("Entretien ménager", offered))["code"]
    assert (reason.params["level"], reason.verdict) == (level, verdict)


def test_code_reason_names_the_nearest_of_several_offers():
    one = offering("Déchets", "7612")
    one = replace(one, offers=one.offers + offering("Conciergerie", "76111501").offers)
    assert by_kind(one)["code"].params["offer"] == "Conciergerie"


def test_code_reason_says_that_no_offer_has_a_code():
    reason = by_kind(offering("Entretien ménager"))["code"]
    assert (reason.verdict, reason.params["level"]) == ("none", "no_codes")


def test_a_notice_without_code_asks_for_none():
    found = by_kind(offering("Entretien ménager", words={"menag"}), tender(codes=()))
    assert "code" not in found
    assert found["text"].params["no_code"] is True


def test_text_reason_shows_the_words_as_the_title_writes_them():
    reason = by_kind(offering("Entretien ménager", words={"entretien", "menag"}))["text"]
    assert reason.params["words"] == ["Entretien", "ménager"]
    assert reason.params["offer"] == "Entretien ménager"
    assert reason.verdict == "full"


def test_text_reason_leaves_out_towns_and_words_that_say_little():
    asked = tender(
        words=("servic", "menag", "shawinigan"),
        shown=("Services", "ménagers", "Shawinigan"),
        places=frozenset({"shawinigan"}),
    )
    reason = by_kind(offering("Ménage", words={"servic", "menag", "shawinigan"}), asked)["text"]
    assert reason.params["words"] == ["ménagers"]


def test_a_few_common_words_are_no_reason():
    assert "text" not in by_kind(offering("x", words={"servic"}), tender(words=("servic", "banc", "bois")))


def test_area_reason_of_an_unknown_region_is_to_be_checked():
    asked = tender(regions=(), mrc="", mrcs=frozenset())
    reason = by_kind(offering("x", "761115"), asked)["area"]
    assert (reason.verdict, reason.params["case"]) == ("part", "unknown")


def test_area_reason_carries_the_distance_where_both_points_are_known():
    one = replace(offering("x", "761115"), lat=46.34, lon=-72.54)
    assert by_kind(one, tender(lat=46.56, lon=-72.75))["area"].params["km"] == 29
    assert "km" not in by_kind(one)["area"].params


def test_past_reason_names_contracts_before_bids():
    past = (
        PastTender(title="A", buyer="Ville A", year=2024, won=True),
        PastTender(title="B", buyer="Ville B", year=2025, won=False),
    )
    reason = by_kind(replace(offering("x", "761115"), similar=past))["past"]
    assert reason.verdict == "full"
    assert [named["title"] for named in reason.params["named"]] == ["A"]
    assert (reason.params["won"], reason.params["bids"]) == (1, 1)


def test_buyer_reason_counts_only_the_same_buyer():
    past = (
        PastTender(title="A", buyer="Ville A", year=2021, won=True, same_buyer=True, similar=False),
        PastTender(title="B", buyer="Ville B", year=2025, won=True),
    )
    found = by_kind(replace(supplier(), similar=past))
    assert found["buyer"].params == {"buyer": "Ville de Shawinigan", "won": 1, "bids": 0, "since": 2021}
    assert found["past"].params["won"] == 1


def test_reasons_are_plain_data():
    import json

    one = replace(offering("x", "761115", words={"menag"}), capacity=10_000)
    found = [reason.as_json() for reason in match_reasons(tender(amount=9_900.0), one, STATISTICS)]
    assert json.loads(json.dumps(found)) == found
    assert {reason["kind"] for reason in found} == {"code", "text", "area", "capacity"}
