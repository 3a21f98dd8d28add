"""Programmes: a pôle edits its own and reads the provincial ones."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from cohorts.forms import ProgrammeForm
from cohorts.models import Programme
from marketplace.web.admin import FULL, ScopedAdmin
from marketplace.web.admin_lists import folded_column, search_rows


@admin.register(Programme)
class ProgrammeAdmin(ScopedAdmin):
    staff_may = FULL
    platform_may = FULL
    form = ProgrammeForm
    list_display = ["name", "pole"]
    list_select_related = ["pole"]
    search_fields = ["name"]
    ordering = [folded_column("name"), "pk"]
    fields = [("name", "name_en"), "teaches", "teaches_en", "pole"]

    def has_change_permission(self, request: HttpRequest, obj: Programme | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None or request.user.is_superuser:
            return True
        return obj.pole_id in request.user.pole_codes  # type: ignore[union-attr]  # staff

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return search_rows(queryset, search_term, columns=["name", "name_en"]), False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.reader = request.user
        return form
