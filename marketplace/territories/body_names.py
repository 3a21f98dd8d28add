"""The territory that the name of a public body says, as far as it says one.

« Ville de Québec » names a town, « MRC de Rouville » an MRC, « Centre de services scolaire du Chemin-du-Roy » a
region that one has to know, « Hydro-Québec » nothing. What names several territories that disagree names none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from marketplace.territories.places import Gazetteer, clean_postal_code
from marketplace.territories.points import NOWHERE, Area, How, Place, Town, place_of_area
from marketplace.territories.spelling import ARTICLES, name_key, name_readings, split_kind, without_article

#: Before a name of one word, one of these: « Cégep de Matane » is in Matane, « Fonds Bonaventure » is a name.
LEADS = frozenset(
    re.split(
        r",\s+",
        """de, d, du, des, a, au, aux, en, arrondissement, canton, cegep, college, hopital, mrc, municipalite, omh,
        secteur, ville""",
    )
)

#: Names of towns that are also ordinary words, surnames or saints of hospitals: a town only behind « Ville de »…
ORDINARY = frozenset(
    re.split(
        r",\s+",
        """amherst, ascension, assomption, austin, avenir, baie, beaumont, bic, boileau, bonaventure, bonsecours,
        bowman, bristol, cedres, champlain, charlemagne, clermont, colombier, conception, corne, coteaux, desbiens,
        duhamel, dupuy, elgin, entrelacs, franklin, frontenac, gore, hampden, hauteurs, hope, hudson, irlande,
        labelle, lefebvre, lemieux, lorraine, low, maria, mayo, melbourne, mercier, milan, minerve, montcalm,
        montpellier, motte, namur, nantes, nouvelle, parent, patrie, peche, perce, plaine, plaisance, presentation,
        price, racine, redemption, reine, richelieu, rivieres, ruisseaux, sacre coeur, sainte justine, scott,
        sud ouest, trinite, vanier, visitation, warden, wentworth, windsor""",
    )
)

_MRC = re.compile(r"(?:la |les )?(?:mrc|municipalite regionale de comte) (?P<rest>.+)")
_LONGEST = 9


@dataclass(frozen=True)
class NamedTerritory:
    """One territory that stands in a name; `mrc` None means a whole region."""

    region: str
    mrc: str | None
    place: Place

    @property
    def is_town(self) -> bool:
        return self.place.municipality is not None


def find_place_in_name(gazetteer: Gazetteer, name: str, postal_code: str = "") -> Place:
    """The territory that the name of a public body says: « Ville de Québec », « MRC de Rouville », « CISSS… ».

    NOWHERE where it names none, or several that do not agree. The postal code only tells namesakes apart.
    """
    postal_code = clean_postal_code(postal_code)
    whole = name_key(name.replace("(", " secteur "))  # « … (Drummondville) » says a place by itself
    if mrc := _MRC.match(whole):
        for rest in name_readings(mrc["rest"]):
            for phrase in phrase_beginnings(rest):
                if areas := mrcs_called(gazetteer, phrase):
                    return place_of_area(areas[0], "mrc") if len(areas) == 1 else NOWHERE
    if head := split_kind(whole):
        _kind, designation, rests = head
        for phrase in sorted({p for rest in rests for p in phrase_beginnings(rest)}, key=len, reverse=True):
            if phrase in gazetteer.official or phrase in gazetteer.alias:
                return gazetteer.choose(phrase, postal_code, designation)
        for rest in rests:
            if place := gazetteer.choose(rest, postal_code, designation):
                return place
    return agreed_place(everything_named(gazetteer, whole, postal_code))


def phrase_beginnings(text: str) -> list[str]:
    """The first words of a text, longest first."""
    words = text.split()[:_LONGEST]
    return [" ".join(words[:length]) for length in range(len(words), 0, -1)]


def mrcs_called(gazetteer: Gazetteer, phrase: str) -> list[Area]:
    """MRCs of that name, with or without their article."""
    for name in (phrase, *(f"{article} {phrase}" for article in ARTICLES)):
        if areas := [area for area in gazetteer.area.get(name, ()) if area.mrc]:
            return areas
    return []


def everything_named(gazetteer: Gazetteer, whole: str, postal_code: str) -> list[NamedTerritory]:
    """Every territory in a name, the longest phrase first at each word, none inside another."""
    found: list[NamedTerritory] = []
    words = whole.split()
    at = 0
    while at < len(words):
        lead = words[at - 1] if at else ""
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if named := territory_of_phrase(gazetteer, phrase, lead, postal_code):
                found.append(named)
                at += length
                break
        else:
            at += 1
    return found


def territory_of_phrase(
    gazetteer: Gazetteer, phrase: str, lead: str, postal_code: str
) -> NamedTerritory | None:
    """The territory that a phrase names behind the word `lead`, if it may name one there."""
    if area := gazetteer.body.get(phrase):
        return named_area(area, "body")
    core = without_article(phrase)
    is_word = " " not in core
    if is_word and phrase in ("quebec", "laval", "montreal") and lead not in LEADS - {"du", "secteur"}:
        return None  # « Hydro-Québec », « Gouvernement du Québec », « Université Laval » are in no city
    mrcs = mrcs_called(gazetteer, phrase) if not is_word or lead in LEADS else []
    regions = [area for area in gazetteer.area.get(phrase, ()) if not area.mrc]
    if regions and not (mrcs and regions[0].region != mrcs[0].region):
        # « Laurentides » is a region before it is an MRC; Montréal and Laval are both, and the MRC says more.
        same = [area for area in mrcs if phrase in gazetteer.official]
        return named_area((same or regions)[0], "mrc" if same else "region")
    towns = town_called(gazetteer, phrase, core, lead)
    if mrcs:
        area = mrcs[0]
        if any(town.region != area.region for town in towns):
            return None  # « Montcalm » is an MRC of Lanaudière and a town of the Laurentides
        return named_area(area, "mrc")
    if towns:
        place = gazetteer.choose(phrase, postal_code)
        return NamedTerritory(place.region, place.mrc, place) if place.region else None
    return None


def town_called(gazetteer: Gazetteer, phrase: str, core: str, lead: str) -> list[Town]:
    if core in ORDINARY or (" " not in core and lead not in LEADS):
        return []
    return gazetteer.official.get(phrase) or gazetteer.alias.get(phrase) or []


def named_area(area: Area, how: How) -> NamedTerritory:
    return NamedTerritory(area.region, area.mrc, place_of_area(area, how))


def agreed_place(found: list[NamedTerritory]) -> Place:
    """What all say together: one town or MRC, else one region; a town breaks a tie of the regions around it."""
    regions = {named.region for named in found}
    if len(regions) > 1:
        towns = [named for named in found if named.is_town]
        around = {named.region for named in found if not named.mrc}
        if not towns or {named.region for named in towns} - around or len({n.region for n in towns}) > 1:
            return NOWHERE
        found, regions = towns, {towns[0].region}
    if not found:
        return NOWHERE
    precise = [named for named in found if named.mrc]
    if precise and len({named.mrc for named in precise}) == 1:
        said = {named.place.municipality: named.place for named in precise if named.is_town}
        if len(said) == 1:
            return next(iter(said.values()))
        return next((named for named in precise if not named.is_town), precise[0]).place
    how = next((named.place.how for named in found if not named.mrc), found[0].place.how)
    return Place(region=regions.pop(), how=how)
