"""Who meets whom, when and at which table: pure (data in, a plan and its reasons out). docs/scheduling.md says how."""

from .problem import Meeting, Person, Plan, Problem, Unmet, Why, Wish, broken_rules
from .repairing import Absent, repair
from .solving import solve

__all__ = [
    "Absent", "Meeting", "Person", "Plan", "Problem", "Unmet", "Why", "Wish", "broken_rules", "repair", "solve",
]  # fmt: skip
