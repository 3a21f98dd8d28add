"""Codes, to read: they come from reference data and are learnt from notices."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from marketplace.classification.labelled import Labelled
from marketplace.classification.lexicon.admin import LexiconGroupAdmin
from marketplace.classification.models import (
    Certification,
    Purpose,
    SeaoCategory,
    Sector,
    UnspscCode,
)
from marketplace.web.admin import EDIT, FULL, READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows
from marketplace.web.templatetags.web import lang_of

__all__ = ["LexiconGroupAdmin"]


class LabelInReadersLanguage:
    @admin.display(description=_("libellé"), ordering="label")
    def name_here(self, row: Labelled) -> str:
        return format_html("<span{}>{}</span>", lang_of(row.name), row.name)


@admin.register(UnspscCode)
class UnspscCodeAdmin(LabelInReadersLanguage, ScopedAdmin):
    shared = True
    staff_may = READ
    platform_may = EDIT
    list_display = ["code", "name_here", "level", "source"]
    list_filter = ["level", "source"]
    search_fields = ["code", "label", "label_en"]
    fields = ["code", "label", "label_en", "level", "parent", "source"]
    readonly_fields = ["code", "level", "parent", "source"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[UnspscCode], search_term: str
    ) -> tuple[QuerySet[UnspscCode], bool]:
        """By words of the label, or by the first digits of the code, spaced or not."""
        return search_rows(queryset, search_term, columns=["label", "label_en"], neq="code", digits=2), False


class ReferenceAdmin(LabelInReadersLanguage, ScopedAdmin):
    shared = True
    staff_may = READ
    platform_may = READ
    search_fields = ["code", "label", "label_en"]


@admin.register(SeaoCategory)
class SeaoCategoryAdmin(ReferenceAdmin):
    list_display = ["code", "name_here"]


@admin.register(Sector)
class SectorAdmin(ReferenceAdmin):
    list_display = ["span", "name_here"]


@admin.register(Purpose)
class PurposeAdmin(ReferenceAdmin):
    platform_may = FULL
    list_display = ["name_here", "code", "position"]


@admin.register(Certification)
class CertificationAdmin(ReferenceAdmin):
    platform_may = FULL
    list_display = ["name_here", "code"]
