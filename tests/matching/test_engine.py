"""The engine alone: what speaks for a match, and what must never speak against it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.matching import engine
from marketplace.matching.engine import Past, Statistics, score_match

from .profiles import MAURICIE, STATISTICS, experienced, offering, supplier, tender

WORDS = ["entretien", "menag", "servic", "banc", "bois", "shawinigan"]
CODES = ["761115", "7611", "76", "561016", "5610", "56101603", "90101600"]


def points(supplier_profile, notice_profile=None, statistics=STATISTICS):
    match = score_match(notice_profile or tender(), supplier_profile, statistics)
    return match.points if match else 0.0


def levels(codes):
    return frozenset(code[:digits] for code in codes for digits in range(2, len(code) + 1, 2))


suppliers = st.builds(
    lambda codes, words, name, serves, capacity, terms, wins: supplier(
        codes=levels(codes),
        words=frozenset(words),
        name_words=frozenset(name),
        serves=frozenset(serves),
        capacity=capacity,
        past=Past(terms=terms, notices=3.0, words=9.0, wins=wins) if terms else Past(),
    ),
    codes=st.sets(st.sampled_from(CODES)),
    words=st.sets(st.sampled_from(WORDS)),
    name=st.sets(st.sampled_from(WORDS)),
    serves=st.sets(st.sampled_from(["R04", "Q", "36", "R13"])),
    capacity=st.integers(0, 500_000),
    terms=st.dictionaries(
        st.sampled_from(["w:menag", "w:banc", "u:76", "u:7611", "b:B1", "r:04", "c:S9"]), st.floats(0.5, 5)
    ),
    wins=st.integers(0, 20),
)
notices = st.builds(
    lambda words, codes, region, amount: tender(
        words=tuple(words),
        shown=tuple(words),
        codes=tuple(codes),
        regions=(region,) if region else (),
        mrc="",
        mrcs=MAURICIE if region == "04" else frozenset(),
        amount=amount,
    ),
    words=st.lists(st.sampled_from(WORDS), unique=True),
    codes=st.lists(st.sampled_from(CODES), unique=True, max_size=3),
    region=st.sampled_from(["", "04", "13"]),
    amount=st.one_of(st.none(), st.floats(1000, 1_000_000)),
)


@given(suppliers, notices)
def test_points_stay_between_0_and_100(one, asked):
    assert 0 <= points(one, asked) <= 100


@given(suppliers, notices, st.sampled_from(CODES))
def test_a_further_code_never_lowers_points(one, asked, code):
    more = replace(one, codes=one.codes | levels([code]))
    assert points(more, asked) >= points(one, asked)


@given(suppliers, notices, st.sampled_from(WORDS))
def test_a_further_word_never_lowers_points(one, asked, word):
    more = replace(one, words=one.words | {word})
    assert points(more, asked) >= points(one, asked)


@given(suppliers, notices, st.sampled_from(["R04", "Q", "36"]))
def test_serving_one_more_place_never_lowers_points(one, asked, token):
    if not one.serves:
        return  # an area that was not declared passes; one that is declared may exclude
    more = replace(one, serves=one.serves | {token})
    assert points(more, asked) >= points(one, asked)


@given(suppliers, st.permutations(["entretien", "menag", "banc"]), st.permutations(["761115", "561016"]))
def test_the_order_of_words_and_codes_changes_nothing(one, words, codes):
    asked = tender(words=("entretien", "menag", "banc"), shown=(), codes=("761115", "561016"))
    mixed = tender(words=tuple(words), shown=(), codes=tuple(codes))
    assert points(one, asked) == pytest.approx(points(one, mixed))


@given(suppliers, notices)
def test_the_same_question_gets_the_same_answer(one, asked):
    assert score_match(asked, one, STATISTICS) == score_match(asked, one, STATISTICS)


def test_nothing_in_common_is_no_match():
    assert score_match(tender(), offering("Bancs", "561016", words={"banc"}), STATISTICS) is None


def test_the_nearer_code_counts_more():
    asked = tender(words=())
    by_distance = [
        points(offering("x", code), asked) for code in ("761115", "761116", "7612", "90")
    ]  # the same; a sister class; the segment; another segment
    assert by_distance == sorted(by_distance, reverse=True)
    assert by_distance[0] > by_distance[1] > by_distance[2] > by_distance[3] == 0


def test_a_rare_code_counts_more_than_a_common_one():
    rare = points(offering("x", "561016"), tender(words=(), codes=("561016",)))
    assert rare > points(offering("x", "761115"), tender(words=(), codes=("761115",)))


def test_a_code_counts_before_any_notice_was_seen():
    assert points(offering("x", "761115"), tender(words=()), Statistics()) > 40


def test_a_notice_without_codes_matches_by_its_words():
    asked = tender(codes=())
    assert points(offering("Entretien ménager", words={"entretien", "menag"}), asked) > 50


def test_a_rare_word_counts_more_than_a_common_one():
    asked = tender(words=("servic", "banc"), codes=())
    assert points(offering("x", words={"banc"}), asked) > points(offering("x", words={"servic"}), asked)


def test_a_word_that_many_sheets_say_counts_less_before_notices_tell():
    new = Statistics(spread={"servic": 0.5, "banc": 0.01})
    assert new.rarity_of_word("servic") < new.rarity_of_word("banc") / 2
    seen = replace(STATISTICS, spread={"servic": 0.5})
    assert seen.rarity_of_word("banc") == STATISTICS.rarity_of_word("banc")


def test_the_name_of_the_town_says_nothing_of_what_is_sold():
    asked = tender(words=("banc", "shawinigan"), codes=(), places=frozenset({"shawinigan"}))
    theatre = supplier(words=frozenset({"shawinigan"}), name_words=frozenset({"shawinigan"}))
    assert score_match(asked, theatre, STATISTICS) is None


def test_past_notices_speak_for_a_supplier_whose_sheet_says_nothing():
    known = experienced("w:entretien", "w:menag", "u:76", "u:7611", "u:761115", "b:B1", "r:04", "c:S9")
    assert points(known) > 60
    assert points(experienced("w:banc")) == 0


@given(suppliers, notices, st.floats(0, 5), st.floats(0, 5))
def test_more_of_what_past_notices_say_never_lowers_points(one, asked, alike, beside):
    more = replace(one, alike=one.alike + alike, beside=one.beside + beside)
    assert points(more, asked) >= points(one, asked)


def test_more_similar_past_notices_never_lower_points():
    one = experienced("w:menag", "u:76")
    more = replace(one, past=replace(one.past, terms=one.past.terms | {"w:menag": 2.0, "b:B1": 1.0}))
    assert points(more) > points(one)


def test_a_recent_contract_counts_more_than_an_old_one():
    one = experienced("w:menag")
    old = replace(one, past=replace(one.past, last=one.past.last.replace(year=2012)))
    assert points(one) > points(old)


@pytest.mark.parametrize(
    ("serves", "fields", "verdict"),
    [
        ({"Q"}, {}, "full"),
        ({"R04"}, {}, "full"),
        ({"36"}, {}, "full"),
        ({"371"}, {}, "none"),
        ({"R13"}, {}, "none"),
        ({"371"}, {"mrc": ""}, "part"),  # the tender only says its region
        (set(), {}, "part"),
        ({"R13"}, {"regions": (), "mrc": "", "mrcs": frozenset()}, "part"),
    ],
)
def test_area_verdict(serves, fields, verdict):
    assert engine.area_verdict(tender(**fields), supplier(serves=frozenset(serves))) == verdict


def test_a_supplier_from_elsewhere_keeps_less_than_half_of_its_points():
    here = offering("x", "761115", words={"menag"})
    assert points(replace(here, serves=frozenset({"R13"}))) < points(here) / 2


@pytest.mark.parametrize(
    ("amount", "capacity", "verdict"),
    [(50_000, 100_000, "full"), (98_000, 100_000, "part"), (105_000, 100_000, "part"), (150_000, 100_000, "none"),
     (None, 100_000, None), (50_000, 0, None)],
)  # fmt: skip
def test_capacity_verdict(amount, capacity, verdict):
    assert engine.capacity_verdict(tender(amount=amount), supplier(capacity=capacity)) == verdict


def test_a_contract_much_too_large_lowers_points_and_one_near_the_ceiling_does_not():
    here = replace(offering("x", "761115", words={"menag"}), capacity=100_000)
    assert points(here, tender(amount=300_000.0)) < points(here, tender(amount=105_000.0)) == points(here)
