"""What keeps a suggestion from being shown: rooms above say it, this room asks (« Ce n’est pas pour nous »)."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

Condition = Callable[[], Q]

_conditions: dict[str, Condition] = {}


def register(condition: Condition) -> None:
    """Suggestions that meet the condition (on `Suggestion`) are put aside; registering it again replaces it."""
    _conditions[f"{condition.__module__}.{condition.__qualname__}"] = condition


def conditions() -> list[Q]:
    return [condition() for condition in _conditions.values()]
