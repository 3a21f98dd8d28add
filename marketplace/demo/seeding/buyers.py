"""Seeded buyers: sixty public bodies of real places, with their profiles."""

from __future__ import annotations

import random
from dataclasses import dataclass

from django.utils.text import slugify

from buyers.models import Buyer
from marketplace.accounts.models import Organisation
from marketplace.territories.models import Mrc, Region

from .addresses import PopulatedTown, regional_phone
from .french_names import OF_REGION, of_town

KINDS = Buyer.Kind
#: How many of each kind stand among sixty buyers; towns take what is left.
SHARES = (
    (KINDS.MRC, 9),
    (KINDS.HEALTH, 6),
    (KINDS.SCHOOL, 8),
    (KINDS.CEGEP, 6),
    (KINDS.UNIVERSITY, 3),
    (KINDS.MINISTRY, 3),
)


@dataclass(frozen=True)
class BuyerPlace:
    """Where a buyer sits: its region, its MRC where it has one, and the town of its address."""

    name: str
    kind: str
    town: str
    postal_code: str
    mrc: str | None
    region: str
    lat: float
    lon: float


def _places(towns: list[PopulatedTown], count: int, rng: random.Random) -> list[BuyerPlace]:
    """Names of buyers, the Ville de Trois-Rivières first: the demo's buyer works there."""
    big = sorted(towns, key=lambda town: -town.weight)
    here = next((town for town in big if town.mrc == "371"), big[0])
    found = [_place_in_town(f"Ville {of_town(here.name)}", KINDS.MUNICIPALITY, here)]
    mrcs = list(Mrc.objects.filter(kind=Mrc.Kind.MRC).order_by("code"))
    regions = list(Region.objects.order_by("code"))
    town_of_mrc = {town.mrc: town for town in reversed(big)}
    town_of_region = {town.region: town for town in reversed(big)}
    for kind, share in SHARES:
        for _ in range(round(share * count / 60)):
            if kind == KINDS.MRC:
                mrc = rng.choice([m for m in mrcs if m.code in town_of_mrc])
                found.append(_place_in_town(f"MRC {of_town(mrc.name)}", kind, town_of_mrc[mrc.code]))
            elif kind == KINDS.HEALTH:
                region = rng.choice([r for r in regions if r.code in town_of_region])
                found.append(
                    _place_in_town(f"CISSS {OF_REGION[region.code]}", kind, town_of_region[region.code])
                )
            else:
                town = rng.choice(big[:40])
                label = {
                    KINDS.SCHOOL: f"Centre de services scolaire {of_town(town.name)}",
                    KINDS.CEGEP: f"Cégep {of_town(town.name)}",
                    KINDS.UNIVERSITY: f"Université du Québec à {town.name}",
                    KINDS.MINISTRY: f"Ministère des Services régionaux, direction {of_town(town.name)}",
                }[kind]
                found.append(_place_in_town(label, kind, town))
    found += [
        _place_in_town(f"Ville {of_town(town.name)}", KINDS.MUNICIPALITY, town) for town in big[: count * 2]
    ]
    unique = {place.name: place for place in found}
    return list(unique.values())[:count]


def _place_in_town(name: str, kind: str, town: PopulatedTown) -> BuyerPlace:
    mrc = town.mrc if kind in (KINDS.MUNICIPALITY, KINDS.MRC, KINDS.SCHOOL, KINDS.CEGEP) else None
    return BuyerPlace(name, kind, town.name, town.postal_code, mrc, town.region, town.lat, town.lon)


def seed_buyers(*, count: int, towns: list[PopulatedTown], rng: random.Random, first_neq: int) -> list[Buyer]:
    """Write the buyers; their NEQs go down from `first_neq` so that they never meet a supplier's."""
    rows = _places(towns, count, rng)
    organisations = Organisation.objects.bulk_create(
        Organisation(
            neq=str(first_neq - index) if first_neq else None,
            name=place.name,
            address=f"{rng.randrange(1, 900)}, rue de l’Hôtel-de-Ville",
            town=place.town,
            postal_code=place.postal_code,
            mrc_id=place.mrc,
            region_id=place.region,
            lat=place.lat,
            lon=place.lon,
            phone=regional_phone(rng, place.region, place.mrc),
        )
        for index, place in enumerate(rows)
    )
    return Buyer.objects.bulk_create(
        Buyer(
            organisation=organisation,
            slug=slugify(place.name)[:78],
            kind=place.kind,
            presentation="Profil de démonstration : les achats affichés sont fictifs.",
        )
        for organisation, place in zip(organisations, rows, strict=True)
    )
