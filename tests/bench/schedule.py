"""A day of meetings: how long it takes to fill, and how near it is proven to come to the best one."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from marketplace.events.scheduling import Person, Plan, Problem, Wish, broken_rules
from marketplace.events.scheduling.solver import solve_day
from tests.bench.rows import Row, median

BUDGET = 1.0  # seconds
PROVEN = 99.0  # % of the bound, at least
SEEDS = range(5)


def schedule_rows() -> Iterator[Row]:
    """The slowest of several days, each with its tables and its sparse presence, and the one proven worst."""
    solve_day(day(0, buyers=3, suppliers=3))  # the first call loads the solver
    days = [day(seed, tables=tables) for tables in (4, 8, 15) for seed in SEEDS]
    seconds, plans = [], []
    for problem in days:
        started = time.perf_counter()
        plans.append(solve_day(problem))
        seconds.append(time.perf_counter() - started)
        check(problem, plans[-1])
    worst = min(plans, key=lambda plan: plan.share)
    yield Row("schedule", max(seconds), "s", None, BUDGET)
    yield Row("schedule, the median of these days", median(seconds), "s", None, None)
    # What is missing is what has a budget: a row holds where its value is not above it.
    yield Row("schedule, not proven reached", 100 - 100 * worst.share, "%", None, 100 - PROVEN)
    yield Row("schedule, weight of wishes met against the bound", worst.value, "", worst.bound, None)
    yield Row("schedule, meetings of the worst served", worst.worst_served, "", worst.floor_bound, None)


def check(problem: Problem, plan: Plan) -> None:
    """A day that breaks a rule is no figure."""
    if wrong := broken_rules(problem, plan.meetings):
        raise RuntimeError(f"the day breaks a rule: {wrong[0]}")
    if plan.value > plan.bound:
        raise RuntimeError(f"the day is worth {plan.value}, more than its bound {plan.bound}")


def day(
    seed: int,
    *,
    buyers: int = 60,
    suppliers: int = 120,
    slots: int = 20,
    tables: int = 8,
    presence: float = 0.35,
    wishes: int = 10,
) -> Problem:
    """People who are there about a third of the time, each slot by itself, who all want to meet the same few.

    Each buyer asks for about `wishes` suppliers in order, each supplier for half as many buyers; what both ask for
    weighs more. Chance would have it that nobody is there a whole half-day: the hardest kind of day to fill.
    """
    rng = random.Random(seed)

    def free() -> frozenset[int]:
        return frozenset(slot for slot in range(slots) if rng.random() < presence)

    def asked(others: int, times: int) -> list[int]:
        popular = [1 / (1 + other) for other in range(others)]
        return list(dict.fromkeys(rng.choices(range(others), popular, k=times)))

    weights: dict[tuple[int, int], int] = {}
    for buyer in range(buyers):
        for rank, supplier in enumerate(asked(suppliers, rng.randint(1, 2 * wishes))):
            weights[buyer, supplier] = max(4, 20 - 2 * rank)
    for supplier in range(suppliers):
        for rank, buyer in enumerate(rng.sample(range(buyers), min(buyers, rng.randint(1, wishes)))):
            both = (buyer, supplier) in weights
            weights[buyer, supplier] = weights.get((buyer, supplier), 0) + max(4, 20 - 2 * rank) + 10 * both
    return Problem(
        slots=slots,
        tables=tables,
        buyers=tuple(Person(key, free()) for key in range(buyers)),
        suppliers=tuple(Person(key, free()) for key in range(suppliers)),
        wishes=tuple(Wish(*pair, weight) for pair, weight in sorted(weights.items())),
    )
