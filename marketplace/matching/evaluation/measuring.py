"""Ranks of the winners, and what they come to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from marketplace.matching.candidates import meant_fit, supplier_profile
from marketplace.matching.engine import Match, Past, score_match
from marketplace.matching.tenders import TenderQuestion

DEPTHS = (1, 10, 50, 200)


def winner_rank(keys: Sequence[str], winners: frozenset[str], candidates: frozenset[str]) -> float | None:
    """Where the best of the winners stands, from 1; None where none of them is a candidate, and the row does not count.

    The candidates that were not ranked are tied behind the others: the mean of the ranks that are left.
    """
    if not winners & candidates:
        return None
    rank = next((place for place, key in enumerate(keys, 1) if key in winners), None)
    return float(rank) if rank else (len(keys) + 1 + len(candidates)) / 2


def newcomer_rank(
    asked: TenderQuestion, matches: Sequence[Match], winners: Iterable[int], candidates: int
) -> float:
    """Where the best of these suppliers would stand had it no past at all: only its name, its activity and its offers."""
    best = 0.0
    for supplier_id in winners:
        profile = supplier_profile(supplier_id)
        alone = profile and replace(profile, past=Past(), meant=meant_fit(asked, supplier_id))
        match = alone and score_match(asked.tender, alone, asked.statistics)
        best = max(best, match.points if match else 0.0)
    others = [match.points for match in matches if match.key not in set(winners)]
    if not best:
        return (len(others) + 1 + candidates) / 2
    return sum(points > best for points in others) + (sum(points == best for points in others) + 2) / 2


def ranking_figures(ranks: Sequence[float]) -> dict[str, float | int]:
    """Mean reciprocal rank and the share of notices with a winner among the first n."""
    count = len(ranks)
    result: dict[str, float | int] = {"notices": count, "mrr": _part(sum(1 / rank for rank in ranks), count)}
    for depth in DEPTHS:
        result[f"hit@{depth}"] = _part(sum(rank <= depth for rank in ranks), count)
    return result


def _part(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
