"""That there are selections, whose and how full: their names, reasons and notes are their parties' alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from marketplace.dealings.models import Shortlist
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(Shortlist)
class ShortlistAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["number", "whose", "count", "created_at", "updated_at", "archived_at"]
    list_select_related = ["organisation"]
    search_fields = ["organisation__name"]
    fields = ["whose", "count", "created_at", "updated_at", "archived_at"]
    readonly_fields = ["whose", "count"]
    ordering = ["-updated_at"]

    @admin.display(description=_("sélection"))
    def number(self, row: Shortlist) -> str:
        return str(row)

    @admin.display(description=_("à qui"), ordering="organisation__name")
    def whose(self, row: Shortlist) -> str:
        return row.organisation.name if row.organisation else gettext("une personne, pour elle seule")

    @admin.display(description=_("fournisseurs"), ordering="suppliers")
    def count(self, row: Any) -> int:
        found: int = row.suppliers
        return found

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shortlist]:
        return super().get_queryset(request).annotate(suppliers=Count("entries"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Shortlist], search_term: str
    ) -> tuple[QuerySet[Shortlist], bool]:
        return search_rows(queryset, search_term, columns=["organisation__name"]), False
