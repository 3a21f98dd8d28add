"""The best choice of columns, and a bound that no choice exceeds.

The linear relaxation of such a day is nearly always whole already, and solved in hundredths of a second. Where it is
not, what it says entirely is kept and the rest decided by branching; only then is everything branched on. All limits
are counts (nodes), never seconds: the same day gives the same plan on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from .columns import Numbers, Rows

NODES = 200
UNIT = 1 << 20  # prices of the bound are whole multiples of 1 / UNIT
WHOLE = 1e-6
INFEASIBLE = 2


@dataclass(frozen=True)
class Choice:
    """The columns chosen (None: none found), and the bound; `impossible` where the rules contradict each other."""

    chosen: NDArray[np.bool_] | None
    bound: int
    impossible: bool = False


def best(weights: Numbers, rows: Rows, *, enough: float = 1.0) -> Choice:
    """The heaviest choice that keeps the rules; content with `enough` (a share) of the bound."""
    if not len(weights):
        return Choice(np.zeros(0, dtype=bool), 0)
    relaxed = linprog(-weights, A_ub=rows.matrix, b_ub=rows.most, bounds=(0, 1), method="highs-ds")
    if relaxed.status == INFEASIBLE:
        return Choice(None, 0, impossible=True)
    if relaxed.status != 0:
        return Choice(None, int(weights.sum()))
    bound = proven(weights, rows, -relaxed.ineqlin.marginals)
    if (np.abs(relaxed.x - relaxed.x.round()) < WHOLE).all():
        found = relaxed.x > 0.5
        if keeps(found, rows):
            return Choice(found, bound)
    near = branch(weights, rows, at_least=(relaxed.x > 1 - WHOLE).astype(np.int64), enough=enough)
    if near.chosen is not None and weights[near.chosen].sum() >= enough * bound:
        return Choice(near.chosen, bound)
    full = branch(weights, rows, at_least=np.zeros(len(weights), dtype=np.int64), enough=enough)
    if full.impossible:
        return Choice(None, 0, impossible=True)
    found_ones = [chosen for chosen in (near.chosen, full.chosen) if chosen is not None]
    heaviest = max(found_ones, key=lambda chosen: int(weights[chosen].sum()), default=None)
    return Choice(heaviest, min(bound, full.bound))


def branch(weights: Numbers, rows: Rows, *, at_least: Numbers, enough: float) -> Choice:
    found = milp(
        -weights,
        constraints=LinearConstraint(rows.matrix, -np.inf, rows.most),
        integrality=np.ones(len(weights)),
        bounds=Bounds(at_least, 1),
        options={"node_limit": NODES, "mip_rel_gap": (1 - enough) / 2},
    )
    if found.x is None:
        return Choice(None, int(weights.sum()), impossible=found.status == INFEASIBLE)
    chosen = found.x > 0.5
    bound = int(np.floor(-found.mip_dual_bound + WHOLE))
    return Choice(chosen if keeps(chosen, rows) else None, bound)


def keeps(chosen: NDArray[np.bool_], rows: Rows) -> bool:
    return bool((rows.matrix @ chosen.astype(np.int64) <= rows.most).all())


def proven(weights: Numbers, rows: Rows, prices: NDArray[np.float64]) -> int:
    """What no choice exceeds, given a price for each row, computed in whole numbers.

    For prices p >= 0 and any choice x in [0, 1] with `matrix @ x <= most`:
    weights @ x <= p @ most + (weights - p @ matrix) @ x <= p @ most + sum of the positive (weights - p @ matrix).
    Good prices (the solver's) make it tight; bad ones would make it high, never wrong.
    """
    whole = np.maximum(np.rint(prices * UNIT), 0).astype(np.int64)
    rest = weights * UNIT - sparse.csr_array(rows.matrix.T) @ whole
    return (int(whole @ rows.most) + int(np.maximum(rest, 0).sum())) // UNIT
