"""What a day of meetings is asked (`Problem`), what it becomes (`Plan`), and why a wish is not met: plain data.

Slots are numbered from 0 to `slots` - 1, tables from 0 to `tables` - 1. Keys are the caller's; a buyer and a supplier
may bear the same one.
"""

from __future__ import annotations

import enum
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

HEAVIEST = 1_000_000  # the solver counts in floating point: what is far larger would drown what is small


@dataclass(frozen=True, slots=True)
class Person:
    """Someone on either side: when they are present, and how many meetings they want at most."""

    key: int
    free: frozenset[int]
    most: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "free", frozenset(self.free))
        if self.most is not None and self.most < 0:
            raise ValueError(f"person {self.key} wants {self.most} meetings at most: 0 or more was expected")


@dataclass(frozen=True, slots=True)
class Wish:
    """A buyer and a supplier who would meet; the higher the weight, the more it is wanted."""

    buyer: int
    supplier: int
    weight: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.weight <= HEAVIEST:
            raise ValueError(
                f"the wish of buyer {self.buyer} and supplier {self.supplier} weighs {self.weight}: "
                f"1 to {HEAVIEST} was expected"
            )

    @property
    def pair(self) -> Pair:
        return self.buyer, self.supplier


@dataclass(frozen=True, slots=True, order=True)
class Meeting:
    buyer: int
    supplier: int
    slot: int
    table: int

    @property
    def pair(self) -> Pair:
        return self.buyer, self.supplier


Pair = tuple[int, int]  # buyer, supplier
Absent = tuple[Literal["buyer", "supplier"], int]  # a side and a key


@dataclass(frozen=True)
class Problem:
    """A day to fill. ValueError, with a sentence, where it contradicts itself.

    `fixed` meetings stand as they are, whether wished or not.
    """

    slots: int
    tables: int
    buyers: tuple[Person, ...]
    suppliers: tuple[Person, ...]
    wishes: tuple[Wish, ...]
    fixed: tuple[Meeting, ...] = ()

    def __post_init__(self) -> None:
        for name in ("buyers", "suppliers", "wishes", "fixed"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        if self.slots < 1 or self.tables < 1:
            raise ValueError(f"a day needs a slot and a table: {self.slots} slots, {self.tables} tables")
        self._check_people("buyer", self.buyers)
        self._check_people("supplier", self.suppliers)
        repeated = [pair for pair, times in Counter(wish.pair for wish in self.wishes).items() if times > 1]
        if repeated:
            buyer, supplier = repeated[0]
            raise ValueError(f"the wish of buyer {buyer} and supplier {supplier} is there more than once")
        for wish in self.wishes:
            self._check_known(wish.buyer, wish.supplier, "a wish")
        if wrong := broken_rules(self, self.fixed):
            raise ValueError(f"fixed meetings: {wrong[0]}")

    def _check_people(self, side: str, people: tuple[Person, ...]) -> None:
        repeated = [key for key, times in Counter(person.key for person in people).items() if times > 1]
        if repeated:
            raise ValueError(f"{side} {repeated[0]} is there more than once")
        for person in people:
            if outside := sorted(slot for slot in person.free if not 0 <= slot < self.slots):
                raise ValueError(
                    f"{side} {person.key} is free in slot {outside[0]}: slots go from 0 to {self.slots - 1}"
                )

    def _check_known(self, buyer: int, supplier: int, what: str) -> None:
        if buyer not in self.buyer:
            raise ValueError(f"{what} names buyer {buyer}, who is not there")
        if supplier not in self.supplier:
            raise ValueError(f"{what} names supplier {supplier}, who is not there")

    @cached_property
    def buyer(self) -> Mapping[int, Person]:
        return {person.key: person for person in self.buyers}

    @cached_property
    def supplier(self) -> Mapping[int, Person]:
        return {person.key: person for person in self.suppliers}

    @cached_property
    def weights(self) -> Mapping[Pair, int]:
        return {wish.pair: wish.weight for wish in self.wishes}

    def common(self, pair: Pair) -> frozenset[int]:
        """The slots in which both are present."""
        return self.buyer[pair[0]].free & self.supplier[pair[1]].free

    def value(self, meetings: Iterable[Meeting]) -> int:
        """The total weight of the wishes that these meetings meet."""
        return sum(self.weights.get(meeting.pair, 0) for meeting in meetings)


class Why(enum.StrEnum):
    """Why a wish is not met, as a fact about the plan. The first that is true, in this order."""

    NO_COMMON_SLOT = "no_common_slot"  # they are never present together
    BUYER_LIMIT = "buyer_limit"  # the buyer has as many meetings as they want
    SUPPLIER_LIMIT = "supplier_limit"
    BUYER_FULL = "buyer_full"  # the buyer has another meeting in each slot that they share
    SUPPLIER_FULL = "supplier_full"
    BOTH_TAKEN = "both_taken"  # in each slot that they share, one of them has another meeting
    TABLES_FULL = "tables_full"  # whenever both could, every table is taken


@dataclass(frozen=True, slots=True)
class Unmet:
    buyer: int
    supplier: int
    why: Why


@dataclass(frozen=True)
class Plan:
    """A day filled. No plan with the same floor is worth more than `bound`, and none has a higher floor than `floor_bound`.

    `worst_served` is the floor: the fewest meetings of anybody who could have one (`reachable`).
    """

    meetings: tuple[Meeting, ...]
    unmet: tuple[Unmet, ...]
    value: int
    bound: int
    worst_served: int
    floor_bound: int = field(default=0)

    @property
    def share(self) -> float:
        """How much of what is possible this plan is proven to reach, 0 to 1."""
        return self.value / self.bound if self.bound else 1.0


def broken_rules(problem: Problem, meetings: Collection[Meeting]) -> list[str]:
    """Every rule of a day that these meetings break, as sentences; none for a good plan."""
    wrong: list[str] = []
    for meeting in meetings:
        try:
            problem._check_known(meeting.buyer, meeting.supplier, "a meeting")
        except ValueError as error:
            wrong.append(str(error))
            continue
        if not 0 <= meeting.slot < problem.slots:
            wrong.append(f"slot {meeting.slot} does not exist")
        elif meeting.slot not in problem.buyer[meeting.buyer].free:
            wrong.append(f"buyer {meeting.buyer} is not present in slot {meeting.slot}")
        elif meeting.slot not in problem.supplier[meeting.supplier].free:
            wrong.append(f"supplier {meeting.supplier} is not present in slot {meeting.slot}")
        if not 0 <= meeting.table < problem.tables:
            wrong.append(f"table {meeting.table} does not exist")
    for sentence, keys in (
        ("buyer {0} has two meetings in slot {1}", [(m.buyer, m.slot) for m in meetings]),
        ("supplier {0} has two meetings in slot {1}", [(m.supplier, m.slot) for m in meetings]),
        ("table {0} has two meetings in slot {1}", [(m.table, m.slot) for m in meetings]),
        ("buyer {0} and supplier {1} meet twice", [m.pair for m in meetings]),
    ):
        wrong += [sentence.format(*key) for key, times in Counter(keys).items() if times > 1]
    for side, people, counted in (
        ("buyer", problem.buyer, Counter(m.buyer for m in meetings)),
        ("supplier", problem.supplier, Counter(m.supplier for m in meetings)),
    ):
        for key, times in counted.items():
            if key in people and (most := people[key].most) is not None and times > most:
                wrong.append(f"{side} {key} has {times} meetings and wants {most} at most")
    return wrong


def unmet_wishes(problem: Problem, meetings: Iterable[Meeting], start: int = 0) -> tuple[Unmet, ...]:
    """A reason for each wish without a meeting, in the order of the wishes; slots before `start` are past."""
    return Reasons(problem, tuple(meetings), start).all()


class Reasons:
    def __init__(self, problem: Problem, meetings: tuple[Meeting, ...], start: int) -> None:
        self.problem = problem
        self.to_come = frozenset(range(start, problem.slots))
        self.met = {meeting.pair for meeting in meetings}
        self.tables = Counter(meeting.slot for meeting in meetings)
        self.buyers: dict[int, set[int]] = defaultdict(set)
        self.suppliers: dict[int, set[int]] = defaultdict(set)
        for meeting in meetings:
            self.buyers[meeting.buyer].add(meeting.slot)
            self.suppliers[meeting.supplier].add(meeting.slot)

    def all(self) -> tuple[Unmet, ...]:
        return tuple(
            Unmet(wish.buyer, wish.supplier, self.why(wish))
            for wish in self.problem.wishes
            if wish.pair not in self.met
        )

    def why(self, wish: Wish) -> Why:
        common = self.problem.common(wish.pair) & self.to_come
        buyers, suppliers = self.buyers[wish.buyer], self.suppliers[wish.supplier]
        if not common:
            return Why.NO_COMMON_SLOT
        if has_reached_limit(self.problem.buyer[wish.buyer], buyers):
            return Why.BUYER_LIMIT
        if has_reached_limit(self.problem.supplier[wish.supplier], suppliers):
            return Why.SUPPLIER_LIMIT
        if common <= buyers:
            return Why.BUYER_FULL
        if common <= suppliers:
            return Why.SUPPLIER_FULL
        both_could = common - buyers - suppliers
        if not both_could:
            return Why.BOTH_TAKEN
        if any(self.tables[slot] < self.problem.tables for slot in both_could):
            raise RuntimeError(f"a table was left free for {wish}")  # the plan was not filled up
        return Why.TABLES_FULL


def has_reached_limit(person: Person, slots: set[int]) -> bool:
    return person.most is not None and len(slots) >= person.most
