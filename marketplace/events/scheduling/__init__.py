"""Who meets whom, when and at which table: pure (data in, a plan and its reasons out). docs/scheduling.md says how.

`solver` needs scipy, which weighs as much as the rest of a process: import it where a day is planned, not before.
"""

from .problem import Absent, Meeting, Person, Plan, Problem, Unmet, Why, Wish, broken_rules

__all__ = ["Absent", "Meeting", "Person", "Plan", "Problem", "Unmet", "Why", "Wish", "broken_rules"]
