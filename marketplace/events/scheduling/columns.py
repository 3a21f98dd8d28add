"""A day as a linear programme: a column for each meeting that could be, a row for each rule.

Slots in which the same people are present and the same number of tables is left are one *period*: the programme says
in which period a pair meets, `colouring` then in which of its slots. Where people come by half-days, a day of
twenty slots is three or four periods.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from .problem import Meeting, Pair, Person, Problem

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Period:
    slots: tuple[int, ...]
    tables: int  # left in each of its slots
    buyers: frozenset[int]
    suppliers: frozenset[int]


class Room:
    """What the meetings kept leave to others, from slot `start` on."""

    def __init__(self, problem: Problem, kept: Collection[Meeting] = (), start: int = 0) -> None:
        self.problem = problem
        self.kept = tuple(kept)
        self.start = start
        self.met = {meeting.pair for meeting in kept}
        self.had_buyers = Counter(meeting.buyer for meeting in kept)
        self.had_suppliers = Counter(meeting.supplier for meeting in kept)
        taken = Counter(meeting.slot for meeting in kept)
        self.tables = {slot: problem.tables - taken[slot] for slot in range(start, problem.slots)}
        self.buyers = self._free(problem.buyers, self.had_buyers, [(m.buyer, m.slot) for m in kept])
        self.suppliers = self._free(
            problem.suppliers, self.had_suppliers, [(m.supplier, m.slot) for m in kept]
        )

    def _free(
        self, people: Iterable[Person], had: Mapping[int, int], busy: Iterable[tuple[int, int]]
    ) -> dict[int, frozenset[int]]:
        away: dict[int, set[int]] = defaultdict(set)
        for key, slot in busy:
            away[key].add(slot)
        places = frozenset(slot for slot, tables in self.tables.items() if tables > 0)
        return {
            person.key: (person.free - away[person.key]) & places
            if person.most is None or had[person.key] < person.most
            else frozenset()
            for person in people
        }

    def common(self, pair: Pair) -> frozenset[int]:
        return frozenset() if pair in self.met else self.buyers[pair[0]] & self.suppliers[pair[1]]

    def periods(self, *, together: bool = True) -> list[Period]:
        """The slots grouped by who is there; each alone where not `together`."""
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for slot, tables in self.tables.items():
            if tables > 0:
                buyers = frozenset(key for key, free in self.buyers.items() if slot in free)
                suppliers = frozenset(key for key, free in self.suppliers.items() if slot in free)
                alike[(tables, buyers, suppliers, None if together else slot)].append(slot)
        return [
            Period(tuple(slots), tables, buyers, suppliers)  # type: ignore[arg-type]
            for (tables, buyers, suppliers, _), slots in alike.items()
        ]


@dataclass(frozen=True)
class Rows:
    """`matrix` @ columns <= `most`, in whole numbers."""

    matrix: sparse.csr_array
    most: Numbers

    @classmethod
    def grouped(cls, groups: Numbers, most: Mapping[int, int]) -> Rows:
        """One row for each group of columns that could exceed its limit; without an entry there is none."""
        found, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
        wanted = [
            row
            for row, (group, size) in enumerate(zip(found, sizes, strict=True))
            if size > most.get(int(group), size)
        ]
        chosen = np.full(len(found), -1)
        chosen[wanted] = np.arange(len(wanted))
        there = np.flatnonzero(chosen[inverse] >= 0)
        matrix = sparse.csr_array(
            (np.ones(len(there), dtype=np.int64), (chosen[inverse[there]], there)),
            shape=(len(wanted), len(groups)),
        )
        return cls(matrix, np.array([most[int(found[row])] for row in wanted], dtype=np.int64))

    def __add__(self, other: Rows) -> Rows:
        stacked = sparse.vstack([self.matrix, other.matrix], format="csr")
        return Rows(sparse.csr_array(stacked), np.concatenate([self.most, other.most]))


class Columns:
    """Every meeting that could be, pair by period, with what it is worth."""

    def __init__(self, room: Room, *, together: bool = True) -> None:
        self.room = room
        self.periods = room.periods(together=together)
        self.pairs: list[Pair] = []
        found: list[tuple[int, int, int, int, int]] = []
        for wish in room.problem.wishes:
            if common := room.common(wish.pair):
                found += [
                    (len(self.pairs), at, wish.buyer, wish.supplier, wish.weight)
                    for at, period in enumerate(self.periods)
                    if period.slots[0] in common
                ]
                self.pairs.append(wish.pair)
        table = np.array(found, dtype=np.int64).reshape(-1, 5)
        self.pair, self.period, self.buyer, self.supplier, self.weight = table.T

    def __len__(self) -> int:
        return len(self.pair)

    @cached_property
    def rules(self) -> Rows:
        """A pair once; one meeting a slot for each person; the tables of a period; nobody more than they want."""
        every = len(self.periods)
        length = {at: len(period.slots) for at, period in enumerate(self.periods)}
        buyers, suppliers = self.buyer * every + self.period, self.supplier * every + self.period
        return (
            Rows.grouped(self.pair, dict.fromkeys(range(len(self.pairs)), 1))
            + Rows.grouped(buyers, {int(group): length[int(group) % every] for group in np.unique(buyers)})
            + Rows.grouped(
                suppliers, {int(group): length[int(group) % every] for group in np.unique(suppliers)}
            )
            + Rows.grouped(
                self.period, {at: len(period.slots) * period.tables for at, period in enumerate(self.periods)}
            )
            + Rows.grouped(self.buyer, wanted(self.room.problem.buyers, self.room.had_buyers))
            + Rows.grouped(self.supplier, wanted(self.room.problem.suppliers, self.room.had_suppliers))
        )

    def floored(self, floor: int) -> Rows | None:
        """The rules, and that each person who could have a meeting has `floor` of them, kept ones included.

        Behind the columns of the meetings stands one for each person: 1 says that they have more than `floor`. None
        where somebody cannot have as many.
        """
        keys, rows, persons = [], [], []
        behind = 0
        for column, had, reachable in (
            (self.buyer, self.room.had_buyers, self.reachable[0]),
            (self.supplier, self.room.had_suppliers, self.reachable[1]),
        ):
            there = set(column.tolist())
            if any(had[key] < floor for key in reachable - there):
                return None
            owed = sorted(key for key in there if had[key] <= floor)
            picked = np.flatnonzero(np.isin(column, owed))
            keys.append(picked)
            rows.append(np.searchsorted(owed, column[picked]) + behind)
            persons += [floor - had[key] for key in owed]
            behind += len(owed)
        meetings = sparse.csr_array(
            (np.full(sum(map(len, keys)), -1, dtype=np.int64), (np.concatenate(rows), np.concatenate(keys))),
            shape=(behind, len(self)),
        )
        more = sparse.eye_array(behind, dtype=np.int64)
        matrix = sparse.block_array([[self.rules.matrix, None], [meetings, more]], format="csr")
        return Rows(matrix, np.concatenate([self.rules.most, -np.array(persons, dtype=np.int64)]))

    @cached_property
    def reachable(self) -> tuple[set[int], set[int]]:
        """Buyers and suppliers who could have a meeting that is wished for, or have one among those kept."""
        kept = [meeting for meeting in self.room.kept if meeting.pair in self.room.problem.weights]
        return (
            set(self.buyer.tolist()) | {meeting.buyer for meeting in kept},
            set(self.supplier.tolist()) | {meeting.supplier for meeting in kept},
        )

    def highest_floor(self) -> int:
        """A floor that no plan exceeds, by counting: each person's slots and partners, and all the tables."""
        room, problem = self.room, self.room.problem
        if not any(self.reachable):
            return 0
        places = sum(len(period.slots) * period.tables for period in self.periods)
        floors = []
        for keys, other, had, reachable, people in (
            (self.buyer, self.supplier, room.had_buyers, self.reachable[0], problem.buyer),
            (self.supplier, self.buyer, room.had_suppliers, self.reachable[1], problem.supplier),
        ):
            partners = Counter(key for key, _ in {*zip(keys.tolist(), other.tolist(), strict=True)})
            during = Counter[int]()
            for key, at in {*zip(keys.tolist(), self.period.tolist(), strict=True)}:
                during[key] += len(self.periods[at].slots)
            for key in reachable:
                most = people[key].most
                could = had[key] + min(partners[key], during[key])
                floors.append(could if most is None else min(could, most))
            floor = min(floors)
            while floor and sum(max(0, floor - had[key]) for key in reachable) > places:
                floor -= 1
            floors.append(floor)
        return min(floors)


def wanted(people: Iterable[Person], had: Mapping[int, int]) -> dict[int, int]:
    return {person.key: person.most - had[person.key] for person in people if person.most is not None}
