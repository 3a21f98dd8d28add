"""Consortiums, to read: that they exist and who is in them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import curation_q
from marketplace.dealings.models import Consortium, ConsortiumMember
from marketplace.dealings.notices import notice_page
from marketplace.web.admin import READ, ScopedAdmin


class ConsortiumMemberInline(admin.TabularInline):
    """Who was asked, who came and when; what each brings is the members' own."""

    model = ConsortiumMember
    fields = readonly_fields = ["supplier", "state", "is_lead", "invited_at", "answered_at"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ConsortiumMember]:
        return super().get_queryset(request).select_related("supplier__organisation")


@admin.register(Consortium)
class ConsortiumAdmin(ScopedAdmin):
    """That it exists, for which notice, with whom: never what its members write."""

    staff_may = READ
    list_display = ["created_at", "notice", "dissolved_at"]
    list_select_related = ["tender", "need__buyer__organisation"]
    fields = readonly_fields = ["notice", "created_at", "dissolved_at"]
    inlines = [ConsortiumMemberInline]
    ordering = ["-created_at"]

    @admin.display(description=_("avis"), ordering="tender__title")
    def notice(self, row: Consortium) -> SafeString:
        return format_html('<a href="{}">{}</a>', notice_page(row.notice), row.notice)

    def scope(self, rows: QuerySet[Consortium], user: Any) -> QuerySet[Consortium]:
        members = ConsortiumMember.objects.filter(
            curation_q(user, "supplier__organisation__"), consortium=OuterRef("pk")
        )
        return rows.filter(Exists(members))
