"""Small days of meetings for the scheduler's tests, and the best of them found by trying everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st

from marketplace.events.scheduling import Meeting, Person, Problem, Wish
from marketplace.events.scheduling.solver import solve_day

Pair = tuple[int, int]


@st.composite
def problems(draw, people: int = 3, slots: int = 3, weights: int = 5, with_fixed: bool = True) -> Problem:
    """Any day, at most this large; with meetings that already stand, half the time."""
    slots = draw(st.integers(1, slots))

    def side() -> tuple[Person, ...]:
        return tuple(
            Person(
                key,
                draw(st.frozensets(st.integers(0, slots - 1))),
                draw(st.one_of(st.none(), st.integers(0, 2))),
            )
            for key in range(draw(st.integers(0, people)))
        )

    buyers, suppliers = side(), side()
    pairs = [(buyer.key, supplier.key) for buyer in buyers for supplier in suppliers]
    wished = draw(st.sets(st.sampled_from(pairs))) if pairs else set()
    problem = Problem(
        slots=slots,
        tables=draw(st.integers(1, 3)),
        buyers=buyers,
        suppliers=suppliers,
        wishes=tuple(Wish(*pair, draw(st.integers(1, weights))) for pair in sorted(wished)),
    )
    if with_fixed and draw(st.booleans()) and (meetings := solve_day(problem).meetings):
        fixed = draw(st.sets(st.sampled_from(meetings), max_size=2))
        unasked = {meeting.pair for meeting in fixed if draw(st.booleans())}  # staff wanted it, nobody asked
        problem = Problem(
            problem.slots,
            problem.tables,
            buyers,
            suppliers,
            tuple(wish for wish in problem.wishes if wish.pair not in unasked),
            tuple(sorted(fixed)),
        )
    return problem


def every_day(problem: Problem, pairs: list[Pair], standing: Mapping[Pair, int]) -> Iterator[dict[Pair, int]]:
    """Every way to give slots to some of these pairs beside the meetings that stand."""
    slots = dict(standing)
    busy = Counter((side, pair[side], slot) for pair, slot in slots.items() for side in (0, 1))
    had = Counter((side, pair[side]) for pair in slots for side in (0, 1))
    tables = Counter(slots.values())

    def most(pair: Pair, side: int) -> int:
        person = (problem.buyer if side == 0 else problem.supplier)[pair[side]]
        return problem.slots if person.most is None else person.most

    def further(at: int) -> Iterator[dict[Pair, int]]:
        if at == len(pairs):
            yield dict(slots)
            return
        yield from further(at + 1)
        pair = pairs[at]
        if pair in slots or any(had[side, pair[side]] >= most(pair, side) for side in (0, 1)):
            return
        for slot in sorted(problem.common(pair)):
            if tables[slot] < problem.tables and not any(busy[side, pair[side], slot] for side in (0, 1)):
                changes = [(busy, (side, pair[side], slot)) for side in (0, 1)]
                changes += [(had, (side, pair[side])) for side in (0, 1)]
                for counter, key in [*changes, (tables, slot)]:
                    counter[key] += 1
                slots[pair] = slot
                yield from further(at + 1)
                del slots[pair]
                for counter, key in [*changes, (tables, slot)]:
                    counter[key] -= 1

    yield from further(0)


def reachable(problem: Problem) -> set[tuple[int, int]]:
    """Who could have a meeting that is wished for beside the fixed ones, by trying each wish alone."""
    standing = {meeting.pair: meeting.slot for meeting in problem.fixed}
    return {
        (side, wish.pair[side])
        for wish in problem.wishes
        if wish.pair in standing or any(wish.pair in day for day in every_day(problem, [wish.pair], standing))
        for side in (0, 1)
    }


def worth(problem: Problem, slots: Mapping[Pair, int], people: set[tuple[int, int]]) -> tuple[int, int, int]:
    """The floor, the weight of the wishes met, and how many people are above the floor."""
    counted = Counter((side, pair[side]) for pair in slots for side in (0, 1))
    floor = min((counted[who] for who in people), default=0)
    value = sum(problem.weights.get(pair, 0) for pair in slots)
    return floor, value, sum(counted[who] > floor for who in people)


def best_by_trying(problem: Problem) -> tuple[int, int, int]:
    standing = {meeting.pair: meeting.slot for meeting in problem.fixed}
    people = reachable(problem)
    return max(worth(problem, day, people) for day in every_day(problem, sorted(problem.weights), standing))


def slots_of(meetings: tuple[Meeting, ...]) -> dict[Pair, int]:
    return {meeting.pair: meeting.slot for meeting in meetings}
