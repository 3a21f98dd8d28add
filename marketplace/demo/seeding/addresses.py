"""Where a seeded enterprise is reached: a street that its town could have, a postal code and a telephone of its region."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from marketplace.territories.models import Municipality

from .seed_data import NAMES, read_table

#: The area codes of each region, the oldest first: four enterprises in five still have it.
AREA_CODES = {
    **dict.fromkeys(("01", "02", "03", "09", "11", "12"), ("418", "581", "367")),
    **dict.fromkeys(("04", "05", "07", "08", "10", "17"), ("819", "873", "468")),
    **dict.fromkeys(("13", "14", "15", "16"), ("450", "579", "354")),
    "06": ("514", "438", "263"),
}
#: MRCs whose telephones are those of the next region.
AREA_CODES_OF_MRC = {
    "35": AREA_CODES["03"],  # Mékinac
    "46": AREA_CODES["13"],  # Brome-Missisquoi
    "47": AREA_CODES["13"],  # La Haute-Yamaska
    "78": AREA_CODES["04"],  # Les Laurentides
    "79": AREA_CODES["04"],  # Antoine-Labelle
}
#: Inhabitants from which a town is big, of some size, or more than a village.
BIG, MIDDLE, SMALL = 40_000, 15_000, 4_000
STREETS_OF = {
    "Montréal": (
        "rue Saint-Denis", "rue Sherbrooke Est", "rue Jean-Talon Est", "rue Fleury Est", "rue Bélanger", "rue Ontario Est",
        "rue Saint-Hubert", "avenue du Parc", "rue Notre-Dame Ouest", "boulevard Saint-Laurent", "rue Jarry Est", "rue Masson",
        "rue Chabanel Ouest", "rue Rachel Est", "avenue Papineau", "rue Hochelaga", "boulevard Crémazie Est", "rue Wellington",
    ),
    "Québec": (
        "1re Avenue", "3e Avenue", "rue Saint-Vallier Ouest", "boulevard Charest Ouest", "rue Saint-Joseph Est", "chemin Sainte-Foy",
        "boulevard Wilfrid-Hamel", "avenue Royale", "rue Dorchester", "boulevard de l’Ormière", "rue Cyrille-Duquet", "4e Rue",
    ),
}  # fmt: skip
STREETS_BIG = (
    "rue Principale", "boulevard Industriel", "rue Saint-Joseph", "rue du Pont", "rue Notre-Dame", "rue des Entreprises",
    "rue Saint-Georges", "boulevard de l’Hôpital", "rue Laurier", "rue Saint-Louis", "rue du Parc-Industriel", "rue du Palais",
    "1re Avenue", "rue Saint-Jean", "boulevard du Carrefour", "rue Wellington", "avenue de la Gare", "rue Sainte-Anne",
    "rue des Forges", "boulevard des Récollets", "rue de la Coopérative", "rue Saint-François", "rue de l’Église",
)  # fmt: skip
STREETS_MIDDLE = (
    "rue Principale", "rue Saint-Joseph", "rue Notre-Dame", "rue de l’Église", "boulevard Industriel", "rue Saint-Louis",
    "avenue du Collège", "rue de la Gare", "rue du Moulin", "boulevard Taché", "rue Saint-Jean-Baptiste", "rue du Parc",
    "rue Saint-Antoine", "rue Hôtel-de-Ville", "rue Saint-Pierre", "2e Avenue", "rue de la Fabrique", "rue Lafontaine",
    "rue des Érables", "rue du Quai", "avenue Saint-Jérôme", "rue du Couvent",
)  # fmt: skip
STREETS_SMALL = (
    "rue Principale", "rue de l’Église", "rang 4 Est", "rang Saint-Joseph", "route de l’Église", "chemin du Lac",
    "rue du Couvent", "rue du Moulin", "rang de la Rivière", "chemin des Pionniers", "rue de la Fabrique", "2e Rang",
    "rue Saint-Joseph", "route du Rang-Double", "chemin du Village", "montée de l’École",
)  # fmt: skip
ROOMS = ("", "", "", "", "", "", ", bureau {}", ", local {}")
LETTERS = "ABCEGHJKLMNPRSTVWXYZ"


@dataclass(frozen=True)
class PopulatedTown:
    """`districts`: in a big town, (postal district, latitude, longitude) of its parts."""

    code: str
    name: str
    mrc: str
    mrc_is_town: bool
    region: str
    lat: float
    lon: float
    postal_code: str
    population: int
    weight: float
    districts: tuple[tuple[str, float, float], ...] = ()


def populated_towns() -> list[PopulatedTown]:
    """Every municipality with people and a point; a big town is drawn more often, a small one not never."""
    districts: dict[str, list[tuple[str, float, float]]] = {}
    for row in read_table("postal_districts.tsv"):
        districts.setdefault(row["town"], []).append((row["district"], float(row["lat"]), float(row["lon"])))
    rows = (
        Municipality.objects.filter(population__gt=0, lat__isnull=False, mrc__isnull=False)
        .select_related("mrc")
        .order_by("code")
    )
    known = [m for m in rows if m.postal_code]
    return [
        PopulatedTown(
            code=m.code,
            name=m.name,
            mrc=m.mrc.code,
            mrc_is_town=m.mrc.name == m.name,
            region=m.mrc.region_id,
            lat=m.lat or 0.0,
            lon=m.lon or 0.0,
            postal_code=m.postal_code or _nearest(m, known).postal_code,
            population=m.population,
            weight=m.population**0.8,
            districts=tuple(districts.get(m.code, ())),
        )
        for m in rows
        if m.mrc is not None
    ]


def _nearest(town: Municipality, others: list[Municipality]) -> Municipality:
    """Of these, the one that the mail of a town without a postal code of its own would pass through."""
    lat, lon = town.lat or 0.0, town.lon or 0.0
    return min(others, key=lambda m: ((m.lat or 0) - lat) ** 2 + ((m.lon or 0) - lon) ** 2 * 0.48)


@dataclass(frozen=True)
class Address:
    street: str
    postal_code: str
    lat: float
    lon: float


def draw_address(rng: Random, town: PopulatedTown) -> Address:
    """A door in this town; in a big one the point and the postal code are of the same part of it."""
    if town.districts:
        district, lat, lon = town.districts[int(rng.random() * len(town.districts))]
        postal_code = (
            f"{district}{rng.randrange(1, 10)}{LETTERS[int(rng.random() * 20)]}{rng.randrange(1, 10)}"
        )
        around = 0.006
    else:
        postal_code, lat, lon, around = town.postal_code, town.lat, town.lon, 0.02
    point = round(lat + rng.uniform(-around, around), 5), round(lon + rng.uniform(-around, around), 5)
    return Address(_street(rng, town), postal_code, *point)


def _street(rng: Random, town: PopulatedTown) -> str:
    if town.population >= BIG:
        streets, most = STREETS_OF.get(town.name, STREETS_BIG), 6_000
    elif town.population >= SMALL:
        streets, most = STREETS_MIDDLE, 1_400
    else:
        streets, most = STREETS_SMALL, 900
    street = streets[int(rng.random() * len(streets))]
    room = ROOMS[int(rng.random() * len(ROOMS))] if town.population >= SMALL else ""
    return f"{rng.randrange(2, most)}, {street}{room.format(rng.randrange(100, 410))}"


def regional_phone(rng: Random, region: str, mrc: str | None) -> str:
    """A number with an area code of the place, in the range kept for fiction (555-01xx)."""
    codes = AREA_CODES_OF_MRC.get(mrc or "") or AREA_CODES[region]
    draw = rng.random()
    area = codes[0] if draw < 0.8 else codes[1] if draw < 0.96 else codes[2]
    return f"{area} 555-01{int(rng.random() * 100):02d}"


def draw_place(rng: Random) -> str:
    """A place that is on no map, after « de »: « des Sept-Rapides », « de la Pointe-aux-Hérons »."""
    places = NAMES["places"]
    kind = ("plural", "masculine", "feminine")[int(rng.random() * 3)]
    name = places[kind][int(rng.random() * len(places[kind]))]
    if kind == "plural":
        return f"des {name}"
    name = f"{name}-{places['endings'][int(rng.random() * len(places['endings']))]}"
    if name[0] in "AEIO":
        return f"de l’{name}"
    return f"du {name}" if kind == "masculine" else f"de la {name}"
