"""What a directory address asks: query parameters in, a clean `DirectoryQuery` and a sentence per fault out.

The page reads French parameter names, the API English ones; both get the same query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.classification import choices as classification
from marketplace.classification import codes
from marketplace.territories import choices as territories

from .models import LegalForm

MAX_TEXT = 200  # characters of q that are read
MAX_VALUES = 40  # values of one parameter that are read; nobody ticks more, and an address stays one
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


def _offer(value: str) -> str | None:
    code = codes.normalise(value)
    return codes.prefix(code) if code else None


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
    "offers": _offer,
    "regions": _among(territories.regions),
    "mrcs": _among(territories.mrcs),
    "serves": _served,
    "forms": _among(_forms),
    "purposes": _among(classification.purposes),
    "certifications": _among(classification.certifications),
    "capacities": _capacity,
    "verification": _among(lambda: {RECENT: RECENT, LAPSED: LAPSED}),
}


def parse(
    params: QueryDict | Mapping[str, object], names: Names = FRENCH
) -> tuple[DirectoryQuery, list[Problem]]:
    """The query that an address asks, and what in it means nothing. Unknown parameters are no fault."""
    found: dict[str, Any] = {}
    problems: list[Problem] = []

    def unknown(name: str, value: str) -> None:
        shown = value if len(value) <= 40 else value[:39] + "…"
        text = _("Le filtre « %(filter)s » ne connaît pas « %(value)s ». Il est ignoré.")
        problems.append(
            Problem(
                parameter=names.parameters[name],
                value=value,
                text=text % {"filter": LABELS[name], "value": shown},
            )
        )

    for name, read in _READERS.items():
        kept: list[str | int] = []
        for value in dict.fromkeys(_values(params, names.parameters[name])):
            clean = read(value)
            if clean is None:
                unknown(name, value)
            elif clean not in kept:
                kept.append(clean)
        if kept:
            found[name] = tuple(kept)

    for name, known in (("order", names.orders), ("view", names.views)):
        for value in _values(params, names.parameters.get(name, ""))[-1:]:
            if value in known:
                found[name] = known[value]
            else:
                unknown(name, value)

    text = " ".join(_values(params, names.parameters["text"])[-1:])
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT].rstrip()
        problems.append(
            Problem(
                parameter=names.parameters["text"],
                value="",
                text=_("Seuls les %(n)s premiers caractères sont cherchés.") % {"n": MAX_TEXT},
            )
        )
    return DirectoryQuery(text=text, **found), problems


def as_parameters(query: DirectoryQuery, names: Names = FRENCH) -> list[tuple[str, str]]:
    """The query as an address writes it, always in the same order, without what goes without saying."""
    pairs: list[tuple[str, str]] = []
    for name, parameter in names.parameters.items():
        value = getattr(query, name)
        if name in ("order", "view"):
            known = names.orders if name == "order" else names.views
            value = next(
                (word for word, meaning in known.items() if meaning == value and value != "list"), ""
            )
        values = value if isinstance(value, tuple) else (value,)
        pairs += [(parameter, str(one)) for one in values if one]
    return pairs


def without(query: DirectoryQuery, name: str, value: str | int | None = None) -> DirectoryQuery:
    """The query less one value of a field, or less the whole field."""
    kept = tuple(one for one in getattr(query, name) if one != value) if value is not None else ()
    change: dict[str, Any] = {name: kept}
    return replace(query, **change)


def _values(params: QueryDict | Mapping[str, object], name: str) -> list[str]:
    """The values of a parameter, trimmed, without the NUL that PostgreSQL refuses; empty ones say nothing."""
    if isinstance(params, QueryDict):
        raw: list[object] = list(params.getlist(name))
    else:
        found = params.get(name, [])
        raw = list(found) if isinstance(found, list | tuple) else [found]
    values = (str(value).replace("\x00", " ").strip() for value in raw[:MAX_VALUES])
    return [value for value in values if value]
