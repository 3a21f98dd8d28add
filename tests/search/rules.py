"""Rules that say who is right for a query: « trade=traiteur or offer~boites a lunch, and at=Shawinigan ».

Clauses joined by « , and » all hold; in a clause one of the tests joined by « or » does; a leading « not » denies one.

| Test | Holds where |
|---|---|
| `trade=menage` | it offers something of that trade of the demo (titles of `marketplace/demo/seeding/data/trades`) |
| `offer~vitres` | the title of one of its offers matches |
| `text~paniers? de legumes` | its name, its activity, or an offer's title or description matches |
| `activity~`, `name~`, `street~`, `postal~`, `neq~` | the same of one field; names and activities are what the registry extract has |
| `group=childcare` | the registry extract: as `labels/groups.toml` tells from names and activities |
| `code=7611` | an offer has a code that begins so |
| `form=coop`, `purpose=insertion`, `cert=fsc` | its legal form or the family of it, a finalité, a certification held |
| `capacity>=25000` | it delivers contracts that large, or has not said |
| `in=Shawinigan` | it sits there: a municipality, « MRC Maskinongé » or « région Mauricie » |
| `at=Shawinigan` | it sits there, or in the same MRC, or within 30 km, or serves it |
| `is=picked` | it is the one that the query was written from |

Patterns are regular expressions on folded text (lower case, no accents, one space between words), each found at the
beginning of a word. `none` alone: nobody is right, and an empty page is.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from .facts import Facts, Place, find_place

NEAR_KM = 30
GROUPS = Path(__file__).parent / "labels" / "groups.toml"
NOBODY = "none"
Test = Callable[[Facts, Facts | None], bool]
_TEST = re.compile(r"(not )?(\w+)(=|~|>=)(.+)", re.DOTALL)


class BadRule(ValueError):
    """The rule is not written as the table says."""


class Rule:
    """A rule read once; `holds` asks it of one supplier. Places are looked up when it is first asked."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.clauses: list[list[Test]] = []
        if text != NOBODY:
            self.clauses = [
                [read_test(test) for test in clause.split(" or ")] for clause in text.split(", and ")
            ]

    def holds(self, facts: Facts, picked: Facts | None = None) -> bool:
        return bool(self.clauses) and all(
            any(test(facts, picked) for test in clause) for clause in self.clauses
        )

    def right(self, directory: list[Facts], picked: Facts | None = None) -> set[str]:
        """Slugs of who is right."""
        return {facts.slug for facts in directory if self.holds(facts, picked)}


@cache  # what many queries share is compiled once
def read_test(text: str) -> Test:
    found = _TEST.fullmatch(text.strip())
    if not found:
        raise BadRule(text)
    denied, subject, operator, value = found.groups()
    test = _read(subject, operator, value)
    return (lambda facts, picked: not test(facts, picked)) if denied else test


def _read(subject: str, operator: str, value: str) -> Test:
    if operator == "~":
        return _pattern(subject, value)
    if (subject, operator) == ("capacity", ">=") and value.isdigit():
        least = int(value)
        return lambda facts, _picked: facts.capacity is None or facts.capacity >= least
    if operator == "=" and subject in _EQUAL:
        return _EQUAL[subject](value)
    raise BadRule(f"{subject}{operator}{value}")


def _pattern(subject: str, value: str) -> Test:
    try:
        found = re.compile(rf"\b(?:{value})").search
    except re.error as error:
        raise BadRule(value) from error
    readers: dict[str, Test] = {
        "offer": lambda facts, _picked: any(found(title) for title, _description in facts.offers),
        "text": lambda facts, _picked: found(facts.text) is not None,
        "activity": lambda facts, _picked: found(facts.activity) is not None,
        "name": lambda facts, _picked: found(facts.name) is not None,
        "street": lambda facts, _picked: found(facts.address) is not None,
        "postal": lambda facts, _picked: found(facts.postal_code.lower()) is not None,
        "neq": lambda facts, _picked: found(facts.neq) is not None,
    }
    if subject not in readers:
        raise BadRule(f"{subject}~{value}")
    return readers[subject]


@cache
def read_groups() -> dict[str, dict[str, Any]]:
    return tomllib.loads(GROUPS.read_text(encoding="utf-8"))


def _in_group(value: str) -> Test:
    if value not in read_groups():
        raise BadRule(f"group={value}")
    group = read_groups()[value]
    found = re.compile(rf"\b(?:{group['text']})").search
    denied = re.compile(rf"\b(?:{group['not']})").search if "not" in group else None
    also, never = tuple(group.get("also", ())), tuple(group.get("except", ()))

    def test(facts: Facts, _picked: Facts | None) -> bool:
        text = f"{facts.name} . {facts.activity}"
        if facts.name.startswith(also) or facts.name.startswith(never):
            return facts.name.startswith(also)
        return bool(found(text)) and not (denied and denied(text))

    return test


def _sits(value: str) -> Test:
    place = cache(lambda: find_place(value))
    return lambda facts, _picked: sits_in(facts, place())


def _near_or_serves(value: str) -> Test:
    place = cache(lambda: find_place(value))

    def test(facts: Facts, _picked: Facts | None) -> bool:
        there = place()
        return (
            sits_in(facts, there)
            or bool(facts.served & there.served_by)
            or (facts.mrc is not None and facts.mrc in there.served_by)
            or is_near(facts, there)
        )

    return test


def sits_in(facts: Facts, place: Place) -> bool:
    return bool(getattr(facts, place.kind) == place.code)


def is_near(facts: Facts, place: Place) -> bool:
    """Within NEAR_KM as the crow flies; never where either point is unknown."""
    if None in (facts.lat, facts.lon, place.lat, place.lon):
        return False
    north = (facts.lat - place.lat) * 111.2  # type: ignore[operator]
    east = (facts.lon - place.lon) * 111.2 * math.cos(math.radians(place.lat))  # type: ignore[operator,arg-type]
    return math.hypot(north, east) <= NEAR_KM


_EQUAL: dict[str, Callable[[str], Test]] = {
    "trade": lambda value: lambda facts, _picked: value in facts.trades,
    "group": _in_group,
    "code": lambda value: lambda facts, _picked: any(code.startswith(value) for code in facts.codes),
    "form": lambda value: lambda facts, _picked: value in (facts.form, facts.form_family),
    "purpose": lambda value: lambda facts, _picked: value in facts.purposes,
    "cert": lambda value: lambda facts, _picked: value in facts.certifications,
    "in": _sits,
    "at": _near_or_serves,
    "is": lambda _value: lambda facts, picked: facts is picked,
}
