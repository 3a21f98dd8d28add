"""The pipeline on a map: each MRC tinted by how far it has come, a mark with how many, and the same in a table."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts.models import User
from marketplace.outreach.models import Approach, ApproachQuerySet
from marketplace.outreach.pipeline.queries import ApproachQuery
from marketplace.territories.labels import mrcs_by_code
from marketplace.territories.maps import HEIGHT, WIDTH, current_land

COMMITTED, ASKED, SILENT, NEVER = "committed", "asked", "silent", "never"
STATES = (COMMITTED, ASKED, SILENT, NEVER)
SIZES = ((1, 20), (4, 26), (12, 32), (40, 42))


@dataclass(frozen=True, slots=True)
class MrcMark:
    """`state` is the furthest that any organisation of the MRC has come."""

    x: int
    y: int
    count: int
    size: int
    state: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class MrcRow:
    """One line of the table."""

    name: str
    url: str
    total: int
    committed: int
    asked: int
    silent: int
    never: int
    declined: int

    @property
    def state(self) -> str:
        return next((state for state in STATES if getattr(self, state)), NEVER)


def pipeline_map(rows: ApproachQuerySet, reader: User, query: ApproachQuery) -> dict[str, Any]:
    """What the map's template draws. One statement."""
    lines = mrc_rows(rows, query)
    land = current_land()
    codes = [code for code in lines if code in land.centres]
    mine = [code for code in reader.covered_mrcs if code in land.of_mrc]
    frame = land.frame_of(codes or mine)
    marks = []
    if codes:
        placed = frame.place(np.array([land.centres[code] for code in codes]))
        for code, (x, y) in zip(codes, np.rint(placed).astype(int).tolist(), strict=True):
            line = lines[code]
            size = [radius for least, radius in SIZES if line.total >= least][-1]
            marks.append(MrcMark(x, y, line.total, size, line.state, _label(line), line.url))
    tinted: dict[str, list[str]] = defaultdict(list)
    for code in codes:
        tinted[lines[code].state].append(code)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "dots": land.dots(frame),
        "borders": land.borders(frame),
        "shapes": land.shapes(frame),
        "tints": [(state, land.shapes(frame, sorted(tinted[state]))) for state in STATES if tinted[state]],
        "marks": marks,
        "lines": list(lines.values()),
        "name": _("Le démarchage, par MRC"),
    }


def mrc_rows(rows: ApproachQuerySet, query: ApproachQuery) -> dict[str, MrcRow]:
    """By the code of the MRC (empty: unknown), in the order of their names."""
    Stage = Approach.Stage
    over = [Approach.COMMITTED, Approach.ARRIVED]
    counted = (
        rows.order_by()
        .values("organisation__mrc")
        .annotate(
            total=Count("pk"),
            committed=Count("pk", filter=Q(place__in=over)),
            silent=Count("pk", filter=Q(is_silent=True)),
            asked=Count(
                "pk", filter=Q(place__in=[Stage.ASKED, Stage.TALKING, Approach.INVITED], is_silent=False)
            ),
            never=Count("pk", filter=Q(place=Stage.TO_ASK)),
            declined=Count("pk", filter=Q(place=Stage.DECLINED)),
        )
    )
    found = {one.pop("organisation__mrc") or "": one for one in counted}
    board = reverse("outreach_admin:board")
    names = {code: info.name for code, info in mrcs_by_code().items() if code in found}
    lines = {
        code: MrcRow(name=name, url=f"{board}{query.address(mrc=code)}", **found[code])
        for code, name in names.items()
    }
    if "" in found:
        lines[""] = MrcRow(name=_("MRC inconnue"), url=f"{board}{query.address()}", **found[""])
    return lines


def _label(line: MrcRow) -> str:
    """« Maskinongé : 4 organisations, dont 1 engagée ou inscrite »."""
    said = ngettext("%(n)s organisation", "%(n)s organisations", line.total) % {"n": line.total}
    words = {
        COMMITTED: ngettext(
            "dont %(n)s engagée ou inscrite", "dont %(n)s engagées ou inscrites", line.committed
        ),
        ASKED: ngettext("dont %(n)s approchée", "dont %(n)s approchées", line.asked),
        SILENT: ngettext("dont %(n)s silencieuse", "dont %(n)s silencieuses", line.silent),
        NEVER: ngettext("%(n)s jamais approchée", "%(n)s jamais approchées", line.never),
    }
    return f"{line.name}, {said}, {words[line.state] % {'n': getattr(line, line.state)}}"
