"""Where a release says that the goods, services or works are wanted, where its source says it (OCDS location extension).

A place is given for an item, a lot or the whole notice, as an address or as a location with a description; SEAO gives none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .cleaning import as_mapping, as_mappings, clean_text

#: Of the tender, of an item, of a lot: one or several of them.
DELIVERY_KEYS = (
    "deliveryAddress",
    "deliveryAddresses",
    "deliveryLocation",
    "deliveryLocations",
    "placeOfPerformance",
)


@dataclass(frozen=True)
class DeliveryAddress:
    """As written. `region` is a province or a region; `description` may name a place in words."""

    locality: str = ""
    postal_code: str = ""
    region: str = ""
    country: str = ""
    description: str = ""


def delivery_addresses(tender: Mapping[str, Any]) -> tuple[DeliveryAddress, ...]:
    """All that the tender, its lots and its items say, once each, in their order."""
    parts = [tender, *as_mappings(tender.get("lots")), *as_mappings(tender.get("items"))]
    return tuple(dict.fromkeys(found for part in parts for found in _said_of(part)))


def _said_of(part: Mapping[str, Any]) -> Iterator[DeliveryAddress]:
    for key in DELIVERY_KEYS:
        said = part.get(key)
        for one in said if isinstance(said, list) else [said]:
            place = as_mapping(one)
            found = DeliveryAddress(
                locality=clean_text(place.get("locality"), 120),
                postal_code=clean_text(place.get("postalCode"), 12),
                region=clean_text(place.get("region"), 60),
                country=clean_text(place.get("countryName") or place.get("country"), 60),
                description=clean_text(one if isinstance(one, str) else place.get("description"), 200),
            )
            if found != DeliveryAddress():
                yield found
