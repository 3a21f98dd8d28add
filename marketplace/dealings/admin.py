"""What people do about a match, to read."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.dealings.inquiries import admin as inquiries_admin  # noqa: F401 - registers
from marketplace.dealings.models import Decline, OwnList
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(Decline)
class DeclineAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["at", "who", "notice"]
    list_select_related = ["supplier__organisation", "tender"]
    search_fields = ["supplier__organisation__name"]
    fields = ["who", "notice", "at"]
    readonly_fields = ["who", "notice"]
    ordering = ["-at"]

    @admin.display(description=_("fournisseur"), ordering="supplier__organisation__name")
    def who(self, row: Decline) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[row.supplier_id])
        return format_html('<a href="{}">{}</a>', page, row.supplier)

    @admin.display(description=_("avis"), ordering="tender__title")
    def notice(self, row: Decline) -> SafeString:
        page = reverse("admin:buyers_tender_change", args=[row.tender_id])
        return format_html('<a href="{}">{}</a>', page, row.tender)

    def scope(self, rows: QuerySet[Decline], user: Any) -> QuerySet[Decline]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Decline], search_term: str
    ) -> tuple[QuerySet[Decline], bool]:
        return search_rows(queryset, search_term, columns=["supplier__organisation__name"]), False


@admin.register(OwnList)
class OwnListAdmin(ScopedAdmin):
    """That an institution has a list, and until when. Nobody but its members reads what the list holds, its name included."""

    list_display = ["organisation", "state", "rows_total", "created_at", "erase_at"]
    list_select_related = ["organisation"]
    list_filter = ["state"]
    search_fields = ["organisation__name"]
    fields = ["organisation", "state", "rows_total", "created_at", "read_at", "erase_at"]
    ordering = ["-created_at"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[OwnList], search_term: str
    ) -> tuple[QuerySet[OwnList], bool]:
        return search_rows(queryset, search_term, columns=["organisation__name"]), False
