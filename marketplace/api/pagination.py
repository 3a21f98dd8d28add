"""Lists answer {count, next, previous, results}. A page that does not exist is answered by the nearest, and said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

SIZE, MOST = 20, 100


@dataclass(frozen=True)
class Page:
    """Rows `start` to `stop` (counted from 0) of `total`; `messages` say what in the address was not followed."""

    number: int
    size: int
    total: int
    messages: list[str] = field(default_factory=list)

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def start(self) -> int:
        return (self.number - 1) * self.size

    @property
    def stop(self) -> int:
        return min(self.start + self.size, self.total) if self.total else self.start + self.size

    def envelope(self, request: Request, results: Any, messages: list[str]) -> dict[str, Any]:
        def address(number: int) -> str:
            params = request.query_params.copy()
            params["page"] = str(number)
            return request.build_absolute_uri(f"{request.path}?{params.urlencode()}")

        return {
            "count": self.total,
            "next": address(self.number + 1) if self.number < self.last else None,
            "previous": address(self.number - 1) if self.number > 1 else None,
            "results": results,
            **({"messages": messages} if messages else {}),
        }


class Envelope:
    """How a list is described in the schema."""

    @staticmethod
    def of(serializer: type[serializers.Serializer[Any]]) -> Any:
        return inline_serializer(
            name=f"{serializer.__name__.removesuffix('Serializer')}List",
            fields={
                "count": serializers.IntegerField(),
                "next": serializers.URLField(allow_null=True),
                "previous": serializers.URLField(allow_null=True),
                "results": serializer(many=True),
                "messages": serializers.ListField(
                    child=serializers.CharField(),
                    required=False,
                    help_text="What in the address was not followed.",
                ),
            },
        )


def page_parameters() -> list[OpenApiParameter]:
    return [
        OpenApiParameter("page", int),
        OpenApiParameter("page_size", int, description=f"1 to {MOST}; {SIZE} unless told."),
    ]


def read_page(params: Mapping[str, Any], total: int) -> Page:
    """The page that an address asks, or the nearest there is."""
    messages: list[str] = []
    size = _whole(params.get("page_size"), SIZE)
    if size is None or not 1 <= size <= MOST:
        messages.append(_("« page_size » va de 1 à %(most)s.") % {"most": MOST})
        size = SIZE if size is None or size < 1 else MOST
    number = _whole(params.get("page"), 1)
    last = max(1, -(-total // size))
    if number is None or number < 1:
        messages.append(_("Cette page n’existe pas. Voici la première."))
        number = 1
    elif number > last:
        messages.append(_("Cette page n’existe pas. Voici la dernière, la page %(last)s.") % {"last": last})
        number = last
    return Page(number, size, total, messages)


def _whole(value: object, default: int) -> int | None:
    """A number of at most nine digits; None for what is not one."""
    if value in (None, ""):
        return default
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
