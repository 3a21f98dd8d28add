"""What an address of events asks: query parameters in, a clean `EventQuery` and a sentence per fault out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from marketplace.events.models.event import EventQuerySet
from marketplace.territories import choices as territories
from marketplace.web import parameters
from marketplace.web.parameters import Problem

COMING, PAST = "coming", "past"


@dataclass(frozen=True, kw_only=True)
class EventQuery:
    """A question about events, clean. Regions are alternatives."""

    regions: tuple[str, ...] = ()
    when: str = COMING

    @property
    def past(self) -> bool:
        return self.when == PAST


@dataclass(frozen=True, kw_only=True)
class Names:
    """How parameters and their closed values are called in an address."""

    parameters: Mapping[str, str]
    whens: Mapping[str, str]


FRENCH = Names(parameters={"regions": "region", "when": "quand"}, whens={"a-venir": COMING, "passees": PAST})
ENGLISH = Names(
    parameters={"regions": "region", "when": "when"}, whens={when: when for when in (COMING, PAST)}
)
LABELS: dict[str, Promise] = {"regions": gettext_lazy("région"), "when": gettext_lazy("quand")}


def parse(params: parameters.Params, names: Names = FRENCH) -> tuple[EventQuery, list[Problem]]:
    """The query that an address asks, and what in it means nothing. Unknown parameters are no fault."""
    reading = parameters.Reading(params, names.parameters, LABELS)
    query = EventQuery(
        regions=reading.among("regions", territories.regions()),
        when=reading.last("when", names.whens.get) or COMING,
    )
    return query, reading.problems


def answers(rows: EventQuerySet, query: EventQuery) -> EventQuerySet:
    """The events that answer: those to come from the soonest, those of the past from the latest."""
    rows = rows.past().order_by("-day", "-pk") if query.past else rows.coming().order_by("day", "pk")
    return rows.filter(region__in=query.regions) if query.regions else rows
