"""Places that a page leaves for other apps: the page names the slot, an app above it fills it in `AppConfig.ready()`.

A notice's page stands in `buyers`, which knows nothing of matching: matching fills its slot `tender.reasons`. « Mon
espace » has two, `my_space.main` and `my_space.aside`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string


@dataclass(frozen=True, kw_only=True)
class _Filling:
    template: str
    context: Callable[..., dict[str, Any] | None]
    order: int


_fillings: dict[str, dict[str, _Filling]] = {}


def fill_slot(
    slot: str, *, template: str, context: Callable[..., dict[str, Any] | None], order: int = 50
) -> None:
    """Add a template to a slot; the same template again replaces it. Low `order` comes first.

    `context` is called with the request and what the page passes (a tender, or nothing); None: nothing to say.
    """
    _fillings.setdefault(slot, {})[template] = _Filling(template=template, context=context, order=order)


def render_slot(request: HttpRequest | None, slot: str, *subject: Any, **shared: Any) -> list[str]:
    """What the apps put into a slot for this person, as HTML, in order. Their templates see `shared` too.

    `request` is None in a mail: then the subject says whom it is for.
    """
    parts = []
    for filling in sorted(_fillings.get(slot, {}).values(), key=lambda f: (f.order, f.template)):
        context = filling.context(request, *subject)
        if context is not None:
            parts.append(render_to_string(filling.template, {**shared, **context}, request))
    return parts


_facts: dict[str, Callable[..., list[Any]]] = {}


def fill_facts(slot: str, read: Callable[..., list[Any]]) -> None:
    """Facts instead of HTML, for a page that says the same in several forms (a page, a PDF): one app fills each slot.

    A supplier's page knows no award: matching fills `supplier.awards` with the lines to show.
    """
    _facts[slot] = read


def read_facts(slot: str, *subject: Any) -> list[Any]:
    """What the app above has to say about the subject; nothing where none does."""
    read = _facts.get(slot)
    return read(*subject) if read else []
