"""Which table a meeting is at, once its slot is known: buyers stay where they are as far as the others let them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .problem import Meeting, Pair, Problem


def seated(problem: Problem, slots: Mapping[Pair, int], kept: Iterable[Meeting] = ()) -> tuple[Meeting, ...]:
    """The meetings with their tables, in order of slot and table. `kept` meetings are among `slots` and stay put.

    Slot by slot, a buyer takes the table of their last meeting, or else the free one that the fewest others lay claim
    to; buyers with a claim are served first.
    """
    fixed = {meeting.pair: meeting for meeting in kept}
    by_slot: dict[int, list[Pair]] = defaultdict(list)
    for pair, slot in slots.items():
        by_slot[slot].append(pair)
    last: dict[int, int] = {}
    for meeting in sorted(fixed.values(), key=lambda meeting: meeting.slot, reverse=True):
        last[meeting.buyer] = meeting.table
    found: list[Meeting] = []
    for slot in sorted(by_slot):
        pairs = sorted(by_slot[slot])
        here = {pair: fixed[pair].table for pair in pairs if pair in fixed}
        taken = set(here.values())
        waiting = []
        for pair in pairs:
            if pair in here:
                continue
            table = last.get(pair[0])
            if table is None or table in taken:
                waiting.append(pair)
            else:
                here[pair] = table
                taken.add(table)
        claims = list(last.values())
        for pair in waiting:
            table = min(set(range(problem.tables)) - taken, key=lambda table: (claims.count(table), table))
            here[pair] = table
            taken.add(table)
        for pair, table in here.items():
            last[pair[0]] = table
            found.append(Meeting(*pair, slot, table))
    return tuple(sorted(found, key=lambda meeting: (meeting.slot, meeting.table)))
