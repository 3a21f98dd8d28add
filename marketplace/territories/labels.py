"""Regions and MRCs for forms, facets and labels; no SQL on a warm page.

A *token* is how a served area is written: « 371 », « R04 », « Q ».
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.web.folding import fold_text
from marketplace.web.process_cache import cached_in_process

from .models import Mrc, Region

EVERYWHERE = "Q"


def region_label(code: str) -> str:
    """« 04 » is « 04 Mauricie »: never a code alone."""
    name = region_names().get(code)
    return f"{code} {name}" if name else code


def territory_label(token: str) -> str:
    """The name of a served area: « Trois-Rivières », « Mauricie », « Tout le Québec ». An unknown token stays itself."""
    if token == EVERYWHERE:
        return _("Tout le Québec")
    if token.startswith("R"):
        return region_names().get(token[1:], token)
    mrc = mrcs_by_code().get(token)
    return mrc.name if mrc else token


@dataclass(frozen=True, slots=True)
class MrcInfo:
    """An MRC's name, the code of its region, its people and its centre (degrees, WGS 84)."""

    name: str
    region: str
    population: int
    lat: float
    lon: float


@cached_in_process
def region_names() -> dict[str, str]:
    """« 04 » → « Mauricie », in the order of the codes."""
    return dict(Region.objects.order_by("code").values_list("code", "name"))


@cached_in_process
def mrcs_by_code() -> dict[str, MrcInfo]:
    """« 371 » → its name, region, population and centre, in the order of their names."""
    rows = Mrc.objects.values_list("code", "name", "region_id", "population", "lat", "lon")
    return {row[0]: MrcInfo(*row[1:]) for row in sorted(rows, key=lambda row: fold_text(row[1]))}
