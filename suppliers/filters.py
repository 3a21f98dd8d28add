"""What a directory address asks: query parameters in, a clean `DirectoryQuery` and a sentence per fault out.

The page reads French parameter names, the API English ones; both get the same query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.classification import choices as classification
from marketplace.classification import codes
from marketplace.territories import choices as territories
from marketplace.web import parameters
from marketplace.web.parameters import Problem

from .models import LegalForm

MAX_CAPACITY = 2_000_000_000  # dollars; beyond, PostgreSQL's integer ends

RECENT, LAPSED = "recente", "echue"
CAPACITY_STEPS = (25_000, 50_000, 100_000, 250_000)


@dataclass(frozen=True, kw_only=True)
class DirectoryQuery:
    """A directory question, clean: only known codes. Values of one field are alternatives; fields add up."""

    text: str = ""
    sectors: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()  # UNSPSC prefixes without the zeros that pad a level
    regions: tuple[str, ...] = ()
    mrcs: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()  # MRC codes, or « R04 » for a whole region
    forms: tuple[str, ...] = ()  # as asked: « coop » stands for every kind of co-operative
    purposes: tuple[str, ...] = ()
    certifications: tuple[str, ...] = ()
    capacities: tuple[int, ...] = ()  # dollars per contract; the least counts
    verification: tuple[str, ...] = ()
    order: str = ""  # relevance, name, recent, capacity; empty: relevance where there is a text, else name
    view: str = "list"  # list or map

    @property
    def legal_forms(self) -> tuple[str, ...]:
        """The precise forms that `forms` stand for."""
        return tuple(form for form in LegalForm.values if form in self.forms or _family(form) in self.forms)

    @property
    def filters(self) -> int:
        """How many filter values are set, text, place served, order and view apart."""
        return sum(len(getattr(self, name)) for name in FILTERS)


FILTERS = (
    "sectors",
    "offers",
    "regions",
    "mrcs",
    "forms",
    "purposes",
    "certifications",
    "capacities",
    "verification",
)


@dataclass(frozen=True, kw_only=True)
class Names:
    """How parameters and their closed values are called in an address."""

    parameters: Mapping[str, str]
    orders: Mapping[str, str]
    views: Mapping[str, str] = field(default_factory=dict)


FRENCH = Names(
    parameters={
        "text": "q",
        "sectors": "secteur",
        "offers": "offre",
        "regions": "region",
        "mrcs": "mrc",
        "serves": "territoire",
        "forms": "forme",
        "purposes": "finalite",
        "certifications": "certification",
        "capacities": "capacite_min",
        "verification": "verification",
        "order": "tri",
        "view": "vue",
    },
    orders={"pertinence": "relevance", "nom": "name", "recent": "recent", "capacite": "capacity"},
    views={"liste": "list", "carte": "map"},
)
ENGLISH = Names(
    parameters={
        "text": "q",
        "sectors": "sector",
        "offers": "offer",
        "regions": "region",
        "mrcs": "mrc",
        "serves": "serves",
        "forms": "legal_form",
        "purposes": "purpose",
        "certifications": "certification",
        "capacities": "capacity_min",
        "verification": "verification",
        "order": "ordering",
    },
    orders={"relevance": "relevance", "name": "name", "recent": "recent", "capacity": "capacity"},
)

LABELS: dict[str, Promise] = {
    "text": gettext_lazy("recherche"),
    "sectors": gettext_lazy("secteur"),
    "offers": gettext_lazy("offre"),
    "regions": gettext_lazy("région"),
    "mrcs": gettext_lazy("MRC"),
    "serves": gettext_lazy("territoire"),
    "forms": gettext_lazy("forme"),
    "purposes": gettext_lazy("finalité"),
    "certifications": gettext_lazy("certification"),
    "capacities": gettext_lazy("capacité"),
    "verification": gettext_lazy("vérification"),
    "order": pgettext_lazy("ordre des résultats", "tri"),
    "view": gettext_lazy("vue"),
}


def _family(form: str) -> str:
    return LegalForm(form).family


def _capacity(value: str) -> int | None:
    """« 25000 », « 25 000 », « 25 000 $ »."""
    digits = re.sub(r"[\s$]", "", value)
    return (
        min(int(digits), MAX_CAPACITY)
        if digits.isascii() and digits.isdigit() and len(digits) <= 12
        else None
    )


def _among(known: Callable[[], Mapping[str, object]]) -> Callable[[str], str | None]:
    return lambda value: value if value in known() else None


def _served(value: str) -> str | None:
    known = territories.regions() if value[:1] == "R" else territories.mrcs()
    return value if value.removeprefix("R") in known else None


@cache
def _forms() -> dict[str, str]:
    return {form: form for form in LegalForm.values}


_READERS: dict[str, Callable[[str], str | int | None]] = {
    "sectors": _among(classification.sectors),
    "offers": codes.prefix_of,
    "regions": _among(territories.regions),
    "mrcs": _among(territories.mrcs),
    "serves": _served,
    "forms": _among(_forms),
    "purposes": _among(classification.purposes),
    "certifications": _among(classification.certifications),
    "capacities": _capacity,
    "verification": _among(lambda: {RECENT: RECENT, LAPSED: LAPSED}),
}


def parse(params: parameters.Params, names: Names = FRENCH) -> tuple[DirectoryQuery, list[Problem]]:
    """The query that an address asks, and what in it means nothing. Unknown parameters are no fault."""
    reading = parameters.Reading(params, names.parameters, LABELS)
    found: dict[str, Any] = {name: reading.many(name, read) for name, read in _READERS.items()}
    for name, known in (("order", names.orders), ("view", names.views)):
        if (value := reading.last(name, known.get)) is not None:
            found[name] = value
    return DirectoryQuery(text=reading.text(), **found), reading.problems


def as_parameters(query: DirectoryQuery, names: Names = FRENCH) -> list[tuple[str, str]]:
    """The query as an address writes it, always in the same order, without what goes without saying."""
    words = {
        "order": {meaning: word for word, meaning in names.orders.items()},
        "view": {meaning: word if meaning != "list" else "" for word, meaning in names.views.items()},
    }
    return parameters.pairs(query, names.parameters, words)


def without(query: DirectoryQuery, name: str, value: str | int | None = None) -> DirectoryQuery:
    """The query less one value of a field, or less the whole field."""
    kept = tuple(one for one in getattr(query, name) if one != value) if value is not None else ()
    change: dict[str, Any] = {name: kept}
    return replace(query, **change)
