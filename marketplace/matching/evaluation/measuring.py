"""Ranks of the winners, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

DEPTHS = (1, 10, 50)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One notice: at which place the first of its winners stands (from 1; None: not among those ranked), and whether any
    winner was in the training file at all, as winner or bidder."""

    rank: int | None
    known: bool


def rank_outcome(keys: Sequence[str], winners: frozenset[str], known_keys: frozenset[str]) -> Outcome:
    """Any winner of several counts as found."""
    rank = next((place for place, key in enumerate(keys, 1) if key in winners), None)
    return Outcome(rank, bool(winners & known_keys))


def ranking_figures(outcomes: Sequence[Outcome]) -> dict[str, float | int]:
    """Mean reciprocal rank (0 where no winner was ranked) and the share of notices with a winner among the first n."""
    count = len(outcomes)
    ranks = [o.rank for o in outcomes if o.rank]
    result: dict[str, float | int] = {"notices": count, "mrr": _part(sum(1 / rank for rank in ranks), count)}
    for depth in DEPTHS:
        result[f"hit@{depth}"] = _part(sum(rank <= depth for rank in ranks), count)
    return result


def _part(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
