"""The filters of the list of sheets."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Mrc
from marketplace.web.admin import ColumnFilter, KnownValues
from suppliers.models import Status, Supplier


class StatusFilter(ColumnFilter):
    title = _("état")
    parameter_name = "etat"
    column = "status"
    offers = Status.choices


class FormFilter(ColumnFilter):
    title = _("forme")
    parameter_name = "forme"
    column = "legal_form__startswith"
    offers = [("obnl", _("OBNL")), ("coop", _("coopérative")), ("mutuelle", _("mutuelle"))]


class SourceFilter(ColumnFilter):
    title = _("source")
    parameter_name = "source"
    column = "source"
    offers = Supplier.Source.choices


class MrcFilter(KnownValues):
    """The reader's MRCs (all of them for a platform admin), and what has none."""

    title = _("MRC")
    parameter_name = "mrc"
    NONE = "sans"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        mine = Mrc.objects.order_by("name")
        if not request.user.is_superuser:
            mine = mine.filter(pk__in=request.user.covered_mrcs)  # type: ignore[union-attr]  # staff only
        return [(self.NONE, _("Sans MRC")), *mine.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        value = self.chosen()
        if value == self.NONE:
            return queryset.filter(organisation__mrc__isnull=True)
        return queryset.filter(organisation__mrc=value) if value else queryset
