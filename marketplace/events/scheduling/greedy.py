"""Places given out one by one: whoever has least is served first, with what they want most.

Fills what an optimum left, and stands in where none was found.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from .columns import Room
from .problem import Pair, Wish


def filled(room: Room, slots: Mapping[Pair, int]) -> dict[Pair, int]:
    """These meetings, and as many wishes more as find a place beside them and those that the room keeps."""
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
