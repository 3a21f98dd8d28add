"""Suggestions and alerts, to read. Alerts are a person's own choice, so for platform admins alone.

Someone may answer a mail to say stop, or have their mail program do it (« desabonnement-alerte-12 »): one gesture.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.accounts.models import curation_q
from marketplace.matching.alerts.verbs import stop_alerts
from marketplace.matching.buyer_suggestions.lines import purchase_sentence, suggestion_lines
from marketplace.matching.buyer_suggestions.verbs import stop_new_suppliers
from marketplace.matching.feedback import admin as feedback_admin  # noqa: F401  # registers its own
from marketplace.matching.models import Alert, BuyerSuggestion, NewSupplierAlert, Suggestion
from marketplace.matching.saved_searches.models import SavedSearch
from marketplace.matching.saved_searches.verbs import stop_searches
from marketplace.matching.sentences import reason_sentence
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(Suggestion)
class SuggestionAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["computed_at", "who", "notice", "points", "rank"]
    list_select_related = ["supplier__organisation", "tender"]
    search_fields = ["supplier__organisation__name", "tender__title"]
    fields = ["who", "notice", "points", "rank", "why", "computed_at", "set_aside_at", "is_it_false"]
    readonly_fields = ["who", "notice", "why", "is_it_false"]
    ordering = ["-computed_at", "rank"]

    @admin.display(description=_("fournisseur"), ordering="supplier__organisation__name")
    def who(self, row: Suggestion) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[row.supplier_id])
        return format_html('<a href="{}">{}</a>', page, row.supplier)

    @admin.display(description=_("avis"), ordering="tender__title")
    def notice(self, row: Suggestion) -> SafeString:
        page = reverse("admin:buyers_tender_change", args=[row.tender_id])
        return format_html('<a href="{}">{}</a>', page, row.tender)

    @admin.display(description=_("pourquoi"))
    def why(self, suggestion: Suggestion) -> SafeString:
        """The sentences that the supplier and the buyer read."""
        said = (reason_sentence(reason) for reason in suggestion.reasons)
        lines = format_html_join("", "<li>{}<br><b>{}</b></li>", ((one.asks, one.answers) for one in said))
        return format_html('<ul class="plain">{}</ul>', lines)

    @admin.display(description=_("est-ce faux?"))
    def is_it_false(self, suggestion: Suggestion) -> SafeString:
        page = reverse("matching_admin:misfit", args=[suggestion.pk])
        return format_html('<a href="{}">{}</a>', page, _("Dire que cette suggestion est fausse"))

    def scope(self, rows: QuerySet[Suggestion], user: Any) -> QuerySet[Suggestion]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suggestion], search_term: str
    ) -> tuple[QuerySet[Suggestion], bool]:
        columns = ["supplier__organisation__name", "tender__title"]
        return search_rows(queryset, search_term, columns=columns), False


@admin.action(description=_("Arrêter, à la demande de la personne"), permissions=["view"])
def stop_selected_searches(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[SavedSearch]
) -> None:
    n = stop_searches(searches=queryset, by=request.user)
    sentence = ngettext("%(n)s recherche arrêtée.", "%(n)s recherches arrêtées.", n)
    messages.success(request, sentence % {"n": n})


@admin.register(SavedSearch)
class SavedSearchAdmin(ScopedAdmin):
    """That a person is written to, and how often. What they search for is theirs: neither its name nor its words are shown."""

    list_display = ["pk", "user", "frequency", "created_at", "paused_at", "stopped_at"]
    list_select_related = ["user"]
    list_filter = ["frequency"]
    search_fields = ["=id", "user__email"]
    search_help_text = _("Courriel, ou numéro de la recherche (le 12 de « desabonnement-recherche-12 »).")
    fields = ["user", "frequency", "created_at", "paused_at", "stopped_at"]
    ordering = ["-created_at"]
    actions = [stop_selected_searches]


@admin.action(description=_("Arrêter, à la demande de la personne"), permissions=["view"])
def stop_selected(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
    stopped = stop_alerts(alerts=queryset.select_related("user"), by=request.user)
    sentence = ngettext("%(n)s alerte arrêtée.", "%(n)s alertes arrêtées.", stopped)
    messages.success(request, sentence % {"n": stopped})


@admin.register(Alert)
class AlertAdmin(ScopedAdmin):
    """That a person is written to, for whom and how often. What they ask is theirs: neither its name nor its words are shown."""

    list_display = ["user", "supplier", "frequency", "created_at", "paused_from", "stopped_at"]
    list_select_related = ["user", "supplier__organisation"]
    list_filter = ["frequency"]
    search_fields = ["=id", "user__email"]
    search_help_text = _("Courriel, ou numéro de l’alerte (le 12 de « desabonnement-alerte-12 »).")
    fields = [
        "user",
        "supplier",
        "frequency",
        "at",
        "created_at",
        "paused_from",
        "paused_until",
        "stopped_at",
    ]
    ordering = ["-created_at"]
    actions = [stop_selected]


@admin.register(BuyerSuggestion)
class BuyerSuggestionAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["since", "who", "buyer", "points"]
    list_select_related = ["supplier__organisation", "buyer__organisation"]
    search_fields = ["supplier__organisation__name", "buyer__organisation__name"]
    fields = ["who", "buyer", "purchase_line", "points", "why", "since"]
    readonly_fields = ["who", "purchase_line", "why"]
    ordering = ["-since", "-points"]

    @admin.display(description=_("fournisseur"), ordering="supplier__organisation__name")
    def who(self, row: BuyerSuggestion) -> SafeString:
        page = reverse("admin:suppliers_supplier_change", args=[row.supplier_id])
        return format_html('<a href="{}">{}</a>', page, row.supplier)

    @admin.display(description=_("achat"))
    def purchase_line(self, row: BuyerSuggestion) -> str:
        return purchase_sentence(row)

    @admin.display(description=_("pourquoi"))
    def why(self, row: BuyerSuggestion) -> SafeString:
        """The sentences that the buyer reads."""
        [line] = suggestion_lines([row])
        lines = format_html_join("", "<li>{}</li>", ((said,) for said in line.reasons))
        return format_html('<ul class="plain">{}</ul>', lines)

    def scope(self, rows: QuerySet[BuyerSuggestion], user: Any) -> QuerySet[BuyerSuggestion]:
        return rows.filter(curation_q(user, "buyer__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[BuyerSuggestion], search_term: str
    ) -> tuple[QuerySet[BuyerSuggestion], bool]:
        columns = ["supplier__organisation__name", "buyer__organisation__name"]
        return search_rows(queryset, search_term, columns=columns), False


@admin.action(description=_("Arrêter, à la demande de la personne"), permissions=["view"])
def stop_selected_new_suppliers(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[NewSupplierAlert]
) -> None:
    stopped = sum(
        stop_new_suppliers(alert=alert, by=request.user) for alert in queryset.select_related("user")
    )
    sentence = ngettext("%(n)s alerte arrêtée.", "%(n)s alertes arrêtées.", stopped)
    messages.success(request, sentence % {"n": stopped})


@admin.register(NewSupplierAlert)
class NewSupplierAlertAdmin(ScopedAdmin):
    list_display = ["user", "buyer", "created_at", "stopped_at"]
    list_select_related = ["user", "buyer__organisation"]
    search_fields = ["=id", "user__email"]
    search_help_text = _("Courriel, ou numéro de l’alerte (le 12 de « desabonnement-suggestions-12 »).")
    fields = ["user", "buyer", "created_at", "stopped_at"]
    ordering = ["-created_at"]
    actions = [stop_selected_new_suppliers]
