"""One new notice against every supplier, best fifty suggestions with their reasons written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.db import transaction

from buyers.models import Tender
from marketplace.matching.suggest import suggest_for_tender

from .rows import Row, median, milliseconds, percentile


def match_rows(times: int = 40) -> Iterator[Row]:
    tenders = list(Tender.objects.open().order_by("pk")[:times])
    figures = []
    for tender in tenders:
        with transaction.atomic():
            figures.append(milliseconds(partial(suggest_for_tender, tender=tender, by=None)))
            transaction.set_rollback(True)
    warm = figures[3:]
    yield Row("match_one", round(median(warm), 1), "ms", None, 50)
    yield Row("match_one.p95", round(percentile(warm, 0.95), 1), "ms", None, None)
