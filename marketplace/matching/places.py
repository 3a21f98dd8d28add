"""Where a notice is delivered: the phrase for it, and the towns that its title names."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.territories import choices
from marketplace.territories.labels import territory_label
from marketplace.territories.places import gazetteer
from marketplace.territories.points import Town
from marketplace.territories.spelling import key
from marketplace.web.folding import fold
from marketplace.web.remembered import Remembered

#: The longest name of a town, in words.
LONGEST = 7

# French wants « en Mauricie » but « au Bas-Saint-Laurent ».
DELIVERIES = {
    "01": gettext_lazy("Livraison au Bas-Saint-Laurent"),
    "02": gettext_lazy("Livraison au Saguenay–Lac-Saint-Jean"),
    "03": gettext_lazy("Livraison dans la Capitale-Nationale"),
    "04": gettext_lazy("Livraison en Mauricie"),
    "05": gettext_lazy("Livraison en Estrie"),
    "06": gettext_lazy("Livraison à Montréal"),
    "07": gettext_lazy("Livraison en Outaouais"),
    "08": gettext_lazy("Livraison en Abitibi-Témiscamingue"),
    "09": gettext_lazy("Livraison sur la Côte-Nord"),
    "10": gettext_lazy("Livraison dans le Nord-du-Québec"),
    "11": gettext_lazy("Livraison en Gaspésie ou aux Îles-de-la-Madeleine"),
    "12": gettext_lazy("Livraison en Chaudière-Appalaches"),
    "13": gettext_lazy("Livraison à Laval"),
    "14": gettext_lazy("Livraison dans Lanaudière"),
    "15": gettext_lazy("Livraison dans les Laurentides"),
    "16": gettext_lazy("Livraison en Montérégie"),
    "17": gettext_lazy("Livraison au Centre-du-Québec"),
}


def delivery(region: str, mrc: str) -> str:
    """« Livraison en Mauricie (Trois-Rivières) »; without a region, that it is unknown."""
    if region not in DELIVERIES:
        return _("Lieu de livraison inconnu")
    phrase = str(DELIVERIES[region])
    name = territory_label(mrc) if mrc else ""
    # Montréal and Laval are a region and its only territory.
    return f"{phrase} ({name})" if name and name not in phrase else phrase


@dataclass(frozen=True, slots=True)
class Named:
    """Words of a title that name places, folded; and the town meant, where it is one in the notice's region."""

    words: frozenset[str]
    point: Town | None


def _load_names() -> dict[str, list[Town]]:
    """Towns by their names as `key` spells them; regions and MRCs too, as names alone."""
    names: dict[str, list[Town]] = {key(info.name): [] for info in choices.mrcs().values()}
    names |= {key(name): [] for name in choices.regions().values()}
    return names | gazetteer().official


# Towns seldom change their names.
_names = Remembered(_load_names, seconds=3600)


def named_places(title: str, region: str | None) -> Named:
    """Read « Entretien ménager, Val-d’Or » for the names of towns, the longest first."""
    names, said, written = _names(), key(title).split(), fold(title).split()
    if len(said) != len(written):  # « N.-D. » was written in full
        written = said
    words: set[str] = set()
    towns: list[Town] = []
    start = 0
    while start < len(said):
        for size in range(min(LONGEST, len(said) - start), 0, -1):
            found = names.get(" ".join(said[start : start + size]))
            if found is not None:
                words.update(written[start : start + size])
                towns += [town for town in found if town.region == region]
                start += size - 1
                break
        start += 1
    return Named(frozenset(words), towns[0] if len({town.code for town in towns}) == 1 else None)
