"""From periods to slots, then to tables.

Slots: the meetings of a period are spread over its slots, nobody twice in one, no slot over its tables (König: where
nobody has more meetings than there are slots, this can always be done, by exchanging two slots along a chain of
meetings). Chains also level the slots out, so that none holds more than its tables.
Tables: buyers stay where they are as far as the others let them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from marketplace.events.scheduling.problem import Meeting, Pair, Problem

Node = tuple[bool, int]  # a buyer (True) or a supplier, and the key


def spread_pairs(pairs: Iterable[Pair], slots: int, tables: int) -> dict[Pair, int]:
    """A slot, from 0, for each pair.

    Needs: nobody in more pairs than there are slots, and no more pairs than slots * tables.
    """
    at: list[dict[Node, Pair]] = [{} for _ in range(slots)]
    for pair in sorted(pairs):
        buyer, supplier = (True, pair[0]), (False, pair[1])
        first = next(slot for slot in range(slots) if buyer not in at[slot])
        second = next(slot for slot in range(slots) if supplier not in at[slot])
        if first != second and supplier in at[first]:
            # The chain from the supplier cannot end at the buyer, who has nothing in `first`.
            exchange_chain(at[first], at[second], find_chain(at[first], at[second], supplier))
        put_pair(at[first], pair)
    level_slots(at, tables)
    return {pair: slot for slot, meetings in enumerate(at) for pair in meetings.values()}


def level_slots(at: list[dict[Node, Pair]], tables: int) -> None:
    while True:
        fullest = max(range(len(at)), key=lambda slot: len(at[slot]))
        if len(at[fullest]) <= 2 * tables:  # each meeting stands there under both of its people
            return
        emptiest = min(range(len(at)), key=lambda slot: len(at[slot]))
        many, few = at[fullest], at[emptiest]
        for node in sorted(many):
            if node not in few and len(links := find_chain(many, few, node)) % 2:
                exchange_chain(many, few, links)  # one more of `many` than of `few` in this chain
                break


def find_chain(first: dict[Node, Pair], second: dict[Node, Pair], start: Node) -> list[Pair]:
    """The meetings met by going from `start`, in `first` and `second` by turns."""
    found: list[Pair] = []
    here, there = first, second
    node = start
    while (pair := here.get(node)) is not None:
        found.append(pair)
        node = (False, pair[1]) if node[0] else (True, pair[0])
        here, there = there, here
    return found


def exchange_chain(first: dict[Node, Pair], second: dict[Node, Pair], links: list[Pair]) -> None:
    """The pairs of a chain that begins in `first` change sides."""
    for position, pair in enumerate(links):
        take_pair(second if position % 2 else first, pair)
    for position, pair in enumerate(links):
        put_pair(first if position % 2 else second, pair)


def put_pair(slot: dict[Node, Pair], pair: Pair) -> None:
    slot[(True, pair[0])] = slot[(False, pair[1])] = pair


def take_pair(slot: dict[Node, Pair], pair: Pair) -> None:
    del slot[(True, pair[0])], slot[(False, pair[1])]


ROUNDS = 8


def seat_meetings(
    problem: Problem, slots: Mapping[Pair, int], kept: Iterable[Meeting] = ()
) -> tuple[Meeting, ...]:
    """The meetings with their tables, in order of slot and table. Those `kept` stay at theirs.

    First slot by slot: a buyer goes back to their last table where it is free. Then, as long as it spares moves, each
    slot again with the slots before and after in mind.
    """
    return Seating(problem, slots, kept).meetings()


class Seating:
    def __init__(self, problem: Problem, slots: Mapping[Pair, int], kept: Iterable[Meeting]) -> None:
        self.tables = problem.tables
        self.fixed = {
            meeting.pair: meeting.table for meeting in kept if slots.get(meeting.pair) == meeting.slot
        }
        self.pairs: dict[int, list[Pair]] = defaultdict(list)
        self.days: dict[int, list[tuple[int, Pair]]] = defaultdict(list)
        for pair, slot in sorted(slots.items(), key=lambda item: (item[1], item[0])):
            self.pairs[slot].append(pair)
            self.days[pair[0]].append((slot, pair))
        self.at: dict[Pair, int] = dict(self.fixed)

    def meetings(self) -> tuple[Meeting, ...]:
        for slot in self.pairs:
            self.seat(slot)
        best, fewest = dict(self.at), self.moves()
        for _ in range(ROUNDS):
            for slot in self.pairs:
                self.seat(slot)
            if (moves := self.moves()) >= fewest:
                break
            best, fewest = dict(self.at), moves
        found = [Meeting(*pair, slot, best[pair]) for slot, pairs in self.pairs.items() for pair in pairs]
        return tuple(sorted(found, key=lambda meeting: (meeting.slot, meeting.table)))

    def seat(self, slot: int) -> None:
        """The tables of one slot, given those of all others known so far."""
        waiting = [pair for pair in self.pairs[slot] if pair not in self.fixed]
        taken = {self.fixed[pair] for pair in self.pairs[slot] if pair in self.fixed}
        tables = [table for table in range(self.tables) if table not in taken]
        here = {pair[0] for pair in self.pairs[slot]}
        claims = Counter(
            self.at[pair]
            for buyer, day in self.days.items()
            if buyer not in here
            for _, pair in day
            if pair in self.at
        )
        # A move spared is worth more than all the claims of those who are not here; then the lowest table.
        worth = np.array([[-claims[table] - table / self.tables for table in tables]] * len(waiting))
        for row, pair in enumerate(waiting):
            for near in self.neighbours(slot, pair):
                if near in tables:
                    worth[row, tables.index(near)] += 1_000
        if waiting:
            rows, found = linear_sum_assignment(worth, maximize=True)
            self.at.update({waiting[row]: tables[table] for row, table in zip(rows, found, strict=True)})

    def neighbours(self, slot: int, pair: Pair) -> list[int]:
        """The tables of the buyer's meetings before and after this one."""
        day = self.days[pair[0]]
        place = day.index((slot, pair))
        around = [day[at][1] for at in (place - 1, place + 1) if 0 <= at < len(day)]
        return [self.at[other] for other in around if other in self.at]

    def moves(self) -> int:
        return sum(
            self.at[before] != self.at[after]
            for day in self.days.values()
            for (_, before), (_, after) in pairwise(day)
        )
