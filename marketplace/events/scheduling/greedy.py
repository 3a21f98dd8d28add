"""A first plan, quickly: whoever has least is served first, with what they want most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from .problem import Meeting, Pair, Problem


def filled(problem: Problem, kept: Iterable[Meeting] = ()) -> dict[Pair, int]:
    """A slot for as many wishes as this finds place for, beside the meetings kept."""
    slots = {meeting.pair: meeting.slot for meeting in kept}
    tables = Counter(slots.values())
    busy: dict[str, dict[int, set[int]]] = {"buyer": defaultdict(set), "supplier": defaultdict(set)}
    for (buyer, supplier), slot in slots.items():
        busy["buyer"][buyer].add(slot)
        busy["supplier"][supplier].add(slot)

    def place(pair: Pair) -> int | None:
        buyer, supplier = problem.buyer[pair[0]], problem.supplier[pair[1]]
        theirs, its = busy["buyer"][pair[0]], busy["supplier"][pair[1]]
        if pair in slots or full(buyer.most, theirs) or full(supplier.most, its):
            return None
        could = [slot for slot in buyer.free & supplier.free if tables[slot] < problem.tables]
        return min(
            (slot for slot in could if slot not in theirs and slot not in its),
            key=lambda slot: (tables[slot], slot),
            default=None,
        )

    waiting = list(problem.wishes)
    while waiting:
        waiting.sort(
            key=lambda wish: (
                min(len(busy["buyer"][wish.buyer]), len(busy["supplier"][wish.supplier])),
                -wish.weight,
                wish.pair,
            )
        )
        left = []
        served: set[tuple[str, int]] = set()  # once each in a round
        moved = False
        for wish in waiting:
            if ("buyer", wish.buyer) in served or ("supplier", wish.supplier) in served:
                left.append(wish)
            elif (slot := place(wish.pair)) is not None:
                slots[wish.pair] = slot
                tables[slot] += 1
                busy["buyer"][wish.buyer].add(slot)
                busy["supplier"][wish.supplier].add(slot)
                served |= {("buyer", wish.buyer), ("supplier", wish.supplier)}
                moved = True
        waiting = left if moved else []
    return slots


def full(most: int | None, slots: set[int]) -> bool:
    return most is not None and len(slots) >= most
