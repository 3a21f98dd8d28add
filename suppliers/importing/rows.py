"""What one row of a file means, whichever mapping read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from marketplace.territories.places import Gazetteer, distance_km
from marketplace.web.folding import fold_text
from suppliers.models import Status, Supplier

# A point farther than this from the town that the row names is a mistake of the geocoder.
FARTHEST_KM = 150


@dataclass(frozen=True)
class OfferLine:
    kind: str
    title: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ContactLine:
    name: str
    title: str = ""
    email: str = ""
    phone: str = ""
    is_public: bool = False


@dataclass
class SupplierRow:
    """A clean row. `organisation` and `supplier` are values by column, only for columns that the file has.

    `neq` is empty where a listing gives none; then `supplier` may lack its `legal_form` too.
    None in `offers`, `areas`, `purposes`, `certifications` and `contacts` means that the file does not speak of them.
    Areas are (region code, MRC code) with "" for none; both empty is all of Québec.
    """

    number: int
    neq: str
    organisation: dict[str, Any]
    supplier: dict[str, Any]
    purposes: list[str] | None = None
    certifications: list[str] | None = None
    offers: list[OfferLine] | None = None
    areas: list[tuple[str, str]] | None = None
    contacts: list[ContactLine] | None = None
    raw: dict[str, str] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)
    digest: str = ""
    pole: str | None = None  # whose territory it is where no MRC says so: a community of a nation

    @property
    def name(self) -> str:
        return str(self.organisation["name"])

    @property
    def identity(self) -> tuple[str, str]:
        """By what a row without a NEQ is known again in its pôle's lists: its name folded, its place."""
        name = str(self.organisation["name"])
        municipality, town = self.organisation.get("municipality_id"), self.organisation.get("town", "")
        return (fold_text(name) or name.casefold())[:255], municipality or fold_text(town)[:120]

    @property
    def is_placed(self) -> bool:
        """Whether staff of some territory would see it: they see MRCs."""
        return bool(self.organisation.get("mrc_id") or self.pole)

    def fingerprint(self, mapping: str) -> str:
        """Changes with anything that the row says or that its place became."""
        said: list[Any] = [
            mapping, self.neq, self.organisation, self.supplier, self.purposes, self.certifications, self.areas, self.pole,
            self.offers and [vars(line) for line in self.offers],
            self.contacts and [vars(line) for line in self.contacts],
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()

    def locate(self, gazetteer: Gazetteer, town: str, point: tuple[float, float] | None, column: str) -> None:
        """Fill the place from the town and the postal code, keeping the point where it can be true."""
        place = gazetteer.resolve(town, self.organisation.get("postal_code", ""))
        known = (place.lat, place.lon) if place.lat is not None and place.lon is not None else None
        if point and known and distance_km(*point, *known) > FARTHEST_KM:
            self.warnings.append(
                (
                    column,
                    _("Ces coordonnées sont loin de %(town)s : celles de la ville servent.") % {"town": town},
                )
            )
            point = known
        self.pole = place.pole
        lat, lon = point or known or (None, None)
        self.organisation.update(
            municipality_id=place.municipality, mrc_id=place.mrc, region_id=place.region, lat=lat, lon=lon
        )


@dataclass(frozen=True)
class Columns:
    """A file's headers against a mapping: where each known column stands, and what was not understood."""

    at: dict[str, int]
    headers: dict[str, str]
    unknown: list[str]
    missing: list[str]
    repeated: list[str]

    def pick(self, row: list[str]) -> dict[str, str]:
        return {key: row[index] for key, index in self.at.items()}


RowReader = Callable[[dict[str, str], int, Gazetteer], SupplierRow]


@dataclass(frozen=True)
class FileMapping:
    """How one kind of file is read: its columns by folded header, which are required, and what its rows become."""

    code: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    printed: Mapping[str, str]
    source: Supplier.Source
    status: Status
    read: RowReader

    def match(self, header: list[str]) -> Columns:
        at: dict[str, int] = {}
        headers: dict[str, str] = {}
        unknown: list[str] = []
        repeated: list[str] = []
        for index, cell in enumerate(header):
            key = self.columns.get(fold_text(cell).replace(" ", ""))
            if key is None:
                if cell.strip():
                    unknown.append(cell.strip())
            elif key in at:
                repeated.append(cell.strip())
            else:
                at[key], headers[key] = index, cell.strip()
        missing = [self.printed[key] for key in self.required if key not in at]
        return Columns(at, headers, unknown, missing, repeated)
