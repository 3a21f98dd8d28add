"""The history of a row for people: what changed, when, by whom, from the rows that triggers write (pghistory)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    {
        "created_at",
        "updated_at",
        "curated_at",
        "status_changed_at",
        "answered_at",
        "token_hash",
        "lat",
        "lon",
        "before",
        "proved_until",
        "sequence",
        "closing_told",
    }
)


#: Columns that name who acted, as `HistoryLine.who` does.
ACTORS = frozenset({"found_by", "proved_by", "checked_by", "verified_by"})
#: Columns that tell one row of a list from the next; the title of a line says the first that history keeps.
SUBJECTS = ("criterion", "title")


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


#: The address of the page that brings back the state that a row of history holds; None where the reader may not.
WayBack = Callable[[Any], str | None]


def history_lines(
    sources: Iterable[HistorySource],
    notes: Iterable[HistoryLine] = (),
    way_back: WayBack = lambda _event: None,
) -> list[HistoryLine]:
    """Newest first, at most `LIMIT`: the rows of each source compared with the version before, and the notes."""
    found = list(notes)
    events: list[tuple[Any, Any]] = []
    former: set[Any] = set()
    for source in sources:
        rows = list(_with_previous(source))
        events += rows
        former |= set(_former(source, [event for event, _before in rows]))
    people = _names(event.pgh_context.metadata.get("user") for event, _b in events if event.pgh_context)
    labels = _labels(events)
    restored = _restored(event for event, _before in events)
    for event, before in events:
        line = _line(event, before, people, labels, restored)
        if line is None:
            continue
        address = way_back(event) if (event._meta.label, event.pgh_id) in former else None
        found.append(replace(line, way_back=(_("Rétablir cet état"), address)) if address else line)
    # Of what one transaction wrote, at one moment, the last comes first too.
    found.reverse()
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


def _former(source: HistorySource, events: list[Any]) -> Iterable[tuple[str, int]]:
    """The rows of history that hold another state than the one that stands: not the last of a row that exists."""
    last = {event.pgh_obj_id: event for event in events}  # in the order of their keys, then of time
    for event in events:
        is_last = last[event.pgh_obj_id] is event
        if (event.pgh_label == "delete") == is_last:
            yield event._meta.label, event.pgh_id


def _restored(events: Iterable[Any]) -> Mapping[str, datetime]:
    """When the states were that people brought back, by the mark that the restore leaves (`admin_restore`)."""
    marks: dict[str, set[int]] = {}
    models_by_label: dict[str, Any] = {}
    for event in events:
        models_by_label[event._meta.label] = type(event)
        label, _colon, pk = (
            (event.pgh_context.metadata if event.pgh_context else {}).get("restored") or ""
        ).partition(":")
        if pk:
            marks.setdefault(label, set()).add(int(pk))
    return {
        f"{label}:{pk}": at
        for label, pks in marks.items()
        if label in models_by_label
        for pk, at in models_by_label[label]
        .objects.filter(pgh_id__in=pks)
        .values_list("pgh_id", "pgh_created_at")
    }


def _line(
    event: Any,
    before: Any,
    people: Mapping[int, str],
    labels: Labels,
    restored: Mapping[str, datetime],
) -> HistoryLine | None:
    model = event.pgh_tracked_model
    name = capfirst(str(model._meta.verbose_name)) + _subject(model, event)
    who = people.get((event.pgh_context.metadata.get("user") if event.pgh_context else None) or 0, "")
    mark = (event.pgh_context.metadata if event.pgh_context else {}).get("restored") or ""
    if mark.startswith(f"{event._meta.label}:") and mark in restored and event.pgh_label != "delete":
        said = _("%(thing)s : retour à l’état du %(at)s") % {
            "thing": name,
            "at": typography.format_moment(restored[mark]),
        }
        changes = _changes(model, event, before, labels) if before is not None else []
        return HistoryLine(event.pgh_created_at, said, who, changes=changes)
    if event.pgh_label == "insert":
        return HistoryLine(event.pgh_created_at, _("%(thing)s : création") % {"thing": name}, who)
    if event.pgh_label == "delete":
        return HistoryLine(event.pgh_created_at, _("%(thing)s : suppression") % {"thing": name}, who)
    changes = _changes(model, event, before, labels) if before is not None else []
    if not changes:
        return None
    reason = (event.pgh_context.metadata if event.pgh_context else {}).get("reason") or ""
    return HistoryLine(
        event.pgh_created_at,
        _("%(thing)s : modification") % {"thing": name},
        who,
        note=reason,
        changes=changes,
    )


def _subject(model: type[models.Model], event: Any) -> str:
    """« , viabilité économique » after the name of the kind: which of its rows; empty where none tells.

    A model may name a column of its own, `history_subject`."""
    subjects = (*SUBJECTS, getattr(model, "history_subject", ""))
    for column in _kept(model, event):
        if column.name in subjects and getattr(event, column.attname):
            return f", {_written(column, event, {})}"
    return ""


def _changes(model: type[models.Model], event: Any, before: Any, labels: Labels) -> list[Change]:
    return [
        Change(
            capfirst(str(column.verbose_name)),
            _written(column, before, labels),
            _written(column, event, labels),
        )
        for column in _changed_columns(model, event, before)
    ]


def row_changes(
    model: type[models.Model], event: Any, row: Any, *, only: Collection[str] | None = None
) -> list[Change]:
    """A row as it stands (None: it is no more) and as a row of history has it, column by column, in words."""
    columns = [column for column in _kept(model, event) if only is None or column.name in only]
    if row is None:
        pairs = [(column, "–", _written(column, event, _labels_of(columns, [event]))) for column in columns]
        return [
            Change(capfirst(str(c.verbose_name)), before, after) for c, before, after in pairs if after != "–"
        ]
    changed = [column for column in _changed_columns(model, event, row) if column in columns]
    labels = _labels_of(changed, [event, row])
    return [
        Change(
            capfirst(str(column.verbose_name)),
            _written(column, row, labels),
            _written(column, event, labels),
        )
        for column in changed
    ]


def _kept(model: type[models.Model], event: Any) -> list[Any]:
    """The columns that history keeps: of some models only a few. `PRIVATE` ones are their parties' alone, not staff's."""
    private = getattr(model, "PRIVATE", ())
    return [
        column
        for column in model._meta.concrete_fields
        if hasattr(event, column.attname) and column.name not in private
    ]


def _labels_of(columns: Iterable[Any], rows: Iterable[Any]) -> Labels:
    wanted: dict[type[models.Model], set[Any]] = {}
    for column in columns:
        remote = column.remote_field.model if column.remote_field else None
        if remote and (_is_shared(remote) or column.name in ACTORS):
            wanted.setdefault(remote, set()).update({getattr(row, column.attname) for row in rows} - {None})
    return _names_of_rows(wanted)


def _is_shared(model: type[models.Model]) -> bool:
    return site.is_registered(model) and bool(getattr(site.get_model_admin(model), "shared", False))


def _names_of_rows(wanted: Mapping[type[models.Model], set[Any]]) -> Labels:
    return {
        (model, pk): str(row)
        for model, keys in wanted.items()
        for pk, row in model._default_manager.in_bulk(keys).items()
    }


def _changed_columns(model: type[models.Model], event: Any, before: Any) -> list[Any]:
    return [
        column
        for column in _kept(model, event)
        if column.name not in SILENT and getattr(before, column.attname) != getattr(event, column.attname)
    ]


def _written(column: Any, row: Any, labels: Labels) -> str:
    """A value as people write it."""
    value = getattr(row, column.attname)
    if value is None or value == "":
        return "–"
    if column.remote_field:
        return labels.get((column.remote_field.model, value), _("nº %(number)s") % {"number": value})
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
            if remote and (_is_shared(remote) or column.name in ACTORS):
                wanted.setdefault(remote, set()).update(
                    {getattr(before, column.attname), getattr(event, column.attname)} - {None}
                )
    return _names_of_rows(wanted)


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {pk for pk in ids if pk}
    return {user.pk: str(user) for user in get_user_model().objects.filter(pk__in=wanted)} if wanted else {}
