"""What waits for a person to act, from every room, in one query and in order of urgency: the heart of « Mon espace ».

A room registers in `ready()` how to find its rows and how to say them. All rows come from one UNION, so `rows` must
carry what the sentence needs and `item` asks the database nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
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


NOW, SOON, LATER = Urgency


class Row(NamedTuple):
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
class Item:
    """What is shown: a verb and its object, a sentence, and the one thing to do."""

    title: str
    text: str
    url: str
    action: str
    urgency: Urgency = SOON
    since: datetime | None = None
    due: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Rest:
    """« et 12 autres fiches », and where they are."""

    text: str
    url: str


@dataclass(frozen=True, kw_only=True)
class ToDo:
    """`total` counts everything that waits, also what `rest` only counts; `under_way` asks for nothing."""

    items: list[Item]
    rest: list[Rest]
    total: int
    under_way: list[Item]


@dataclass(frozen=True)
class _Source:
    rows: Callable[[Any], QuerySet[Any] | None]
    item: Callable[[Row], Item]
    rest: Callable[[int], Rest] | None
    informs: bool


_sources: dict[str, _Source] = {}


def register(
    *,
    kind: str,
    rows: Callable[[Any], QuerySet[Any] | None],
    item: Callable[[Row], Item],
    rest: Callable[[int], Rest] | None = None,
    informs: bool = False,
) -> None:
    """Add a kind of thing that waits; the same kind again replaces it (reloads).

    `informs`: the person has nothing to do and wants to know where it stands, a request that a pôle has in hand.

    `rows(user)` answers `columns(…)`, or None where this person can have none: without a query of its own.
    `rest(n)` says what became of the n rows past the first `SHOWN`.
    """
    _sources[kind] = _Source(rows, item, rest, informs)


def columns(
    queryset: QuerySet[Any],
    *,
    kind: str,
    subject: Expression | Any,
    name: Expression | Any = "",
    detail: Expression | Any = "",
    number: Expression | Any = 0,
    since: Expression | Any = None,
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


def to_do(user: Any) -> ToDo:
    """What waits for this person, the most urgent first. One query, whatever the number of kinds."""
    parts = [part for source in _sources.values() if (part := source.rows(user)) is not None]
    if not parts:
        return ToDo(items=[], rest=[], total=0, under_way=[])
    first, *others = parts
    found = first.union(*others, all=True) if others else first
    rows = [Row(*values) for values in found]
    asking = [row for row in rows if not _sources[row.kind].informs]
    totals = {row.kind: row.total for row in asking}
    shown = Counter(row.kind for row in asking)
    rest = []
    for kind, total in totals.items():
        say = _sources[kind].rest
        if total > shown[kind] and say is not None:
            rest.append(say(total - shown[kind]))
    return ToDo(
        items=_said(asking),
        rest=rest,
        total=sum(totals.values()),
        under_way=_said(row for row in rows if _sources[row.kind].informs),
    )


def _said(rows: Iterable[Row]) -> list[Item]:
    return sorted((_sources[row.kind].item(row) for row in rows), key=_order)


def by_date(due: datetime | None) -> Urgency:
    """How urgent a date makes a thing: two days are near, two weeks are soon."""
    if due is None:
        return LATER
    left = due - timezone.now()
    if left <= timedelta(days=2):
        return NOW
    return SOON if left <= timedelta(days=14) else LATER


def _expression(value: Any) -> Any:
    return value if hasattr(value, "resolve_expression") else Value(value)


def _order(item: Item) -> tuple[Any, ...]:
    """Urgency, then the nearest date, then what has waited longest."""
    last = datetime.max.replace(tzinfo=timezone.get_current_timezone())
    return (item.urgency, item.due or last, item.since or last, item.title)
