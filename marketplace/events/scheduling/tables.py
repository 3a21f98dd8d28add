"""Which table a meeting is at, once its slot is known: buyers stay where they are as far as the others let them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import pairwise

import numpy as np
from scipy.optimize import linear_sum_assignment

from .problem import Meeting, Pair, Problem

ROUNDS = 8


def seated(problem: Problem, slots: Mapping[Pair, int], kept: Iterable[Meeting] = ()) -> tuple[Meeting, ...]:
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
