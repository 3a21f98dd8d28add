"""The filters of the lists of tenders and of buyers, for their pages and for the API; `buyers.needs.filters` has those of needs."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import CharField, Count, F, Func, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.classification.codes import code_ancestors
from marketplace.classification.filters import OfferFilter
from marketplace.classification.models import UnspscCode
from marketplace.territories.filters import RegionFilter
from marketplace.territories.labels import region_names
from marketplace.web.filters import ListFilterSet, ParameterField, ParameterFilter, TextFilter, key_of
from marketplace.web.folding import fold_text
from marketplace.web.typography import format_day_short

from .models import Tender, open_condition, running_condition
from .ocds.identifiers import SEAO

CONFIGURATION = "public.french_unaccent"
# What a reader calls the state of a notice; `open`, `invited` and `closed` part the active ones by the clock.
OPEN, INVITED, PLANNED, CLOSED, AWARDED, CANCELLED, UNSUCCESSFUL, ALL = (
    "open", "invited", "planned", "closed", "awarded", "cancelled", "unsuccessful", "all",
)  # fmt: skip
STATUSES: dict[str, Promise] = {
    OPEN: lazy("Ouvert"),
    INVITED: lazy("Sur invitation, en cours"),
    PLANNED: lazy("Annoncé"),
    CLOSED: lazy("Fermé, pas encore attribué"),
    AWARDED: lazy("Attribué"),
    CANCELLED: lazy("Annulé"),
    UNSUCCESSFUL: lazy("Sans suite"),
    ALL: lazy("Tous les états"),
}


class EarliestDayField(ParameterField):
    """The earliest of the days that are given."""

    def clean_values(self, values: list[str]) -> date | None:
        return min(super().clean_values(values), default=None)


class EarliestDayFilter(ParameterFilter):
    field_class = EarliestDayField
    is_multiple = False


def read_day(value: str) -> date | None:
    try:
        day = parse_date(value)
    except ValueError:  # « 2026-02-31 »
        return None
    return day if day and 1990 <= day.year <= 2100 else None


class CallFilterSet(ListFilterSet):
    """What lists of notices and of needs share: a text in French, codes, a closing, states told by the clock."""

    @cached_property
    def query(self) -> dict[str, Any]:
        """A text without any word to search asks nothing."""
        query = super().query
        text = query["q"]
        if text and not any(c.isdigit() for c in text) and not says_something(text):
            said = _("« %(text)s » ne contient aucun mot à chercher. La recherche est ignorée.")
            self.form.messages.append(said % {"text": text})
            query["q"] = ""
        return query

    @property
    def shown_statuses(self) -> tuple[str, ...]:
        return self.query["status"] or (OPEN,)

    def filter_queryset(self, queryset: QuerySet[Any], *, without: str = "") -> QuerySet[Any]:
        """What closes first comes first among open ones; among others the latest."""
        rows = super().filter_queryset(queryset, without=without)
        if set(self.shown_statuses) <= {OPEN, INVITED}:
            return rows.order_by("closes_at", "pk")
        return rows.order_by(F("published_at").desc(nulls_last=True), "-pk")

    def filter_offer(self, rows: QuerySet[Any], name: str, prefixes: tuple[str, ...]) -> QuerySet[Any]:
        return rows.filter(reduce(or_, (Q(unspsc__overlap=related_codes(one)) for one in prefixes)))

    def filter_closes_before(self, rows: QuerySet[Any], name: str, day: date) -> QuerySet[Any]:
        return rows.filter(closes_at__lt=timezone.make_aware(datetime.combine(day, time())))

    def filter_region(self, rows: QuerySet[Any], name: str, regions: tuple[str, ...]) -> QuerySet[Any]:
        """What has no region may be in any of them, or in all: it passes, and the page says so."""
        return rows.filter(Q(region__in=regions) | Q(region=None))

    def count_by_region(self) -> dict[str, int]:
        """By region, "" where it is unknown, whatever regions are asked."""
        rows = self.rows_without("region").order_by().values_list("region").annotate(n=Count("pk"))
        return {region or "": n for region, n in rows}

    def count_by_method(self) -> dict[str, int]:
        return dict(self.rows_without("method").order_by().values_list("method").annotate(n=Count("pk")))


class TenderFilterSet(CallFilterSet):
    """Tenders that answer: open ones unless another state is asked. Values of one filter are alternatives."""

    list_address = "tenders:list"
    saved_as = "avis"

    q = TextFilter(
        french="q",
        label=lazy("recherche"),
        method="filter_text",
        help_text="Words in French, accents forgiven.",
    )
    region = RegionFilter(
        method="filter_region",
        help_text="Region of the buyer or of delivery (`04`); notices of unknown region always pass.",
    )
    offer = OfferFilter(
        method="filter_offer",
        help_text="UNSPSC code, two to eight digits; matches what is under it and what it is under.",
    )
    method = ParameterFilter(
        french="methode",
        label=lazy("mode"),
        words={"public": "open", "qualifie": "selective", "invitation": "limited", "gre-a-gre": "direct"},
        chip=lazy("Mode"),
        value_label=lambda method: str(Tender.Method(method).label),
        help_text="open, selective, limited or direct.",
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
            "annonce": PLANNED,
            "ferme": CLOSED,
            "attribue": AWARDED,
            "annule": CANCELLED,
            "sans-suite": UNSUCCESSFUL,
            "tous": ALL,
        },
        default=(OPEN,),
        method="filter_status",
        value_label=lambda status: str(STATUSES[status]),
        help_text="open (unless told), invited (running, by invitation), planned, closed, awarded, cancelled, unsuccessful or all.",
    )

    def filter_text(self, rows: QuerySet[Tender], name: str, text: str) -> QuerySet[Tender]:
        words = SearchQuery(searchable_text(text), config=CONFIGURATION, search_type="websearch")
        number = re.sub(r"\s", "", text)
        return rows.filter(Q(search=words) | Q(ocid__in=[number, f"{SEAO}{number}"]))

    def filter_status(self, rows: QuerySet[Tender], name: str, statuses: tuple[str, ...]) -> QuerySet[Tender]:
        return rows if ALL in statuses else rows.filter(reduce(or_, map(tender_status_condition, statuses)))


def related_codes(prefix: str) -> QuerySet[UnspscCode, str]:
    """A code matches its ancestors and its descendants: a notice for all furniture also asks for benches."""
    above = [ancestor.ljust(8, "0") for ancestor in code_ancestors(prefix)]
    rows = UnspscCode.objects.filter(Q(code__startswith=prefix) | Q(code__in=above)).order_by()
    return rows.values_list("code", flat=True)


def tender_status_condition(status: str) -> Q:
    now = timezone.now()
    active = Q(status=Tender.Status.ACTIVE)
    return {
        OPEN: open_condition(),
        INVITED: running_condition() & Q(method=Tender.Method.LIMITED),
        CLOSED: active & Q(closes_at__lte=now, awarded=Tender.Awarded.NOTHING),
        AWARDED: Q(status=Tender.Status.COMPLETE)
        | active & ~Q(awarded=Tender.Awarded.NOTHING) & (Q(closes_at__lte=now) | Q(closes_at=None)),
        CANCELLED: Q(status=Tender.Status.CANCELLED),
        UNSUCCESSFUL: Q(status=Tender.Status.UNSUCCESSFUL),
        PLANNED: Q(status=Tender.Status.PLANNED),
    }[status]


def searchable_text(text: str) -> str:
    """« plate-bandes » as two words: as one it would only meet the very same compound. « -mot » still means without.

    A dash before no word says nothing: PostgreSQL fails on thirty of them in a row.
    """
    return re.sub(r'-(?![\w"])', " ", re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", " ", text))


def says_something(text: str) -> bool:
    """Whether any word of a text is searched: « de la » has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT numnode(websearch_to_tsquery(%s::regconfig, %s)) > 0",
            [CONFIGURATION, searchable_text(text)],
        )
        return bool(cursor.fetchone()[0])


class BuyerFilterSet(ListFilterSet):
    """Public buyers, by name."""

    list_address = "buyers:list"

    q = TextFilter(french="q", label=lazy("recherche"), method="filter_text", help_text="Words of the name.")
    region = ParameterFilter(
        french="region",
        label=lazy("région"),
        field_name="organisation__region",
        read=key_of(region_names),
        help_text="Region of the seat (`04`).",
    )

    def filter_queryset(self, queryset: QuerySet[Any], *, without: str = "") -> QuerySet[Any]:
        rows = queryset.alias(folded=Func("organisation__name", function="f_fold", output_field=CharField()))
        return super().filter_queryset(rows, without=without).order_by("folded", "pk")

    def filter_text(self, rows: QuerySet[Any], name: str, text: str) -> QuerySet[Any]:
        for word in fold_text(text).split()[:12]:
            rows = rows.filter(folded__contains=word)
        return rows
