"""What suppliers declined, to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from marketplace.accounts.models import curation_q
from marketplace.dealings.models import Decline
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(Decline)
class DeclineAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["supplier", "tender", "at"]
    list_select_related = ["supplier__organisation", "tender"]
    search_fields = ["supplier__organisation__name"]
    fields = ["supplier", "tender", "at"]
    ordering = ["-at"]

    def scope(self, rows: QuerySet[Decline], user: Any) -> QuerySet[Decline]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Decline], search_term: str
    ) -> tuple[QuerySet[Decline], bool]:
        return search_rows(queryset, search_term, columns=["supplier__organisation__name"]), False
