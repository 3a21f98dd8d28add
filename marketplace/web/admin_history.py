"""The history of a row for people: what changed, when, by whom, from the rows that triggers write (pghistory)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.contrib.admin import site
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.web import typography

LIMIT = 200
Labels = Mapping[tuple[type[models.Model], Any], str]
#: Columns that say nothing to a reader.
SILENT = frozenset(
    {"created_at", "updated_at", "curated_at", "status_changed_at", "answered_at", "token_hash", "lat", "lon"}
)


@dataclass(frozen=True)
class HistorySource:
    """The history of the rows of `model` that match `where` (columns of the model)."""

    model: type[models.Model]
    where: Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened. `who` empty: the system. `note` is what was written beside it.

    `undone`: a sentence, where it no longer stands. `way_back`: (label, address) of the page that undoes or restores it.
    """

    at: datetime
    what: str
    who: str = ""
    note: str = ""
    changes: list[Change] = field(default_factory=list)
    undone: str = ""
    way_back: tuple[str, str] | None = None


def is_tracked(model: type[models.Model]) -> bool:
    return bool(getattr(model, "pgh_event_models", None))


def history_lines(sources: Iterable[HistorySource], notes: Iterable[HistoryLine] = ()) -> list[HistoryLine]:
    """Newest first, at most `LIMIT`: the rows of each source compared with the version before, and the notes."""
    found = list(notes)
    events: list[tuple[Any, Any]] = []
    for source in sources:
        events += list(_with_previous(source))
    people = _names(event.pgh_context.metadata.get("user") for event, _b in events if event.pgh_context)
    labels = _labels(events)
    found += [line for event, before in events if (line := _line(event, before, people, labels)) is not None]
    return sorted(found, key=lambda line: line.at, reverse=True)[:LIMIT]


def _with_previous(source: HistorySource) -> Iterable[tuple[Any, Any]]:
    """Each history row with the one before it for the same object."""
    event_model: Any = source.model.pgh_event_model
    key = source.model._meta.pk.attname
    where = {("pgh_obj_id" if name in ("pk", key) else name): value for name, value in source.where.items()}
    rows = list(
        event_model.objects.filter(**where).select_related("pgh_context").order_by("-pgh_id")[: LIMIT + 1]
    )
    rows.sort(key=lambda row: (getattr(row, key), row.pgh_id))
    for _key, versions in groupby(rows, key=lambda row: getattr(row, key)):
        before = None
        for event in versions:
            yield event, before
            before = event


def _line(event: Any, before: Any, people: Mapping[int, str], labels: Labels) -> HistoryLine | None:
    model = event.pgh_tracked_model
    name = capfirst(str(model._meta.verbose_name))
    who = people.get((event.pgh_context.metadata.get("user") if event.pgh_context else None) or 0, "")
    if event.pgh_label == "insert":
        return HistoryLine(event.pgh_created_at, _("%(thing)s : création") % {"thing": name}, who)
    if event.pgh_label == "delete":
        return HistoryLine(event.pgh_created_at, _("%(thing)s : suppression") % {"thing": name}, who)
    changes = _changes(model, event, before, labels) if before is not None else []
    if not changes:
        return None
    return HistoryLine(
        event.pgh_created_at, _("%(thing)s : modification") % {"thing": name}, who, changes=changes
    )


def _changes(model: type[models.Model], event: Any, before: Any, labels: Labels) -> list[Change]:
    return [
        Change(
            capfirst(str(column.verbose_name)),
            _written(column, before, labels),
            _written(column, event, labels),
        )
        for column in _changed_columns(model, event, before)
    ]


def _changed_columns(model: type[models.Model], event: Any, before: Any) -> list[Any]:
    return [
        column
        for column in model._meta.concrete_fields
        if column.name not in SILENT and getattr(before, column.attname) != getattr(event, column.attname)
    ]


def _written(column: Any, row: Any, labels: Labels) -> str:
    """A value as people write it."""
    value = getattr(row, column.attname)
    if value is None or value == "":
        return "–"
    if column.remote_field:
        return labels.get((column.remote_field.model, value), str(value))
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if isinstance(value, datetime):
        return typography.format_moment(value)
    if isinstance(value, date):
        return typography.format_day_short(value)
    return str(value)


def _labels(events: Iterable[tuple[Any, Any]]) -> Labels:
    """Names of the regions, MRCs, pôles… that a change mentions. Only of reference data: other rows may not be the
    reader's, and stay a number."""
    wanted: dict[type[models.Model], set[Any]] = {}
    for event, before in events:
        if before is None or event.pgh_label != "update":
            continue
        for column in _changed_columns(event.pgh_tracked_model, event, before):
            remote = column.remote_field.model if column.remote_field else None
            if (
                remote
                and site.is_registered(remote)
                and getattr(site.get_model_admin(remote), "shared", False)
            ):
                wanted.setdefault(remote, set()).update(
                    {getattr(before, column.attname), getattr(event, column.attname)} - {None}
                )
    return {
        (model, pk): str(row)
        for model, keys in wanted.items()
        for pk, row in model._default_manager.in_bulk(keys).items()
    }


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {pk for pk in ids if pk}
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=wanted)} if wanted else {}
