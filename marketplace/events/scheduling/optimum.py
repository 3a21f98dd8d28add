"""The best choice of columns, and a bound that no choice exceeds.

The linear relaxation of such a day is nearly always whole already, and solved in hundredths of a second. Where it is
not, part of it is taken as said and the rest relaxed again; only where that is not good enough is it branched on. The
one limit is a count (of nodes), never seconds: the same day gives the same plan on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from .columns import Numbers, Rows

NODES = 200
PLUNGES = (0.25, 0.08)  # of what is half said, at a time: the less, the surer and the slower
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
    found: NDArray[np.bool_] | None = None
    if (np.abs(relaxed.x - relaxed.x.round()) < WHOLE).all():
        whole = relaxed.x > 0.5
        if keeps(whole, rows):
            return Choice(whole, bound)
    for plunge in PLUNGES:
        other = dived(weights, rows, relaxed.x, plunge)
        if other is not None and (found is None or weights[other].sum() > weights[found].sum()):
            found = other
        if found is not None and weights[found].sum() >= enough * bound:
            return Choice(found, bound)
    branched = milp(
        -weights,
        constraints=LinearConstraint(rows.matrix, -np.inf, rows.most),
        integrality=np.ones(len(weights)),
        bounds=Bounds(0, 1),
        options={"node_limit": NODES, "mip_rel_gap": (1 - enough) / 2},
    )
    if branched.status == INFEASIBLE:
        return Choice(None, 0, impossible=True)
    if branched.x is not None:
        bound = min(bound, int(np.floor(-branched.mip_dual_bound + WHOLE)))
        other = branched.x > 0.5
        if keeps(other, rows) and (found is None or weights[other].sum() > weights[found].sum()):
            found = other
    return Choice(found, bound)


def dived(
    weights: Numbers, rows: Rows, relaxed: NDArray[np.float64], plunge: float
) -> NDArray[np.bool_] | None:
    """A whole choice near the relaxed one: take what it says wholly and some of what it half says; relax the rest again.

    None where that ends nowhere.
    """
    columns = sparse.csc_array(rows.matrix)
    chosen = relaxed > 1 - WHOLE
    while len(halves := np.flatnonzero((relaxed > WHOLE) & ~chosen)):
        room = rows.most - rows.matrix @ chosen.astype(np.int64)
        wanted = max(1, int(relaxed[halves].sum() * plunge))
        for column in halves[np.argsort(-relaxed[halves], kind="stable")]:
            entries = slice(columns.indptr[column], columns.indptr[column + 1])
            where, takes = columns.indices[entries], columns.data[entries]
            if wanted and (room[where[takes > 0]] > 0).all():
                chosen[column] = True
                room[where] -= takes
                wanted -= 1
        rest = np.flatnonzero(~chosen)
        again = linprog(
            -weights[rest], A_ub=rows.matrix[:, rest], b_ub=room, bounds=(0, 1), method="highs-ds"
        )
        if again.status != 0:
            return None
        relaxed = chosen.astype(float)
        relaxed[rest] = again.x
        chosen |= relaxed > 1 - WHOLE
    return chosen if keeps(chosen, rows) else None


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
    due = sum(price * most for price, most in zip(whole.tolist(), rows.most.tolist(), strict=True))
    return (due + sum(rest[rest > 0].tolist())) // UNIT
