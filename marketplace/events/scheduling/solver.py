"""`solve_day`: the best day that we can find, and how good it is proven to be. `repair_day`: the day again after somebody
did not come, or after a slot or a table was lost. Needs scipy.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from marketplace.events.scheduling.optimum import Choice, Columns, Room, best_choice
from marketplace.events.scheduling.problem import (
    Absent,
    Meeting,
    Pair,
    Person,
    Plan,
    Problem,
    Wish,
    unmet_wishes,
)
from marketplace.events.scheduling.seating import seat_meetings, spread_pairs


def fill_slots(room: Room, slots: Mapping[Pair, int]) -> dict[Pair, int]:
    """These meetings, and as many wishes more as find a place beside them and those that the room keeps.

    Places are given out one by one: whoever has least is served first, with what they want most. It fills what an
    optimum left, and stands in where none was found.
    """
    return Filling(room, slots).fill()


class Filling:
    def __init__(self, room: Room, slots: Mapping[Pair, int]) -> None:
        self.room, self.problem = room, room.problem
        self.slots: dict[Pair, int] = {}
        self.tables = Counter(room.tables)
        self.buyers: dict[int, set[int]] = defaultdict(set)
        self.suppliers: dict[int, set[int]] = defaultdict(set)
        for pair, slot in slots.items():
            self.place(pair, slot)

    def place(self, pair: Pair, slot: int) -> None:
        self.slots[pair] = slot
        self.tables[slot] -= 1
        self.buyers[pair[0]].add(slot)
        self.suppliers[pair[1]].add(slot)

    def has(self, wish: Wish) -> tuple[int, int]:
        """How many meetings the two have."""
        return (
            self.room.had_buyers[wish.buyer] + len(self.buyers[wish.buyer]),
            self.room.had_suppliers[wish.supplier] + len(self.suppliers[wish.supplier]),
        )

    def fill(self) -> dict[Pair, int]:
        waiting = [wish for wish in self.problem.wishes if self.room.common(wish.pair)]
        moved = True
        while moved:
            waiting = [wish for wish in waiting if wish.pair not in self.slots]
            waiting.sort(key=lambda wish: (min(self.has(wish)), -wish.weight, wish.pair))
            moved = self.serve(waiting)
        return self.slots

    def serve(self, waiting: list[Wish]) -> bool:
        """One meeting more for each person, where there is a place."""
        served: set[tuple[bool, int]] = set()
        for wish in waiting:
            people = {(True, wish.buyer), (False, wish.supplier)}
            if not served & people and (slot := self.slot_for(wish)) is not None:
                self.place(wish.pair, slot)
                served |= people
        return bool(served)

    def slot_for(self, wish: Wish) -> int | None:
        """The emptiest slot that both could still use."""
        people = self.problem.buyer[wish.buyer], self.problem.supplier[wish.supplier]
        for person, had in zip(people, self.has(wish), strict=True):
            if person.most is not None and had >= person.most:
                return None
        could = self.room.common(wish.pair) - self.buyers[wish.buyer] - self.suppliers[wish.supplier]
        open_slots = [slot for slot in could if self.tables[slot] > 0]
        return min(open_slots, key=lambda slot: (-self.tables[slot], slot), default=None)


ENOUGH = 0.995  # of the bound: nobody would feel the rest, and looking for it can take long
SMALL = 500  # columns: to the last unit, which takes no time there


@dataclass(frozen=True)
class Day:
    """A slot for each pair beside the meetings kept, and what no other such day exceeds."""

    slots: Mapping[Pair, int]
    bound: int
    floor_bound: int


def solve_day(problem: Problem) -> Plan:
    """A plan for the day; the same problem always gives the same plan.

    First the floor: the fewest meetings that anybody gets who could have one. Then the total weight of the wishes
    met. docs/scheduling.md says both exactly.
    """
    room = Room(problem, problem.fixed)
    return plan_of_day(room, best_day(room))


def plan_of_day(room: Room, day: Day) -> Plan:
    problem = room.problem
    slots = {**{meeting.pair: meeting.slot for meeting in room.kept}, **day.slots}
    meetings = seat_meetings(problem, slots, room.kept)
    return Plan(
        meetings=meetings,
        unmet=unmet_wishes(problem, meetings, room.start),
        value=problem.value(meetings),
        bound=day.bound,
        worst_served=fewest_meetings(Columns(room), meetings),
        floor_bound=day.floor_bound,
    )


def best_day(room: Room) -> Day:
    columns = Columns(room)
    kept = room.problem.value(room.kept)
    highest = floor = columns.highest_floor()
    while (choice := heaviest_choice(columns, floor)).chosen is None and floor > 0:
        if choice.impossible and highest == floor:
            highest -= 1  # proven: not even this floor
        floor -= 1
    slots = fill_slots(room, slots_of_choice(columns, choice.chosen) if choice.chosen is not None else {})
    if choice.chosen is None or floor < highest:
        # Not proven to be the highest floor: another way may have found a higher one.
        slots = max(slots, fill_slots(room, {}), key=lambda found: rank_of_day(columns, found))
    return Day(slots, kept + choice.bound, highest)


def heaviest_choice(columns: Columns, floor: int) -> Choice:
    """The columns of the greatest total weight under a floor; of those, the ones that leave the fewest people at it."""
    rows = columns.floored(floor)
    if rows is None:
        return Choice(None, 0, impossible=True)
    people = rows.matrix.shape[1] - len(columns)
    more_than_all = people + 1  # a unit of weight counts for more than all the people
    weights = np.concatenate([columns.weight * more_than_all, np.ones(people, dtype=np.int64)])
    choice = best_choice(weights, rows, enough=1.0 if len(columns) <= SMALL else ENOUGH)
    chosen = None if choice.chosen is None else choice.chosen[: len(columns)]
    return Choice(chosen, choice.bound // more_than_all, choice.impossible)


def slots_of_choice(columns: Columns, choice: NDArray[np.bool_]) -> dict[Pair, int]:
    chosen = choice.nonzero()[0].tolist()
    slots: dict[Pair, int] = {}
    for at, period in enumerate(columns.periods):
        pairs = [columns.pairs[columns.pair[column]] for column in chosen if columns.period[column] == at]
        for pair, position in spread_pairs(pairs, len(period.slots), period.tables).items():
            slots[pair] = period.slots[position]
    return slots


def rank_of_day(columns: Columns, slots: Mapping[Pair, int]) -> tuple[int, int]:
    """The floor, then the value, of a day beside the meetings kept."""
    meetings = [*columns.room.kept, *(Meeting(*pair, slot, 0) for pair, slot in slots.items())]
    return fewest_meetings(columns, meetings), columns.room.problem.value(meetings)


def fewest_meetings(columns: Columns, meetings: Collection[Meeting]) -> int:
    """The floor: the fewest meetings of anybody who could have one."""
    buyers, suppliers = columns.reachable
    of_buyers = Counter(meeting.buyer for meeting in meetings)
    of_suppliers = Counter(meeting.supplier for meeting in meetings)
    return min([*(of_buyers[key] for key in buyers), *(of_suppliers[key] for key in suppliers)], default=0)


def repair_day(
    problem: Problem, plan: Plan, *, absent: Collection[Absent] = frozenset(), start: int = 0
) -> Plan:
    """The day again, disturbing as few people as possible.

    `problem` is what holds now: it may have fewer slots' worth of presence, fewer tables, other people than the plan
    was made for. Those `absent` are not there from slot `start` on; slots before it are past and stay as they were. In
    this order: as many of the plan's meetings as can still be held, as few of them as possible in another slot, then
    wishes in the places left, as `solve_day` gives them out (`bound` is about these: what no plan exceeds that moves no
    more).
    """
    left = without_absent_people(problem, frozenset(absent), start)
    standing = unchangeable_meetings(left, plan, start)
    room = Room(left, standing, start)
    slots = kept_slots(room, promised_slots(room, plan))
    held = seat_meetings(
        left,
        {**{m.pair: m.slot for m in standing}, **slots},
        [*standing, *meetings_that_stay(left, plan, slots)],
    )
    after = Room(left, held, start)
    return plan_of_day(after, best_day(after))


def without_absent_people(problem: Problem, absent: Collection[Absent], start: int) -> Problem:
    """The problem with those absent gone from slot `start` on."""
    past = frozenset(range(start))

    def present(side: Literal["buyer", "supplier"], people: Collection[Person]) -> tuple[Person, ...]:
        return tuple(
            replace(person, free=person.free & past) if (side, person.key) in absent else person
            for person in people
        )

    return replace(
        problem,
        buyers=present("buyer", problem.buyers),
        suppliers=present("supplier", problem.suppliers),
        fixed=tuple(
            meeting
            for meeting in problem.fixed
            if meeting.slot < start
            or not {("buyer", meeting.buyer), ("supplier", meeting.supplier)} & frozenset(absent)
        ),
    )


def unchangeable_meetings(problem: Problem, plan: Plan, start: int) -> list[Meeting]:
    """What cannot change: meetings of slots that are past, and fixed ones."""
    past = [
        meeting
        for meeting in plan.meetings
        if meeting.slot < start and meeting.buyer in problem.buyer and meeting.supplier in problem.supplier
    ]
    met = {meeting.pair for meeting in past}
    return past + [meeting for meeting in problem.fixed if meeting.pair not in met and meeting.slot >= start]


def promised_slots(room: Room, plan: Plan) -> dict[Pair, int]:
    """The plan's meetings that both still want and that are neither past nor fixed."""
    return {
        meeting.pair: meeting.slot
        for meeting in plan.meetings
        if meeting.slot >= room.start
        and meeting.pair in room.problem.weights
        and meeting.pair not in room.met
    }


def kept_slots(room: Room, slots: dict[Pair, int]) -> dict[Pair, int]:
    """As many of these meetings as possible, as few of them as possible in another slot."""
    if can_slots_stand(room, slots):
        return slots
    more_than_all = len(slots) + 1  # holding one meeting counts for more than leaving all where they are
    wishes = tuple(Wish(*pair, weight=more_than_all) for pair in slots)
    columns = Columns(Room(replace(room.problem, wishes=wishes), room.kept, room.start), together=False)
    moments = [period.slots[0] for period in columns.periods]
    weights = columns.weight.copy()
    for column, (pair, at) in enumerate(zip(columns.pair, columns.period, strict=True)):
        weights[column] += slots[columns.pairs[pair]] == moments[at]
    choice = best_choice(weights, columns.rules)
    if choice.chosen is None:
        return {}
    return {
        columns.pairs[columns.pair[column]]: moments[columns.period[column]]
        for column in choice.chosen.nonzero()[0].tolist()
    }


def can_slots_stand(room: Room, slots: dict[Pair, int]) -> bool:
    """Whether all of these meetings can be held as they are. Among themselves they keep the rules of a plan."""
    buyers, suppliers = Counter(pair[0] for pair in slots), Counter(pair[1] for pair in slots)
    problem = room.problem
    return (
        all(slot in room.common(pair) for pair, slot in slots.items())
        and all(times <= room.tables[slot] for slot, times in Counter(slots.values()).items())
        and all(
            (most := people[key].most) is None or had[key] + times <= most
            for people, had, counted in (
                (problem.buyer, room.had_buyers, buyers),
                (problem.supplier, room.had_suppliers, suppliers),
            )
            for key, times in counted.items()
        )
    )


def meetings_that_stay(problem: Problem, plan: Plan, slots: dict[Pair, int]) -> list[Meeting]:
    """Those that keep their slot keep their table too, where it is still there."""
    return [
        meeting
        for meeting in plan.meetings
        if slots.get(meeting.pair) == meeting.slot and meeting.table < problem.tables
    ]
