"""Weeks, to read: what decides about them is the page « Entreprise de la semaine »."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from marketplace.outreach.models import FeaturedSupplier
from marketplace.web.admin import READ, ScopedAdmin


@admin.register(FeaturedSupplier)
class FeaturedSupplierAdmin(ScopedAdmin):
    staff_may = READ
    header_links = [(58, _("Promotion"), "outreach_admin:promotion")]
    list_display = ["week", "supplier", "chosen_at", "skipped_at", "reason"]
    list_select_related = ["supplier__organisation"]
    search_fields = ["supplier__organisation__name"]
    fields = ["week", "supplier", "chosen_at", "skipped_at", "reason"]
    ordering = ["-week", "-chosen_at"]
