"""How much a meeting is worth to the scheduler, from the ranks that people gave. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

Pair = tuple[int, int]  # participations: buyer, supplier

FIRST, STEP, LEAST = 20, 2, 4  # rank 1 is worth 20, rank 2 is worth 18…, never less than 4
BOTH = 10  # both wish it
FILLS = 1  # nobody asked: so that everyone has an agenda
FEW = 3  # whoever is in fewer wished pairs than this is offered everyone


def of_rank(rank: int) -> int:
    return max(LEAST, FIRST - STEP * (rank - 1))


def wished(by_buyers: Mapping[Pair, int], by_suppliers: Mapping[Pair, int]) -> dict[Pair, int]:
    """The weight of every pair that one of the two wishes; the mappings hold ranks."""
    pairs: dict[Pair, int] = {}
    for pair in {**by_buyers, **by_suppliers}:
        weight = sum(of_rank(ranks[pair]) for ranks in (by_buyers, by_suppliers) if pair in ranks)
        pairs[pair] = weight + (BOTH if pair in by_buyers and pair in by_suppliers else 0)
    return pairs


def filled(pairs: Mapping[Pair, int], buyers: Iterable[int], suppliers: Iterable[int]) -> dict[Pair, int]:
    """The same, and a light pair with everyone in front for those in few wished pairs."""
    buyers, suppliers = list(buyers), list(suppliers)
    count: dict[int, int] = {}
    for buyer, supplier in pairs:
        count[buyer] = count.get(buyer, 0) + 1
        count[supplier] = count.get(supplier, 0) + 1
    few = {key for key in (*buyers, *suppliers) if count.get(key, 0) < FEW}
    light = {(b, s): FILLS for b in buyers for s in suppliers if b in few or s in few}
    return {**light, **pairs}
