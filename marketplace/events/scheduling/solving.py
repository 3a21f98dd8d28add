"""`solve` and `repair`: the best day that we can find, and the same day after somebody did not come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from .explaining import unmet
from .greedy import filled
from .problem import Meeting, Pair, Plan, Problem
from .tables import seated

Absent = tuple[Literal["buyer", "supplier"], int]  # a side and a key


def solve(problem: Problem) -> Plan:
    """A plan for the day; the same problem always gives the same plan."""
    slots = filled(problem, problem.fixed)
    return planned(problem, seated(problem, slots, problem.fixed))


def repair(problem: Problem, plan: Plan, *, absent: Collection[Absent] = frozenset()) -> Plan:
    """The plan without those absent: other meetings stay where they are, and places freed are given to wishes."""
    left = without(problem, frozenset(absent))
    gone_buyers = {key for side, key in absent if side == "buyer"}
    gone_suppliers = {key for side, key in absent if side == "supplier"}
    kept = tuple(
        meeting
        for meeting in plan.meetings
        if meeting.buyer not in gone_buyers and meeting.supplier not in gone_suppliers
    )
    slots = filled(left, kept)
    return planned(left, seated(left, slots, kept))


def without(problem: Problem, absent: Collection[Absent]) -> Problem:
    """The problem with those absent present in no slot."""

    def present(side: str, people):  # type: ignore[no-untyped-def]
        return tuple(
            replace(person, free=frozenset()) if (side, person.key) in absent else person for person in people
        )

    return replace(
        problem,
        buyers=present("buyer", problem.buyers),
        suppliers=present("supplier", problem.suppliers),
        fixed=tuple(
            meeting
            for meeting in problem.fixed
            if ("buyer", meeting.buyer) not in absent and ("supplier", meeting.supplier) not in absent
        ),
    )


def planned(problem: Problem, meetings: tuple[Meeting, ...]) -> Plan:
    return Plan(
        meetings=meetings,
        unmet=unmet(problem, meetings),
        value=problem.value(meetings),
        bound=simple_bound(problem),
        worst_served=floor_of(problem, meetings),
    )


def reachable(problem: Problem) -> set[tuple[str, int]]:
    """Who could have a meeting at all: somebody to meet, with a slot in common, and neither wants none."""
    fixed: list[Pair] = [meeting.pair for meeting in problem.fixed]
    possible = [
        wish.pair
        for wish in problem.wishes
        if problem.common(wish.pair)
        and problem.buyer[wish.buyer].most != 0
        and problem.supplier[wish.supplier].most != 0
    ]
    return {(side, pair[at]) for pair in fixed + possible for at, side in enumerate(("buyer", "supplier"))}


def floor_of(problem: Problem, meetings: Collection[Meeting]) -> int:
    counted = Counter(("buyer", meeting.buyer) for meeting in meetings)
    counted.update(("supplier", meeting.supplier) for meeting in meetings)
    return min((counted[who] for who in reachable(problem)), default=0)


def simple_bound(problem: Problem) -> int:
    """No more than the heaviest wishes that the tables hold."""
    heaviest = sorted((wish.weight for wish in problem.wishes), reverse=True)
    return sum(heaviest[: problem.slots * problem.tables])
