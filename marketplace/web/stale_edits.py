"""The page that asks, where someone changed meanwhile what one was writing: both values of each field, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from marketplace.web.admin_history import HistorySource, is_tracked
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.form_values import may_be_key
from marketplace.web.versioned_forms import CHOICE, Difference, Merged

#: How far back a change is looked for; further, the page does not name who made it.
VERSIONS = 50
CONFLICT = 409


@dataclass(frozen=True)
class Question:
    """One field with its two values; `who` and `at` empty where the history does not say."""

    name: str
    difference: Difference
    who: str
    at: datetime | None


def ask_to_choose(
    request: HttpRequest,
    merged: Merged,
    *,
    rows: Sequence[models.Model] = (),
    in_admin: bool = False,
    crumbs: Sequence[tuple[str, str]] = (),
    files_kept: bool = False,
) -> HttpResponse:
    """The differences, each with two choices, and all that was posted, kept in the page. Answers 409: nothing is saved.

    `rows`: those whose columns the form's fields are, for the history. A file cannot wait in the page: it says so, unless
    `files_kept`.
    """
    context: dict[str, Any] = {
        "questions": [_question(request, difference, rows) for difference in merged.differences],
        "kept": [
            (name, text)
            for name, texts in merged.data.lists()
            if name != "csrfmiddlewaretoken"
            for text in texts
        ],
        "back": request.get_full_path(),
        "files_wait": bool(request.FILES) and not files_kept,
    }
    title = _("Quelqu’un a modifié cette page entretemps")
    if in_admin:
        answer: HttpResponse = render_admin_page(
            request, "admin/stale.html", title=title, crumbs=crumbs, **context
        )
    else:
        answer = render(request, "web/stale.html", {"title": title, **context})
    answer.status_code = CONFLICT
    return answer


def _question(request: HttpRequest, difference: Difference, rows: Sequence[models.Model]) -> Question:
    who, at = "", None
    for source, column in _sources(difference, rows):
        if (event := _last_change(source, column)) is not None:
            who, at = _name(request, event), event.pgh_created_at
            break
    return Question(CHOICE + difference.key, difference, who, at)


def _sources(
    difference: Difference, rows: Sequence[models.Model]
) -> list[tuple[HistorySource, models.Field[Any, Any] | None]]:
    """Where the change may be recorded: the row of a formset, else the first of `rows` that has the column."""
    if difference.model is not None:
        where = [(difference.model, difference.pk)]
    else:
        where = [(type(row), row.pk) for row in rows]
    found: list[tuple[HistorySource, models.Field[Any, Any] | None]] = []
    for model, pk in where:
        column: Any = None
        if not may_be_key(model, pk):  # of a row in a formset, as it was posted
            continue
        if difference.column:
            try:
                column = model._meta.get_field(difference.column)
            except FieldDoesNotExist:
                continue
            if not getattr(column, "concrete", False) or column.many_to_many:
                continue
        if is_tracked(model):
            found.append((HistorySource(model, {"pgh_obj_id": pk}), column))
    return found


def _last_change(source: HistorySource, column: models.Field[Any, Any] | None) -> Any:
    """The newest history row that changed the column; without a column, the one that deleted the row."""
    events: Any = source.model.pgh_event_model
    rows = events.objects.filter(**source.where).select_related("pgh_context").order_by("-pgh_id")
    if column is None:
        return rows.filter(pgh_label="delete").first()
    versions = list(rows[:VERSIONS])
    for event, before in pairwise(versions):
        if getattr(event, column.attname) != getattr(before, column.attname):
            return event
    return None


def _name(request: HttpRequest, event: Any) -> str:
    """Who did it; to a reader who is no staff, the staff of a pôle are no persons."""
    pk = event.pgh_context.metadata.get("user") if event.pgh_context else None
    user: Any = get_user_model().objects.filter(pk=pk).first() if pk else None
    if user is None:
        return ""
    if user.is_staff and not request.user.is_staff:
        return _("l’équipe du pôle")
    return _("vous") if user == request.user else str(user)
