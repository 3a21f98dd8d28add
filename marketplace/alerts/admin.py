"""Who hears of new notices, to read: a person's own choice, so platform admins alone.

Someone may answer a mail to say stop, or have their mail program do it (« desabonnement-alerte-12 »): one gesture.
"""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.alerts.models import Alert
from marketplace.alerts.subscriptions import stop_alert
from marketplace.web.admin import ScopedAdmin


@admin.action(description=_("Arrêter, à la demande de la personne"), permissions=["view"])
def stop_selected(model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Alert]) -> None:
    stopped = sum(
        stop_alert(alert=alert, by=request.user)  # type: ignore[arg-type]  # staff, so a User
        for alert in queryset.select_related("user")
    )
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
