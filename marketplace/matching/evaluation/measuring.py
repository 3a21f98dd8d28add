"""Ranks of the winners, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence

DEPTHS = (1, 10, 50, 200)


def winner_rank(keys: Sequence[str], winners: frozenset[str], candidates: frozenset[str]) -> float | None:
    """Where the best of the winners stands, from 1; None where none of them is a candidate, and the row does not count.

    The candidates that were not ranked are tied behind the others: the mean of the ranks that are left.
    """
    if not winners & candidates:
        return None
    rank = next((place for place, key in enumerate(keys, 1) if key in winners), None)
    return float(rank) if rank else (len(keys) + 1 + len(candidates)) / 2


def ranking_figures(ranks: Sequence[float]) -> dict[str, float | int]:
    """Mean reciprocal rank and the share of notices with a winner among the first n."""
    count = len(ranks)
    result: dict[str, float | int] = {"notices": count, "mrr": _part(sum(1 / rank for rank in ranks), count)}
    for depth in DEPTHS:
        result[f"hit@{depth}"] = _part(sum(rank <= depth for rank in ranks), count)
    return result


def _part(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
