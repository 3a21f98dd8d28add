"""The filters of the list of requests: the reader's cohorts, the states."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cohorts.models import Application, Cohort
from marketplace.web.admin import ColumnFilter, KnownValues


class CohortFilter(KnownValues):
    title = _("cohorte")
    parameter_name = "cohorte"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        rows = Cohort.objects.curated_by(request.user).order_by("-starts_on", "pk")
        return [(cohort.pk, cohort.name) for cohort in rows.only("title", "title_en")]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Application]) -> QuerySet[Application]:
        value = self.chosen()
        return queryset.filter(cohort=int(value)) if value else queryset


class StateFilter(ColumnFilter):
    title = _("état")
    parameter_name = "etat"
    column = "state"
    offers = Application.State.choices
