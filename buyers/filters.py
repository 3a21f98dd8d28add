"""What an address of notices asks: query parameters in, a clean `TenderQuery` and a sentence per fault out.

The page reads French parameter names, the API English ones; both get the same query.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from marketplace.classification import codes
from marketplace.territories import choices as territories
from marketplace.web import parameters
from marketplace.web.parameters import Problem

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


def parse(params: parameters.Params, names: Names = FRENCH) -> tuple[TenderQuery, list[Problem]]:
    """The query that an address asks, and what in it means nothing. Unknown parameters are no fault."""
    reading = parameters.Reading(params, names.parameters, LABELS)
    days = reading.many("closes_before", _day)
    query = TenderQuery(
        text=reading.text(),
        regions=reading.among("regions", territories.regions()),
        offers=reading.many("offers", codes.prefix_of),
        methods=reading.many("methods", names.methods.get),
        closes_before=min(days) if days else None,
        states=reading.many("states", names.states.get),
    )
    return query, reading.problems


def _day(value: str) -> date | None:
    try:
        day = parse_date(value)
    except ValueError:  # « 2026-02-31 »
        return None
    return day if day and 1990 <= day.year <= 2100 else None


def as_parameters(query: TenderQuery, names: Names = FRENCH) -> list[tuple[str, str]]:
    """The query as an address writes it, always in the same order."""
    words = {
        "methods": {meaning: word for word, meaning in names.methods.items()},
        "states": {meaning: word for word, meaning in names.states.items()},
    }
    return parameters.pairs(query, names.parameters, words)


def query_string(query: TenderQuery, names: Names = FRENCH) -> str:
    asked = as_parameters(query, names)
    return "?" + urlencode(asked) if asked else ""


def without(query: TenderQuery, name: str, value: str | None = None) -> TenderQuery:
    """The query less one value of a field, or less the whole field."""
    now = getattr(query, name)
    less: Any = None if name == "closes_before" else ""
    if isinstance(now, tuple):
        less = tuple(one for one in now if value is not None and one != value)
    return replace(query, **{name: less})
