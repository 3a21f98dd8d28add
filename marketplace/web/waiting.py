"""What waits for a person to act, from every app, in one query: the list of « Mon espace » and the tiles of the admin.

An app registers each kind once, in its `waiting.py`, imported by `AppConfig.ready()`: how to find the rows, how to say one
of them in « Mon espace » (`item`), how to count them on the admin's first page (`tile`). All rows come from one UNION, so
`rows` must carry what the sentences need: `item` and `tile` ask the database nothing. See docs/adr/0009.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import BigIntegerField, Count, DateTimeField, QuerySet, TextField, Value, Window
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.models import Expression

_NOTHING = Value("", output_field=TextField())
SHOWN = 5  # of one kind; the rest is counted


class Urgency(IntEnum):
    """NOW: a date is near, or someone can do nothing until this is done."""

    NOW = 0
    SOON = 1
    LATER = 2


class WaitingRow(NamedTuple):
    """One row of the union. `subject` is a key as text; `total` counts the rows of this kind, shown or not."""

    kind: str
    subject: str
    name: str
    detail: str
    number: int
    since: datetime | None
    due: datetime | None
    total: int


@dataclass(frozen=True, kw_only=True)
class WaitingItem:
    """What is shown: a verb and its object, a sentence, and the one thing to do."""

    title: str
    text: str
    url: str
    action: str
    urgency: Urgency = Urgency.SOON
    since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class WaitingRest:
    """« et 12 autres fiches », and where they are."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """`total` counts everything that waits, also what `rest` only counts; `under_way` asks for nothing."""

    items: list[WaitingItem]
    rest: list[WaitingRest]
    total: int
    under_way: list[WaitingItem]


@dataclass(frozen=True, kw_only=True)
class WaitingTile:
    """On the admin's first page: what a number counts, where to act on it, and a line under it."""

    title: str
    url: str
    text: str = ""
    icon: str = "list"
    is_urgent: bool = False
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class _Kind:
    rows: Callable[[Any], QuerySet[Any] | None]
    item: Callable[[WaitingRow], WaitingItem] | None
    rest: Callable[[int], WaitingRest] | None
    informs: bool
    tile: Callable[[int, datetime | None], WaitingTile] | None
    order: int


_kinds: dict[str, _Kind] = {}


def register_waiting(
    *,
    kind: str,
    rows: Callable[[Any], QuerySet[Any] | None],
    item: Callable[[WaitingRow], WaitingItem] | None = None,
    rest: Callable[[int], WaitingRest] | None = None,
    informs: bool = False,
    tile: Callable[[int, datetime | None], WaitingTile] | None = None,
    order: int = 50,
) -> None:
    """Add a kind of thing that waits; the same kind again replaces it (reloads).

    `rows(user)` answers `waiting_rows(…)`, or None where this person can have none: without a query of its own.
    `item(row)` says one row in « Mon espace »; without it the kind is only counted, in the admin.
    `rest(n)` says what became of the n rows past the first `SHOWN`.
    `informs`: the person has nothing to do and wants to know where it stands, a request that a pôle has in hand.
    `tile(count, oldest)` is the admin's, where there is one at least; low `order` comes first there.
    """
    _kinds[kind] = _Kind(rows=rows, item=item, rest=rest, informs=informs, tile=tile, order=order)


def waiting_rows(
    queryset: QuerySet[Any],
    *,
    kind: str,
    subject: Expression | Any,
    since: Expression | Any,
    name: Expression | Any = "",
    detail: Expression | Any = "",
    number: Expression | Any = 0,
    due: Expression | Any = None,
) -> QuerySet[Any]:
    """The queryset as rows of the union: the first `SHOWN`, those due first, then the oldest.

    Values are expressions (`F("organisation__name")`) or constants. Aggregates do not go together with the count of
    all rows: put a count in `number` as a subquery.
    """
    return (
        queryset.order_by()
        .values_list(
            Value(kind, output_field=TextField()),
            Cast(subject, TextField()),
            Coalesce(Cast(_expression(name), TextField()), _NOTHING),
            Coalesce(Cast(_expression(detail), TextField()), _NOTHING),
            Coalesce(Cast(_expression(number), BigIntegerField()), Value(0, output_field=BigIntegerField())),
            Cast(_expression(since), DateTimeField()),
            Cast(_expression(due), DateTimeField()),
            Window(Count("pk")),
        )
        .order_by(Cast(_expression(due), DateTimeField()).asc(nulls_last=True), _expression(since), "pk")[
            :SHOWN
        ]
    )


def to_do_list(user: Any) -> ToDo:
    """What waits for this person, the most urgent first. One query, whatever the number of kinds."""
    rows = _read({name: kind for name, kind in _kinds.items() if kind.item}, user)
    asking = [row for row in rows if not _kinds[row.kind].informs]
    totals = {row.kind: row.total for row in asking}
    shown = Counter(row.kind for row in asking)
    rest = []
    for kind, total in totals.items():
        say = _kinds[kind].rest
        if total > shown[kind] and say is not None:
            rest.append(say(total - shown[kind]))
    return ToDo(
        items=_items(asking),
        rest=rest,
        total=sum(totals.values()),
        under_way=_items(row for row in rows if _kinds[row.kind].informs),
    )


def staff_tiles(user: Any) -> list[WaitingTile]:
    """What the admin's first page counts for this person, in the order of registration. One query."""
    asked = {name: kind for name, kind in _kinds.items() if kind.tile and kind.rows(user) is not None}
    found: dict[str, list[WaitingRow]] = {name: [] for name in asked}
    for row in _read(asked, user):
        found[row.kind].append(row)
    tiles = []
    for name, kind in sorted(asked.items(), key=lambda pair: pair[1].order):
        if not (rows := found[name]):
            continue
        count = rows[0].total
        oldest = min((row.since for row in rows if row.since), default=None)
        assert kind.tile is not None  # noqa: S101 - chosen above
        tiles.append(replace(kind.tile(count, oldest), count=count))
    return tiles


def _read(kinds: dict[str, _Kind], user: Any) -> list[WaitingRow]:
    parts = [part for kind in kinds.values() if (part := kind.rows(user)) is not None]
    if not parts:
        return []
    first, *others = parts
    return [WaitingRow(*values) for values in (first.union(*others, all=True) if others else first)]


def _items(rows: Iterable[WaitingRow]) -> list[WaitingItem]:
    items = [item(row) for row in rows if (item := _kinds[row.kind].item)]
    return sorted(items, key=_order)


def urgency_by_date(due: datetime | None) -> Urgency:
    """How urgent a date makes a thing: two days are near, two weeks are soon."""
    if due is None:
        return Urgency.LATER
    left = due - timezone.now()
    if left <= timedelta(days=2):
        return Urgency.NOW
    return Urgency.SOON if left <= timedelta(days=14) else Urgency.LATER


def _expression(value: Any) -> Any:
    return value if hasattr(value, "resolve_expression") else Value(value)


def _order(item: WaitingItem) -> tuple[Any, ...]:
    """Urgency, then the nearest date, then what has waited longest."""
    last = datetime.max.replace(tzinfo=timezone.get_current_timezone())
    return (item.urgency, item.due or last, item.since or last, item.title)
