"""Notices that answer a question, in the order to read them; and how many each region and method has."""

from __future__ import annotations

import re
from datetime import datetime, time
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from marketplace.classification import codes
from marketplace.classification.models import UnspscCode

from . import filters
from .filters import TenderQuery
from .models import Tender, TenderQuerySet
from .ocds.notices import SEAO

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

CONFIGURATION = "public.french_unaccent"


def answers(query: TenderQuery, user: Visitor, *, apart: str = "") -> TenderQuerySet:
    """Notices that meet every condition, except those of the field named `apart` (its facet counts the others)."""
    rows = Tender.objects.visible_to(user)
    if query.text:
        words = SearchQuery(searchable(query.text), config=CONFIGURATION, search_type="websearch")
        number = re.sub(r"\s", "", query.text)
        rows = rows.filter(Q(search=words) | Q(ocid__in=[number, f"{SEAO}{number}"]))
    if query.regions and apart != "regions":
        # A notice whose region nobody could tell may be in any of them: it passes, and the page marks it.
        rows = rows.filter(Q(region__in=query.regions) | Q(region=None))
    if query.offers:
        rows = rows.filter(reduce(or_, (Q(unspsc__overlap=related_codes(code)) for code in query.offers)))
    if query.methods and apart != "methods":
        rows = rows.filter(method__in=query.methods)
    if query.closes_before:
        midnight = timezone.make_aware(datetime.combine(query.closes_before, time()))
        rows = rows.filter(closes_at__lt=midnight)
    return rows.filter(state_condition(query.shown_states))


def related_codes(prefix: str) -> QuerySet[UnspscCode, str]:
    """A code matches its ancestors and its descendants: a notice for all furniture also asks for benches."""
    above = [ancestor.ljust(8, "0") for ancestor in codes.ancestors(prefix)]
    rows = UnspscCode.objects.filter(Q(code__startswith=prefix) | Q(code__in=above)).order_by()
    return rows.values_list("code", flat=True)


def state_condition(states: tuple[str, ...]) -> Q:
    now = timezone.now()
    active = Q(status=Tender.Status.ACTIVE)
    known = {
        filters.OPEN: active & Q(closes_at__gt=now),
        filters.CLOSED: active & (Q(closes_at__lte=now) | Q(closes_at=None)),
        filters.AWARDED: Q(status=Tender.Status.COMPLETE),
        filters.CANCELLED: Q(status=Tender.Status.CANCELLED),
        filters.UNSUCCESSFUL: Q(status=Tender.Status.UNSUCCESSFUL),
        filters.PLANNED: Q(status=Tender.Status.PLANNED),
    }
    if filters.ALL in states:
        return Q()
    return reduce(or_, (known[state] for state in states))


def in_order(rows: TenderQuerySet, query: TenderQuery) -> TenderQuerySet:
    """What closes first comes first among open notices; among others the latest."""
    if query.shown_states == (filters.OPEN,):
        return rows.order_by("closes_at", "pk")
    return rows.order_by(F("published_at").desc(nulls_last=True), "-pk")


def count_regions(query: TenderQuery, user: Visitor) -> dict[str, int]:
    """Notices by region, "" where it is unknown, whatever regions are asked."""
    rows = answers(query, user, apart="regions").order_by().values_list("region").annotate(n=Count("pk"))
    return {region or "": n for region, n in rows}


def count_methods(query: TenderQuery, user: Visitor) -> dict[str, int]:
    return dict(
        answers(query, user, apart="methods").order_by().values_list("method").annotate(n=Count("pk"))
    )


def searchable(text: str) -> str:
    """« plate-bandes » as two words: as one it would only meet the very same compound. « -mot » still means without."""
    return re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", " ", text)


def says_something(text: str) -> bool:
    """Whether any word of a text is searched: « de la » has none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT numnode(websearch_to_tsquery(%s::regconfig, %s)) > 0", [CONFIGURATION, searchable(text)]
        )
        return bool(cursor.fetchone()[0])
