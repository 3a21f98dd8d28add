"""What people said of suggestions, to read; staff take a « faux » back."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from marketplace.matching.feedback.lessons import LessonLine
from marketplace.matching.feedback.misfits import take_back_misfit
from marketplace.matching.models import Lesson, Misfit
from marketplace.web.admin import READ, ScopedAdmin
from marketplace.web.admin_lists import search_rows


@admin.action(description=_("Suggérer de nouveau"), permissions=["view"])
def take_back_selected(
    model_admin: admin.ModelAdmin, request: HttpRequest, queryset: QuerySet[Misfit]
) -> None:
    rows = list(queryset.select_related("supplier__organisation", "tender"))
    for misfit in rows:
        take_back_misfit(misfit=misfit, by=request.user)
    sentence = ngettext(
        "%(n)s avis peut de nouveau être suggéré.", "%(n)s avis peuvent de nouveau être suggérés.", len(rows)
    )
    messages.success(request, sentence % {"n": len(rows)})


class _OfSupplierAndTender(ScopedAdmin):
    staff_may = READ

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        columns = ["supplier__organisation__name", "tender__title"]
        return search_rows(queryset, search_term, columns=columns), False


@admin.register(Misfit)
class MisfitAdmin(_OfSupplierAndTender):
    header_links = [
        (51, _("Qui est suggéré"), "matching_admin:exposure"),
        (52, _("Et si cet avis paraissait?"), "matching_admin:what_if"),
    ]
    list_display = ["at", "supplier", "tender", "reason", "by"]
    list_select_related = ["supplier__organisation", "tender", "by"]
    list_filter = ["reason"]
    search_fields = ["supplier__organisation__name", "tender__title"]
    fields = ["supplier", "tender", "reason", "note", "by", "at"]
    ordering = ["-at"]
    actions = [take_back_selected]


@admin.register(Lesson)
class LessonAdmin(_OfSupplierAndTender):
    list_display = ["at", "supplier", "kind", "sentence"]
    list_select_related = ["supplier__organisation"]
    list_filter = ["kind"]
    search_fields = ["supplier__organisation__name"]
    fields = ["supplier", "sentence", "tender", "need", "by", "at"]
    readonly_fields = ["sentence"]
    ordering = ["-at"]

    @admin.display(description=_("ce que l’entreprise lit"))
    def sentence(self, lesson: Lesson) -> str:
        return LessonLine(lesson).sentence
