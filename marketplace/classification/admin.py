"""Codes, to read: they come from reference data and are learnt from notices."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from marketplace.classification.models import Certification, Purpose, SeaoCategory, Sector, UnspscCode
from marketplace.web import admin_cells
from marketplace.web.admin_base import EDIT, FULL, READ, ScopedAdmin


@admin.register(UnspscCode)
class UnspscCodeAdmin(ScopedAdmin):
    shared = True
    staff_may = READ
    platform_may = EDIT
    list_display = ["code", "label", "level", "source"]
    list_filter = ["level", "source"]
    search_fields = ["code", "label"]
    fields = ["code", "label", "level", "parent", "source"]
    readonly_fields = ["code", "level", "parent", "source"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[UnspscCode], search_term: str
    ) -> tuple[QuerySet[UnspscCode], bool]:
        """By words of the label, or by the first digits of the code, spaced or not."""
        return admin_cells.find(queryset, search_term, columns=["label"], neq="code", digits=2), False


class ReferenceAdmin(ScopedAdmin):
    shared = True
    staff_may = READ
    platform_may = READ
    search_fields = ["code", "label"]


@admin.register(SeaoCategory)
class SeaoCategoryAdmin(ReferenceAdmin):
    list_display = ["code", "label"]


@admin.register(Sector)
class SectorAdmin(ReferenceAdmin):
    list_display = ["span", "label"]


@admin.register(Purpose)
class PurposeAdmin(ReferenceAdmin):
    platform_may = FULL
    list_display = ["label", "code", "position"]


@admin.register(Certification)
class CertificationAdmin(ReferenceAdmin):
    platform_may = FULL
    list_display = ["label", "code"]
