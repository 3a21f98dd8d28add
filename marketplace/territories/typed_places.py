"""A place as a buyer types it, « Shawinigan », « Les Chenaux », « Mauricie » or « G9A 5H7 », read into a served area's token.

A town stands for its MRC: that is what enterprises say they serve. What stays ambiguous is offered, never guessed. No
SQL on a warm page.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.web.folding import fold_text
from marketplace.web.process_cache import ProcessCache

from .labels import mrcs_by_code, region_names, territory_label
from .places import clean_postal_code, current_gazetteer
from .points import Place
from .spelling import name_key

MOST_CHOICES = 8
KEPT_SECONDS = 900.0  # reading all names takes a tenth of a second, and they change once a year
#: What says « no place in particular ».
_ANYWHERE = frozenset(
    {
        "partout",
        "n importe ou",
        "tout le quebec",
        "quebec tout entier",
        "anywhere",
        "all of quebec",
        "everywhere",
    }
)


@dataclass(frozen=True, slots=True)
class PlaceChoice:
    """`token` is « 371 » or « R04 ». Typed back, `label` reads as this token alone; `hint` says where that is."""

    token: str
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Name:
    """A name of a place, what it leads to, and how many people live there: the most peopled is proposed first."""

    text: str
    token: str
    kind: str  # town, mrc or region
    population: int
    key: str


@dataclass(frozen=True)
class _Names:
    all: tuple[_Name, ...]
    by_key: dict[str, list[_Name]]

    def is_alone(self, name: _Name) -> bool:
        """Whether the bare name leads to no other area."""
        return all(other.token == name.token for other in self.by_key[name.key])


def _read_names() -> _Names:
    gazetteer, mrcs = current_gazetteer(), mrcs_by_code()
    peopled: dict[str, int] = defaultdict(int)
    for mrc in mrcs.values():
        peopled[mrc.region] += mrc.population
    found: dict[tuple[str, str], _Name] = {}

    def add(text: str, token: str, kind: str, population: int) -> None:
        key = name_key(text)
        kept = found.get((key, token))
        if kept is None or kept.population < population:
            found[key, token] = _Name(text, token, kind, population, key)

    for code, mrc in mrcs.items():
        add(mrc.name, code, "mrc", mrc.population)
    for code, name in region_names().items():
        add(name, f"R{code}", "region", peopled[code])
    for town in gazetteer.towns.values():
        if not town.name.startswith("Toponyme"):
            add(town.name, town.mrc or f"R{town.region}", "town", town.population)
    for alias, code in gazetteer.aliases:
        town = gazetteer.towns[code]
        add(alias, town.mrc or f"R{town.region}", "town", 0)
    by_key: dict[str, list[_Name]] = defaultdict(list)
    for one in found.values():
        by_key[one.key].append(one)
    return _Names(tuple(sorted(found.values(), key=lambda one: (-one.population, one.text))), dict(by_key))


_names = ProcessCache(_read_names, KEPT_SECONDS)


def place_label(token: str) -> str:
    """An area as a field holds it: « Les Chenaux », « Mauricie », « Laval (région) » where a city has the name too."""
    name = territory_label(token)
    others = [one for one in _names().by_key.get(name_key(name), ()) if one.token != token]
    if not others:
        return name
    return _("%(name)s (région)") % {"name": name} if token[:1] == "R" else _bare_or_mrc(name, others)


def _bare_or_mrc(name: str, others: Iterable[_Name]) -> str:
    """An MRC keeps its bare name before a region (Laval); before a town of another MRC it says that it is one."""
    return name if all(one.kind == "region" for one in others) else _("%(name)s (MRC)") % {"name": name}


def read_place(text: str) -> list[PlaceChoice]:
    """What a typed place may mean: one choice where that is clear, several to choose from, none where it is unknown."""
    text = " ".join(text.replace("\x00", " ").split())[:120]
    if not fold_text(text) or is_anywhere(text):
        return []
    if named := _read_name(text):
        return named if len(named) == 1 else named[:MOST_CHOICES]
    if token := _token_of(current_gazetteer().resolve(text, clean_postal_code(text))):
        return [_choice_of_token(token)]
    beginning = suggest_places(text, MOST_CHOICES)
    if beginning:
        return beginning
    keys = _names().by_key
    close = difflib.get_close_matches(name_key(text), keys, n=3, cutoff=0.8)
    return _choices(one for key in close for one in keys[key])[:MOST_CHOICES]


def is_anywhere(text: str) -> bool:
    return fold_text(text) in _ANYWHERE


def _read_name(text: str) -> list[PlaceChoice]:
    """By its exact name, with or without what stands in brackets."""
    bare, _open, inside = text.partition("(")
    names, inside = _names(), fold_text(inside)
    exact = names.by_key.get(name_key(bare), [])
    if inside:
        kinds = {"region": "region", "mrc": "mrc"}
        exact = [
            one
            for one in exact
            if (
                one.kind == kinds[inside]
                if inside in kinds
                else fold_text(territory_label(one.token)) == inside
            )
        ]
    elif len(exact) > 1 and (token := _token_of(current_gazetteer().resolve(bare, ""))):
        # Of several, the one that is much the most peopled; a city before the region that has its name.
        exact = [one for one in exact if one.token == token] or exact
    return _choices(exact)


def _token_of(place: Place) -> str:
    return place.mrc or (f"R{place.region}" if place.region else "")


def _choice_of_token(token: str) -> PlaceChoice:
    return PlaceChoice(token, place_label(token), _hint(token, territory_label(token)))


def _choice(name: _Name) -> PlaceChoice:
    if name.kind != "town":
        return _choice_of_token(name.token)
    area = territory_label(name.token)
    alone = _names().is_alone(name) or name_key(area) == name.key
    return PlaceChoice(
        name.token, name.text if alone else f"{name.text} ({area})", _hint(name.token, name.text)
    )


def _hint(token: str, shown: str) -> str:
    """« MRC Les Chenaux, Mauricie » beside a town; the region beside an MRC."""
    if token[:1] == "R":
        return _("région")
    mrc = mrcs_by_code()[token]
    region = region_names().get(mrc.region, "")
    if name_key(mrc.name) == name_key(shown):
        return region
    return _("MRC %(mrc)s, %(region)s") % {"mrc": mrc.name, "region": region}


def _choices(names: Iterable[_Name]) -> list[PlaceChoice]:
    """One choice for a token, the first."""
    found: dict[str, PlaceChoice] = {}
    for name in names:
        if name.token not in found:
            found[name.token] = _choice(name)
    return list(found.values())


def suggest_places(text: str, most: int) -> list[PlaceChoice]:
    """Places whose name begins so, then those that have a word beginning so; the most peopled first."""
    if code := clean_postal_code(text):
        token = _token_of(current_gazetteer().resolve("", code))
        return [_choice_of_token(token)] if token else []
    typed = name_key(text)
    if not typed:
        return []
    first: list[_Name] = []
    then: list[_Name] = []
    for name in _names().all:
        if name.key.startswith(typed):
            first.append(name)
            if len(first) == most:
                break
        elif len(then) < most and f" {typed}" in name.key:
            then.append(name)
    labels: dict[str, PlaceChoice] = {}
    for choice in map(_choice, [*first, *then]):
        labels.setdefault(choice.label, choice)
    return list(labels.values())[:most]
