"""What one row of a file means, whichever mapping read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.places import Gazetteer, Place, distance_km
from marketplace.territories.points import place_of_town
from marketplace.territories.spelling import name_key
from marketplace.web.folding import fold_text
from suppliers.importing.headers import known_column
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
    unknown: list[tuple[str, str]] = field(default_factory=list)  # column, words of no list of ours
    blanks: list[tuple[str, str]] = field(default_factory=list)  # of the warnings, « NA » read as blank
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

    def locate(
        self,
        gazetteer: Gazetteer,
        town: str,
        point: tuple[float, float] | None,
        column: str,
        seat: tuple[str, str] | None = None,
    ) -> None:
        """Fill the place from the town and the postal code, keeping the point where it can be true.

        `seat` is the (region, MRC) that the file itself gives: it tells namesakes apart and places what the town does not.
        """
        place = gazetteer.resolve(town, self.organisation.get("postal_code", ""))
        if seat:
            place = self._placed_by(gazetteer, place, town, *seat)
        known = (place.lat, place.lon) if place.lat is not None and place.lon is not None else None
        if point and known and distance_km(*point, *known) > FARTHEST_KM:
            self.warnings.append(
                (
                    column,
                    _("Ces coordonnées sont loin de %(town)s : celles de la ville les remplacent.")
                    % {"town": town},
                )
            )
            point = known
        self.pole = place.pole
        lat, lon = point or known or (None, None)
        self.organisation.update(
            municipality_id=place.municipality, mrc_id=place.mrc, region_id=place.region, lat=lat, lon=lon
        )

    def _placed_by(self, gazetteer: Gazetteer, place: Place, town: str, region: str, mrc: str) -> Place:
        if mrc:
            area = next(
                (area for areas in gazetteer.area.values() for area in areas if area.mrc == mrc), None
            )
            region = (area.region if area else "") or ""
        if place.mrc == mrc if mrc else place.region == region:
            return place
        namesakes = [
            found
            for found in gazetteer.official.get(name_key(town), [])
            if (found.mrc == mrc if mrc else found.region == region)
        ]
        if len(namesakes) == 1:
            return place_of_town(namesakes[0], "municipality")
        if place.municipality is None and (place.region in (None, region)):
            return Place(mrc=mrc or place.mrc, region=region or place.region, how="region")
        if place.municipality or place.mrc:
            said = mrcs_by_code()[mrc].name if mrc else region_names().get(region, region)
            self.warnings.append(
                (
                    "mrc" if mrc else "region",
                    _("« %(area)s » n’est pas le territoire de « %(town)s » : celui de la ville est retenu.")
                    % {"area": said, "town": town},
                )
            )
        return place


@dataclass(frozen=True)
class Columns:
    """A file's headers against a mapping: where each known column stands, and what was not understood.

    `repeated` are pairs of headers for one column, the first of which is read; `asked` those that mean one of two things.
    """

    at: dict[str, int]
    headers: dict[str, str]
    unknown: list[str]
    missing: list[str]
    repeated: list[tuple[str, str]]
    asked: dict[str, str]

    def pick(self, row: list[str]) -> dict[str, str]:
        return {key: row[index] for key, index in self.at.items()}


RowReader = Callable[[dict[str, str], int, Gazetteer], SupplierRow]


@dataclass(frozen=True)
class FileMapping:
    """How one kind of file is read: its columns by folded header, which are required, and what its rows become.

    `asked` are columns that a person has to explain, with the column that each answer makes of them.
    """

    code: str
    columns: Mapping[str, str]
    required: tuple[str, ...]
    printed: Mapping[str, str]
    source: Supplier.Source
    status: Status
    read: RowReader
    asked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def match(self, header: list[str], answers: Mapping[str, str] | None = None) -> Columns:
        """`answers` say what each column of `asked` means; without an answer it is not read."""
        at: dict[str, int] = {}
        headers: dict[str, str] = {}
        unknown: list[str] = []
        repeated: list[tuple[str, str]] = []
        asked: dict[str, str] = {}
        own = {fold_text(said).replace(" ", ""): key for key, said in self.printed.items()}
        # Our own headers first: « telephone » is the telephone, whatever « tél. cellulaire » beside it may be.
        order = sorted(range(len(header)), key=lambda at: fold_text(header[at]).replace(" ", "") not in own)
        for index in order:
            said = " ".join(header[index].split())
            key = known_column(header[index], self.columns)
            if key and key in self.asked:
                meant = self.asked[key].get((answers or {}).get(key, ""))
                if meant is None:
                    asked[key] = said
                    continue
                key = meant
            if key is None:
                if said:
                    unknown.append(said)
            elif key in at:
                repeated.append((headers[key], said))
            else:
                at[key], headers[key] = index, said
        missing = [self.printed[key] for key in self.required if key not in at]
        return Columns(at, headers, unknown, missing, repeated, asked)

    def score(self, header: list[str]) -> int:
        """How many columns of this kind a row names, where it could be the header; else 0."""
        columns = self.match(header)
        known = len(columns.at) + len(columns.asked)
        return 0 if columns.missing or (known < 2 and known < len(header)) else known
