"""Places that a page leaves for other rooms: the page names the slot, a room above it fills it in `ready()`.

A notice's page stands in `buyers`, which knows nothing of matching; matching registers what it has to say there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

Context = Callable[[HttpRequest, Any], dict[str, Any] | None]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """`context` is asked about one subject and answers None where the room has nothing to say to this person."""

    template: str
    context: Context
    order: int


_fillings: dict[str, dict[str, Filling]] = {}


def register(*, slot: str, template: str, context: Context, order: int = 50) -> None:
    """Fill a slot; registering the same template again replaces it. Low `order` comes first."""
    _fillings.setdefault(slot, {})[template] = Filling(template=template, context=context, order=order)


def rendered(request: HttpRequest, slot: str, subject: Any) -> SafeString:
    """What the rooms put into a slot for this person, as HTML; empty where none has anything to say."""
    parts = []
    for filling in sorted(_fillings.get(slot, {}).values(), key=lambda f: (f.order, f.template)):
        context = filling.context(request, subject)
        if context is not None:
            parts.append(render_to_string(filling.template, context, request))
    return mark_safe("".join(parts))  # noqa: S308 - rendered templates, escaped by themselves
