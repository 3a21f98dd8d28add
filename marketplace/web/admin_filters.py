"""Filters of lists that know their values: an unknown one is said and ignored, not guessed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import QuerySet
from django.http import HttpRequest


class KnownValues(admin.SimpleListFilter):
    """A filter that refuses what it does not offer."""

    def chosen(self) -> str | None:
        value = self.value()
        if value is not None and value not in {str(key) for key, _label in self.lookup_choices}:
            raise IncorrectLookupParameters
        return value


class ColumnFilter(KnownValues):
    """The values that a column may take."""

    column: str
    offers: Iterable[tuple[Any, Any]]

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[Any, Any]]:
        return list(self.offers)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.chosen()
        return queryset.filter(**{self.column: value}) if value else queryset
