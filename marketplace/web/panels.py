"""The panels of « Mon espace »: rooms register theirs in `ready()`; the page asks each whether it has something to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.template.loader import render_to_string

Area = Literal["main", "aside"]


@dataclass(frozen=True, kw_only=True)
class Panel:
    """`context` answers with what the template needs, or None where the panel has nothing for this person."""

    template: str
    context: Callable[[HttpRequest], dict[str, Any] | None]
    order: int
    area: Area = "main"


_panels: dict[str, Panel] = {}


def register(
    *,
    template: str,
    context: Callable[[HttpRequest], dict[str, Any] | None],
    order: int,
    area: Area = "main",
) -> None:
    """Add a panel; registering the same template again replaces it. Low `order` comes first."""
    _panels[template] = Panel(template=template, context=context, order=order, area=area)


def rendered(request: HttpRequest, **shared: Any) -> dict[str, list[str]]:
    """The panels that have something to say to this person, as HTML by area, in order. All templates see `shared`."""
    result: dict[str, list[str]] = {"main": [], "aside": []}
    for panel in sorted(_panels.values(), key=lambda panel: (panel.order, panel.template)):
        context = panel.context(request)
        if context is not None:
            result[panel.area].append(render_to_string(panel.template, {**shared, **context}, request))
    return result
