"""What follows where two rows become one: each app says, for each of its foreign keys to them, what becomes of its rows.

`carry(Offer, "supplier")` moves them, `leave(Decision, "supplier", why=…)` keeps them where they are. Whoever merges calls
`move_rows`, keeps what it answers, and gives that to `move_rows_back`. A row that cannot follow, because the other side
has one of the same, stays. A test walks every foreign key: a new one without an answer here fails (docs/adr/0039).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, models, transaction
from django.db.models import Q

from marketplace.web.errors import WrongMove
from marketplace.web.folding import fold_text

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: Of each model and foreign key (« suppliers.Offer.supplier ») the keys of the rows that moved.
Moved = dict[str, list[int]]


@dataclass(frozen=True)
class Carrier:
    """`fields` follow together. `alike`: rows that say the same there stay. `follows`: a row stays where that parent stayed.

    `clash`: what to say where a row cannot follow and may not stay either. `why`: of rows that are left, for who reads code.
    `by_itself`: of which rows nobody did anything, so that they are no sign that someone used the other side.
    """

    model: type[models.Model]
    fields: tuple[str, ...]
    moves: bool
    alike: tuple[str, ...] = ()
    follows: str = ""
    clash: str | _StrPromise = ""
    why: str = ""
    by_itself: Q | None = None

    @property
    def label(self) -> str:
        return self.model._meta.label


_carriers: list[Carrier] = []
_refusals: list[tuple[type[models.Model], Callable[[int], str]]] = []


def carry(
    model: type[models.Model],
    *fields: str,
    alike: tuple[str, ...] = (),
    follows: str = "",
    clash: str | _StrPromise = "",
    by_itself: Q | None = None,
) -> None:
    """Rows of this model move by these foreign keys. Parents are registered before what `follows` them."""
    _carriers.append(
        Carrier(model, fields, moves=True, alike=alike, follows=follows, clash=clash, by_itself=by_itself)
    )


def leave(model: type[models.Model], *fields: str, why: str, by_itself: Q | None = None) -> None:
    """Rows of this model stay, or whoever merges moves them by itself: `why` says which."""
    _carriers.append(Carrier(model, fields, moves=False, why=why, by_itself=by_itself))


def forbid(model: type[models.Model], why_not: Callable[[int], str]) -> None:
    """`why_not(key)` says why that row may not give way to another now; empty where it may."""
    _refusals.append((model, why_not))


def why_not_mergeable(pairs: Mapping[type[models.Model], tuple[int, int]]) -> str:
    """A sentence, empty where nothing speaks against it. One query or so for each app that asks."""
    return next((why for model, ask in _refusals if model in pairs and (why := ask(pairs[model][0]))), "")


def carriers() -> tuple[Carrier, ...]:
    return tuple(_carriers)


def made_by_themselves() -> dict[type[models.Model], Q]:
    """Of each model that has such rows, those that a reckoning or a search made and that nobody decided about."""
    return {one.model: one.by_itself for one in _carriers if one.by_itself is not None}


def move_rows(pairs: Mapping[type[models.Model], tuple[int, int]]) -> Moved:
    """Give to the second key what hangs on the first, for each model in `pairs`; what moved. In a transaction."""
    moved: Moved = {}
    for carrier in _carriers:
        ends = _ends(carrier, pairs)
        if not carrier.moves or not ends:
            continue
        rows = list(carrier.model._base_manager.filter(_hang_on(ends, 0)).order_by("pk"))
        follow = [row for row in rows if not _stays(carrier, row, ends)]
        done = _give(carrier, follow, ends)
        if carrier.clash and len(done) < len(rows):
            raise WrongMove(carrier.clash)
        for name, (lost, _kept) in ends.items():
            attname = carrier.model._meta.get_field(name).attname
            keys = [row.pk for row in done if getattr(row, attname) == lost]
            if keys:
                moved[f"{carrier.label}.{name}"] = keys
    return moved


def move_rows_back(moved: Moved, pairs: Mapping[type[models.Model], tuple[int, int]]) -> None:
    """What `move_rows` moved hangs on the first key again, as far as it still hangs on the second."""
    for carrier in reversed(_carriers):
        ends = _ends(carrier, pairs)
        back: dict[int, dict[str, int]] = {}
        for name, (lost, kept) in ends.items():
            keys = moved.get(f"{carrier.label}.{name}", [])
            still = carrier.model._base_manager.filter(pk__in=keys, **{name: kept})
            for pk in still.values_list("pk", flat=True):
                back.setdefault(pk, {})[name] = lost
        for values, keys in _by_values(back):
            carrier.model._base_manager.filter(pk__in=keys).update(**values)


def _ends(
    carrier: Carrier, pairs: Mapping[type[models.Model], tuple[int, int]]
) -> dict[str, tuple[int, int]]:
    """Of each foreign key of the carrier that leads to one of these models, from where to where."""
    found = {}
    for name in carrier.fields:
        target: Any = carrier.model._meta.get_field(name).related_model
        if target in pairs:
            found[name] = pairs[target]
    return found


def _hang_on(ends: Mapping[str, tuple[int, int]], side: int) -> Q:
    condition = Q()
    for name, keys in ends.items():
        condition |= Q(**{name: keys[side]})
    return condition


def _stays(carrier: Carrier, row: models.Model, ends: Mapping[str, tuple[int, int]]) -> bool:
    if carrier.follows:
        parent = getattr(row, carrier.follows)
        name = next(iter(ends))
        if parent is not None and getattr(parent, f"{name}_id") == ends[name][0]:
            return True
    if carrier.alike:
        same = {_said(carrier, other) for other in carrier.model._base_manager.filter(_hang_on(ends, 1))}
        return _said(carrier, row) in same
    return False


def _said(carrier: Carrier, row: models.Model) -> tuple[str, ...]:
    return tuple(fold_text(str(getattr(row, name))) for name in carrier.alike)


def _give(
    carrier: Carrier, rows: list[models.Model], ends: Mapping[str, tuple[int, int]]
) -> list[models.Model]:
    """All at once; where the database refuses, one by one, and those that it refuses stay."""
    changes = {
        row.pk: {
            name: kept
            for name, (lost, kept) in ends.items()
            if getattr(row, carrier.model._meta.get_field(name).attname) == lost
        }
        for row in rows
    }
    try:
        with transaction.atomic():
            for values, keys in _by_values(changes):
                carrier.model._base_manager.filter(pk__in=keys).update(**values)
    except IntegrityError:
        return [row for row in rows if _give_one(carrier, row.pk, changes[row.pk])]
    return rows


def _give_one(carrier: Carrier, pk: int, values: dict[str, int]) -> bool:
    try:
        with transaction.atomic():
            carrier.model._base_manager.filter(pk=pk).update(**values)
    except IntegrityError:
        return False
    return True


def _by_values(changes: Mapping[int, dict[str, int]]) -> Iterable[tuple[dict[str, int], list[int]]]:
    groups: dict[tuple[tuple[str, int], ...], list[int]] = {}
    for pk, values in changes.items():
        groups.setdefault(tuple(sorted(values.items())), []).append(pk)
    return [(dict(values), keys) for values, keys in groups.items()]
