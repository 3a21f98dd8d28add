"""One new notice against every supplier, best fifty suggestions with their reasons written."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from buyers.models import Tender
from marketplace.matching.suggestions import suggest_for_tender

from .rows import Row, median, milliseconds, percentile

MILLISECONDS = 50
COLD = 3  # the first few pay for imports, caches and plans


def match_rows(times: int = 60) -> Iterator[Row]:
    """Each notice once, as a worker would: what is found is written and committed."""
    tenders = list(Tender.objects.open().order_by("pk")[: COLD + times])
    figures = [milliseconds(partial(suggest_for_tender, tender=tender, by=None)) for tender in tenders]
    warm = figures[COLD:]
    yield Row("match_one", round(median(warm), 1), "ms", None, MILLISECONDS)
    yield Row("match_one.p95", round(percentile(warm, 0.95), 1), "ms", None, None)
