"""Which rows of the pipeline a page asks for: the board, the calls, the map and the file share the same address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Q, Value, When
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.outreach.models import PLACE_LABELS, Approach, ApproachQuerySet
from marketplace.web.admin_lists import folded_column, search_rows

SIDES = {"institutions": Approach.Side.BUYING, "entreprises": Approach.Side.SELLING}
#: Whom nobody calls: they came, they promised, or they said no.
OVER = (Approach.ARRIVED, Approach.COMMITTED, Approach.Stage.DECLINED)


@dataclass(frozen=True)
class ApproachQuery:
    """What an address asks; what it does not know is left out."""

    text: str = ""
    side: str = ""
    place: str = ""
    mrc: str = ""
    mine: bool = False
    silent: bool = False
    campaign: str = ""

    @classmethod
    def read(cls, data: Mapping[str, str]) -> ApproachQuery:
        side, place = data.get("type", ""), data.get("etape", "")
        return cls(
            text=data.get("q", "")[:100].replace("\x00", "").strip(),
            side=side if side in SIDES else "",
            place=place if place in PLACE_LABELS else "",
            mrc=data.get("mrc", "")[:10].replace("\x00", ""),
            mine=data.get("qui", "") == "moi",
            silent=data.get("silence", "") == "1",
            campaign=data.get("campagne", "")[:12] if data.get("campagne", "").isdecimal() else "",
        )

    def address(self, **changes: str) -> str:
        """« ?q=… » with these changes; empty where nothing is asked."""
        asked = {
            "q": self.text,
            "type": self.side,
            "etape": self.place,
            "mrc": self.mrc,
            "qui": "moi" if self.mine else "",
            "silence": "1" if self.silent else "",
            "campagne": self.campaign,
            **changes,
        }
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def is_asked(self) -> bool:
        return bool(self.address())


def found_approaches(reader: User, query: ApproachQuery) -> ApproachQuerySet:
    """The reader's rows that the address asks for, each with its place."""
    rows = Approach.objects.visible_to(reader).placed()
    if query.side:
        rows = rows.filter(side=SIDES[query.side])
    if query.mrc:
        rows = rows.filter(organisation__mrc=query.mrc)
    if query.mine:
        rows = rows.filter(owner=reader)
    if query.place:
        rows = rows.filter(place=query.place)
    if query.campaign:
        rows = rows.filter(campaigns__campaign=int(query.campaign))
    if query.silent:
        rows = rows.filter(is_silent=True)
    columns = ["organisation__name", "organisation__town", "contact_name"]
    return search_rows(rows, query.text, columns=columns, neq="organisation__neq") if query.text else rows


def count_places(rows: ApproachQuerySet) -> dict[str, int]:
    """How many stand at each place, and how many are silent; one statement."""
    asked: dict[str, Any] = {
        f"p{n}": Count("pk", filter=Q(place=place)) for n, place in enumerate(PLACE_LABELS)
    }
    counted = rows.order_by().aggregate(**asked, silent=Count("pk", filter=Q(is_silent=True)))
    return {place: counted[f"p{n}"] for n, place in enumerate(PLACE_LABELS)} | {"silent": counted["silent"]}


def to_call(rows: ApproachQuerySet) -> ApproachQuerySet:
    """Those still to be called today, in the order of calling: what is due, who was never asked, then the others.

    Who was spoken to today, or is to be called another day, waits.
    """
    today = timezone.localdate()
    rows = rows.exclude(place__in=OVER).filter(Q(last_on__isnull=True) | ~Q(last_on=today))
    rows = rows.filter(Q(next_on__isnull=True) | Q(next_on__lte=today))
    rank = Case(
        When(next_on__isnull=False, then=Value(0)),
        When(place=Approach.Stage.TO_ASK, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by("rank", "next_on", folded_column("organisation__name"), "pk")
