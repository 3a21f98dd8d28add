"""`manage import_territories`: the official list of municipalities and the boundaries, checked row by row, then written."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.folding import fold_text
from marketplace.web.process_cache import clear_process_caches
from marketplace.web.tabular import TableError, open_table
from marketplace.web.typography import format_number
from marketplace.web.verbs import verb

from .models import Boundary, Mrc, Municipality, Region


@dataclass(frozen=True, slots=True)
class TerritoryFault:
    """`row` as a spreadsheet numbers it, or the rank of a feature in its file; 0 where the whole file is meant."""

    file: str
    row: int
    field: str
    message: str


@dataclass
class TerritoryReport:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[TerritoryFault] = field(default_factory=list)

    def add(self, other: TerritoryReport) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.rejected += other.rejected

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + len(self.rejected)

    def as_json(self) -> dict[str, Any]:
        return {
            "read": self.read,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "rejected": [
                {"row": f.row, "field": f.field, "message": f.message, "file": f.file} for f in self.rejected
            ],
        }

    @property
    def exit_code(self) -> int:
        """0 all well, 1 nothing done, 3 some rows rejected."""
        if self.created + self.updated + self.unchanged == 0:
            return 1
        return 3 if self.rejected else 0

    def sentence(self) -> str:
        facts = [
            ngettext("%(n)s territoire ajouté", "%(n)s territoires ajoutés", self.created)
            % {"n": format_number(self.created)},
            ngettext("%(n)s mis à jour", "%(n)s mis à jour", self.updated)
            % {"n": format_number(self.updated)},
            ngettext("%(n)s sans changement", "%(n)s sans changement", self.unchanged)
            % {"n": format_number(self.unchanged)},
        ]
        if self.rejected:
            count = len(self.rejected)
            facts.append(
                ngettext("%(n)s ligne à corriger", "%(n)s lignes à corriger", count)
                % {"n": format_number(count)}
            )
        return ", ".join(facts) + "."


#: Headers by field, folded without spaces: ours and those of the ministry's MUN.csv. The first one present is read.
HEADERS = {
    "code": ("code", "mcode", "codegeographique"),
    "name": ("nom", "munnom", "municipalite"),
    "designation": ("designation", "mdes"),
    "mrc": ("mrccode", "mrc"),
    "region": ("regioncode", "regadm", "region"),
    "population": ("population", "mpopul"),
    "postal_code": ("codepostal", "mcodpos"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "long", "longitude"),
}
REQUIRED = ("code", "name", "mrc")

#: The list writes some designations by their letters.
LETTERS = {
    "M": "Municipalité",
    "V": "Ville",
    "P": "Paroisse",
    "VL": "Village",
    "CT": "Canton",
    "CU": "Cantons unis",
    "NO": "Territoire non organisé",
    "GR": "Gouvernement régional",
    "R": "Réserve indienne",
    "VN": "Village nordique",
    "VC": "Village cri",
    "VK": "Village naskapi",
}

_POSTAL = re.compile(r"[A-Z]\d[A-Z]\d[A-Z]\d")
_CODE_AT_END = re.compile(r"\((\d{1,3})\)\s*$")
_FIELDS = ("name", "designation", "mrc_id", "region_id", "population", "postal_code", "lat", "lon")


class Wrong(Exception):
    """A cell that cannot be read: its field and a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Known:
    """The MRCs and regions a row may point to, by code and by folded name."""

    mrcs: Mapping[str, str]
    regions: Mapping[str, str]

    @classmethod
    def load(cls) -> Known:
        return cls(_by_code_and_name(Mrc), _by_code_and_name(Region))


def _by_code_and_name(model: type[Mrc] | type[Region]) -> dict[str, str]:
    rows = list(model.objects.values_list("code", "name"))
    return {fold_text(name): code for code, name in rows} | {code: code for code, _name in rows}


@verb
def import_municipalities(*, path: Path, by: object) -> TerritoryReport:
    """Add and correct municipalities from the list at `path`; what the list does not name is left alone.

    Raises TableError where the file is no table or lacks a column without which no row has a meaning.
    """
    report = TerritoryReport()
    known = Known.load()
    standing = Municipality.objects.in_bulk()
    seen: dict[str, tuple] = {}
    new: list[Municipality] = []
    changed: list[Municipality] = []
    with open_table(path) as table:
        columns = columns_of(table.header.cells)
        for row in table.rows:
            try:
                if row.fault:
                    raise Wrong("", row.fault)
                said = {field: row.cells[at].strip() for field, at in columns.items()}
                code, values = read_row(said, known)
                if code in seen and seen[code] != values_key(values):
                    raise Wrong("code", _("Le code %(code)s est déjà plus haut, autrement.") % {"code": code})
            except Wrong as wrong:
                header = table.header.cells[columns[wrong.field]] if wrong.field in columns else wrong.field
                report.rejected.append(TerritoryFault(path.name, row.number, header, str(wrong)))
                continue
            if code in seen:
                report.unchanged += 1
                continue
            seen[code] = values_key(values)
            town = standing.get(code)
            if town is None:
                new.append(Municipality(code=code, **values))
                report.created += 1
            elif _differs(town, values):
                changed.append(town)
                report.updated += 1
            else:
                report.unchanged += 1
    Municipality.objects.bulk_create(new, batch_size=500)
    Municipality.objects.bulk_update(changed, _FIELDS, batch_size=500)
    recount_mrcs({town.mrc_id for town in [*new, *changed] if town.mrc_id})
    return report


def columns_of(header: list[str]) -> dict[str, int]:
    """Where each field stands. Raises TableError with the names that are missing."""
    place = {fold_text(cell).replace(" ", ""): at for at, cell in reversed(list(enumerate(header)))}
    columns = {
        field: next(place[name] for name in names if name in place)
        for field, names in HEADERS.items()
        if any(name in place for name in names)
    }
    if missing := [HEADERS[field][0] for field in REQUIRED if field not in columns]:
        raise TableError(
            _("Il manque la colonne %(names)s à la liste des municipalités.") % {"names": ", ".join(missing)}
        )
    return columns


def read_row(said: dict[str, str], known: Known) -> tuple[str, dict[str, object]]:
    """The code of a municipality and the values the row gives. Raises Wrong at the first cell that cannot be read."""
    code = said["code"].zfill(5)  # spreadsheets drop the zero of « 01023 »
    if not re.fullmatch(r"\d{5}", code, re.ASCII):
        raise Wrong("code", _("Le code « %(code)s » n’a pas cinq chiffres.") % {"code": said["code"][:20]})
    name = said["name"].replace("'", "’").replace("--", "–")
    if not name:
        raise Wrong("name", _("Le nom manque."))
    if len(name) > 80:
        raise Wrong("name", _("Ce nom dépasse 80 caractères."))
    designation = said.get("designation", "").split(" (")[0]
    values: dict[str, object] = {
        "name": name,
        "designation": LETTERS.get(designation.upper(), designation)[:40],
        "population": _whole_number(said.get("population", "")),
        "postal_code": _postal_code(said.get("postal_code", "")),
        "mrc_id": None,
        "region_id": None,
    }
    if said["mrc"]:
        values["mrc_id"] = _code_of(
            "mrc", said["mrc"], known.mrcs, _("La MRC « %(value)s » n’est pas connue.")
        )
    else:  # a community of a First Nation
        region = said.get("region", "")
        if not region:
            raise Wrong("mrc", _("Il faut une MRC, ou la région d’une communauté hors MRC."))
        sentence = _("La région « %(value)s » n’est pas connue.")
        values["region_id"] = _code_of("region", region, known.regions, sentence)
    lat, lon = said.get("lat", ""), said.get("lon", "")
    if lat or lon:  # the ministry's own list has no points; what is known stays
        values["lat"] = _degrees("lat", lat, 44, 64)
        values["lon"] = _degrees("lon", lon, -81, -56)
    return code, values


def _code_of(field: str, value: str, codes: Mapping[str, str], sentence: str) -> str:
    """A code from « 01 », « Le Rocher-Percé » or « Le Rocher-Percé (02) »."""
    in_brackets = _CODE_AT_END.search(value)
    tried = [value, fold_text(value)]
    if in_brackets:
        tried = [in_brackets[1], fold_text(value[: in_brackets.start()]), *tried]
    for text in tried:
        for spelled in (text, text.zfill(2)):
            if spelled in codes:
                return codes[spelled]
    raise Wrong(field, sentence % {"value": value[:60]})


def _whole_number(text: str) -> int:
    tight = re.sub(r"\s", "", text)
    if not tight:
        return 0
    if not re.fullmatch(r"\d{1,8}", tight, re.ASCII):
        raise Wrong("population", _("« %(value)s » n’est pas un nombre d’habitants.") % {"value": text[:20]})
    return int(tight)


def _postal_code(text: str) -> str:
    tight = re.sub(r"[\s\-]", "", text).upper()
    if tight and not _POSTAL.fullmatch(tight):
        raise Wrong("postal_code", _("« %(value)s » n’est pas un code postal.") % {"value": text[:20]})
    return tight


def _degrees(field: str, text: str, low: float, high: float) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        raise Wrong(field, _("« %(value)s » n’est pas au Québec, en degrés.") % {"value": text[:20]})
    return round(value, 4)  # some ten metres, as in the reference data


def values_key(values: dict[str, object]) -> tuple:
    return tuple(sorted((field, str(value)) for field, value in values.items()))


def _differs(town: Municipality, values: dict[str, object]) -> bool:
    """Whether the row says something new; if so, `town` carries it from here on."""
    changed = False
    for name, value in values.items():
        if getattr(town, name) != value:
            setattr(town, name, value)
            changed = True
    return changed


def recount_mrcs(codes: set[str]) -> None:
    """Population and centre of these MRCs, from their municipalities: the centre is where people are."""
    towns: dict[str, list[Municipality]] = defaultdict(list)
    for town in Municipality.objects.filter(mrc__in=codes):
        towns[str(town.mrc_id)].append(town)
    mrcs = list(Mrc.objects.filter(code__in=towns))
    for mrc in mrcs:
        mrc.population = sum(town.population for town in towns[mrc.code])
        placed = [
            (t.population, t.lat, t.lon) for t in towns[mrc.code] if t.lat is not None and t.lon is not None
        ]
        if people := sum(population for population, _lat, _lon in placed):
            mrc.lat = round(sum(population * lat for population, lat, _lon in placed) / people, 4)
            mrc.lon = round(sum(population * lon for population, _lat, lon in placed) / people, 4)
    Mrc.objects.bulk_update(mrcs, ["population", "lat", "lon"])


#: Jamésie and Eeyou Istchee stand as one in the list of MRCs and as two among the outlines.
SAME = {"993": "991"}

LARGEST = 100 * 1024 * 1024


class NoOutlines(Exception):
    """The file holds no feature collection; the argument says what it is."""


@verb
def import_boundaries(*, path: Path, of: type[Mrc] | type[Region], by: object) -> TerritoryReport:
    """Keep the outlines at `path`, each under its MRC or region. Raises NoOutlines where the file has none."""
    report = TerritoryReport()
    link = "mrc_id" if of is Mrc else "region_id"
    known = set(of.objects.values_list("code", flat=True))
    outlines: dict[str, list[list]] = defaultdict(list)
    for rank, feature in enumerate(_features(path), 1):
        code, polygons, fault = read_feature(feature, known)
        if fault:
            report.rejected.append(TerritoryFault(path.name, rank, "code" if polygons else "geometry", fault))
        else:
            outlines[code].append(polygons)
    standing = {
        str(getattr(boundary, link)): boundary
        for boundary in Boundary.objects.filter(**{f"{link}__in": list(outlines)})
    }
    for code, parts in outlines.items():
        geometry = geometry_of([polygon for polygons in parts for polygon in polygons])
        boundary = standing.get(code)
        if boundary is None:
            Boundary.objects.create(**{link: code}, geometry=geometry)
            report.created += len(parts)
        elif boundary.geometry != geometry:
            boundary.geometry = geometry
            boundary.save(update_fields=["geometry"])
            report.updated += len(parts)
        else:
            report.unchanged += len(parts)
    return report


def _features(path: Path) -> list[Any]:
    if path.stat().st_size > LARGEST:
        raise NoOutlines(_("Ce fichier dépasse 100 Mo."))
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NoOutlines(_("Ce fichier n’est pas du JSON en UTF-8.")) from error
    found = content.get("features") if isinstance(content, dict) else None
    if not isinstance(found, list) or content.get("type") != "FeatureCollection":
        raise NoOutlines(_("Ce fichier n’est pas du GeoJSON : il faut une « FeatureCollection »."))
    return found


def read_feature(feature: Any, known: set[str]) -> tuple[str, list, str]:
    """The code a feature stands under, its polygons, and what is wrong with it ("" if nothing)."""
    feature = feature if isinstance(feature, dict) else {}
    properties = feature.get("properties") if isinstance(feature.get("properties"), dict) else {}
    geometry = feature.get("geometry") if isinstance(feature.get("geometry"), dict) else {}
    polygons = polygons_of(geometry)
    if polygons is None:
        return "", [], _("Le contour doit être un « Polygon » ou un « MultiPolygon » en degrés.")
    code = str(properties.get("code", ""))
    code = SAME.get(code, code)
    if code not in known:
        return "", polygons, _("Le code « %(code)s » n’est pas connu.") % {"code": code[:20]}
    return code, polygons, ""


def polygons_of(geometry: dict[str, Any]) -> list | None:
    """A list of polygons, each a list of closed rings of points in degrees; None for anything else."""
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry.get("type") == "Polygon" else coordinates
    if (
        geometry.get("type") not in ("Polygon", "MultiPolygon")
        or not isinstance(polygons, list)
        or not polygons
    ):
        return None
    for polygon in polygons:
        if not isinstance(polygon, list) or not polygon or not all(is_ring(ring) for ring in polygon):
            return None
    return polygons


def is_ring(ring: Any) -> bool:
    return isinstance(ring, list) and len(ring) >= 4 and all(is_point(point) for point in ring)


def is_point(point: Any) -> bool:
    return (
        isinstance(point, list)
        and len(point) >= 2
        and all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in point)
        and -180 <= point[0] <= 180
        and -90 <= point[1] <= 90
    )


def geometry_of(polygons: list) -> dict[str, Any]:
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


LISTS = ("municipalites.csv", "mun.csv", "municipalites.xlsx", "mun.xlsx")


def import_folder(*, folder: Path, by: object) -> TerritoryReport:
    """Bring in what the folder has. A file that cannot be read is one fault; the others are read all the same."""
    report = TerritoryReport()
    files = sorted(path for path in folder.iterdir() if path.is_file())
    for path in files:
        name = path.name.lower()
        try:
            if name in LISTS:
                report.add(import_municipalities(path=path, by=by))
            elif name.endswith((".geojson", ".json")) and name.startswith("mrc"):
                report.add(import_boundaries(path=path, of=Mrc, by=by))
            elif name.endswith((".geojson", ".json")) and name.startswith("region"):
                report.add(import_boundaries(path=path, of=Region, by=by))
        except (TableError, NoOutlines) as error:
            report.rejected.append(TerritoryFault(path.name, 0, "", str(error)))
    clear_process_caches()
    return report
