"""Of whom a catalogue, a feed or an embedded directory speaks: published enterprises of a territory, of a sector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from marketplace.classification.labels import sector_names
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.models import Pole, PoleCoverage
from marketplace.web.process_cache import cached_in_process
from suppliers.models import Supplier


@dataclass(frozen=True)
class PoleInfo:
    """What pages say of a pôle without asking the database again; `mrcs` are those that it covers today."""

    code: str
    name: str
    website: str
    email: str
    phone: str
    mrcs: frozenset[str]


@cached_in_process
def poles_by_code() -> dict[str, PoleInfo]:
    """Every pôle, in the order of the codes."""
    covered: dict[str, set[str]] = {}
    for pole, mrc in PoleCoverage.objects.today().filter(mrc__isnull=False).values_list("pole_id", "mrc_id"):
        covered.setdefault(pole, set()).add(str(mrc))
    return {
        pole.code: PoleInfo(
            pole.code, pole.name, pole.website, pole.email, pole.phone, frozenset(covered.get(pole.code, ()))
        )
        for pole in Pole.objects.order_by("code")
    }


@dataclass(frozen=True)
class Scope:
    """Codes; at most one of the first three. Empty: all of Québec, every sector."""

    region: str = ""
    mrc: str = ""
    pole: str = ""
    sector: str = ""

    def suppliers(self) -> Any:
        rows = Supplier.objects.published()
        if self.region:
            rows = rows.filter(organisation__region=self.region)
        if self.mrc:
            rows = rows.filter(organisation__mrc=self.mrc)
        if self.pole:
            pole = poles_by_code().get(self.pole)
            rows = rows.filter(organisation__mrc__in=pole.mrcs if pole else ())
        return rows.filter(sector=self.sector) if self.sector else rows

    @property
    def place(self) -> str:
        """« Mauricie », « Pôle d’économie sociale de la Mauricie », « Québec »."""
        if self.region:
            return region_names().get(self.region, self.region)
        if self.mrc:
            mrc = mrcs_by_code().get(self.mrc)
            return mrc.name if mrc else self.mrc
        if self.pole:
            pole = poles_by_code().get(self.pole)
            return pole.name if pole else self.pole
        return _("Québec")

    @property
    def sector_name(self) -> str:
        return sector_names().get(self.sector, self.sector) if self.sector else ""
