"""Where an address is: a town as people write it and a postal code, resolved to a municipality, an MRC, a region.

A `Gazetteer` is plain data and asks the database nothing once loaded; `current_gazetteer()` is the one of this process.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from marketplace.territories import models
from marketplace.territories.points import NOWHERE, Area, How, Place, Prefix, Town, distance_km, place_of_town
from marketplace.territories.spelling import name_key, town_spellings, without_article, without_compass
from marketplace.web.process_cache import cached_in_process

__all__ = ["NOWHERE", "Gazetteer", "Place", "clean_postal_code", "current_gazetteer", "distance_km"]

#: A prefix speaks for its region where at least this part of its codes lies in it.
SURE_ENOUGH = 0.8
#: Above this, a prefix outweighs a name that many places have had.
SURE = 0.95
#: Of two places of one name, without any other sign, the one this many times more peopled is meant.
DWARFS = 20

_POSTAL = re.compile(r"[A-Z]\d[A-Z](?:\d[A-Z]\d)?")


def clean_postal_code(text: str) -> str:
    """« g9a 5h7 » is « G9A5H7 »; a prefix alone is kept; anything else is empty."""
    tight = re.sub(r"[\s\-]", "", text).upper()
    return tight if _POSTAL.fullmatch(tight) else ""


@dataclass
class Gazetteer:
    """Towns by every name they are known by, areas by theirs, and what postal codes say."""

    towns: dict[str, Town]
    aliases: Iterable[tuple[str, str]] = ()
    areas: Iterable[tuple[str, Area]] = ()
    bodies: Iterable[tuple[str, Area]] = ()
    prefixes: dict[str, Prefix] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.official: dict[str, list[Town]] = defaultdict(list)
        self.alias: dict[str, list[Town]] = defaultdict(list)
        self._short: dict[str, list[Town]] = defaultdict(list)
        self._tight: dict[str, list[Town]] = defaultdict(list)
        self._starting: dict[str, list[Town]] = defaultdict(list)
        self._post_offices: dict[str, list[Town]] = defaultdict(list)
        for town in self.towns.values():
            if town.name.startswith("Toponyme"):  # « Toponyme à venir »: nobody lives in a name to come
                continue
            name = name_key(town.name)
            self.official[name].append(town)
            self._short[without_article(name)].append(town)
            self._tight[name.replace(" ", "")].append(town)
            words = name.split()
            for length in range(2, len(words)):
                self._starting[" ".join(words[:length])].append(town)
            if town.postal_code[1:2] == "0":  # a rural code is a village; an urban one is a side of a street
                self._post_offices[town.postal_code].append(town)
        for alias, code in self.aliases:
            self.alias[name_key(alias)].append(self.towns[code])
        self.area: dict[str, list[Area]] = defaultdict(list)
        for name, area in self.areas:
            self.area[name_key(name)].append(area)
        self.body = {name_key(words): area for words, area in self.bodies}

    @classmethod
    def load(cls) -> Gazetteer:
        """Read everything from the database: eight queries."""
        return _load()

    def resolve(self, town: str, postal_code: str = "") -> Place:
        """Where a town, as written, and a postal code are. Either may be empty; a wrong or foreign one is no error.

        Of several places with the name, the postal code chooses. Where it contradicts all of them, it wins over a
        saint's name or an alias (the old parishes had them everywhere) and loses against any other official name
        (a letter of a postal code is mistyped more easily than a town). What stays ambiguous is not guessed.
        """
        code = clean_postal_code(postal_code)
        if self._is_elsewhere(code):
            return NOWHERE
        for name, designation in town_spellings(town):
            if place := self.choose(name, code, designation):
                return place
        return self._by_postal_code(code)

    def choose(self, name: str, postal_code: str = "", designation: str = "") -> Place:
        """The town of that key, among those that have or had the name; NOWHERE if none or not decidable."""
        pools = self._pools(name)
        prefix = self.prefixes.get(postal_code[:3])
        if prefix is None:
            return self._pick(pools[0][1], pools[0][0], None, postal_code, designation) if pools else NOWHERE
        for how, pool in pools:
            if fitting := [town for town in pool if prefix.allows(town)]:
                return self._pick(fitting, how, prefix, postal_code, designation)
        is_common = name.startswith(("saint ", "sainte "))
        for how, pool in pools:
            if how == "municipality" and not (is_common and prefix.part >= SURE):
                return self._pick(pool, how, None, "", designation)
        return NOWHERE

    def _pools(self, name: str) -> list[tuple[How, list[Town]]]:
        """Towns that the name may mean, from its exact official bearer to those whose name begins with it."""
        pools: list[tuple[How, list[Town]]] = [
            ("municipality", self.official.get(name, [])),
            ("alias", self.alias.get(name, [])),
            ("alias", self._short.get(name, [])),
            ("alias", self.official.get(without_compass(name), [])),
            ("alias", self._tight.get(name.replace(" ", ""), [])),
            ("alias", self._starting.get(name, [])),
        ]
        return [(how, pool) for how, pool in pools if pool]

    def _pick(
        self, pool: list[Town], how: How, prefix: Prefix | None, postal_code: str, designation: str
    ) -> Place:
        """One of several namesakes, by what else is known; else what they all share."""
        signs = [
            lambda town: bool(designation) and town.designation == designation,
            lambda town: bool(postal_code) and town.postal_code == postal_code,
            lambda town: prefix is not None and prefix.mrc is not None and town.mrc == prefix.mrc,
            lambda town: prefix is not None and town.region == prefix.region,
        ]
        for sign in signs:
            pool = [town for town in pool if sign(town)] or pool
        first, *rest = sorted(pool, key=lambda town: -town.population)
        if not rest or first.population >= DWARFS * max(1, rest[0].population):
            return place_of_town(first, how)
        if len({town.mrc or town.region for town in pool}) == 1:
            return place_of_town(first, how)
        if len({town.region for town in pool}) == 1:
            return Place(region=first.region, how="region")
        return NOWHERE

    def _is_elsewhere(self, postal_code: str) -> bool:
        """Québec's codes begin with G, H or J; K1A is federal, on both sides of the river."""
        return postal_code[:1] not in ("", "G", "H", "J") and postal_code[:3] != "K1A"

    def _by_postal_code(self, postal_code: str) -> Place:
        if offices := self._post_offices.get(postal_code):
            if len({town.mrc for town in offices}) == 1:
                place = place_of_town(max(offices, key=lambda town: town.population), "postal_code")
                return replace(place, municipality=None)
            if len({town.region for town in offices}) == 1:
                return Place(region=offices[0].region, how="postal_code")
            return NOWHERE
        prefix = self.prefixes.get(postal_code[:3])
        if prefix is None or prefix.part < SURE_ENOUGH:
            return NOWHERE
        is_rural = postal_code[1] == "0"  # its middle may be a hundred kilometres away
        return Place(
            mrc=prefix.mrc,
            region=prefix.region,
            lat=None if is_rural else prefix.lat,
            lon=None if is_rural else prefix.lon,
            how="postal_code",
        )


def _load() -> Gazetteer:
    mrcs = {
        code: Area(code, region, lat, lon)
        for code, region, lat, lon in models.Mrc.objects.values_list("code", "region_id", "lat", "lon")
    }
    pole_of_nation: dict[str, set[str]] = defaultdict(set)
    covered = models.PoleCoverage.objects.today().filter(nation__isnull=False)
    for nation, pole in covered.values_list("nation_id", "pole_id"):
        pole_of_nation[nation].add(pole)

    def lone(poles: Collection[str]) -> str | None:
        return next(iter(poles)) if len(poles) == 1 else None

    towns = {
        code: Town(
            code=code,
            name=name,
            designation=designation,
            mrc=mrc,
            region=mrcs[mrc].region if mrc else region,
            population=population,
            postal_code=postal_code,
            lat=lat,
            lon=lon,
            pole=None if mrc else lone(pole_of_nation.get(nation, ())),
        )
        for code, name, designation, mrc, region, nation, population, postal_code, lat, lon in (
            models.Municipality.objects.values_list(
                "code",
                "name",
                "designation",
                "mrc_id",
                "region_id",
                "nation_id",
                "population",
                "postal_code",
                "lat",
                "lon",
            )
        )
    }
    areas = [(name, mrcs[code]) for code, name in models.Mrc.objects.values_list("code", "name")]
    areas += [(name, Area(None, code)) for code, name in models.Region.objects.values_list("code", "name")]
    bodies = [
        (words, mrcs[mrc] if mrc else Area(None, region))
        for words, region, mrc in models.TerritoryName.objects.values_list("words", "region_id", "mrc_id")
    ]
    prefixes = {
        fsa: Prefix(region, part, tuple(others), mrc, lat, lon)
        for fsa, region, part, others, mrc, lat, lon in models.PostalRegion.objects.values_list(
            "fsa", "region_id", "part", "others", "mrc_id", "lat", "lon"
        )
    }
    aliases = list(models.PlaceAlias.objects.values_list("name", "municipality_id"))
    return Gazetteer(towns, aliases, areas, bodies, prefixes)


@cached_in_process
def current_gazetteer() -> Gazetteer:
    """The gazetteer of this process, read again at most once a minute."""
    return Gazetteer.load()
