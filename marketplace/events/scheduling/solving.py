"""`solve`: the best day that we can find, and how good it is proven to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .colouring import spread
from .columns import Columns, Room
from .explaining import unmet
from .greedy import filled
from .optimum import Choice, best
from .problem import Meeting, Pair, Plan, Problem
from .tables import seated

ENOUGH = 0.995  # of the bound: nobody would feel the rest, and looking for it can take long
SMALL = 500  # columns: to the last unit, which takes no time there


@dataclass(frozen=True)
class Day:
    """A slot for each pair beside the meetings kept, and what no other such day exceeds."""

    slots: Mapping[Pair, int]
    bound: int
    floor_bound: int


def solve(problem: Problem) -> Plan:
    """A plan for the day; the same problem always gives the same plan.

    First the floor: the fewest meetings that anybody gets who could have one. Then the total weight of the wishes
    met. docs/scheduling.md says both exactly.
    """
    room = Room(problem, problem.fixed)
    return planned(room, best_day(room))


def planned(room: Room, day: Day) -> Plan:
    problem = room.problem
    slots = {**{meeting.pair: meeting.slot for meeting in room.kept}, **day.slots}
    meetings = seated(problem, slots, room.kept)
    return Plan(
        meetings=meetings,
        unmet=unmet(problem, meetings, room.start),
        value=problem.value(meetings),
        bound=day.bound,
        worst_served=fewest(Columns(room), meetings),
        floor_bound=day.floor_bound,
    )


def best_day(room: Room) -> Day:
    columns = Columns(room)
    kept = room.problem.value(room.kept)
    highest = floor = columns.highest_floor()
    while (choice := heaviest(columns, floor)).chosen is None and floor > 0:
        if choice.impossible and highest == floor:
            highest -= 1  # proven: not even this floor
        floor -= 1
    slots = filled(room, in_slots(columns, choice.chosen) if choice.chosen is not None else {})
    if choice.chosen is None or floor < highest:
        # Not proven to be the highest floor: another way may have found a higher one.
        slots = max(slots, filled(room, {}), key=lambda found: standing(columns, found))
    return Day(slots, kept + choice.bound, highest)


def heaviest(columns: Columns, floor: int) -> Choice:
    """The columns of the greatest total weight under a floor; of those, the ones that leave the fewest people at it."""
    rows = columns.floored(floor)
    if rows is None:
        return Choice(None, 0, impossible=True)
    people = rows.matrix.shape[1] - len(columns)
    more_than_all = people + 1  # a unit of weight counts for more than all the people
    weights = np.concatenate([columns.weight * more_than_all, np.ones(people, dtype=np.int64)])
    choice = best(weights, rows, enough=1.0 if len(columns) <= SMALL else ENOUGH)
    chosen = None if choice.chosen is None else choice.chosen[: len(columns)]
    return Choice(chosen, choice.bound // more_than_all, choice.impossible)


def in_slots(columns: Columns, choice: NDArray[np.bool_]) -> dict[Pair, int]:
    chosen = choice.nonzero()[0].tolist()
    slots: dict[Pair, int] = {}
    for at, period in enumerate(columns.periods):
        pairs = [columns.pairs[columns.pair[column]] for column in chosen if columns.period[column] == at]
        for pair, position in spread(pairs, len(period.slots), period.tables).items():
            slots[pair] = period.slots[position]
    return slots


def standing(columns: Columns, slots: Mapping[Pair, int]) -> tuple[int, int]:
    """The floor, then the value, of a day beside the meetings kept."""
    meetings = [*columns.room.kept, *(Meeting(*pair, slot, 0) for pair, slot in slots.items())]
    return fewest(columns, meetings), columns.room.problem.value(meetings)


def fewest(columns: Columns, meetings: Collection[Meeting]) -> int:
    """The floor: the fewest meetings of anybody who could have one."""
    buyers, suppliers = columns.reachable
    of_buyers = Counter(meeting.buyer for meeting in meetings)
    of_suppliers = Counter(meeting.supplier for meeting in meetings)
    return min([*(of_buyers[key] for key in buyers), *(of_suppliers[key] for key in suppliers)], default=0)
