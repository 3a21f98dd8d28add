"""Reading an address: known values out, and a sentence for each that means nothing. Lists of every room ask this way.

Repeated values mean OR; an unknown value is ignored and said, never an error.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

MAX_TEXT = 200  # characters of q that are read
MAX_VALUES = 40  # values of one parameter that are read; nobody ticks more, and an address stays one
SHOWN_OF_A_VALUE = 40  # characters of an unknown value that are said back

Params = QueryDict | Mapping[str, object]
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What an address asks and nobody can answer. The parameter is ignored, the page says so."""

    parameter: str
    value: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass
class Reading:
    """One address being read. `names` are the parameters by field, `labels` what a person calls the field."""

    params: Params
    names: Mapping[str, str]
    labels: Mapping[str, Promise | str]
    problems: list[Problem] = field(default_factory=list)

    def many(self, name: str, read: Callable[[str], T | None]) -> tuple[T, ...]:
        """Every value that `read` understands, once each, in the order of the address."""
        kept: dict[T, None] = {}
        for value in dict.fromkeys(values(self.params, self.names.get(name, ""))):
            clean = read(value)
            if clean is None:
                self._unknown(name, value)
            else:
                kept[clean] = None
        return tuple(kept)

    def among(self, name: str, known: Container[str]) -> tuple[str, ...]:
        """Every value that is one of `known`, as it is written there."""
        return self.many(name, lambda value: value if value in known else None)

    def last(self, name: str, read: Callable[[str], T | None]) -> T | None:
        """The last value, where `read` understands it."""
        for value in values(self.params, self.names.get(name, ""))[-1:]:
            clean = read(value)
            if clean is None:
                self._unknown(name, value)
            return clean
        return None

    def text(self, name: str = "text") -> str:
        """What is searched, cut where it is too long."""
        found = " ".join(values(self.params, self.names[name])[-1:])
        if len(found) <= MAX_TEXT:
            return found
        said = _("Seuls les %(n)s premiers caractères sont cherchés.") % {"n": MAX_TEXT}
        self.problems.append(Problem(parameter=self.names[name], value="", text=said))
        return found[:MAX_TEXT].rstrip()

    def _unknown(self, name: str, value: str) -> None:
        shown = value if len(value) <= SHOWN_OF_A_VALUE else value[: SHOWN_OF_A_VALUE - 1] + "…"
        said = _("Le filtre « %(filter)s » ne connaît pas « %(value)s ». Il est ignoré.")
        self.problems.append(
            Problem(
                parameter=self.names[name],
                value=value,
                text=said % {"filter": self.labels[name], "value": shown},
            )
        )


def values(params: Params, name: str) -> list[str]:
    """The values of a parameter, trimmed, without the NUL that PostgreSQL refuses; empty ones say nothing."""
    if isinstance(params, QueryDict):
        raw: list[object] = list(params.getlist(name))
    else:
        found = params.get(name, [])
        raw = list(found) if isinstance(found, list | tuple) else [found]
    clean = (" ".join(str(value).replace("\x00", " ").split()) for value in raw[:MAX_VALUES])
    return [value for value in clean if value]


def pairs(
    query: Any, names: Mapping[str, str], words: Mapping[str, Mapping[Any, str]] | None = None
) -> list[tuple[str, str]]:
    """The query as an address writes it, always in the same order, without what goes without saying.

    `words` gives the word of a value that has one, by field and value; an empty word is left out.
    """
    found = []
    for name, parameter in names.items():
        value = getattr(query, name)
        known = (words or {}).get(name, {})
        for one in value if isinstance(value, tuple) else (value,):
            if one and (word := known.get(one, str(one))):
                found.append((parameter, word))
    return found
