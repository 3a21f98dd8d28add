"""The filters of the list of needs, for its page and for the API: those of notices, with the states that needs have."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as lazy

from buyers.filters import (
    ALL,
    CANCELLED,
    CLOSED,
    CONFIGURATION,
    INVITED,
    OPEN,
    CallFilterSet,
    EarliestDayFilter,
    read_day,
    searchable_text,
)
from buyers.models import Need
from marketplace.classification.filters import OfferFilter
from marketplace.territories.filters import RegionFilter
from marketplace.web.filters import ParameterFilter, TextFilter
from marketplace.web.typography import format_day_short

DECIDED = "decided"
STATUSES: dict[str, Promise] = {
    OPEN: lazy("Ouvert"),
    INVITED: lazy("Sur invitation, en cours"),
    CLOSED: lazy("Fermé, décision à venir"),
    DECIDED: lazy("Décision prise"),
    CANCELLED: lazy("Annulé"),
    ALL: lazy("Tous les états"),
}


class NeedFilterSet(CallFilterSet):
    """Needs that answer: open ones unless another state is asked. Values of one filter are alternatives."""

    list_address = "needs:list"

    q = TextFilter(
        french="q",
        label=lazy("recherche"),
        method="filter_text",
        help_text="Words in French, accents forgiven.",
    )
    region = RegionFilter(
        method="filter_region",
        help_text="Region where it is wanted (`04`); a need for the whole province always passes.",
    )
    offer = OfferFilter(
        method="filter_offer",
        help_text="UNSPSC code, two to eight digits; matches what is under it and what it is under.",
    )
    method = ParameterFilter(
        french="methode",
        label=lazy("mode"),
        words={"sondage": "survey", "gre-a-gre": "direct", "invitation": "limited"},
        chip=lazy("Mode"),
        value_label=lambda method: str(Need.Method(method).label),
        help_text="survey, direct or limited.",
    )
    closes_before = EarliestDayFilter(
        french="cloture_avant",
        label=lazy("clôture avant"),
        read=read_day,
        chip=lazy("Clôture avant le"),
        value_label=format_day_short,
        method="filter_closes_before",
        help_text="A day (`2026-12-31`).",
    )
    status = ParameterFilter(
        french="statut",
        label=lazy("état"),
        words={
            "ouvert": OPEN,
            "sur-invitation": INVITED,
            "ferme": CLOSED,
            "decide": DECIDED,
            "annule": CANCELLED,
            "tous": ALL,
        },
        default=(OPEN,),
        method="filter_status",
        value_label=lambda status: str(STATUSES[status]),
        help_text="open (unless told), invited (running, by invitation), closed, decided, cancelled or all.",
    )

    def filter_text(self, rows: QuerySet[Need], name: str, text: str) -> QuerySet[Need]:
        words = SearchQuery(searchable_text(text), config=CONFIGURATION, search_type="websearch")
        return rows.filter(
            Q(search=words) | Q(reference__iexact=text) | Q(buyer__organisation__name__icontains=text)
        )

    def filter_status(self, rows: QuerySet[Need], name: str, statuses: tuple[str, ...]) -> QuerySet[Need]:
        return rows if ALL in statuses else rows.filter(reduce(or_, map(need_status_condition, statuses)))


def need_status_condition(status: str) -> Q:
    published, now, limited = Q(status=Need.Status.PUBLISHED), timezone.now(), Q(method=Need.Method.LIMITED)
    return {
        OPEN: published & Q(closes_at__gt=now) & ~limited,
        INVITED: published & Q(closes_at__gt=now) & limited,
        CLOSED: published & Q(closes_at__lte=now),
        DECIDED: Q(status=Need.Status.DECIDED),
        CANCELLED: Q(status=Need.Status.CANCELLED),
    }[status]
