"""The filters of the list of cohorts, for its page and for the API."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from cohorts.models import State
from marketplace.territories.filters import RegionFilter
from marketplace.web.filters import ListFilterSet, ParameterFilter

# What a reader calls the state of a cohort; the first two are what one may still join or see begin.
OPEN, COMING, RUNNING, PAST, CANCELLED, ALL = "open", "coming", "running", "past", "cancelled", "all"
STATUSES: dict[str, Promise] = {
    OPEN: lazy("Candidatures ouvertes"),
    COMING: lazy("À venir"),
    RUNNING: lazy("En cours"),
    PAST: lazy("Terminées"),
    CANCELLED: lazy("Annulées"),
    ALL: lazy("Toutes"),
}


class CohortFilterSet(ListFilterSet):
    """Cohorts that answer: open, coming and running ones unless another state is asked."""

    list_address = "cohorts:list"

    region = RegionFilter(
        method="filter_region",
        help_text="Region where it is held (`04`); cohorts open to every region always pass.",
    )
    status = ParameterFilter(
        french="statut",
        label=lazy("état"),
        words={
            "ouverte": OPEN,
            "a-venir": COMING,
            "en-cours": RUNNING,
            "passee": PAST,
            "annulee": CANCELLED,
            "toutes": ALL,
        },
        default=(OPEN, COMING, RUNNING),
        method="filter_status",
        value_label=lambda status: str(STATUSES[status]),
        help_text="open, coming and running (unless told), past, cancelled or all.",
    )

    def filter_queryset(self, queryset: QuerySet[Any], *, without: str = "") -> QuerySet[Any]:
        """What comes first is first; where all that is asked is over, the latest first."""
        asked = set(self.query["status"])
        rows = super().filter_queryset(queryset, without=without)
        over = asked and asked <= {PAST, CANCELLED, ALL}
        return rows.order_by(*(("-starts_on", "pk") if over else ("starts_on", "closes_at", "pk")))

    def filter_region(self, rows: QuerySet[Any], name: str, regions: tuple[str, ...]) -> QuerySet[Any]:
        """A cohort open to every region answers to each of them."""
        return rows.filter(Q(region__in=regions) | Q(region__isnull=True))

    def filter_status(self, rows: QuerySet[Any], name: str, statuses: tuple[str, ...]) -> QuerySet[Any]:
        return rows if ALL in statuses else rows.filter(reduce(or_, map(cohort_status_condition, statuses)))


def cohort_status_condition(status: str) -> Q:
    """By the clock where the clock decides: between a date and the next sweep the page is right already."""
    now = timezone.now()
    open_now = Q(state=State.OPEN, opens_at__lte=now, closes_at__gt=now)
    return {
        OPEN: open_now,
        COMING: Q(state__in=[State.OPEN, State.CLOSED]) & ~open_now,
        RUNNING: Q(state=State.RUNNING),
        PAST: Q(state=State.DONE),
        CANCELLED: Q(state=State.CANCELLED),
    }[status]
