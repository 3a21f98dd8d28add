"""What an address of notices asks: query parameters in, a clean `TenderQuery` and a sentence per fault out.

The page reads French parameter names, the API English ones; both get the same query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.classification import codes
from marketplace.territories import choices as territories

MAX_TEXT = 200  # characters of q that are read
MAX_VALUES = 40  # values of one parameter that are read

# What a reader calls the state of a notice; `open` and `closed` part the active ones by the clock.
OPEN, CLOSED, AWARDED, CANCELLED, UNSUCCESSFUL, PLANNED, ALL = (
    "open", "closed", "awarded", "cancelled", "unsuccessful", "planned", "all",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class TenderQuery:
    """A question about notices, clean: only known codes. Values of one field are alternatives; fields add up."""

    text: str = ""
    regions: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()  # UNSPSC prefixes without the zeros that pad a level
    methods: tuple[str, ...] = ()
    closes_before: date | None = None  # exclusive
    states: tuple[str, ...] = ()  # empty: open ones

    @property
    def shown_states(self) -> tuple[str, ...]:
        return self.states or (OPEN,)

    @property
    def filters(self) -> int:
        """How many filter values are set, the text apart."""
        lists = len(self.regions) + len(self.offers) + len(self.methods) + len(self.states)
        return lists + (self.closes_before is not None)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What an address asks and nobody can answer. The parameter is ignored, the page says so."""

    parameter: str
    value: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, kw_only=True)
class Names:
    """How parameters and their closed values are called in an address."""

    parameters: Mapping[str, str]
    methods: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


FRENCH = Names(
    parameters={
        "text": "q",
        "regions": "region",
        "offers": "offre",
        "methods": "methode",
        "closes_before": "cloture_avant",
        "states": "statut",
    },
    methods={"public": "open", "qualifie": "selective", "invitation": "limited", "gre-a-gre": "direct"},
    states={
        "ouvert": OPEN, "annonce": PLANNED, "ferme": CLOSED, "attribue": AWARDED, "annule": CANCELLED,
        "sans-suite": UNSUCCESSFUL, "tous": ALL,
    },
)  # fmt: skip
ENGLISH = Names(
    parameters={
        "text": "q",
        "regions": "region",
        "offers": "offer",
        "methods": "method",
        "closes_before": "closes_before",
        "states": "status",
    },
    methods={name: name for name in ("open", "selective", "limited", "direct")},
    states={name: name for name in (OPEN, PLANNED, CLOSED, AWARDED, CANCELLED, UNSUCCESSFUL, ALL)},
)
LABELS: dict[str, Promise] = {
    "text": gettext_lazy("recherche"),
    "regions": gettext_lazy("région"),
    "offers": gettext_lazy("offre"),
    "methods": gettext_lazy("mode"),
    "closes_before": gettext_lazy("clôture avant"),
    "states": gettext_lazy("état"),
}


def parse(
    params: QueryDict | Mapping[str, object], names: Names = FRENCH
) -> tuple[TenderQuery, list[Problem]]:
    """The query that an address asks, and what in it means nothing. Unknown parameters are no fault."""
    problems: list[Problem] = []

    def read(name: str) -> tuple[str, ...]:
        kept = []
        for value in dict.fromkeys(_values(params, names.parameters[name])):
            clean = _clean(name, value, names)
            if clean is None:
                problems.append(unknown(name, value))
            else:
                kept.append(clean)
        return tuple(dict.fromkeys(kept))

    def unknown(name: str, value: str) -> Problem:
        shown = value if len(value) <= 40 else value[:39] + "…"
        sentence = _("Le filtre « %(filter)s » ne connaît pas « %(value)s ». Il est ignoré.")
        text = sentence % {"filter": LABELS[name], "value": shown}
        return Problem(parameter=names.parameters[name], value=value, text=text)

    days = read("closes_before")
    text = " ".join(_values(params, names.parameters["text"])[-1:])
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT].rstrip()
        sentence = _("Seuls les %(n)s premiers caractères sont cherchés.") % {"n": MAX_TEXT}
        problems.append(Problem(parameter=names.parameters["text"], value="", text=sentence))
    query = TenderQuery(
        text=text,
        regions=read("regions"),
        offers=read("offers"),
        methods=read("methods"),
        closes_before=date.fromisoformat(min(days)) if days else None,
        states=read("states"),
    )
    return query, problems


def _clean(name: str, value: str, names: Names) -> str | None:
    if name == "regions":
        return value if value in territories.regions() else None
    if name == "offers":
        code = codes.normalise(value)
        return codes.prefix(code) if code else None
    if name == "closes_before":
        try:
            day = parse_date(value)
        except ValueError:  # « 2026-02-31 »
            return None
        return day.isoformat() if day and 1990 <= day.year <= 2100 else None
    return (names.methods if name == "methods" else names.states).get(value)


def as_parameters(query: TenderQuery, names: Names = FRENCH) -> list[tuple[str, str]]:
    """The query as an address writes it, always in the same order."""
    words = {
        "methods": {meaning: word for word, meaning in names.methods.items()},
        "states": {meaning: word for word, meaning in names.states.items()},
    }
    pairs: list[tuple[str, str]] = []
    for name, parameter in names.parameters.items():
        value = getattr(query, name)
        values = value if isinstance(value, tuple) else (value,)
        pairs += [(parameter, words.get(name, {}).get(one, str(one))) for one in values if one]
    return pairs


def query_string(query: TenderQuery, names: Names = FRENCH) -> str:
    parameters = as_parameters(query, names)
    return "?" + urlencode(parameters) if parameters else ""


def without(query: TenderQuery, name: str, value: str | None = None) -> TenderQuery:
    """The query less one value of a field, or less the whole field."""
    now = getattr(query, name)
    less: Any = None if name == "closes_before" else ""
    if isinstance(now, tuple):
        less = tuple(one for one in now if value is not None and one != value)
    return replace(query, **{name: less})


def _values(params: QueryDict | Mapping[str, object], name: str) -> list[str]:
    """The values of a parameter, trimmed, without the NUL that PostgreSQL refuses; empty ones say nothing."""
    if isinstance(params, QueryDict):
        raw: list[object] = list(params.getlist(name))
    else:
        found = params.get(name, [])
        raw = list(found) if isinstance(found, list | tuple) else [found]
    values = (" ".join(str(value).replace("\x00", " ").split()) for value in raw[:MAX_VALUES])
    return [value for value in values if value]
