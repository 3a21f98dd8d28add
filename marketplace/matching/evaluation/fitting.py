"""Weights learnt from what was decided: who won each notice among those that could have, given what was known before.

The probability that a supplier wins is taken as the share of exp(its evidence) among the candidates' (a conditional logit);
the weights that make the real winners most probable are found with none below zero, so that no evidence ever speaks against
anyone. Pure: arrays in, weights out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import minimize

from marketplace.matching import weights
from marketplace.matching.weights import Piece

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: What awards say nothing of: what suppliers declare. Kept as they are.
JUDGED: frozenset[Piece] = frozenset({"words", "meant", "code_offered"})
#: Keeps weights that the data hardly tells apart from growing.
STEADY = 0.01
START = 0.1
MOST_STEPS = 200


@dataclass(frozen=True)
class Decided:
    """One notice: a row of evidence for each candidate, in the order of `pieces_in_order`, and which of them won."""

    evidence: NDArray[np.float32]
    won: NDArray[np.bool_]


def pieces_in_order() -> list[Piece]:
    return [*weights.TOPIC, *weights.SETTING]


def fit_weights(decided: Sequence[Decided]) -> dict[Piece, float]:
    """The weight of each piece; those of `JUDGED` as they are now."""
    pieces = pieces_in_order()
    now: Mapping[Piece, float] = weights.TOPIC | weights.SETTING
    told = [one for one in decided if one.won.any()]
    x = np.concatenate([one.evidence for one in told]).astype(np.float64)
    won = np.concatenate([one.won for one in told]).astype(np.float64)
    sizes = np.array([len(one.won) for one in told])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    scale = x.std(0) + 1e-6
    x /= scale
    pairs = [[pieces.index(piece) for piece in pair] for pair in weights.PAIRS]
    free = np.array([piece not in JUDGED for piece in pieces])

    def loss(weight: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        worth = x * weight
        counts = np.ones_like(worth, dtype=bool)
        for pair in pairs:
            weightiest = worth[:, pair].argmax(1)
            counts[:, pair] = weightiest[:, None] == np.arange(len(pair))
        total = (worth * counts).sum(1)
        total -= np.repeat(np.maximum.reduceat(total, starts), sizes)
        share = np.exp(total)
        share /= np.repeat(np.add.reduceat(share, starts), sizes)
        right = np.add.reduceat(share * won, starts)
        slope = share - share * won / np.repeat(right + 1e-12, sizes)
        gradient = ((x * counts) * slope[:, None]).sum(0) / len(told) + 2 * STEADY * weight * free
        return float(-np.log(right + 1e-12).mean() + STEADY * (weight[free] ** 2).sum()), gradient

    start = np.where(free, START, [now[piece] * size for piece, size in zip(pieces, scale, strict=True)])
    bounds: list[tuple[float, Any]] = [
        (0.0, None) if is_free else (value, value) for is_free, value in zip(free, start, strict=True)
    ]
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": MOST_STEPS})
    return {piece: round(float(value), 3) for piece, value in zip(pieces, found.x / scale, strict=True)}


def ranks_with(weight: Mapping[Piece, float], decided: Sequence[Decided]) -> list[float]:
    """Where the best winner stands, ties at their mean; behind all candidates where it is none of them."""
    pieces = pieces_in_order()
    values = np.array([weight[piece] for piece in pieces])
    pairs = [[pieces.index(piece) for piece in pair] for pair in weights.PAIRS]
    ranks = []
    for one in decided:
        worth = one.evidence * values
        total = worth.sum(1) - sum(worth[:, pair].sum(1) - worth[:, pair].max(1) for pair in pairs)
        if one.won.any():
            best = total[one.won].max()
            ranks.append(float((total > best).sum() + ((total == best).sum() + 1) / 2))
        else:
            ranks.append(1000.0)
    return ranks


def weights_file(
    weight: Mapping[Piece, float], about: Mapping[str, str | int | float], splits: list[Mapping[str, Any]]
) -> str:
    """The file that the engine reads, with where it comes from."""
    lines = [
        "# Written by `fit_matching` (docs/matching.md). Zero: the data sees nothing in it beside the others."
    ]
    lines += ["[about]", *(f"{name} = {_toml(value)}" for name, value in about.items()), ""]
    for title, names in (("topic", weights.TOPIC), ("setting", weights.SETTING)):
        lines.append(f"[{title}]")
        lines += [f"{name} = {weight[name]}" + ("  # judgement" if name in JUDGED else "") for name in names]
        lines.append("")
    for split in splits:
        lines += ["[[split]]", *(f"{_toml(name)} = {_toml(value)}" for name, value in split.items()), ""]
    return "\n".join(lines).rstrip() + "\n"


def _toml(value: str | int | float) -> str:
    return '"' + value.replace("\\", "").replace('"', "'") + '"' if isinstance(value, str) else str(value)
