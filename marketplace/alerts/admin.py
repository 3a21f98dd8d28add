"""Who hears of new notices, to read: a person's own choice, so platform admins alone."""

from django.contrib import admin

from marketplace.alerts.models import Alert
from marketplace.web.admin_base import ScopedAdmin


@admin.register(Alert)
class AlertAdmin(ScopedAdmin):
    list_display = ["user", "supplier", "frequency", "created_at", "stopped_at"]
    list_select_related = ["user", "supplier__organisation"]
    list_filter = ["frequency"]
    fields = ["user", "supplier", "frequency", "created_at", "stopped_at"]
    ordering = ["-created_at"]
