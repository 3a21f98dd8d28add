"""That exchanges exist, for staff: parties and dates, never a word of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from buyers.models import Need
from marketplace.dealings.models import NeedDecision, NeedInvitation, NeedQuestion, Quote
from marketplace.web.admin import READ, ScopedAdmin


def need_line(need: Need) -> str:
    """Whose need, and which."""
    said = {"institution": need.buyer.organisation.name, "need": need.title}
    return str(_("%(institution)s : %(need)s") % said)


class ExchangeAdmin(ScopedAdmin):
    """Rows between a buyer and a supplier, about a need."""

    staff_may = READ
    list_select_related = ["need__buyer__organisation", "supplier__organisation"]

    @admin.display(description=_("fournisseur"), ordering="supplier__organisation__name")
    def who(self, row: Any) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[row.supplier_id])
        return format_html('<a href="{}">{}</a>', page, row.supplier)

    @admin.display(description=_("besoin"), ordering="need__title")
    def about(self, row: Any) -> str:
        return need_line(row.need)

    def history_sources(self, obj: Any) -> list[Any]:
        """Their history holds the words: parties read them on their own pages."""
        return []


@admin.register(NeedInvitation)
class NeedInvitationAdmin(ExchangeAdmin):
    list_display = ["about", "who", "told_at", "declined_at"]
    fields = readonly_fields = ["about", "who", "at", "told_at", "declined_at"]
    ordering = ["-at"]


@admin.register(NeedQuestion)
class NeedQuestionAdmin(ExchangeAdmin):
    list_display = ["about", "who", "asked_at", "answered_at"]
    fields = readonly_fields = ["about", "who", "asked_at", "answered_at"]
    ordering = ["-asked_at"]

    def scope(self, rows: QuerySet[NeedQuestion], user: Any) -> QuerySet[NeedQuestion]:
        return NeedQuestion.objects.existing_for(user)


@admin.register(Quote)
class QuoteAdmin(ExchangeAdmin):
    list_display = ["about", "who", "submitted_at", "is_sealed", "sealed_until"]
    fields = readonly_fields = ["about", "who", "submitted_at", "is_sealed", "sealed_until", "withdrawn_at"]
    ordering = ["-submitted_at"]

    def get_queryset(self, request: Any) -> QuerySet[Quote]:
        """Neither drafts nor, before their closing, sealed quotes: nobody's business, platform admins included."""
        told = Quote.objects.told().values("pk")
        return super().get_queryset(request).filter(pk__in=told).defer("content", "draft")


@admin.register(NeedDecision)
class NeedDecisionAdmin(ScopedAdmin):
    staff_may = READ
    list_select_related = ["need__buyer__organisation"]
    list_display = ["about", "decided_at", "is_chosen"]
    fields = readonly_fields = ["about", "decided_at", "is_chosen"]
    ordering = ["-decided_at"]

    @admin.display(description=_("besoin"), ordering="need__title")
    def about(self, row: NeedDecision) -> str:
        return need_line(row.need)

    @admin.display(description=_("une entreprise est choisie"), boolean=True)
    def is_chosen(self, row: NeedDecision) -> bool:
        return row.is_chosen

    def history_sources(self, obj: Any) -> list[Any]:
        return []
