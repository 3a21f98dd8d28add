"""The filters of the list. Each knows its values: an unknown one is said and ignored, not guessed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from marketplace.territories.models import Mrc
from suppliers.models import Status, Supplier


class KnownValues(admin.SimpleListFilter):
    """A filter that refuses what it does not offer."""

    def chosen(self) -> str | None:
        value = self.value()
        if value is not None and value not in {str(key) for key, _label in self.lookup_choices}:
            raise IncorrectLookupParameters
        return value


class StatusFilter(KnownValues):
    title = _("état")
    parameter_name = "etat"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return list(Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        value = self.chosen()
        return queryset.filter(status=value) if value else queryset


class FormFilter(KnownValues):
    title = _("forme")
    parameter_name = "forme"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return [("obnl", _("OBNL")), ("coop", _("coopérative")), ("mutuelle", _("mutuelle"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        value = self.chosen()
        return queryset.filter(legal_form__startswith=value) if value else queryset


class SourceFilter(KnownValues):
    title = _("source")
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return list(Supplier.Source.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Supplier]) -> QuerySet[Supplier]:
        value = self.chosen()
        return queryset.filter(source=value) if value else queryset


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
