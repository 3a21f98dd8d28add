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
#: So many answers the weights of today are worth, and with fewer nothing is learnt.
PRIOR = 50.0
LEAST_ANSWERS = 30


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


@dataclass(frozen=True)
class Answers:
    """What enterprises and staff said of suggestions: a row of evidence for each, and whether it was right; oldest first."""

    evidence: NDArray[np.float64]
    right: NDArray[np.bool_]


def fit_declared(answers: Answers) -> dict[Piece, float]:
    """All weights, those of `JUDGED` moved to where answers are told apart best; the weights of today count as `PRIOR`
    answers, so that a few change little. None falls below zero."""
    pieces = pieces_in_order()
    now = np.array([(weights.TOPIC | weights.SETTING)[piece] for piece in pieces])
    judged = [place for place, piece in enumerate(pieces) if piece in JUDGED]

    def loss(moved: NDArray[np.float64]) -> float:
        weight = now.copy()
        weight[judged] = now[judged] * moved[:-1]
        return log_loss(weight, moved[-1], answers) + PRIOR / len(answers.right) * float(
            ((moved[:-1] - 1) ** 2).mean()
        )

    start = np.array([*[1.0] * len(judged), 2.0])
    bounds = [*[(0.0, 4.0)] * len(judged), (None, None)]
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds, options={"maxiter": MOST_STEPS})
    weight = now.copy()
    weight[judged] = now[judged] * found.x[:-1]
    return {piece: round(float(value), 3) for piece, value in zip(pieces, weight, strict=True)}


def log_loss(weight: NDArray[np.float64], middle: float, answers: Answers) -> float:
    """How surprising the answers are, where evidence of `middle` is as often right as wrong."""
    total = _total(answers.evidence, weight) - middle
    return float(np.logaddexp(0.0, np.where(answers.right, -total, total)).mean())


def told_apart(weight: Mapping[Piece, float], answers: Answers) -> float:
    """How often a right suggestion has more evidence than a wrong one; a half where nothing tells."""
    total = _total(answers.evidence, np.array([weight[piece] for piece in pieces_in_order()]))
    right, wrong = total[answers.right], total[~answers.right]
    if not len(right) or not len(wrong):
        return 0.5
    more = (right[:, None] > wrong[None, :]).mean() + (right[:, None] == wrong[None, :]).mean() / 2
    return float(more)


def _total(evidence: NDArray[Any], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """The evidence together, of what is one fact the weightiest."""
    pieces = pieces_in_order()
    worth = evidence * values
    groups = [[pieces.index(piece) for piece in pair] for pair in weights.PAIRS]
    total: NDArray[np.float64] = worth.sum(1) - sum(
        worth[:, pair].sum(1) - worth[:, pair].max(1) for pair in groups
    )
    return total


def ranks_with(weight: Mapping[Piece, float], decided: Sequence[Decided]) -> list[float]:
    """Where the best winner stands, ties at their mean; behind all candidates where it is none of them."""
    values = np.array([weight[piece] for piece in pieces_in_order()])
    ranks = []
    for one in decided:
        total = _total(one.evidence, values)
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
