"""The answers on a map: one marker for an MRC or for several that stand too close, and near by one for each enterprise.

The server draws it whole, so it needs no script and asks no other host; every marker leads to an address.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.maps import HEIGHT, WIDTH, Frame, Label, Land, current_land, project
from marketplace.web.typography import format_number

from .directory import Answers
from .wording import enumerate_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .filters import DirectoryPageFilterSet

APART = 64  # units between two markers: 40 pixels on a desk, 24 on a phone
NEAR_MRCS = 3  # of so many MRCs or fewer, enterprises are drawn by themselves
MOST_NAMED = 4  # MRCs in a marker's words
MOST_MRCS = 30  # in a marker's address; beyond, their regions
NEIGHBOURS_KM = 60.0  # around the place that is to be served
MOST_LABELS = 14
SIZES = (
    (1, 20),
    (2, 26),
    (100, 32),
    (1000, 42),
)  # from so many enterprises, a radius in units; a phone has its own


@dataclass(frozen=True, slots=True)
class Marker:
    """`label` is its link's name, `url` where it leads."""

    x: int
    y: int
    count: int
    label: str
    url: str

    @property
    def size(self) -> int:
        return [radius for least, radius in SIZES if self.count >= least][-1]

    @property
    def rank(self) -> int:
        return [radius for _least, radius in SIZES].index(self.size) + 1

    @property
    def text(self) -> str:
        return format_number(self.count) if self.count > 1 else ""


@dataclass(frozen=True, slots=True)
class _Group:
    x: float
    y: float
    count: int
    members: tuple[Any, ...]


def directory_map(
    filters: DirectoryPageFilterSet, answers: Answers, counted: dict[str, int]
) -> dict[str, Any]:
    """What the map's template draws; `counted`: the answers by MRC of their seat."""
    land = current_land()
    served = served_mrcs(filters.query["serves"])
    chosen = [code for code in filters.query["mrc"] if code in land.of_mrc]
    regions = filters.query["region"]
    around = chosen or [code for code, mrc in mrcs_by_code().items() if mrc.region in regions]
    if len(served) == 1 and not around:
        frame = land.frame_near(served[0], NEIGHBOURS_KM)
    else:
        frame = land.frame_of(around or served if len(served) < len(land.centres) else ())
    if chosen and len(chosen) <= NEAR_MRCS:
        markers, outside = _near(filters, answers, frame, chosen)
    else:
        markers, outside = _by_mrc(filters, land, frame, counted)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "dots": land.dots(frame),
        "borders": land.borders(frame),
        "shapes": land.shapes(frame),
        "served": land.shapes(frame, served) if served else "",
        "labels": _labels(land, frame, markers),
        "markers": markers,
        "square": _square(land, frame, filters.query["serves"]),
        "outside": _outside_sentence(outside),
        "wider_url": filters.address(mrc=None, region=None) if around else "",
        "name": _("Les sièges des fournisseurs trouvés"),
    }


def served_mrcs(tokens: Collection[str]) -> list[str]:
    """The MRCs of served places."""
    return [code for code, mrc in mrcs_by_code().items() if code in tokens or f"R{mrc.region}" in tokens]


def _by_mrc(
    filters: DirectoryPageFilterSet, land: Land, frame: Frame, counted: dict[str, int]
) -> tuple[list[Marker], int]:
    codes = [code for code in counted if code in land.centres]
    if not codes:
        return [], sum(counted.values())
    placed = frame.place(np.array([land.centres[code] for code in codes]))
    inside = frame.holds(placed)
    single = [
        _Group(float(x), float(y), counted[code], (code,))
        for code, (x, y), shown in zip(codes, placed, inside, strict=True)
        if shown
    ]
    groups = _merged(single)
    markers = [
        Marker(round(g.x), round(g.y), g.count, _group_label(g), _group_url(filters, g.members))
        for g in groups
    ]
    return markers, sum(counted.values()) - sum(group.count for group in groups)


def _merged(groups: list[_Group]) -> list[_Group]:
    """Whoever stands too close to a larger group joins it, where that one stands; the largest first."""
    kept: list[_Group] = []
    for group in sorted(groups, key=lambda one: (-one.count, one.members)):
        for at, other in enumerate(kept):
            if (other.x - group.x) ** 2 + (other.y - group.y) ** 2 < APART**2:
                kept[at] = replace(
                    other, count=other.count + group.count, members=other.members + group.members
                )
                break
        else:
            kept.append(group)
    return kept


def _group_label(group: _Group) -> str:
    """« Les Chenaux : 12 fournisseurs », « Montréal, Laval et 6 autres MRC : 412 fournisseurs »."""
    names = [mrcs_by_code()[code].name for code in group.members]
    rest = len(names) - MOST_NAMED + 1
    if rest > 1:
        names = [*names[: MOST_NAMED - 1], _("%(n)s autres MRC") % {"n": rest}]
    return _place_count(enumerate_names(names), group.count)


def _place_count(place: str, count: int) -> str:
    return ngettext("%(place)s\u00a0: %(n)s fournisseur", "%(place)s\u00a0: %(n)s fournisseurs", count) % {
        "place": place,
        "n": format_number(count),
    }


def _group_url(filters: DirectoryPageFilterSet, mrcs: tuple[str, ...]) -> str:
    """The same map, of these MRCs."""
    if len(mrcs) <= MOST_MRCS:
        return filters.address(mrc=tuple(sorted(mrcs)), view="map")
    return filters.address(region=tuple(sorted({mrcs_by_code()[code].region for code in mrcs})), view="map")


def _near(
    filters: DirectoryPageFilterSet, answers: Answers, frame: Frame, mrcs: list[str]
) -> tuple[list[Marker], int]:
    """Enterprises at their seat; those that stand too close together are one marker, which leads to their list."""
    columns, rows = answers.columns, answers.answering
    placed = frame.place(project(columns.lat[rows], columns.lon[rows]))
    inside = frame.holds(placed) & ~np.isnan(placed[..., 0])
    ids = columns.ids[rows][inside]
    groups = _merged(_cells(placed[inside], ids))
    named = _names_of([int(group.members[0]) for group in groups if group.count == 1])
    places = enumerate_names([mrcs_by_code()[code].name for code in mrcs])
    base = filters.address(view="")
    directory = base.partition("?")[0]
    markers = []
    for group in groups:
        if group.count == 1 and (known := named.get(int(group.members[0]))):
            label, url = known[0], f"{directory}{known[1]}/"
        else:
            label, url = _crowd_label(group.count, places), base
        markers.append(Marker(round(group.x), round(group.y), group.count, label, url))
    return markers, answers.total - int(inside.sum())


def _crowd_label(count: int, places: str) -> str:
    said = ngettext(
        "%(n)s fournisseur à cet endroit; voir la liste : %(place)s",
        "%(n)s fournisseurs à cet endroit; voir la liste : %(place)s",
        count,
    )
    return said % {"n": format_number(count), "place": places}


def _cells(placed: NDArray[np.float64], ids: NDArray[np.int64]) -> list[_Group]:
    """One group for each square of the drawing; only its first id is kept."""
    if not len(ids):
        return []
    cells = (placed // APART).astype(np.int64)
    _keys, first, of_cell, counts = np.unique(
        cells[:, 1] * WIDTH + cells[:, 0], return_index=True, return_inverse=True, return_counts=True
    )
    x = np.bincount(of_cell, placed[:, 0]) / counts
    y = np.bincount(of_cell, placed[:, 1]) / counts
    return [
        _Group(float(a), float(b), int(n), (int(ids[at]),))
        for a, b, n, at in zip(x, y, counts, first, strict=True)
    ]


def _names_of(supplier_ids: list[int]) -> dict[int, tuple[str, str]]:
    if not supplier_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, name, slug FROM suppliers_directorytext WHERE entry_id = ANY(%s)",
            [supplier_ids],
        )
        return {row[0]: (row[1], row[2]) for row in cursor.fetchall()}


def _labels(land: Land, frame: Frame, markers: list[Marker]) -> list[Label]:
    """Towns that help to find one's way, where no marker stands upon their name."""
    return [
        label
        for label in land.town_labels(frame, MOST_LABELS)
        if not any(
            label.x - one.size < one.x < label.right + one.size and abs(label.y - one.y) < one.size + 14
            for one in markers
        )
    ]


def _square(land: Land, frame: Frame, tokens: Collection[str]) -> Label | None:
    """Where the asked place is, if it is one MRC."""
    if len(tokens) != 1 or (token := next(iter(tokens))) not in land.centres:
        return None
    x, y = frame.place(land.centres[token])
    return Label(mrcs_by_code()[token].name, round(float(x)), round(float(y)))


def _outside_sentence(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(n)s autre fournisseur a son siège hors de cette carte ou à un endroit inconnu.",
        "%(n)s autres fournisseurs ont leur siège hors de cette carte ou à un endroit inconnu.",
        count,
    ) % {"n": format_number(count)}
