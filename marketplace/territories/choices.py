"""Regions and MRCs for forms, facets and labels. No SQL on a warm page."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process

from .models import Mrc, Region


@dataclass(frozen=True, slots=True)
class MrcInfo:
    """An MRC's name, the code of its region, its people and its centre (degrees, WGS 84)."""

    name: str
    region: str
    population: int
    lat: float
    lon: float


@cached_in_process
def regions() -> dict[str, str]:
    """« 04 » → « Mauricie », in the order of the codes."""
    return dict(Region.objects.order_by("code").values_list("code", "name"))


@cached_in_process
def mrcs() -> dict[str, MrcInfo]:
    """« 371 » → its name, region, population and centre, in the order of their names."""
    rows = Mrc.objects.values_list("code", "name", "region_id", "population", "lat", "lon")
    return {row[0]: MrcInfo(*row[1:]) for row in sorted(rows, key=lambda row: fold_text(row[1]))}
