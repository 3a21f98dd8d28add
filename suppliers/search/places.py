"""The place that a text names: « à Shawinigan », « traiteur mauricie », « near Trois-Rivières », « G9A 5H7 ».

Pure but for the gazetteer of the process. A place ranks, it never filters; a name that is also a word of the trade
(« chasse et pêche », « sirop d’érable ») is a place only where the words before it say so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import Gazetteer, clean_postal_code
from marketplace.territories.points import Area, Place
from marketplace.territories.spelling import LONG
from marketplace.territories.title_places import TitleReader
from marketplace.territories.title_words import CONTRACTED

from .small_words import HERE, LINKS, NICKNAMES, TOWARDS
from .tokens import Token

_POSTAL = re.compile(r"\b([GHJ]\d[A-Z])(?:[\s-]?(\d[A-Z]\d))?\b", re.IGNORECASE)
LONGEST = 7
_ARTICLES = frozenset(("l", "la", "le", "les"))
_OF_AREA = {"region": "region", "mrc": "mrc"}


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place that a text names at tokens [start, end), words that point at it included. `sure` where they do."""

    place: Place
    label: str
    start: int
    end: int
    sure: bool


def read_postal_code(text: str, gazetteer: Gazetteer) -> tuple[Place, str, int, int] | None:
    """A postal code or its first half, as a place, with its label and where it stands; None if there is none."""
    for match in _POSTAL.finditer(text):
        code = clean_postal_code(match[0])
        if code and (place := gazetteer.resolve("", code)):
            label = match[1].upper() + (f" {match[2].upper()}" if match[2] else "")
            return place, label, match.start(), match.end()
    return None


def read_place(
    tokens: list[Token],
    gazetteer: Gazetteer,
    reader: TitleReader,
    is_word: Callable[[str], bool],
) -> NamedPlace | None:
    """The place that the tokens name, the surest; of equals the last. `is_word`: whether a key is one of the trade's."""
    keys = [LONG.get(token.key, token.key) for token in tokens]
    found: list[NamedPlace] = []
    at = 0
    while at < len(keys):
        named = _named_at(keys, at, gazetteer, reader, is_word)
        if named:
            found.append(named)
            at = named.end
        else:
            at += 1
    return max(found, key=lambda one: (one.sure, one.place.municipality is not None, one.start), default=None)


def _named_at(
    keys: list[str], at: int, gazetteer: Gazetteer, reader: TitleReader, is_word: Callable[[str], bool]
) -> NamedPlace | None:
    for length in range(min(LONGEST, len(keys) - at), 0, -1):
        end = at + length
        words = keys[at:end]
        if words[0] in LINKS and words[0] not in _ARTICLES and words[0] not in CONTRACTED:
            continue
        spelled = [" ".join(words)]
        if words[0] in CONTRACTED and length > 1:
            spelled.append(" ".join([CONTRACTED[words[0]], *words[1:]]))  # « au Bic », « des Îles »
        for name in spelled:
            name = NICKNAMES.get(name, name)
            start, lead = _pointed_from(keys, at)
            if name != spelled[0] and name.split()[0] in _ARTICLES and words[0] in TOWARDS:
                lead = lead or words[0]
            if not (resolved := _resolve(name, lead, gazetteer, reader)):
                continue
            if spelled[0] == "quebec" and lead in ("au", "in", "en", "dans", "from", "region"):
                continue  # the province
            place, label, is_large = resolved
            if not lead and not _stands_alone(words, name, place, keys, end, is_word, is_large):
                continue
            return NamedPlace(place, label, start if lead else at, end, bool(lead) or length > 1)
    return None


def _stands_alone(
    words: list[str],
    name: str,
    place: Place,
    keys: list[str],
    end: int,
    is_word: Callable[[str], bool],
    is_large: bool,
) -> bool:
    """Whether a name that no word points at is meant as a place all the same."""
    if words[0] in CONTRACTED or (words[0] in _ARTICLES and len(words) == 2 and is_word(words[1])):
        return False  # « la pêche », « l’érable »
    if is_word(name) or any(is_word(name.removeprefix(article + " ")) for article in _ARTICLES):
        return False
    return is_large or len(words) > 1 or end == len(keys) or end == 1


def _pointed_from(keys: list[str], at: int) -> tuple[int, str]:
    """Where the words that point at the name begin, and the first of them; "" where none does."""
    first = at
    while first and keys[first - 1] in LINKS and keys[first - 1] not in TOWARDS:
        first -= 1
    lead = ""
    start = at
    while first and keys[first - 1] in TOWARDS:
        first -= 1
        lead, start = keys[first], first
        while first and keys[first - 1] in LINKS and keys[first - 1] not in TOWARDS:
            first -= 1
    return start, lead


def _resolve(
    name: str, lead: str, gazetteer: Gazetteer, reader: TitleReader
) -> tuple[Place, str, bool] | None:
    """The place of that name, what it is called, and whether nearly everyone knows it."""
    towns, areas = reader.towns.get(name, []), reader.areas.get(name, [])
    if lead in _OF_AREA or not towns:
        wanted = [area for area in areas if (area.mrc is None) == (lead == "region")] or areas
        if wanted and (area := _one_area(wanted)):
            return area
    if not towns:
        return None
    place = gazetteer.choose(name)
    if not place:
        return None
    town = gazetteer.towns.get(place.municipality or "")
    label = town.name if town else region_names().get(place.region or "", name)
    return place, label, town is None or town.population >= 4_000


def _one_area(areas: list[Area]) -> tuple[Place, str, bool] | None:
    if len({(area.mrc, area.region) for area in areas}) > 1:
        regions = {area.region for area in areas}
        if len(regions) > 1:
            return None
        areas = [area for area in areas if area.mrc is None] or [Area(None, regions.pop())]
    area = areas[0]
    if area.region not in region_names():
        return None
    if area.mrc and (mrc := mrcs_by_code().get(area.mrc)):
        return Place(mrc=area.mrc, region=area.region, lat=mrc.lat, lon=mrc.lon, how="mrc"), mrc.name, True
    return Place(region=area.region, how="region"), region_names()[area.region], True


def here_spans(tokens: list[Token]) -> set[int]:
    """The tokens of « près de chez moi », « near me », « partout au Québec »: a place that says nothing."""
    keys = tuple(token.key for token in tokens)
    found: set[int] = set()
    for words in HERE:
        for at in range(len(keys) - len(words) + 1):
            if keys[at : at + len(words)] == words:
                found |= set(range(at, at + len(words)))
    return found
