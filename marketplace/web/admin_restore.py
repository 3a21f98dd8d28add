"""Bringing back a former state of a row from its history: the differences first, then an edit like any other.

What may be brought back is what the reader may edit on the page of the object: the object's own columns go through its
form and its `save_model`, the rows that hang on it through their model's checks, both through `save_related`. So what an
edit checks, indexes and tells, a restore does too. What is decided by verbs (a state, a verification) has its own way
back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pghistory
from django import forms
from django.conf import settings
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property
from django.utils.module_loading import import_string
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.web.admin_history import Change, HistorySource, is_tracked, row_changes
from marketplace.web.errors import WrongMove
from marketplace.web.typography import format_moment
from marketplace.web.verbs import verb

#: A `web.admin.ScopedAdmin`, which imports this module.
ScopedAdmin = Any


@dataclass(frozen=True)
class Restorable:
    """The rows of a model that the reader may bring back here, by column; `is_own`: they are written by the page's form."""

    columns: frozenset[str]
    is_own: bool
    may_add: bool = False


def restorable_models(
    model_admin: ScopedAdmin, request: HttpRequest, obj: models.Model
) -> dict[type[models.Model], Restorable]:
    """What the reader may edit on the page of this object, by model; nothing where they may only look."""
    if not model_admin.has_change_permission(request, obj):
        return {}
    found: dict[type[models.Model], Restorable] = {}
    own = set(model_admin.get_form(request, obj, change=True).base_fields)
    own -= set(model_admin.get_readonly_fields(request, obj))
    for model in (type(obj), *model_admin.written_by_form):
        if columns := _columns(model, own):
            found[model] = Restorable(columns, is_own=True)
    for inline in model_admin.get_inline_instances(request, obj):
        may_change, may_add = (
            inline.has_change_permission(request, obj),
            inline.has_add_permission(request, obj),
        )
        if not (may_change and is_tracked(inline.model)):
            continue
        names = set(inline.get_formset(request, obj).form.base_fields) | set(
            getattr(inline, "written_by_form", ())
        )
        if columns := _columns(inline.model, names - set(inline.get_readonly_fields(request, obj))):
            found[inline.model] = Restorable(columns, is_own=False, may_add=may_add)
    return found


def _columns(model: type[models.Model], names: Iterable[str]) -> frozenset[str]:
    known = {column.name for column in model._meta.concrete_fields if not column.primary_key}
    return frozenset(known.intersection(names))


@dataclass
class Restore:
    """One former state (a row of history) beside the row as it stands; `row` None: it was deleted since."""

    model_admin: ScopedAdmin
    request: HttpRequest
    obj: models.Model
    event: Any
    restorable: Restorable
    refusals: list[str] = field(default_factory=list)

    @property
    def model(self) -> type[models.Model]:
        return self.event.pgh_tracked_model

    @cached_property
    def row(self) -> Any:
        return self.model._default_manager.filter(pk=self.event.pgh_obj_id).first()

    @property
    def title(self) -> str:
        return _("Rétablir l’état du %(at)s") % {"at": format_moment(self.event.pgh_created_at)}

    @property
    def thing(self) -> str:
        return capfirst(str(self.model._meta.verbose_name))

    @cached_property
    def changes(self) -> list[Change]:
        """What would change, column by column: as it is, as it will be. Of a deleted row, all that it held."""
        return row_changes(self.model, self.event, self.row, only=self.restorable.columns)

    @cached_property
    def left_alone(self) -> list[str]:
        """The columns that differ too and are not edited here."""
        if self.row is None:
            return []
        changed = row_changes(self.model, self.event, self.row)
        shown = {change.label for change in self.changes}
        return [change.label for change in changed if change.label not in shown]

    @cached_property
    def newest(self) -> int:
        """The last row of history of this row: what the reader has seen, so that nothing written since is lost."""
        events = type(self.event).objects.filter(pgh_obj_id=self.event.pgh_obj_id)
        return int(events.order_by("-pgh_id").values_list("pgh_id", flat=True)[0])

    @property
    def sentence(self) -> str:
        """« Rétabli d’après le 8 déc. 2026, 11 h », for the history."""
        return _("Retour à l’état du %(at)s") % {"at": format_moment(self.event.pgh_created_at)}

    @property
    def former(self) -> dict[str, Any]:
        columns = [self.model._meta.get_field(name) for name in sorted(self.restorable.columns)]
        return {
            column.name: getattr(self.event, column.attname)
            for column in columns
            if hasattr(self.event, column.attname)
        }

    def apply(self) -> bool:
        """Write it; whether it was. What a check refuses stands in `refusals`, and nothing is written."""
        by = self.request.user
        marks = {"restored": f"{self.event._meta.label}:{self.event.pgh_id}"}
        with transaction.atomic(), pghistory.context(verb="web.admin_restore", user=by.pk, **marks):
            form = _bound_form(self, self.former if self.restorable.is_own else {})
            if not form.is_valid():
                self.refusals = [
                    f"{_label(form, name)}{error}" for name, errors in form.errors.items() for error in errors
                ]
                return False
            form.restored = self.sentence
            obj = form.save(commit=False)
            self.model_admin.save_model(self.request, obj, form, True)
            if not self.restorable.is_own:
                restore_row(event=self.event, columns=self.restorable.columns, by=by)
            self.model_admin.save_related(self.request, form, [], True)
            import_string(settings.RECORD_SECURITY_EVENT)(kind="state_restored", by=by)
        return True


@verb
def restore_row(*, event: Any, columns: Iterable[str], by: Any) -> models.Model:
    """Write a former state of a row through its model's checks; one that was deleted is made again, whole.

    Raises `WrongMove` with what a check refuses.
    """
    model = event.pgh_tracked_model
    row = model._default_manager.select_for_update(of=("self",)).filter(pk=event.pgh_obj_id).first()
    is_new = row is None
    if is_new:
        whole = {column.attname: getattr(event, column.attname) for column in model._meta.concrete_fields}
        row = model(**whole)
    for name in columns:
        column = model._meta.get_field(name)
        setattr(row, column.attname, getattr(event, column.attname))
    if hasattr(row, "prepare_restore"):  # what a former state may not bring back by itself
        row.prepare_restore()
    try:
        row.full_clean()
    except ValidationError as error:
        raise WrongMove(" ".join(error.messages)) from error
    row.save(force_insert=is_new)
    return row


def find_restore(
    model_admin: ScopedAdmin, request: HttpRequest, obj: models.Model, *, model: str, event: int
) -> Restore | None:
    """The former state that an address names, if it belongs to this object's history and the reader may edit it."""
    restorable = restorable_models(model_admin, request, obj)
    for source in model_admin.history_sources(obj):
        if source.model._meta.label_lower != model or source.model not in restorable:
            continue
        row = event_rows(source).filter(pgh_id=event).first()
        if row is None:
            continue
        found = Restore(model_admin, request, obj, row, restorable[source.model])
        if found.row is None and not found.restorable.may_add:
            return None
        return found
    return None


def event_rows(source: HistorySource) -> Any:
    """The rows of history of a source."""
    event_model: Any = source.model.pgh_event_model
    key = source.model._meta.pk.attname
    where = {("pgh_obj_id" if name in ("pk", key) else name): value for name, value in source.where.items()}
    return event_model.objects.filter(**where)


def _bound_form(restore: Restore, former: Mapping[str, Any]) -> Any:
    """The page's own form as if the reader had typed the former values over what stands there."""
    form_class = restore.model_admin.get_form(restore.request, restore.obj, change=True)
    shown = form_class(instance=restore.obj, initial=dict(former))
    data = QueryDict(mutable=True)
    for bound in shown:
        widget = bound.field.widget
        if isinstance(widget, RelatedFieldWidgetWrapper):
            widget = widget.widget
        value = bound.value()
        if isinstance(widget, forms.CheckboxInput):
            if value:
                data[bound.html_name] = "on"
            continue
        written = widget.format_value(value)
        if isinstance(written, list | tuple):
            data.setlist(bound.html_name, [str(one) for one in written if one not in (None, "")])
        elif written is not None:
            data[bound.html_name] = str(written)
    return form_class(data, instance=restore.obj)


def _label(form: forms.Form, name: str) -> str:
    bound = form.fields.get(name)
    return f"{bound.label}\u00a0: " if bound is not None and bound.label else ""
