"""The smallest groups of enterprises that together cover a notice. Pure: data in, groups and who brings what out.

A notice asks for parts (its lots, or its codes; where to deliver) and for a capacity in dollars. The best group leaves the
fewest parts uncovered, then reaches the capacity if any group can, then is the smallest; among equals, the one with the
most capacity, then by name. With up to `EXACT` candidates every group of up to `LARGEST` is looked at, so the answer is
exact; beyond, only the candidates that bring most are, and it is the best among those.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

#: Members of a group at most: larger ones are hard to hold together.
LARGEST = 6
#: Candidates up to which every group is looked at (2,510 groups for 12, some 14,900 for 16); of more, as many are kept.
EXACT = 16
SHOWN = 3
#: How long a cover is looked for among many, in steps of some microseconds.
STEPS = 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An enterprise that wishes to answer with others. `covers` are keys of parts; `capacity` dollars, 0 if unknown."""

    key: int
    name: str
    covers: frozenset[str]
    capacity: int = 0


@dataclass(frozen=True, slots=True)
class Share:
    """What one member brings: all the parts that it covers, and those that nobody else of the group does."""

    candidate: Candidate
    brings: tuple[str, ...]
    alone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A group, its first member first. `missing` parts nobody of it covers; `short` dollars of capacity lack."""

    shares: tuple[Share, ...]
    missing: tuple[str, ...]
    capacity: int
    short: int

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(share.candidate.key for share in self.shares)


def propose_groups(
    parts: Sequence[str], amount: int, first: Candidate, others: Iterable[Candidate]
) -> list[Proposal]:
    """The best groups around `first`, at most `SHOWN`, none with a member that it could do without.

    `amount` 0: unknown, any capacity will do. A group of `first` alone says that it covers everything by itself.
    """
    bit = {part: 1 << place for place, part in enumerate(parts)}
    own = _mask(first, bit)
    useful = [one for one in others if one.key != first.key and (_mask(one, bit) & ~own or one.capacity)]
    kept = _those_that_bring_most(useful, bit, own)
    masks = [_mask(one, bit) for one in kept]
    best: tuple[int, int] | None = None
    found: list[tuple[Candidate, ...]] = []
    for size in range(min(LARGEST - 1, len(kept)) + 1):
        for places in combinations(range(len(kept)), size):
            covered, capacity = own, first.capacity
            for place in places:
                covered |= masks[place]
                capacity += kept[place].capacity
            worth = (len(parts) - covered.bit_count(), int(capacity < amount))
            if best is None or worth < best:
                best, found = worth, []
            elif worth > best or (found and len(found[0]) < size):
                continue
            found.append(tuple(kept[place] for place in places))
        if best == (0, 0):
            break
    found.sort(key=lambda group: (-sum(one.capacity for one in group), [one.name for one in group]))
    return [_proposal(parts, amount, (first, *group)) for group in found[:SHOWN]]


def _mask(candidate: Candidate, bit: dict[str, int]) -> int:
    mask = 0
    for part in candidate.covers:
        mask |= bit.get(part, 0)
    return mask


def _those_that_bring_most(useful: list[Candidate], bit: dict[str, int], own: int) -> list[Candidate]:
    """All of them, or the `EXACT` best: a small group that covers all where one is found soon, then for each lacking part
    whoever covers most, then the largest."""
    lacking = sum(bit.values()) & ~own
    ordered = sorted(
        useful, key=lambda one: (-(_mask(one, bit) & lacking).bit_count(), -one.capacity, one.name, one.key)
    )
    if len(ordered) <= EXACT:
        return ordered
    best_of: dict[int, Candidate] = {}  # of those who bring the same, the largest
    for one in ordered:
        best_of.setdefault(_mask(one, bit) & lacking, one)
    masks = [mask for mask in best_of if mask]
    cover: list[int] | None = None
    for size in range(1, LARGEST):
        cover = _find_cover(masks, lacking, size, [STEPS])
        if cover is not None:
            break
    kept = {best_of[mask].key: best_of[mask] for mask in cover or ()}
    for part in bit.values():
        if part & lacking and (brings := next((mask for mask in masks if mask & part), 0)):
            kept.setdefault(best_of[brings].key, best_of[brings])
    for one in [*sorted(ordered, key=lambda one: -one.capacity)[:3], *ordered]:
        if len(kept) < EXACT:
            kept.setdefault(one.key, one)
    return [one for one in ordered if one.key in kept]


def _find_cover(masks: list[int], lacking: int, size: int, steps: list[int]) -> list[int] | None:
    """At most `size` of the masks that together hold all that is lacking; None where there are none, or the steps ran out."""
    if not lacking:
        return []
    steps[0] -= 1
    if not size or steps[0] < 0:
        return None
    most = max(((mask & lacking).bit_count() for mask in masks), default=0)
    if lacking.bit_count() > size * most:
        return None
    rarest = min(
        (1 << place for place in range(lacking.bit_length()) if lacking >> place & 1),
        key=lambda part: sum(bool(mask & part) for mask in masks),
    )
    for mask in masks:
        if mask & rarest and (rest := _find_cover(masks, lacking & ~mask, size - 1, steps)) is not None:
            return [mask, *rest]
    return None


def _proposal(parts: Sequence[str], amount: int, group: tuple[Candidate, ...]) -> Proposal:
    shares = []
    for one in group:
        by_others = frozenset().union(*(other.covers for other in group if other.key != one.key))
        brings = tuple(part for part in parts if part in one.covers)
        shares.append(Share(one, brings, tuple(part for part in brings if part not in by_others)))
    covered = frozenset().union(*(one.covers for one in group))
    capacity = sum(one.capacity for one in group)
    return Proposal(
        tuple(shares),
        tuple(part for part in parts if part not in covered),
        capacity,
        max(0, amount - capacity),
    )
