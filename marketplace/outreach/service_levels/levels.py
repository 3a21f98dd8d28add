"""How much waits, of each kind and pôle, since when, and how much of it is late or about to be. One statement for all."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q, QuerySet, TextField, Value
from django.utils import timezone

from marketplace.outreach.service_levels.kinds import KINDS, Kind
from marketplace.web.workdays import last_day_waited, workday_after, workdays_between

LATE, SOON = "late", "soon"


@dataclass(frozen=True)
class Level:
    """Of one kind. `soon`: due today or on the next working day. `oldest`: since when the first one waits."""

    kind: Kind
    total: int = 0
    late: int = 0
    soon: int = 0
    oldest: datetime | None = None

    @property
    def oldest_workdays(self) -> int | None:
        if self.oldest is None:
            return None
        return workdays_between(timezone.localdate(self.oldest), timezone.localdate())

    def __add__(self, other: Level) -> Level:
        oldest = min((day for day in (self.oldest, other.oldest) if day), default=None)
        return Level(
            self.kind, self.total + other.total, self.late + other.late, self.soon + other.soon, oldest
        )


@dataclass(frozen=True)
class Waiting:
    """One row behind a figure. `workdays`: so many have passed. `due`: the day that was promised."""

    name: str
    place: str
    since: datetime
    workdays: int
    due: date
    is_late: bool
    is_soon: bool
    pk: int
    page_pk: int


def late_since(kind: Kind, today: date) -> datetime:
    """What waited already before this moment is late."""
    return _midnight_after(last_day_waited(kind.workdays + 1, today))


def soon_since(kind: Kind, today: date) -> datetime:
    """What waited already before this moment is late, or due today or on the next working day."""
    return _midnight_after(last_day_waited(max(kind.workdays - 1, 0), today))


def _midnight_after(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def levels_by_pole(poles: Collection[str] | None = None) -> dict[tuple[str, str | None], Level]:
    """By the key of the kind and the code of the pôle (None: no pôle covers the place); of `poles`, or of all."""
    today = timezone.localdate()
    first, *others = [_counted(kind, poles, today) for kind in KINDS]
    kinds = {kind.key: kind for kind in KINDS}
    return {
        (key, pole): Level(kinds[key], total, late, soon, oldest)
        for key, pole, total, late, soon, oldest in first.union(*others, all=True)
    }


def _counted(kind: Kind, poles: Collection[str] | None, today: date) -> QuerySet[Any]:
    late, soon = late_since(kind, today), soon_since(kind, today)
    rows = kind.waiting()
    if poles is not None:
        rows = rows.filter(pole_code__in=poles)
    return rows.values(kind_key=Value(kind.key, output_field=TextField()), code=F("pole_code")).annotate(
        n=Count("pk"),
        n_late=Count("pk", filter=Q(waits_since__lt=late)),
        n_soon=Count("pk", filter=Q(waits_since__gte=late, waits_since__lt=soon)),
        first=Min("waits_since"),
    ).values_list("kind_key", "code", "n", "n_late", "n_soon", "first")  # fmt: skip


def sum_levels(found: Iterable[Level]) -> dict[str, Level]:
    """By kind, in the order of `KINDS`, those of which nothing waits included."""
    sums = {kind.key: Level(kind) for kind in KINDS}
    for level in found:
        sums[level.kind.key] += level
    return sums


def waiting_rows_of(kind: Kind, poles: Collection[str] | None, *, only: str = "") -> QuerySet[Any]:
    """The rows behind a figure, the oldest first; `only` those that are « late », or « soon »."""
    rows = kind.waiting()
    if poles is not None:
        rows = rows.filter(pole_code__in=poles)
    today = timezone.localdate()
    late, soon = late_since(kind, today), soon_since(kind, today)
    if only == LATE:
        rows = rows.filter(waits_since__lt=late)
    elif only == SOON:
        rows = rows.filter(waits_since__gte=late, waits_since__lt=soon)
    columns = ["pk", "whose", "place", "waits_since"]
    if kind.page_of not in columns:
        columns.append(kind.page_of)
    return rows.order_by("waits_since", "pk").values(*columns)


def read_waiting(kind: Kind, rows: Iterable[dict[str, Any]]) -> list[Waiting]:
    today = timezone.localdate()
    late, soon = late_since(kind, today), soon_since(kind, today)
    return [
        Waiting(
            name=row["whose"],
            place=row["place"] or "",
            since=row["waits_since"],
            workdays=workdays_between(timezone.localdate(row["waits_since"]), today),
            due=workday_after(timezone.localdate(row["waits_since"]), kind.workdays),
            is_late=row["waits_since"] < late,
            is_soon=late <= row["waits_since"] < soon,
            pk=row["pk"],
            page_pk=row[kind.page_of],
        )
        for row in rows
    ]
