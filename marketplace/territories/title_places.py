"""The place that the title of a notice names: « Entretien ménager à Shawinigan », « Pavage (Lévis et Scott) ».

Titles also name streets, rivers, schools and people after towns: « boulevard Laval », « pont de Trois-Rivières »,
« salle Louis-Fréchette ». A name counts only where the words around it say that a place is meant, and never as a part
of a longer compound. A title that names places of several regions says none of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from marketplace.territories.body_names import NamedTerritory, agreed_place, named_area
from marketplace.territories.places import DWARFS, Gazetteer, current_gazetteer
from marketplace.territories.points import NOWHERE, Area, Place, Town, place_of_town
from marketplace.territories.spelling import ARTICLES
from marketplace.territories.title_words import (
    CONTRACTED,
    Mention,
    Word,
    read_key,
    split_title,
    weigh_mention,
)
from marketplace.web.process_cache import cached_in_process

#: Words of bodies' names that are also what people call a territory; the others name only schools and hospitals.
TERRITORIES = frozenset(
    (
        "baie james", "basse cote nord", "beauce", "bois francs", "cantons de l est", "cote du sud",
        "eastern townships", "eeyou istchee", "gaspesie", "gaspesie et des iles", "gaspesie les iles",
        "hautes laurentides", "ile de montreal", "iles de la madeleine", "james bay", "lac saint jean",
        "moyenne cote nord", "nunavik",
    )
)  # fmt: skip
#: Directions of the ministries, by the region that all or nearly all of their territory lies in.
DIRECTIONS = {
    "est de la monteregie": "16",
    "ouest de la monteregie": "16",
    "saguenay lac saint jean chibougamau": "02",
}
#: Areas of several regions: what lies in one of them lies in none that can be told.
WIDE = ("communaute metropolitaine de montreal", "region metropolitaine de montreal", "grand montreal")
ANYWHERE = (Area(None, "one"), Area(None, "another"))

BOROUGHS = ("arr", "arrondissement", "arrondissements")
COMPASS = ("nord", "sud", "est", "ouest", "centre")


@dataclass(frozen=True)
class TitlePlace:
    """What a title says. `sure` and `likely` are NOWHERE where nothing is named so, or several regions are.

    `likely` is what stands less open: « palais de justice de Rimouski », « Matane - Réfection de la toiture ».
    """

    sure: Place = NOWHERE
    likely: Place = NOWHERE
    regions: frozenset[str] = frozenset()  # all that are surely named


class TitleReader:
    """Reads titles for the names of a gazetteer. Made once; it asks the database nothing."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        #: Today's towns, and former ones and boroughs whose name none of today's towns bears.
        self.towns: dict[str, list[Town]] = {**gazetteer.alias, **gazetteer.official}
        self.official = gazetteer.official
        self.areas: dict[str, list[Area]] = defaultdict(list)
        for key, areas in gazetteer.area.items():
            self.areas[key] += areas
        for key, area in gazetteer.body.items():
            if key in TERRITORIES and key not in self.areas:
                self.areas[key].append(area)
        for key, region in DIRECTIONS.items():
            self.areas[key].append(Area(None, region))
        for key in WIDE:
            self.areas[key] = list(ANYWHERE)
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in {*self.towns, *self.areas}:
            words = key.split()
            lengths[words[0]].add(len(words))
        #: By the first word of a name: how many words such names have, the longest first.
        self.lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def read(self, title: str) -> TitlePlace:
        mentions = [mention for mention in self.mentions(title) if mention.weight != "thing"]
        sure = self._territories(mention for mention in mentions if mention.weight == "sure")
        everything = self._territories(mentions)
        regions = frozenset(named.region for _group, named in sure)
        if not regions:
            return TitlePlace(likely=agreed_place([named for _group, named in everything]))
        return TitlePlace(
            sure=agreed_place([named for _group, named in sure]) or _decided(everything), regions=regions
        )

    def mentions(self, title: str) -> list[Mention]:
        """The names in a title, in order, those of things too."""
        words = split_title(title)
        found: list[Mention] = []
        at = 0
        while at < len(words):
            before = found[-1] if found else None
            if end := self._end_of_name(words, at, before):
                mention = weigh_mention(words, at, end, before)
                if mention.key in self.areas and mention.weight == "thing" and mention.is_of_many:
                    mention = mention._replace(weight="likely")  # « diverses routes de la Mauricie »
                # « à Lévis (Québec) », « Montréal, Québec »: the province.
                if not (mention.key == "quebec" and mention.is_aside and before and before.weight == "sure"):
                    found.append(mention)
                at = end
            else:
                at += 1
        return found

    def _end_of_name(self, words: list[Word], at: int, before: Mention | None) -> int:
        """Where the longest name that begins at a word ends, 0 if none does; never a part of a compound."""
        first = words[at]
        begins_with_article = first.key in ARTICLES or first.key in CONTRACTED  # it may be small: « au Bic »
        if not (first.is_name or (begins_with_article and words[at + 1].is_name)):
            return 0
        if at and first.gap == "hyphen" and not (before and before.end == at):
            return 0
        for length in self.lengths.get(CONTRACTED.get(first.key, first.key), ()):
            end = at + length
            if self._is_name(words, at, end) and (
                words[end].gap != "hyphen" or words[end].key in COMPASS or self._name_begins(words, end)
            ):
                return end
        return 0

    def _is_name(self, words: list[Word], at: int, end: int) -> bool:
        if end >= len(words) or any(word.gap == "stop" for word in words[at + 1 : end]):
            return False
        key = read_key(words, at, end)
        return key in self.towns or key in self.areas

    def _name_begins(self, words: list[Word], at: int) -> bool:
        return any(self._is_name(words, at, at + length) for length in self.lengths.get(words[at].key, ()))

    def _territories(self, mentions: Iterable[Mention]) -> list[tuple[int, NamedTerritory]]:
        """The territories meant, with the number of the list that they stand in.

        A name that several places have is read with the regions that the others name, or not at all.
        """
        found: list[tuple[int, NamedTerritory]] = []
        shared: list[tuple[int, list[Town]]] = []
        for mention in mentions:
            certain, namesakes = self._meant(mention)
            found += [(mention.group, named) for named in certain]
            if namesakes:
                shared.append((mention.group, namesakes))
        regions = {named.region for _group, named in found}
        for group, towns in shared:
            around = [town for town in towns if town.region in regions]
            if len({town.region for town in around}) == 1:
                found.append((group, named_towns(around)))
        return sorted(found, key=lambda pair: pair[0])

    def _meant(self, mention: Mention) -> tuple[list[NamedTerritory], list[Town]]:
        """The territory that a mention stands for, else the namesakes that it may."""
        areas, towns = self.areas.get(mention.key, []), self.towns.get(mention.key, [])
        if areas == list(ANYWHERE):
            return [named_area(area, "region") for area in areas], []
        if mention.lead in BOROUGHS and mention.key in self.official:
            return [], []  # « arrondissement de Mercier–Hochelaga-Maisonneuve »: Mercier is a town elsewhere
        regions = [area for area in areas if not area.mrc]
        mrcs = [area for area in areas if area.mrc]
        if regions and regions[0].region not in {town.region for town in towns}:
            return [named_area(regions[0], "region")], []
        if mrcs and (not towns or mention.lead in ("mrc", "mrcs", "comte")):
            return [named_area(mrcs[0], "mrc")] if len({area.region for area in mrcs}) == 1 else [], []
        if len({place.region for place in [*towns, *mrcs]}) == 1:
            return [named_towns(towns)], []
        by_people = sorted(towns, key=lambda town: -town.population)
        if not mrcs and by_people[0].population >= DWARFS * max(1, by_people[1].population):
            return [named_towns(by_people[:1])], []
        return [], towns


def named_towns(towns: list[Town]) -> NamedTerritory:
    """The town, or the region of namesakes in several MRCs of it."""
    first = towns[0]
    if len({town.mrc for town in towns}) == 1:
        return NamedTerritory(first.region, first.mrc, place_of_town(first, "municipality"))
    return NamedTerritory(first.region, None, Place(region=first.region, how="region"))


def _decided(found: list[tuple[int, NamedTerritory]]) -> Place:
    """Of several regions, the one that is also named by itself.

    « Centre de services de Nicolet (Mauricie-Centre-du-Québec) » is in Centre-du-Québec.
    """
    lists = [[named for _, named in pairs] for _, pairs in groupby(found, key=lambda pair: pair[0])]
    alone = [named for group in lists if len({one.region for one in group}) == 1 for named in group]
    regions = {named.region for named in alone}
    if len(regions) != 1 or any(regions.isdisjoint(one.region for one in group) for group in lists):
        return NOWHERE
    return agreed_place(alone)


@cached_in_process
def current_title_reader() -> TitleReader:
    """The reader of this process, made again at most once a minute."""
    return TitleReader(current_gazetteer())
