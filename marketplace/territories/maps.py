"""Drawing Québec: points in kilometres on a conical projection, a frame around them, and the ground of that frame as SVG paths.

The ground is the MRC outlines where `import_territories` was given them, else one dot for each municipality: the inhabited
land draws itself. Kept in the process: a map costs no SQL but once a quarter of an hour.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.cache import cache

from marketplace.web.process_cache import ProcessCache

from .labels import mrcs_by_code
from .models import Boundary
from .places import current_gazetteer
from .points import EARTH_KM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Points = NDArray[np.float64]  # two columns: kilometres to the east and to the south

#: Lambert's conformal conic projection as official maps of Québec have it: two parallels, a meridian and a latitude of origin.
_SOUTH, _NORTH, _MERIDIAN, _ORIGIN = (math.radians(degrees) for degrees in (46.0, 60.0, -68.5, 44.0))
_CONE = math.log(math.cos(_SOUTH) / math.cos(_NORTH)) / math.log(
    math.tan(math.pi / 4 + _NORTH / 2) / math.tan(math.pi / 4 + _SOUTH / 2)
)
_SCALE = math.cos(_SOUTH) * math.tan(math.pi / 4 + _SOUTH / 2) ** _CONE / _CONE

WIDTH, HEIGHT = 960, 600  # units of a drawing; a phone shows them at 0.37 pixel, a desk at 0.65
LEAST_KM = 24.0  # across a frame
MARGIN = 0.08  # of a frame, on each side
FINEST = 4  # units; what an outline does within them is not drawn
KEPT_SECONDS = 900.0
HALFWAY_LASTS = 30 * 86_400  # seconds
#: Where nearly everyone lives, from Abitibi to the Islands and up to Sept-Îles: degrees west, south, east, north.
INHABITED = (-79.6, 44.9, -61.4, 50.4)
REACH_KM = 22.0  # from the nearest municipality, no line is drawn


def project(lat: Any, lon: Any) -> Points:
    """Degrees (WGS 84) as kilometres to the east and to the south of a point below Québec."""
    φ, λ = np.radians(np.asarray(lat, dtype=np.float64)), np.radians(np.asarray(lon, dtype=np.float64))
    ρ = EARTH_KM * _SCALE / np.tan(np.pi / 4 + φ / 2) ** _CONE
    ρ0 = EARTH_KM * _SCALE / math.tan(math.pi / 4 + _ORIGIN / 2) ** _CONE
    θ = _CONE * (λ - _MERIDIAN)
    return np.stack([ρ * np.sin(θ), ρ * np.cos(θ) - ρ0], axis=-1)


@dataclass(frozen=True)
class Frame:
    """The part of the land that a drawing shows: its corner in kilometres, and how many units a kilometre takes."""

    left: float
    top: float
    units: float

    @classmethod
    def around(cls, points: Points) -> Frame:
        low, high = points.min(axis=0), points.max(axis=0)
        middle = (low + high) / 2
        span = np.maximum(high - low, LEAST_KM) * (1 + 2 * MARGIN)
        units = float(min(WIDTH / span[0], HEIGHT / span[1]))
        return cls(
            float(middle[0]) - WIDTH / units / 2, float(middle[1]) - HEIGHT / units / 2, round(units, 4)
        )

    def place(self, points: Points) -> Points:
        """Units of the drawing."""
        return (points - np.array([self.left, self.top])) * self.units

    def holds(self, placed: Points) -> NDArray[np.bool_]:
        x, y = placed[..., 0], placed[..., 1]
        return (x >= 0) & (x <= WIDTH) & (y >= 0) & (y <= HEIGHT)


@dataclass(frozen=True, slots=True)
class Label:
    """A name that begins beside a point."""

    text: str
    x: int
    y: int

    @property
    def right(self) -> int:
        return self.x + 20 + 12 * len(self.text)

    def meets(self, other: Label) -> bool:
        return abs(self.y - other.y) < 34 and self.x < other.right and other.x < self.right


@dataclass(frozen=True)
class Land:
    """What is drawn under markers, projected: the points of municipalities by MRC, outlines by MRC, towns by size."""

    towns: Points
    degrees: NDArray[np.float64]  # latitude and longitude of the towns
    mrcs: list[str]  # of the towns; empty for a community outside any
    names: list[str]  # of the towns, the most peopled first
    of_mrc: dict[str, Points]  # its municipalities, or the points of its outline
    centres: dict[str, Points]
    outlines: dict[str, list[Points]]
    grounds: dict[Any, Any] = field(default_factory=dict)  # what was drawn, by its frame

    @cached_property
    def inhabited(self) -> Frame:
        west, south, east, north = INHABITED
        lat, lon = self.degrees[:, 0], self.degrees[:, 1]
        return Frame.around(self.towns[(lat > south) & (lat < north) & (lon > west) & (lon < east)])

    def frame_of(self, mrcs: Collection[str]) -> Frame:
        """Around these MRCs; of none that is known, all that is inhabited."""
        points = [self.of_mrc[code] for code in mrcs if code in self.of_mrc]
        return Frame.around(np.concatenate(points)) if points else self.inhabited

    def frame_near(self, mrc: str, km: float) -> Frame:
        """Around an MRC and the municipalities so near to its centre."""
        near = self.towns[np.hypot(*(self.towns - self.centres[mrc]).T) < km]
        return Frame.around(np.concatenate([self.of_mrc[mrc], near]))

    def dots(self, frame: Frame) -> str:
        """A path of dots, one for each municipality; empty where outlines are drawn instead."""
        return "" if self.outlines else self._once((frame, "dots"), lambda: _dots(frame, self.towns))

    def borders(self, frame: Frame) -> str:
        """A path of lines half way between municipalities of different MRCs; empty where outlines are drawn instead."""
        return "" if self.outlines else self._once((frame, "borders"), lambda: _segments(frame, self.halfway))

    @cached_property
    def halfway(self) -> NDArray[np.float64]:
        """The ends of these lines, in kilometres: (lines, 2, 2). Worked out once for all processes."""
        drawn_from = zlib.crc32(self.towns.tobytes() + ",".join(self.mrcs).encode())
        found: NDArray[np.float64] = cache.get_or_set(
            f"territories.halfway.{drawn_from}", lambda: halfway_lines(self.towns, self.mrcs), HALFWAY_LASTS
        )
        return found

    def shapes(self, frame: Frame, mrcs: Collection[str] | None = None) -> str:
        """A path of the outlines of these MRCs, or of all; empty where none were imported."""
        chosen = (
            self.outlines
            if mrcs is None
            else {code: self.outlines[code] for code in mrcs if code in self.outlines}
        )
        return self._once((frame, tuple(chosen)), lambda: _shapes(frame, chosen)) if chosen else ""

    def town_labels(self, frame: Frame, most: int) -> list[Label]:
        """The most peopled towns of the frame whose names do not run into each other's."""
        labels: list[Label] = []
        placed = np.rint(frame.place(self.towns)).astype(int)
        shown = np.flatnonzero(frame.holds(placed))[:most]
        for x, y, name in zip(*placed[shown].T.tolist(), (self.names[at] for at in shown), strict=True):
            label = Label(name, x, y)
            if (
                label.right < WIDTH
                and 30 < y < HEIGHT - 10
                and not any(label.meets(other) for other in labels)
            ):
                labels.append(label)
        return labels

    def _once(self, key: Any, draw: Any) -> str:
        if key not in self.grounds:
            if len(self.grounds) > 200:
                self.grounds.clear()
            self.grounds[key] = draw()
        return str(self.grounds[key])


def _read_land() -> Land:
    towns = sorted(
        (
            town
            for town in current_gazetteer().towns.values()
            if town.lat is not None and town.lon is not None
        ),
        key=lambda town: -town.population,
    )
    points = project([town.lat for town in towns], [town.lon for town in towns]).reshape(-1, 2)
    outlines = {
        code: [
            project([lat for _lon, lat, *_ in ring], [lon for lon, *_ in ring]) for ring in _rings(geometry)
        ]
        for code, geometry in Boundary.objects.filter(mrc__isnull=False).values_list("mrc_id", "geometry")
    }
    centres = {code: project(mrc.lat, mrc.lon) for code, mrc in mrcs_by_code().items()}
    of_mrc = {code: centre[None] for code, centre in centres.items()}
    for code in centres:
        mine = np.array([town.mrc == code for town in towns], dtype=bool)
        of_mrc[code] = np.concatenate([of_mrc[code], points[mine], *outlines.get(code, ())])
    degrees = np.array([(town.lat, town.lon) for town in towns], dtype=np.float64).reshape(-1, 2)
    mrcs = [town.mrc or "" for town in towns]
    return Land(points, degrees, mrcs, [town.name for town in towns], of_mrc, centres, outlines)


current_land = ProcessCache(_read_land, KEPT_SECONDS)


def halfway_lines(towns: Points, mrcs: list[str]) -> NDArray[np.float64]:
    """Where the cells of two neighbours of different MRCs meet, less what lies far from both."""
    from scipy.spatial import Voronoi  # here: half a second to import, for what is done once a month

    cells = Voronoi(towns)
    ridges = [
        ends
        for (one, other), ends in zip(cells.ridge_points, cells.ridge_vertices, strict=True)
        if -1 not in ends
        and mrcs[one] != mrcs[other]
        and all(np.hypot(*(cells.vertices[end] - towns[one])) < REACH_KM for end in ends)
    ]
    lines: NDArray[np.float64] = cells.vertices[np.array(ridges, dtype=np.intp).reshape(-1, 2)]
    return lines


def _rings(geometry: Mapping[str, Any]) -> Iterable[list[list[float]]]:
    """The outer rings of a GeoJSON polygon or several; holes are other MRCs, drawn themselves."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [polygon[0] for polygon in polygons if polygon]


def _dots(frame: Frame, towns: Points) -> str:
    placed = frame.place(towns)
    inside = np.unique(np.rint(placed[frame.holds(placed)]).astype(int), axis=0)
    return "".join(f"M{x} {y}h0" for x, y in inside.tolist())


def _segments(frame: Frame, ends: NDArray[np.float64]) -> str:
    placed = np.rint(frame.place(ends)).astype(int)
    inside = frame.holds(placed).any(axis=1)
    steps = np.concatenate([placed[:, 0], placed[:, 1] - placed[:, 0]], axis=1)[inside]
    return "".join(f"M{x} {y}l{dx} {dy}" for x, y, dx, dy in steps.tolist() if dx or dy)


def _shapes(frame: Frame, outlines: Mapping[str, list[Points]]) -> str:
    return "".join(_ring_path(frame.place(ring)) for rings in outlines.values() for ring in rings)


def _ring_path(ring: Points) -> str:
    """Relative steps in whole units, those under `FINEST` left out; empty for what lies beside the frame or is too small."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    if high[0] < 0 or high[1] < 0 or low[0] > WIDTH or low[1] > HEIGHT or max(high - low) < FINEST:
        return ""
    # Far beyond the frame nothing shows, and coordinates would only grow.
    points = np.rint(np.clip(ring, (-WIDTH, -HEIGHT), (2 * WIDTH, 2 * HEIGHT))).astype(int).tolist()
    x, y = points[0]
    path = [f"M{x} {y}l"]
    for to_x, to_y in points[1:]:
        if abs(to_x - x) + abs(to_y - y) >= FINEST:
            path.append(f"{to_x - x} {to_y - y}")
            x, y = to_x, to_y
    return " ".join(path) + "z" if len(path) > 3 else ""
