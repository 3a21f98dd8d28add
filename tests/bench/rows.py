"""One line of the bench's table."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """A figure beside its reference and its budget, in one unit.

    `reference` is measured in the same run (None where the budget is absolute); `ratio` is value / reference, or
    value / budget without one. `budget` None: reported only; the most that holds, or with `at_least` the least.
    """

    name: str
    value: float
    unit: str
    reference: float | None
    budget: float | None
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        base = self.reference if self.reference is not None else self.budget
        return round(self.value / base, 3) if base else None

    @property
    def holds(self) -> bool:
        if self.budget is None:
            return True
        return self.value >= self.budget if self.at_least else self.value <= self.budget

    def as_json(self) -> dict[str, Any]:
        told = {**asdict(self), "ratio": self.ratio, "holds": self.holds}
        del told["at_least"]  # `holds` says it
        return told

    def as_line(self) -> str:
        def figure(number: float | None) -> str:
            if number is None:
                return "–"
            return f"{number:,.2f}" if 0 < abs(number) < 1 else f"{number:,.1f}"

        mark = "oui" if self.holds else "NON"
        return (
            f"{self.name:<46} {figure(self.value):>10} {self.unit:<5} {figure(self.reference):>10} "
            f"{figure(self.ratio):>7} {figure(self.budget):>10}  {mark}"
        )


HEADER = f"{'mesure':<46} {'valeur':>10} {'':<5} {'référence':>10} {'ratio':>7} {'budget':>10}  tient"


def milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000


def paired(
    first: Callable[[], object], second: Callable[[], object], times: int
) -> tuple[list[float], list[float]]:
    """Both actions in turn, so that a noisy machine disturbs both alike; milliseconds of each."""
    firsts, seconds = [], []
    for _ in range(times):
        firsts.append(milliseconds(first))
        seconds.append(milliseconds(second))
    return firsts, seconds


def percentile(values: Sequence[float], share: float) -> float:
    """The value under which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


median = statistics.median
