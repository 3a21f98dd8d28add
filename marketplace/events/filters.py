"""The filters of the list of events, for its page and for the API."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as lazy

from marketplace.territories.labels import region_names
from marketplace.web.filters import ListFilterSet, OneValueFilter, ParameterFilter, key_of

COMING, PAST = "coming", "past"


class EventFilterSet(ListFilterSet):
    """Events that answer: those to come from the soonest, or those of the past from the latest."""

    list_address = "events:list"

    region = ParameterFilter(
        french="region",
        label=lazy("région"),
        read=key_of(region_names),
        help_text="Region (`04`); repeat it for either of several.",
    )
    when = OneValueFilter(
        french="quand",
        label=lazy("quand"),
        words={"a-venir": COMING, "passees": PAST},
        default=COMING,
        method="filter_when",
        help_text="coming (unless told) or past.",
    )

    @property
    def is_past(self) -> bool:
        return self.query["when"] == PAST

    def filter_when(self, rows: QuerySet[Any], name: str, when: str) -> QuerySet[Any]:
        return rows.past().order_by("-day", "-pk") if when == PAST else rows.coming().order_by("day", "pk")
