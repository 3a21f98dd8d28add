"""Why a wish is not met: facts about the finished plan, each of which anybody can check on it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from .problem import Meeting, Person, Problem, Unmet, Why, Wish


def unmet(problem: Problem, meetings: Iterable[Meeting], start: int = 0) -> tuple[Unmet, ...]:
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
        if reached(self.problem.buyer[wish.buyer], buyers):
            return Why.BUYER_LIMIT
        if reached(self.problem.supplier[wish.supplier], suppliers):
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


def reached(person: Person, slots: set[int]) -> bool:
    return person.most is not None and len(slots) >= person.most
