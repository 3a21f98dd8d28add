"""Groups for a notice: the smallest that cover it, against brute force on small ones, and fast on large ones."""

from __future__ import annotations

import time
from itertools import combinations
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.dealings.consortiums.proposals import LARGEST, Candidate, propose_groups

PARTS = ("a", "b", "c", "d", "e")
candidates = st.lists(
    st.tuples(st.frozensets(st.sampled_from(PARTS)), st.sampled_from([0, 10, 50, 100])),
    min_size=1,
    max_size=7,
)


def made(rows) -> list[Candidate]:
    return [
        Candidate(key=n, name=f"E{n}", covers=covers, capacity=size) for n, (covers, size) in enumerate(rows)
    ]


def worth(parts, amount, group) -> tuple[int, bool, int]:
    covered = frozenset().union(*(one.covers for one in group)) & set(parts)
    return (len(parts) - len(covered), sum(one.capacity for one in group) < amount, len(group))


@settings(max_examples=120, deadline=None)
@given(rows=candidates, parts=st.sets(st.sampled_from(PARTS)), amount=st.sampled_from([0, 40, 120]))
def test_groups_are_as_good_as_the_best_of_all(rows, parts, amount):
    first, *others = made(rows)
    parts = sorted(parts)
    best = min(
        worth(parts, amount, (first, *group))
        for size in range(min(LARGEST - 1, len(others)) + 1)
        for group in combinations(others, size)
    )
    found = propose_groups(parts, amount, first, others)
    assert found
    for proposal in found:
        group = [share.candidate for share in proposal.shares]
        assert group[0] == first
        assert worth(parts, amount, group) == best
        assert (len(proposal.missing), proposal.short > 0, len(group)) == best
        assert all(
            set(share.alone) <= set(share.brings) <= share.candidate.covers for share in proposal.shares
        )
    again = propose_groups(parts, amount, first, others[::-1])
    assert [p.capacity for p in again] == [p.capacity for p in found]


def test_twelve_enterprises_and_ten_lots_take_less_than_a_second_and_hundreds_too():
    rng, lots = Random(1), [f"lot {n}" for n in range(10)]
    for count in (12, 16, 300):
        everyone = [
            Candidate(key=n, name=f"E{n}", covers=frozenset(rng.sample(lots, 2)), capacity=rng.randrange(100))
            for n in range(count)
        ]
        began = time.perf_counter()
        found = propose_groups(lots, 10_000, everyone[0], everyone[1:])
        assert time.perf_counter() - began < 1
        assert found
