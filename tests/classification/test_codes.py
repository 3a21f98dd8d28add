"""UNSPSC codes as digits."""

import doctest
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.classification import codes
from marketplace.classification.codes import (
    APART,
    code_ancestors,
    code_distance,
    code_level,
    code_prefix,
    normalise_code,
    parent_code,
)

#: A few branches, so that drawn codes often share one.
PAIRS = st.sampled_from(["10", "11", "56"])
CODES = st.lists(PAIRS, min_size=1, max_size=4).map(lambda pairs: "".join(pairs).ljust(8, "0"))


def test_codes_examples_in_their_docstrings_hold():
    assert doctest.testmod(codes).failed == 0


@pytest.mark.parametrize(
    "written", ["56101600", "5610 16 00", "5610.16", "56-10-16", " 561016 ", "56\u00a010\u202f16\u00a000"]
)
def test_normalise_reads_a_code_however_it_is_written(written):
    assert normalise_code(written) == "56101600"


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0",
        "00",
        "00000000",
        "5",
        "561",
        "561016001",
        "5600160O",
        "56001600",
        "UNSPSC",
        "５６",
        "56,10",
        "-",
    ],
)
def test_normalise_refuses_what_is_no_code(written):
    assert normalise_code(written) is None


@given(st.text(max_size=12))
def test_normalise_gives_eight_digits_or_nothing(text):
    code = normalise_code(text)
    assert code is None or (len(code) == 8 and code.isascii() and code.isdigit())


@given(CODES)
def test_normalise_of_a_code_is_itself(code):
    assert normalise_code(code) == code
    assert normalise_code(code_prefix(code)) == code


@given(CODES)
def test_ancestors_end_with_the_code_and_each_begins_the_next(code):
    above = code_ancestors(code)
    assert above[-1] == code_prefix(code)
    assert len(above) == code_level(code) // 2
    assert all(long.startswith(short) for short, long in pairwise(above))


@given(CODES)
def test_parent_is_the_last_ancestor_but_one(code):
    above = code_ancestors(code)
    assert parent_code(code) == (above[-2].ljust(8, "0") if len(above) > 1 else None)


@given(CODES, CODES)
def test_distance_is_symmetric_and_nothing_only_to_itself(a, b):
    assert code_distance(a, b) == code_distance(b, a)
    assert (code_distance(a, b) == 0) == (a == b)
    assert 0 <= code_distance(a, b) <= APART


@given(CODES, CODES, CODES)
def test_distance_is_no_longer_straight_than_by_a_third_code(a, b, c):
    assert code_distance(a, c) <= code_distance(a, b) + code_distance(b, c)


@given(CODES)
def test_distance_to_the_parent_is_one(code):
    if parent := parent_code(code):
        assert code_distance(code, parent) == 1


@pytest.mark.parametrize(
    ("a", "b", "steps"),
    [
        ("56101703", "56101704", 2),
        ("56101703", "56101600", 3),
        ("56101703", "56000000", 3),
        ("56101703", "56111501", 6),
        ("5610", "56100000", 0),
        ("56000000", "43000000", 8),
        ("56101703", "43211503", 8),
    ],
)
def test_distance_counts_the_steps_in_the_tree(a, b, steps):
    assert code_distance(a, b) == steps
