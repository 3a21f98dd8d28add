"""After a no-show, as few meetings as possible are lost and moved: no other way to hold the day does better."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.events.scheduling import Meeting, Person, Plan, Problem, Why, Wish, broken_rules
from marketplace.events.scheduling.solver import repair_day, solve_day
from tests.bench.schedule import day
from tests.events.days import every_day, problems, slots_of


def moved(before: Plan, after: Plan) -> int:
    now = slots_of(after.meetings)
    return sum(now.get(pair, slot) != slot for pair, slot in slots_of(before.meetings).items())


def held(before: Plan, after: Plan) -> int:
    return len(slots_of(before.meetings).keys() & slots_of(after.meetings).keys())


@st.composite
def disturbed(draw, people: int = 3, slots: int = 3):
    """A day, its plan, and the day as it turns out: slots and tables lost, people gone."""
    problem = draw(problems(people=people, slots=slots, with_fixed=False))
    plan = solve_day(problem)
    lost = draw(st.frozensets(st.integers(0, problem.slots - 1), max_size=1))

    def later(side: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(
            replace(
                person,
                free=person.free - lost - draw(st.frozensets(st.integers(0, problem.slots - 1), max_size=1)),
            )
            for person in side
        )

    turned = replace(
        problem,
        tables=max(1, problem.tables - draw(st.integers(0, 1))),
        buyers=later(problem.buyers),
        suppliers=later(problem.suppliers),
    )
    everyone = [("buyer", p.key) for p in problem.buyers] + [("supplier", p.key) for p in problem.suppliers]
    absent = draw(st.frozensets(st.sampled_from(everyone), max_size=2)) if everyone else frozenset()
    return turned, plan, absent


@given(disturbed())
@settings(deadline=None, max_examples=80)
def test_no_other_day_loses_or_moves_fewer_meetings(found):
    problem, plan, absent = found
    after = repair_day(problem, plan, absent=absent)
    before = slots_of(plan.meetings)
    there = {
        pair: slot
        for pair, slot in before.items()
        if not {("buyer", pair[0]), ("supplier", pair[1])} & absent
    }
    kept, stayed = max(
        (len(other), sum(before[pair] == slot for pair, slot in other.items()))
        for other in every_day(problem, sorted(there), {})
    )
    assert held(plan, after) == kept
    assert moved(plan, after) == kept - stayed


@given(disturbed(people=6, slots=5))
@settings(deadline=None, max_examples=60)
def test_repaired_day_keeps_every_rule_and_fills_what_was_freed(found):
    problem, plan, absent = found
    after = repair_day(problem, plan, absent=absent)
    assert broken_rules(problem, after.meetings) == []
    assert not any(("buyer", m.buyer) in absent or ("supplier", m.supplier) in absent for m in after.meetings)
    assert after.value <= after.bound
    tables = Counter(meeting.slot for meeting in after.meetings)
    for unmet in after.unmet:  # nothing is left that could simply be added
        pair = (unmet.buyer, unmet.supplier)
        if {("buyer", pair[0]), ("supplier", pair[1])} & absent:
            assert unmet.why == Why.NO_COMMON_SLOT
            continue
        busy = {m.slot for m in after.meetings if m.buyer == pair[0] or m.supplier == pair[1]}
        if unmet.why not in (Why.BUYER_LIMIT, Why.SUPPLIER_LIMIT):
            assert all(tables[slot] == problem.tables for slot in problem.common(pair) - busy)


@given(problems(people=6, slots=5))
@settings(deadline=None, max_examples=30)
def test_absence_alone_moves_nobody_not_even_to_another_table(problem):
    plan = solve_day(problem)
    absent = {("buyer", plan.meetings[0].buyer)} if plan.meetings else set()
    after = repair_day(problem, plan, absent=absent)
    left = {meeting for meeting in plan.meetings if ("buyer", meeting.buyer) not in absent}
    assert left <= set(after.meetings)
    assert repair_day(problem, plan).meetings == plan.meetings


def test_freed_place_goes_to_whoever_had_none():
    problem = Problem(
        slots=1, tables=1,
        buyers=(Person(1, frozenset({0})),), suppliers=(Person(1, frozenset({0})), Person(2, frozenset({0}))),
        wishes=(Wish(1, 1, 9), Wish(1, 2, 1)),
    )  # fmt: skip
    plan = solve_day(problem)
    assert plan.meetings == (Meeting(1, 1, 0, 0),)
    after = repair_day(problem, plan, absent={("supplier", 1)})
    assert after.meetings == (Meeting(1, 2, 0, 0),)
    assert [(unmet.supplier, unmet.why) for unmet in after.unmet] == [(1, Why.NO_COMMON_SLOT)]


def test_lost_slot_moves_its_meetings_and_no_others():
    problem = day(3, buyers=20, suppliers=40, slots=10, tables=4, presence=0.7)
    plan = solve_day(problem)
    lost = [meeting for meeting in plan.meetings if meeting.slot == 4]
    assert lost

    def without(people: tuple[Person, ...]) -> tuple[Person, ...]:
        return tuple(replace(person, free=person.free - {4}) for person in people)

    spare = replace(problem, tables=6, buyers=without(problem.buyers), suppliers=without(problem.suppliers))
    after = repair_day(spare, plan)
    assert held(plan, after) == len(plan.meetings), "with spare tables every meeting finds another slot"
    assert moved(plan, after) == len(lost)


def test_past_slots_stay_as_they_were():
    problem = day(5, buyers=10, suppliers=20, slots=8, tables=4, presence=0.6)
    plan = solve_day(problem)
    gone = plan.meetings[0].buyer
    past = {meeting for meeting in plan.meetings if meeting.slot < 3}
    assert any(meeting.buyer == gone for meeting in past)
    after = repair_day(problem, plan, absent={("buyer", gone)}, start=3)
    assert {meeting for meeting in after.meetings if meeting.slot < 3} == past
    assert not any(meeting.buyer == gone for meeting in after.meetings if meeting.slot >= 3)


def test_lost_table_changes_tables_before_slots():
    problem = day(6, buyers=10, suppliers=20, slots=8, tables=3, presence=0.6)
    wide = replace(problem, tables=5)
    plan = solve_day(problem)
    elsewhere = replace(
        plan, meetings=tuple(replace(m, table=4) if m.table == 0 else m for m in plan.meetings)
    )  # at a table that is about to go
    after = repair_day(replace(wide, tables=4), elsewhere)
    assert moved(elsewhere, after) == 0
    assert held(elsewhere, after) == len(plan.meetings)
    assert all(meeting.table < 4 for meeting in after.meetings)


@pytest.mark.parametrize("side", ["buyer", "supplier"])
def test_full_day_is_repaired_without_moving_anybody(side):
    problem = day(7)
    plan = solve_day(problem)
    busiest = Counter(getattr(meeting, side) for meeting in plan.meetings).most_common(1)[0][0]
    after = repair_day(problem, plan, absent={(side, busiest)})
    assert moved(plan, after) == 0
    assert held(plan, after) == sum(getattr(meeting, side) != busiest for meeting in plan.meetings)
    assert len(after.meetings) > held(plan, after), "the places freed are given to others"
