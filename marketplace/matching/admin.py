"""Suggestions, to read: they are computed, with their reasons."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from marketplace.accounts.models import curation_q
from marketplace.matching.models import Suggestion
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(Suggestion)
class SuggestionAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["supplier", "tender", "points", "rank", "computed_at"]
    list_select_related = ["supplier__organisation", "tender"]
    search_fields = ["supplier__organisation__name", "tender__title"]
    fields = ["supplier", "tender", "points", "rank", "reasons", "computed_at"]
    ordering = ["-computed_at", "rank"]

    def scope(self, rows: QuerySet[Suggestion], user: Any) -> QuerySet[Suggestion]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suggestion], search_term: str
    ) -> tuple[QuerySet[Suggestion], bool]:
        columns = ["supplier__organisation__name", "tender__title"]
        return search_rows(queryset, search_term, columns=columns), False
