"""What people do about a match, to read. What a person follows is nobody else's."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.dealings.consortiums import admin as consortiums_admin  # noqa: F401 - registers
from marketplace.dealings.inquiries import admin as inquiries_admin  # noqa: F401 - registers
from marketplace.dealings.models import Decline, Interest, OwnList, SuggestedNotice
from marketplace.dealings.need_exchanges import admin as need_exchanges_admin  # noqa: F401 - registers
from marketplace.dealings.notices import notice_page
from marketplace.dealings.shortlists import admin as shortlists_admin  # noqa: F401 - registers
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


class SaidOfNoticeAdmin(ScopedAdmin):
    """Rows that name a supplier and a notice."""

    staff_may = READ
    list_select_related = ["supplier__organisation", "tender", "need"]
    search_fields = ["supplier__organisation__name"]
    readonly_fields = ["who", "notice"]
    ordering = ["-at"]

    @admin.display(description=_("fournisseur"), ordering="supplier__organisation__name")
    def who(self, row: Any) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[row.supplier_id])
        return format_html('<a href="{}">{}</a>', page, row.supplier)

    @admin.display(description=_("avis"), ordering="tender__title")
    def notice(self, row: Any) -> SafeString:
        return format_html('<a href="{}">{}</a>', notice_page(row.notice), row.notice)

    def scope(self, rows: QuerySet[Any], user: Any) -> QuerySet[Any]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Model], bool]:
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


@admin.register(Decline)
class DeclineAdmin(SaidOfNoticeAdmin):
    list_display = ["at", "who", "notice", "reason"]
    list_filter = ["reason"]
    fields = ["who", "notice", "reason", "note", "at"]


@admin.register(SuggestedNotice)
class SuggestedNoticeAdmin(SaidOfNoticeAdmin):
    header_links = [(57, _("Résultats"), "dealings_admin:outcomes")]
    list_display = ["on", "who", "notice", "opened_on"]
    fields = ["who", "notice", "on", "opened_on"]
    ordering = ["-on"]


@admin.register(Interest)
class InterestAdmin(SaidOfNoticeAdmin):
    header_links = [
        (53, _("Contrats à renouveler"), "dealings_admin:renewals"),
        (54, _("Adjudicataires"), "dealings_admin:seller_names"),
    ]
    list_display = ["at", "who", "notice", "open_to_partners"]
    list_filter = ["open_to_partners"]
    fields = ["who", "notice", "open_to_partners", "seen_by_others", "seen_by_buyer", "at"]
