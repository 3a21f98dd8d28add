"""From periods to slots: the meetings of a period spread over its slots, nobody twice in one, no slot over its tables.

König: where nobody has more meetings than there are slots, this can always be done, by exchanging two slots along a
chain of meetings. Chains also level the slots out, so that none holds more than its tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from .problem import Pair

Node = tuple[bool, int]  # a buyer (True) or a supplier, and the key


def spread(pairs: Iterable[Pair], slots: int, tables: int) -> dict[Pair, int]:
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
            exchange(at[first], at[second], chain(at[first], at[second], supplier))
        put(at[first], pair)
    level(at, tables)
    return {pair: slot for slot, meetings in enumerate(at) for pair in meetings.values()}


def level(at: list[dict[Node, Pair]], tables: int) -> None:
    while True:
        fullest = max(range(len(at)), key=lambda slot: len(at[slot]))
        if len(at[fullest]) <= 2 * tables:  # each meeting stands there under both of its people
            return
        emptiest = min(range(len(at)), key=lambda slot: len(at[slot]))
        many, few = at[fullest], at[emptiest]
        for node in sorted(many):
            if node not in few and len(links := chain(many, few, node)) % 2:
                exchange(many, few, links)  # one more of `many` than of `few` in this chain
                break


def chain(first: dict[Node, Pair], second: dict[Node, Pair], start: Node) -> list[Pair]:
    """The meetings met by going from `start`, in `first` and `second` by turns."""
    found: list[Pair] = []
    here, there = first, second
    node = start
    while (pair := here.get(node)) is not None:
        found.append(pair)
        node = (False, pair[1]) if node[0] else (True, pair[0])
        here, there = there, here
    return found


def exchange(first: dict[Node, Pair], second: dict[Node, Pair], links: list[Pair]) -> None:
    """The pairs of a chain that begins in `first` change sides."""
    for position, pair in enumerate(links):
        take(second if position % 2 else first, pair)
    for position, pair in enumerate(links):
        put(first if position % 2 else second, pair)


def put(slot: dict[Node, Pair], pair: Pair) -> None:
    slot[(True, pair[0])] = slot[(False, pair[1])] = pair


def take(slot: dict[Node, Pair], pair: Pair) -> None:
    del slot[(True, pair[0])], slot[(False, pair[1])]
