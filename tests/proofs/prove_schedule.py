"""`dev.py prove schedule`: the scheduler's properties over thousands of small days, and its figures over hundreds of full ones."""

from __future__ import annotations

import random
import statistics
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.events.scheduling import broken_rules
from marketplace.events.scheduling.solver import solve_day
from tests.bench.schedule import PROVEN, day
from tests.events import test_scheduling, test_scheduling_repair
from tests.events.days import problems

long = settings(deadline=None, max_examples=3_000)


@long
@given(problems())
def test_small_days(problem):
    test_scheduling.test_small_day_is_the_best_that_trying_everything_finds.hypothesis.inner_test(problem)


@long
@given(problems(people=8, slots=6), st.randoms(use_true_random=False))
def test_days(problem, chance):
    test_scheduling.test_day_keeps_every_rule_and_its_bound.hypothesis.inner_test(problem)
    test_scheduling.test_each_reason_given_is_true.hypothesis.inner_test(problem)
    test_scheduling.test_same_day_gives_the_same_plan.hypothesis.inner_test(problem, chance)


@long
@given(test_scheduling_repair.disturbed())
def test_fewest_moved(found):
    test_scheduling_repair.test_no_other_day_loses_or_moves_fewer_meetings.hypothesis.inner_test(found)


@long
@given(test_scheduling_repair.disturbed(people=8, slots=6))
def test_repaired(found):
    test = test_scheduling_repair.test_repaired_day_keeps_every_rule_and_fills_what_was_freed
    test.hypothesis.inner_test(found)


def test_full_days_of_every_kind():
    """60 buyers, 120 suppliers, 20 slots; tables, presence and wishes at random. Prints what docs/scheduling.md tells."""
    rng = random.Random(2026)
    seconds, shares = [], []
    for seed in range(200):
        problem = day(
            seed,
            tables=rng.choice((4, 5, 6, 8, 10, 12, 15)),
            presence=rng.choice((0.15, 0.2, 0.3, 0.4, 0.5, 0.7)),
            wishes=rng.choice((3, 6, 10, 15)),
        )
        started = time.process_time()
        plan = solve_day(problem)
        seconds.append(time.process_time() - started)
        shares.append(plan.share)
        assert broken_rules(problem, plan.meetings) == []
        assert plan.worst_served == plan.floor_bound
        assert 100 * plan.value >= PROVEN * plan.bound
    seconds.sort()
    print(  # noqa: T201 (`prove schedule -s` is run to read this)
        f"\n{len(shares)} days: share of the bound {min(shares):.4f} at least, all of it in {shares.count(1.0)}; "
        f"processor seconds {statistics.median(seconds):.2f} median, {seconds[190]:.2f} at 95 %, {seconds[-1]:.2f} at most"
    )
