"""What an address of cohorts asks: query parameters in, a clean `CohortQuery` and a sentence per fault out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from cohorts.models import State
from cohorts.models.cohort import CohortQuerySet
from marketplace.territories import choices as territories
from marketplace.web import parameters
from marketplace.web.parameters import Problem

# What a reader calls the state of a cohort; the first two are what one may still join or see begin.
OPEN, COMING, RUNNING, PAST, CANCELLED, ALL = "open", "coming", "running", "past", "cancelled", "all"


@dataclass(frozen=True, kw_only=True)
class CohortQuery:
    """A question about cohorts, clean. Values of one field are alternatives; fields add up."""

    regions: tuple[str, ...] = ()
    states: tuple[str, ...] = ()  # empty: open, coming and running ones

    @property
    def shown_states(self) -> tuple[str, ...]:
        return self.states or (OPEN, COMING, RUNNING)

    @property
    def filters(self) -> int:
        return len(self.regions) + len(self.states)


@dataclass(frozen=True, kw_only=True)
class Names:
    """How parameters and their closed values are called in an address."""

    parameters: Mapping[str, str]
    states: Mapping[str, str]


FRENCH = Names(
    parameters={"regions": "region", "states": "statut"},
    states={
        "ouverte": OPEN,
        "a-venir": COMING,
        "en-cours": RUNNING,
        "passee": PAST,
        "annulee": CANCELLED,
        "toutes": ALL,
    },
)
ENGLISH = Names(
    parameters={"regions": "region", "states": "status"},
    states={name: name for name in (OPEN, COMING, RUNNING, PAST, CANCELLED, ALL)},
)
LABELS: dict[str, Promise] = {"regions": gettext_lazy("région"), "states": gettext_lazy("état")}


def parse(params: parameters.Params, names: Names = FRENCH) -> tuple[CohortQuery, list[Problem]]:
    """The query that an address asks, and what in it means nothing. Unknown parameters are no fault."""
    reading = parameters.Reading(params, names.parameters, LABELS)
    query = CohortQuery(
        regions=reading.among("regions", territories.regions()),
        states=reading.many("states", names.states.get),
    )
    return query, reading.problems


def query_string(query: CohortQuery, names: Names = FRENCH) -> str:
    words = {"states": {meaning: word for word, meaning in names.states.items()}}
    asked = parameters.pairs(query, names.parameters, words)
    return "?" + urlencode(asked) if asked else ""


def without(query: CohortQuery, name: str, value: str) -> CohortQuery:
    """The query less one value of a field."""
    return replace(query, **{name: tuple(one for one in getattr(query, name) if one != value)})


def answers(rows: CohortQuerySet, query: CohortQuery) -> CohortQuerySet:
    """The cohorts that answer, soonest to start first. One open to every region answers to each of them."""
    if ALL not in query.states:
        wanted = Q()
        for state in query.shown_states:
            wanted |= _in_state(state)
        rows = rows.filter(wanted)
    if query.regions:
        rows = rows.filter(Q(region__in=query.regions) | Q(region__isnull=True))
    return rows


def _in_state(state: str) -> Q:
    """By the clock where the clock decides: between a date and the next sweep the page is right already."""
    now = timezone.now()
    open_now = Q(state=State.OPEN, opens_at__lte=now, closes_at__gt=now)
    return {
        OPEN: open_now,
        COMING: Q(state__in=[State.OPEN, State.CLOSED]) & ~open_now,
        RUNNING: Q(state=State.RUNNING),
        PAST: Q(state=State.DONE),
        CANCELLED: Q(state=State.CANCELLED),
    }[state]
