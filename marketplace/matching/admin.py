"""Suggestions and alerts, to read. Alerts are a person's own choice, so for platform admins alone.

Someone may answer a mail to say stop, or have their mail program do it (« desabonnement-alerte-12 »): one gesture.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.accounts.models import curation_q
from marketplace.matching.alerts import stop_alert
from marketplace.matching.models import Alert, Suggestion
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.register(Suggestion)
class SuggestionAdmin(ScopedAdmin):
    staff_may = READ
    list_display = ["supplier", "tender", "points", "rank", "computed_at"]
    list_select_related = ["supplier__organisation", "tender"]
    search_fields = ["supplier__organisation__name", "tender__title"]
    fields = ["supplier", "tender", "points", "rank", "reasons", "computed_at", "set_aside_at"]
    ordering = ["-computed_at", "rank"]

    def scope(self, rows: QuerySet[Suggestion], user: Any) -> QuerySet[Suggestion]:
        return rows.filter(curation_q(user, "supplier__organisation__"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Suggestion], search_term: str
    ) -> tuple[QuerySet[Suggestion], bool]:
        columns = ["supplier__organisation__name", "tender__title"]
        return search_rows(queryset, search_term, columns=columns), False


@admin.action(description=_("Arrêter, à la demande de la personne"), permissions=["view"])
def stop_selected(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
    stopped = sum(stop_alert(alert=alert, by=request.user) for alert in queryset.select_related("user"))
    sentence = ngettext("%(n)s alerte arrêtée.", "%(n)s alertes arrêtées.", stopped)
    messages.success(request, sentence % {"n": stopped})


@admin.register(Alert)
class AlertAdmin(ScopedAdmin):
    list_display = ["id", "user", "supplier", "frequency", "created_at", "stopped_at"]
    list_select_related = ["user", "supplier__organisation"]
    list_filter = ["frequency"]
    search_fields = ["=id", "user__email"]
    fields = ["user", "supplier", "frequency", "created_at", "stopped_at"]
    ordering = ["-created_at"]
    actions = [stop_selected]
