"""The page of a row in the admin: its version, its stale saves, and the buttons that stand beside its form.

A button that decides belongs to the same form (`form="<model>_form"`): a press saves the edits first, through the same
comparison and in the same transaction, then decides. A refusal saves nothing and shows all that was typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import capfirst

from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import FormVersion, lock_row


class VersionedAdmin(admin.ModelAdmin):
    """Every page that edits a row carries the row's version. Nothing to declare: all fields and rows that the reader
    may change are in it."""

    def version_rows(self, obj: Any) -> Sequence[models.Model]:
        """The rows whose columns the form's fields are: a stale save names who changed them."""
        return [obj]

    def other_forms(
        self, request: HttpRequest, obj: Any, shown: dict[str, Any] | None
    ) -> Sequence[forms.BaseForm]:
        """Forms, unbound and prefixed, that stand on the page beside the row's own and are saved with it. `shown`: the
        context of the page, where it is being rendered."""
        return ()

    def press_button(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """What a button beside the form does, after the form is saved and in its transaction. Raises `Refused`."""
        return None

    def _changeform_view(
        self, request: HttpRequest, object_id: str | None, form_url: str, extra_context: Any
    ) -> HttpResponse:
        """Inside the transaction of the save, the row is held and compared before any form reads what was posted."""
        if request.method == "POST" and object_id is not None:
            lock_row(self.model, object_id)
            obj = self.get_object(request, unquote(object_id))
            if obj is not None and self.has_change_permission(request, obj):
                merged = self._standing_version(request, obj).merge(request.POST)
                if merged.differences:
                    return self._ask(request, obj, merged)
                request.POST = merged.data
        return super()._changeform_view(request, object_id, form_url, extra_context)

    def _ask(self, request: HttpRequest, obj: Any, merged: Any) -> HttpResponse:
        crumbs = [
            (
                capfirst(str(self.opts.verbose_name_plural)),
                reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"),
            ),
            (str(obj), request.get_full_path()),
        ]
        return ask_to_choose(request, merged, rows=self.version_rows(obj), in_admin=True, crumbs=crumbs)

    def _standing_version(self, request: HttpRequest, obj: Any) -> FormVersion:
        """The page as it would open now."""
        fieldsets = self.get_fieldsets(request, obj)
        form_class: Any = self.get_form(request, obj, change=True, fields=flatten_fieldsets(fieldsets))
        formsets = []
        prefixes: dict[str, int] = {}
        for formset_class, inline in self.get_formsets_with_inlines(request, obj):
            prefix: str = formset_class.get_default_prefix()
            prefixes[prefix] = prefixes.get(prefix, 0) + 1
            if prefixes[prefix] != 1:
                prefix = f"{prefix}-{prefixes[prefix]}"
            if inline.has_change_permission(request, obj):
                rows = inline.get_queryset(request)
                formsets.append(formset_class(instance=obj, prefix=prefix, queryset=rows))
        return FormVersion(
            form_class(instance=obj),
            about=_about(obj),
            formsets=formsets,
            others=self.other_forms(request, obj, None),
        )

    def add_version(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        """The hidden field of the page that is rendered; after a fault, of what stands and not of what was typed."""
        form = context["adminform"].form
        if form.is_bound:
            self._standing_version(request, obj).add_to(form)
            return
        formsets = [
            inline.formset for inline in context["inline_admin_formsets"] if inline.has_change_permission
        ]
        others = self.other_forms(request, obj, context)
        FormVersion(form, about=_about(obj), formsets=formsets, others=others).add_to(form)


def _about(obj: Any) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}"
