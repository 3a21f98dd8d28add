"""Who meets whom, when and at which table: pure (data in, a plan and its reasons out). docs/scheduling.md says how."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .problem import Meeting, Person, Plan, Problem, Unmet, Why, Wish, broken_rules

if TYPE_CHECKING:
    from .repairing import Absent, repair
    from .solving import solve

__all__ = [
    "Absent", "Meeting", "Person", "Plan", "Problem", "Unmet", "Why", "Wish", "broken_rules", "repair", "solve",
]  # fmt: skip

#: What needs scipy, and where it is: loaded by the first day that a process plans, since most plan none.
SOLVERS = {"Absent": "repairing", "repair": "repairing", "solve": "solving"}


def __getattr__(name: str) -> Any:
    if name not in SOLVERS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{SOLVERS[name]}", __name__), name)
