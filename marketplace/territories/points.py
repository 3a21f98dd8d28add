"""The plain data that places are made of, and the distance between two points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

How = Literal["municipality", "alias", "postal_code", "mrc", "region", "body", ""]

EARTH_KM = 6371.0088


@dataclass(frozen=True, slots=True)
class Place:
    """Codes, a point in degrees (WGS 84), and how they were found. Unknown parts are None; `how` is then "" at worst.

    `pole` is given only where no MRC says whose territory it is: the pôle that covers the community's nation.
    """

    municipality: str | None = None
    mrc: str | None = None
    region: str | None = None
    lat: float | None = None
    lon: float | None = None
    how: How = ""
    pole: str | None = None

    def __bool__(self) -> bool:
        return self.region is not None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Town:
    code: str
    name: str
    designation: str
    mrc: str | None
    region: str
    population: int
    postal_code: str
    lat: float | None
    lon: float | None
    pole: str | None = None


@dataclass(frozen=True, slots=True)
class Area:
    """An MRC, or a region (then `mrc` is None)."""

    mrc: str | None
    region: str
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """What a postal code says: the region most of it lies in and its part, other regions, the MRC if it is one."""

    region: str
    part: float = 1.0
    others: tuple[str, ...] = ()
    mrc: str | None = None
    lat: float | None = None
    lon: float | None = None

    def allows(self, town: Town) -> bool:
        return town.region == self.region or town.region in self.others


def place_of_town(town: Town, how: How) -> Place:
    return Place(town.code, town.mrc, town.region, town.lat, town.lon, how, town.pole)


def place_of_area(area: Area, how: How) -> Place:
    return Place(mrc=area.mrc, region=area.region, lat=area.lat, lon=area.lon, how=how)


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance between two points in degrees, in kilometres.

    >>> round(distance_km(46.3432, -72.5430, 46.8139, -71.2080))
    115
    """
    φ1, φ2 = math.radians(lat1), math.radians(lat2)
    half_chord = (
        math.sin((φ2 - φ1) / 2) ** 2
        + math.cos(φ1) * math.cos(φ2) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_KM * math.asin(math.sqrt(min(1.0, half_chord)))
