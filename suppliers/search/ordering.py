"""The order of what was found: fit, then nearness, then proof and freshness; equals take turns from day to day.

Never by who paid. With a place, who is seated there comes first, then who is near, then who serves it from afar; a firm
that would come from 600 km away never passes one that is next door and fits as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.points import EARTH_KM, Place
from suppliers.directory_columns import NO_DAY, DirectoryColumns, day_number

from .hits import ALL, IMPORTANT, Hits
from .wishes import PLACE_BIT, Wishes

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEXT_DOOR, NEAR, FAR = 30.0, 40.0, 600.0  # kilometres
#: What nearness leaves of a fit: seated there, near, serving from the region, from afar, neither.
SEATED, BESIDE, AROUND, SERVING, AFAR, NEITHER = 1.0, 0.9, 0.78, 0.68, 0.45, 0.2
ENOUGH = 10  # answers after which no further tier is listed
STEP = 0.04  # fits closer than this are equals
VERIFIED, KNOWN_CAPACITY, ENOUGH_CAPACITY = 0.03, 0.005, 0.02


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How each hit stands: its tier with the place counted in, what it is ordered by, and how far it is, NaN if unknown.

    `there`: seated in the place, or serving it.
    """

    tiers: NDArray[np.int8]
    scores: NDArray[np.float32]
    km: NDArray[np.float32]
    there: NDArray[np.bool_]

    def take(self, kept: Any) -> Standing:
        return Standing(
            tiers=self.tiers[kept], scores=self.scores[kept], km=self.km[kept], there=self.there[kept]
        )


def reach_of(tiers: tuple[int, ...]) -> int:
    """The last tier that is listed: where the first ones fill `ENOUGH` places, nobody is shown what fits less."""
    listed = 0
    for tier, count in enumerate(tiers):
        listed += count
        if listed >= ENOUGH:
            return tier
    return max(0, len(tiers) - 1)


def order_hits(hits: Hits, columns: DirectoryColumns, wishes: Wishes) -> NDArray[np.intp]:
    """Positions in `hits`, the best first."""
    return order_standing(hits.ids, stand_hits(hits, columns, wishes))


def order_standing(
    ids: NDArray[np.int64], standing: Standing, *, by_distance: bool = False, today: date | None = None
) -> NDArray[np.intp]:
    """`by_distance`: within a tier, the nearest first; where no distance is known, as ever."""
    steps = np.round(standing.scores / STEP)
    own_turn = turns(ids, today or timezone.localdate())
    if by_distance:
        km = np.nan_to_num(np.round(standing.km), nan=np.inf)
        return np.lexsort((own_turn, -steps, km, standing.tiers))
    return np.lexsort((own_turn, -steps, standing.tiers))


def turns(ids: NDArray[np.int64], today: date) -> NDArray[np.uint64]:
    """A number for each that says nothing of it and is another one tomorrow."""
    mixed = ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(today.toordinal() * 0x632BE5AB)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return mixed ^ (mixed >> np.uint64(32))


def stand_hits(hits: Hits, columns: DirectoryColumns, wishes: Wishes, place: Place | None = None) -> Standing:
    """`place`: where to be near, instead of what the text names (`territoire` asks so)."""
    rows, _known = columns.positions(hits.ids)
    place = wishes.place or place or wishes.place
    scores = hits.fits.astype(np.float32)
    tiers = hits.tiers
    km = np.full(len(hits), np.nan, dtype=np.float32)
    there = np.ones(len(hits), dtype=bool)
    if place:
        km = distances(columns, rows, place)
        factors, there = nearness(hits, columns, rows, place, km)
        scores = scores * factors
        tiers = np.where(there | (tiers > ALL), tiers, IMPORTANT).astype(np.int8)
    today = day_number(timezone.localdate())
    until = columns.verified_until[rows]
    scores = scores + np.float32(VERIFIED) * ((until != NO_DAY) & (until >= today))
    capacity = columns.capacity[rows]
    scores = scores + np.float32(KNOWN_CAPACITY) * (capacity > 0)
    if wishes.amount:
        scores = scores + np.float32(ENOUGH_CAPACITY) * (capacity >= wishes.amount)
    return Standing(tiers=tiers, scores=scores.astype(np.float32), km=km, there=there)


def distances(columns: DirectoryColumns, rows: NDArray[np.intp], place: Place) -> NDArray[np.float32]:
    """Kilometres from the place to each seat, NaN where either is unknown."""
    if place.lat is None or place.lon is None:
        return np.full(len(rows), np.nan, dtype=np.float32)
    φ1, φ2 = np.radians(np.float32(place.lat)), np.radians(columns.lat[rows])
    λ = np.radians(columns.lon[rows] - np.float32(place.lon))
    half = np.sin((φ2 - φ1) / 2) ** 2 + np.cos(φ1) * np.cos(φ2) * np.sin(λ / 2) ** 2
    return (2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half)))).astype(np.float32)


def nearness(
    hits: Hits, columns: DirectoryColumns, rows: NDArray[np.intp], place: Place, km: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What nearness leaves of each fit, and who is there: seated in the place, next door or serving it."""
    region = columns.coded["region"].among(lambda code: code == place.region, rows)
    serves = columns.serving(reaching_tokens(place), rows)
    if place.mrc:
        beside = columns.coded["mrc"].among(lambda code: code == place.mrc, rows)
        seated = hits.has(PLACE_BIT) if place.how in ("municipality", "alias", "postal_code") else beside
    else:
        beside = seated = region
    far = np.nan_to_num(km, nan=150.0 if place.lat is not None else 250.0)
    factors = np.full(len(rows), NEITHER, dtype=np.float32)
    factors[region] = NEITHER + 0.1
    afar = SERVING - (SERVING - AFAR) * np.minimum(far, FAR) / FAR
    factors = np.where(serves, afar, factors)
    factors = np.where(serves & region, np.maximum(factors, SERVING), factors)
    near = far <= NEAR
    close = AROUND - (AROUND - SERVING) * np.minimum(far, NEAR) / NEAR
    factors = np.where(near & serves, np.maximum(factors, close + 0.05), factors)
    factors = np.where(near & ~serves, np.maximum(factors, close - 0.12), factors)
    factors = np.where(beside, np.maximum(factors, BESIDE - 0.1 * np.minimum(far, NEAR) / NEAR), factors)
    factors = np.where(seated, SEATED, factors)
    there = seated | beside | serves | (km <= NEXT_DOOR)
    return factors.astype(np.float32), there


def reaching_tokens(place: Place) -> frozenset[str]:
    """The served areas that reach the place: its MRC, its region, all of Québec; for a region, any MRC of it."""
    tokens = {"Q", f"R{place.region}"}
    if place.mrc:
        tokens.add(place.mrc)
    else:
        tokens |= {code for code, mrc in mrcs_by_code().items() if mrc.region == place.region}
    return frozenset(tokens)
