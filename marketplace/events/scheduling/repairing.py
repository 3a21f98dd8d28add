"""`repair`: the day after somebody did not come, or after a slot or a table was lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from typing import Literal

from .columns import Columns, Room
from .optimum import best
from .problem import Meeting, Pair, Person, Plan, Problem, Wish
from .solving import best_day, planned
from .tables import seated

Absent = tuple[Literal["buyer", "supplier"], int]  # a side and a key


def repair(problem: Problem, plan: Plan, *, absent: Collection[Absent] = frozenset(), start: int = 0) -> Plan:
    """The day again, disturbing as few people as possible.

    `problem` is what holds now: it may have fewer slots' worth of presence, fewer tables, other people than the plan
    was made for. Those `absent` are not there from slot `start` on; slots before it are past and stay as they were. In
    this order: as many of the plan's meetings as can still be held, as few of them as possible in another slot, then
    wishes in the places left, as `solve` gives them out (`bound` is about these: what no plan exceeds that moves no
    more).
    """
    left = without(problem, frozenset(absent), start)
    standing = history(left, plan, start)
    room = Room(left, standing, start)
    slots = kept(room, promised(room, plan))
    held = seated(
        left, {**{m.pair: m.slot for m in standing}, **slots}, [*standing, *stayed(left, plan, slots)]
    )
    after = Room(left, held, start)
    return planned(after, best_day(after))


def without(problem: Problem, absent: Collection[Absent], start: int) -> Problem:
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


def history(problem: Problem, plan: Plan, start: int) -> list[Meeting]:
    """What cannot change: meetings of slots that are past, and fixed ones."""
    past = [
        meeting
        for meeting in plan.meetings
        if meeting.slot < start and meeting.buyer in problem.buyer and meeting.supplier in problem.supplier
    ]
    met = {meeting.pair for meeting in past}
    return past + [meeting for meeting in problem.fixed if meeting.pair not in met and meeting.slot >= start]


def promised(room: Room, plan: Plan) -> dict[Pair, int]:
    """The plan's meetings that both still want and that are neither past nor fixed."""
    return {
        meeting.pair: meeting.slot
        for meeting in plan.meetings
        if meeting.slot >= room.start
        and meeting.pair in room.problem.weights
        and meeting.pair not in room.met
    }


def kept(room: Room, slots: dict[Pair, int]) -> dict[Pair, int]:
    """As many of these meetings as possible, as few of them as possible in another slot."""
    if stands(room, slots):
        return slots
    more_than_all = len(slots) + 1  # holding one meeting counts for more than leaving all where they are
    wishes = tuple(Wish(*pair, weight=more_than_all) for pair in slots)
    columns = Columns(Room(replace(room.problem, wishes=wishes), room.kept, room.start), together=False)
    moments = [period.slots[0] for period in columns.periods]
    weights = columns.weight.copy()
    for column, (pair, at) in enumerate(zip(columns.pair, columns.period, strict=True)):
        weights[column] += slots[columns.pairs[pair]] == moments[at]
    choice = best(weights, columns.rules)
    if choice.chosen is None:
        return {}
    return {
        columns.pairs[columns.pair[column]]: moments[columns.period[column]]
        for column in choice.chosen.nonzero()[0].tolist()
    }


def stands(room: Room, slots: dict[Pair, int]) -> bool:
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


def stayed(problem: Problem, plan: Plan, slots: dict[Pair, int]) -> list[Meeting]:
    """Those that keep their slot keep their table too, where it is still there."""
    return [
        meeting
        for meeting in plan.meetings
        if slots.get(meeting.pair) == meeting.slot and meeting.table < problem.tables
    ]
