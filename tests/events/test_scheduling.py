"""A day of meetings keeps its rules, is the best there is, and says truly why a wish is not met."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.events.scheduling import Meeting, Person, Plan, Problem, Why, Wish, broken_rules
from marketplace.events.scheduling.optimum import Columns, Room, proven_bound
from marketplace.events.scheduling.seating import spread_pairs
from marketplace.events.scheduling.solver import solve_day
from tests.bench.schedule import BUDGET, PROVEN, day
from tests.events.days import best_by_trying, problems, reachable, slots_of, worth

FIRST = Meeting(1, 1, 0, 0)
TWO = (Person(1, frozenset({0, 1})), Person(2, frozenset({0, 1})))


def two_by_two(**changes) -> Problem:
    wishes = tuple(Wish(buyer, supplier) for buyer in (1, 2) for supplier in (1, 2))
    return replace(Problem(slots=2, tables=2, buyers=TWO, suppliers=TWO, wishes=wishes), **changes)


@given(problems())
@settings(deadline=None, max_examples=80)
def test_small_day_is_the_best_that_trying_everything_finds(problem):
    plan = solve_day(problem)
    found = worth(problem, slots_of(plan.meetings), reachable(problem))
    assert found == best_by_trying(problem)
    assert (plan.worst_served, plan.value) == found[:2]
    assert plan.bound == plan.value
    assert plan.floor_bound == plan.worst_served


@given(problems(people=6, slots=5))
@settings(deadline=None, max_examples=80)
def test_day_keeps_every_rule_and_its_bound(problem):
    plan = solve_day(problem)
    assert broken_rules(problem, plan.meetings) == []
    assert set(problem.fixed) <= set(plan.meetings)
    assert {meeting.pair for meeting in plan.meetings} <= problem.weights.keys() | {
        m.pair for m in problem.fixed
    }
    assert plan.value == problem.value(plan.meetings) <= plan.bound
    assert plan.worst_served <= plan.floor_bound
    met = {meeting.pair for meeting in plan.meetings}
    assert [(u.buyer, u.supplier) for u in plan.unmet] == [
        w.pair for w in problem.wishes if w.pair not in met
    ]


@given(problems(people=6, slots=5), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_same_day_gives_the_same_plan(problem, chance):
    plan = solve_day(problem)
    assert solve_day(replace(problem)) == plan
    wishes = list(problem.wishes)
    chance.shuffle(wishes)
    shuffled = solve_day(replace(problem, wishes=tuple(wishes)))
    assert (shuffled.value, shuffled.worst_served) == (plan.value, plan.worst_served)


@given(problems(people=6, slots=5))
@settings(deadline=None, max_examples=80)
def test_each_reason_given_is_true(problem):
    plan = solve_day(problem)
    for unmet in plan.unmet:
        assert true_reason(problem, plan, (unmet.buyer, unmet.supplier), unmet.why)


def true_reason(problem: Problem, plan: Plan, pair: tuple[int, int], why: Why) -> bool:
    """Read off the plan anew, in other words than the code's."""
    common = [
        s
        for s in range(problem.slots)
        if s in problem.buyer[pair[0]].free and s in problem.supplier[pair[1]].free
    ]
    buyers = [m.slot for m in plan.meetings if m.buyer == pair[0]]
    suppliers = [m.slot for m in plan.meetings if m.supplier == pair[1]]
    held = [sum(m.slot == slot for m in plan.meetings) for slot in range(problem.slots)]
    return {
        Why.NO_COMMON_SLOT: not common,
        Why.BUYER_LIMIT: len(buyers) == problem.buyer[pair[0]].most,
        Why.SUPPLIER_LIMIT: len(suppliers) == problem.supplier[pair[1]].most,
        Why.BUYER_FULL: bool(common) and all(slot in buyers for slot in common),
        Why.SUPPLIER_FULL: bool(common) and all(slot in suppliers for slot in common),
        Why.BOTH_TAKEN: bool(common) and all(slot in buyers or slot in suppliers for slot in common),
        Why.TABLES_FULL: all(
            held[slot] == problem.tables for slot in common if slot not in buyers and slot not in suppliers
        ),
    }[why]


@pytest.mark.parametrize(
    ("changes", "pair", "why"),
    [
        ({"suppliers": (Person(1, frozenset()), TWO[1])}, (1, 1), Why.NO_COMMON_SLOT),
        ({"buyers": (replace(TWO[0], most=1), TWO[1]), "fixed": (FIRST,)}, (1, 2), Why.BUYER_LIMIT),
        ({"suppliers": (TWO[0], replace(TWO[1], most=0))}, (2, 2), Why.SUPPLIER_LIMIT),
        ({"buyers": (Person(1, frozenset({0})), TWO[1]), "fixed": (FIRST,)}, (1, 2), Why.BUYER_FULL),
        ({"tables": 1, "suppliers": (Person(1, frozenset({0})), TWO[1]), "fixed": (FIRST,)}, (2, 1), Why.SUPPLIER_FULL),
        ({"tables": 1, "fixed": (FIRST, Meeting(2, 2, 1, 0))}, (1, 2), Why.BOTH_TAKEN),
        ({"tables": 1, "fixed": (FIRST, Meeting(1, 2, 1, 0))}, (2, 2), Why.TABLES_FULL),
    ],
)  # fmt: skip
def test_reason_is_the_one_a_person_would_give(changes, pair, why):
    problem = two_by_two(**changes)
    given_reasons = {(unmet.buyer, unmet.supplier): unmet.why for unmet in solve_day(problem).unmet}
    assert given_reasons.get(pair, "met") == why


@pytest.mark.parametrize("tables", [4, 8, 15])
def test_full_day_is_nearly_the_best_and_soon_found(tables):
    problem = day(1, tables=tables)
    started = time.process_time()
    plan = solve_day(problem)
    assert (
        time.process_time() - started < 5 * BUDGET
    )  # the bench measures; here a busy machine may take its time
    assert broken_rules(problem, plan.meetings) == []
    assert 100 * plan.value >= PROVEN * plan.bound
    assert plan.worst_served == plan.floor_bound
    assert len(plan.meetings) <= tables * problem.slots


def test_bound_is_proven_whatever_the_prices():
    """The bound is an inequality: good prices make it tight, no prices make it wrong."""
    columns = Columns(Room(day(2, buyers=20, suppliers=30)))
    plan = solve_day(columns.room.problem)
    chance = np.random.default_rng(3)
    for scale in (0.0, 1.0, 20.0):
        prices = chance.random(columns.rules.matrix.shape[0]) * scale
        assert proven_bound(columns.weight, columns.rules, prices) >= plan.value
    assert proven_bound(columns.weight, columns.rules, prices) > plan.bound, (
        "chance is not as good as the solver"
    )


def test_worst_served_comes_before_weight():
    """The heavy wishes would all go to one buyer; the other one gets a meeting first."""
    problem = two_by_two(
        slots=1,
        tables=1,
        buyers=(Person(1, frozenset({0})), Person(2, frozenset({0}))),
        suppliers=(Person(1, frozenset({0})), Person(2, frozenset({0}))),
        wishes=(Wish(1, 1, 9), Wish(2, 2, 1)),
    )
    assert solve_day(problem).worst_served == 0, "one table: somebody goes without"
    plan = solve_day(replace(problem, tables=2))
    assert (plan.worst_served, plan.value) == (1, 10)
    crowded = two_by_two(slots=1, tables=2, buyers=problem.buyers, suppliers=problem.suppliers,
                         wishes=(Wish(1, 1, 9), Wish(1, 2, 3), Wish(2, 1, 3)))  # fmt: skip
    assert {m.pair for m in solve_day(crowded).meetings} == {(1, 2), (2, 1)}, (
        "6 for two rather than 9 for one"
    )


def test_of_equal_days_the_one_that_serves_more_people_is_taken():
    free = frozenset({0, 1})
    problem = Problem(
        slots=2, tables=1,
        buyers=(Person(1, free), Person(2, free), Person(3, free)), suppliers=(Person(1, free), Person(2, free)),
        wishes=(Wish(1, 1, 5), Wish(1, 2, 5), Wish(2, 2, 5), Wish(3, 1, 1)),
    )  # fmt: skip
    plan = solve_day(problem)
    assert (plan.worst_served, plan.value) == (0, 10)
    assert {meeting.buyer for meeting in plan.meetings} == {1, 2}


def test_buyers_with_a_table_each_never_move():
    problem = day(4, buyers=12, suppliers=40, tables=12)
    tables: dict[int, set[int]] = {}
    for meeting in solve_day(problem).meetings:
        tables.setdefault(meeting.buyer, set()).add(meeting.table)
    assert tables
    assert all(len(used) == 1 for used in tables.values())


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 6))), st.integers(0, 3), st.integers(0, 3))
@settings(deadline=None)
def test_period_is_spread_over_its_slots_within_its_tables(pairs, more_slots, more_tables):
    counts = [[pair[side] for pair in pairs].count(key) for side in (0, 1) for key in range(7)]
    slots = max(1, *counts) + more_slots
    tables = max(1, -(-len(pairs) // slots)) + more_tables
    at = spread_pairs(pairs, slots, tables)
    assert at.keys() == pairs
    assert all(0 <= slot < slots for slot in at.values())
    for side in (0, 1):
        assert len({(pair[side], slot) for pair, slot in at.items()}) == len(pairs)
    assert all(list(at.values()).count(slot) <= tables for slot in range(slots))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"slots": 0}, "a day needs a slot"),
        ({"tables": 0}, "a day needs a slot and a table"),
        ({"slots": 1}, "buyer 1 is free in slot 1: slots go from 0 to 0"),
        ({"buyers": (*TWO, TWO[0])}, "buyer 1 is there more than once"),
        ({"suppliers": (Person(1, frozenset({-1})), TWO[1])}, "supplier 1 is free in slot -1"),
        ({"wishes": (Wish(3, 1),)}, "a wish names buyer 3, who is not there"),
        ({"wishes": (Wish(1, 3),)}, "a wish names supplier 3, who is not there"),
        (
            {"wishes": (Wish(1, 1), Wish(1, 1, 2))},
            "the wish of buyer 1 and supplier 1 is there more than once",
        ),
        ({"fixed": (Meeting(1, 1, 2, 0),)}, "slot 2 does not exist"),
        ({"fixed": (Meeting(1, 1, 0, 2),)}, "table 2 does not exist"),
        ({"fixed": (Meeting(1, 1, 0, 0), Meeting(1, 2, 0, 1))}, "buyer 1 has two meetings in slot 0"),
        ({"fixed": (Meeting(1, 1, 0, 0), Meeting(2, 1, 0, 1))}, "supplier 1 has two meetings in slot 0"),
        ({"fixed": (Meeting(1, 1, 0, 0), Meeting(2, 2, 0, 0))}, "table 0 has two meetings in slot 0"),
        ({"fixed": (Meeting(1, 1, 0, 0), Meeting(1, 1, 1, 0))}, "buyer 1 and supplier 1 meet twice"),
        ({"fixed": (Meeting(9, 1, 0, 0),)}, "a meeting names buyer 9"),
        (
            {"buyers": (replace(TWO[0], most=0), TWO[1]), "fixed": (Meeting(1, 1, 0, 0),)},
            "buyer 1 has 1 meetings and wants 0 at most",
        ),
        (
            {"buyers": (Person(1, frozenset()), TWO[1]), "fixed": (Meeting(1, 1, 0, 0),)},
            "buyer 1 is not present in slot 0",
        ),
    ],
)
def test_day_that_contradicts_itself_is_refused_with_a_sentence(changes, sentence):
    with pytest.raises(ValueError, match=sentence):
        two_by_two(**changes)


@pytest.mark.parametrize("weight", [0, -1, 1_000_001])
def test_weight_out_of_range_is_refused(weight):
    with pytest.raises(ValueError, match="was expected"):
        Wish(1, 1, weight)


def test_day_without_anybody_is_an_empty_plan():
    plan = solve_day(Problem(slots=3, tables=2, buyers=(), suppliers=(), wishes=()))
    assert plan == Plan(meetings=(), unmet=(), value=0, bound=0, worst_served=0)
    assert plan.share == 1


def test_rules_that_a_bad_plan_breaks_are_all_named():
    meetings = [Meeting(1, 1, 0, 0), Meeting(1, 1, 0, 0), Meeting(2, 2, 5, 0), Meeting(7, 2, 0, 0)]
    assert broken_rules(two_by_two(tables=1), meetings) == [
        "slot 5 does not exist",
        "a meeting names buyer 7, who is not there",
        "buyer 1 has two meetings in slot 0",
        "supplier 1 has two meetings in slot 0",
        "table 0 has two meetings in slot 0",
        "buyer 1 and supplier 1 meet twice",
    ]


def test_process_that_plans_no_day_never_loads_the_solvers():
    """They weigh half as much again as all the rest of a web process."""
    started = "import django, sys; django.setup(); import marketplace.urls; assert 'scipy' not in sys.modules"
    plans = "from marketplace.events.scheduling.solver import solve_day; assert 'scipy' in sys.modules"
    subprocess.run([sys.executable, "-c", f"{started}; {plans}"], check=True)
