"""The signs of triage under /gestion/: every pôle reads them, and may change them."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from marketplace.web.admin import FULL, ScopedAdmin
from suppliers.models import TriageSign


@admin.register(TriageSign)
class TriageSignAdmin(ScopedAdmin):
    header_links = [(12, gettext_lazy("À trier"), "suppliers_admin:triage")]
    shared = True
    staff_may = FULL
    platform_may = FULL
    list_display = ["label", "points", "words", "in_activity", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["label", "words"]
    fields = [("label", "label_en"), "words", "in_activity", ("forms", "sectors"), "points", "is_active"]
