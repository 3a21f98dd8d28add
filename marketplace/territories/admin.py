"""Places, to read; pôles and what they cover, for platform admins."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Mrc, Municipality, Nation, Pole, PoleCoverage, Region
from marketplace.web.admin import FULL, READ, ScopedAdmin, ScopedTabularInline
from marketplace.web.admin_history import HistorySource
from marketplace.web.admin_lists import search_rows


class PlaceAdmin(ScopedAdmin):
    shared = True
    staff_may = READ
    platform_may = READ


@admin.register(Region)
class RegionAdmin(PlaceAdmin):
    list_display = ["code", "name"]


@admin.register(Mrc)
class MrcAdmin(PlaceAdmin):
    list_display = ["name", "code", "region", "population"]
    list_select_related = ["region"]
    search_fields = ["name", "code"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Mrc], search_term: str
    ) -> tuple[QuerySet[Mrc], bool]:
        return search_rows(queryset, search_term, columns=["name"], neq="code", digits=2), False


@admin.register(Municipality)
class MunicipalityAdmin(PlaceAdmin):
    list_display = ["name", "mrc", "population"]
    list_select_related = ["mrc"]
    search_fields = ["name"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Municipality], search_term: str
    ) -> tuple[QuerySet[Municipality], bool]:
        return search_rows(queryset, search_term, columns=["name"]), False


@admin.register(Nation)
class NationAdmin(PlaceAdmin):
    platform_may = FULL
    list_display = ["name", "code"]


class CoverageInline(ScopedTabularInline):
    """Dated: end a line rather than remove it, so that the past stays true."""

    model = PoleCoverage
    may = frozenset({"view", "add", "change", "delete"})
    fields = ["mrc", "nation", "since", "until"]
    autocomplete_fields = ["mrc"]


@admin.register(Pole)
class PoleAdmin(ScopedAdmin):
    """Who answers where is public; only platform admins change it."""

    shared = True
    staff_may = READ
    platform_may = FULL
    list_display = ["name", "email", "phone", "mrc_count"]
    ordering = ["name"]
    search_fields = ["name"]
    inlines = [CoverageInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Pole]:
        today = timezone.localdate()
        running = Q(coverage__since__isnull=True) | Q(coverage__since__lte=today)
        running &= Q(coverage__until__isnull=True) | Q(coverage__until__gt=today)
        return super().get_queryset(request).annotate(mrcs=Count("coverage__mrc", filter=running))

    def get_readonly_fields(self, request: HttpRequest, obj: Pole | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["code"] if obj else [])]

    @admin.display(description=_("MRC couvertes"), ordering="mrcs")
    def mrc_count(self, pole: Any) -> int:
        return pole.mrcs

    def history_sources(self, obj: Pole) -> list[HistorySource]:
        return [
            HistorySource(Pole, {"pk": obj.pk}),
            HistorySource(PoleCoverage, {"pole_id": obj.pk}),
        ]
