"""A day as a linear programme: the best choice of meetings, and a bound that no choice exceeds.

A column stands for each meeting that could be, a row for each rule. Slots in which the same people are present and the
same number of tables is left are one *period*: the programme says in which period a pair meets, `seating.spread_pairs`
then in which of its slots. Where people come by half-days, a day of twenty slots is three or four periods.

The linear relaxation of such a day is nearly always whole already, and solved in hundredths of a second. Where it is
not, part of it is taken as said and the rest relaxed again; only where that is not good enough is it branched on. The
one limit is a count (of nodes), never seconds: the same day gives the same plan on any machine.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from marketplace.events.scheduling.problem import Meeting, Pair, Person, Problem

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
            + Rows.grouped(self.buyer, limits_of_people(self.room.problem.buyers, self.room.had_buyers))
            + Rows.grouped(
                self.supplier, limits_of_people(self.room.problem.suppliers, self.room.had_suppliers)
            )
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


def limits_of_people(people: Iterable[Person], had: Mapping[int, int]) -> dict[int, int]:
    return {person.key: person.most - had[person.key] for person in people if person.most is not None}


NODES = 200
PLUNGES = (0.25, 0.08)  # of what is half said, at a time: the less, the surer and the slower
UNIT = 1 << 20  # prices of the bound are whole multiples of 1 / UNIT
WHOLE = 1e-6
INFEASIBLE = 2


@dataclass(frozen=True)
class Choice:
    """The columns chosen (None: none found), and the bound; `impossible` where the rules contradict each other."""

    chosen: NDArray[np.bool_] | None
    bound: int
    impossible: bool = False


def best_choice(weights: Numbers, rows: Rows, *, enough: float = 1.0) -> Choice:
    """The heaviest choice that keeps the rules; content with `enough` (a share) of the bound."""
    if not len(weights):
        return Choice(np.zeros(0, dtype=bool), 0)
    relaxed = linprog(-weights, A_ub=rows.matrix, b_ub=rows.most, bounds=(0, 1), method="highs-ds")
    if relaxed.status == INFEASIBLE:
        return Choice(None, 0, impossible=True)
    if relaxed.status != 0:
        return Choice(None, int(weights.sum()))
    bound = proven_bound(weights, rows, -relaxed.ineqlin.marginals)
    found: NDArray[np.bool_] | None = None
    if (np.abs(relaxed.x - relaxed.x.round()) < WHOLE).all():
        whole = relaxed.x > 0.5
        if keeps_rows(whole, rows):
            return Choice(whole, bound)
    for plunge in PLUNGES:
        other = dive_to_choice(weights, rows, relaxed.x, plunge)
        if other is not None and (found is None or weights[other].sum() > weights[found].sum()):
            found = other
        if found is not None and weights[found].sum() >= enough * bound:
            return Choice(found, bound)
    branched = milp(
        -weights,
        constraints=LinearConstraint(rows.matrix, -np.inf, rows.most),
        integrality=np.ones(len(weights)),
        bounds=Bounds(0, 1),
        options={"node_limit": NODES, "mip_rel_gap": (1 - enough) / 2},
    )
    if branched.status == INFEASIBLE:
        return Choice(None, 0, impossible=True)
    if branched.x is not None:
        bound = min(bound, int(np.floor(-branched.mip_dual_bound + WHOLE)))
        other = branched.x > 0.5
        if keeps_rows(other, rows) and (found is None or weights[other].sum() > weights[found].sum()):
            found = other
    return Choice(found, bound)


def dive_to_choice(
    weights: Numbers, rows: Rows, relaxed: NDArray[np.float64], plunge: float
) -> NDArray[np.bool_] | None:
    """A whole choice near the relaxed one: take what it says wholly and some of what it half says; relax the rest again.

    None where that ends nowhere.
    """
    columns = sparse.csc_array(rows.matrix)
    chosen = relaxed > 1 - WHOLE
    while len(halves := np.flatnonzero((relaxed > WHOLE) & ~chosen)):
        room = rows.most - rows.matrix @ chosen.astype(np.int64)
        wanted = max(1, int(relaxed[halves].sum() * plunge))
        for column in halves[np.argsort(-relaxed[halves], kind="stable")]:
            entries = slice(columns.indptr[column], columns.indptr[column + 1])
            where, takes = columns.indices[entries], columns.data[entries]
            if wanted and (room[where[takes > 0]] > 0).all():
                chosen[column] = True
                room[where] -= takes
                wanted -= 1
        rest = np.flatnonzero(~chosen)
        again = linprog(
            -weights[rest], A_ub=rows.matrix[:, rest], b_ub=room, bounds=(0, 1), method="highs-ds"
        )
        if again.status != 0:
            return None
        relaxed = chosen.astype(float)
        relaxed[rest] = again.x
        chosen |= relaxed > 1 - WHOLE
    return chosen if keeps_rows(chosen, rows) else None


def keeps_rows(chosen: NDArray[np.bool_], rows: Rows) -> bool:
    return bool((rows.matrix @ chosen.astype(np.int64) <= rows.most).all())


def proven_bound(weights: Numbers, rows: Rows, prices: NDArray[np.float64]) -> int:
    """What no choice exceeds, given a price for each row, computed in whole numbers.

    For prices p >= 0 and any choice x in [0, 1] with `matrix @ x <= most`:
    weights @ x <= p @ most + (weights - p @ matrix) @ x <= p @ most + sum of the positive (weights - p @ matrix).
    Good prices (the solver's) make it tight; bad ones would make it high, never wrong.
    """
    whole = np.maximum(np.rint(prices * UNIT), 0).astype(np.int64)
    rest = weights * UNIT - sparse.csr_array(rows.matrix.T) @ whole
    due = sum(price * most for price, most in zip(whole.tolist(), rows.most.tolist(), strict=True))
    return (due + sum(rest[rest > 0].tolist())) // UNIT
