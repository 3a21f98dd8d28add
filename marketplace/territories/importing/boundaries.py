"""Outlines of regions and MRCs from GeoJSON: one feature collection per file, checked feature by feature."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from marketplace.web.verbs import verb

from ..models import Boundary, Mrc, Region
from .report import Fault, TerritoryReport

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
    for rank, feature in enumerate(features(path), 1):
        code, polygons, fault = read_feature(feature, known)
        if fault:
            report.rejected.append(Fault(path.name, rank, "code" if polygons else "geometry", fault))
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


def features(path: Path) -> list[Any]:
    if path.stat().st_size > LARGEST:
        raise NoOutlines(_("Ce fichier dépasse 100 Mo."))
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
