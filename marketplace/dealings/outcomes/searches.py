"""The searches that led to a listing, told only where several have asked them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Sum

from marketplace.dealings.models import VisitWords
from marketplace.dealings.outcomes.periods import Period
from marketplace.web.folding import fold_text
from suppliers.models import Supplier

#: So many visits after a search, of other networks or other days, or nobody reads its words: what one person typed is theirs.
LEAST_VISITS = 3
LEAST_DAYS = 2
SHOWN = 8
_READ = 400


@dataclass(frozen=True)
class FoundBy:
    """`words` as they are most often written; `times`: visits after that search."""

    words: str
    times: int
    days: int


def searches_of(supplier: Supplier, period: Period) -> list[FoundBy]:
    """The most frequent first. One statement. « Déneigement » and « deneigement » are one search."""
    rows = (
        VisitWords.objects.filter(supplier=supplier)
        .since(period.first_day)
        .order_by()
        .values("words")
        .annotate(n=Sum("times"), days=Count("day", distinct=True))
        .order_by("-n", "words")
        .values_list("words", "n", "days")[:_READ]
    )
    together: dict[str, FoundBy] = {}
    for words, n, days in rows:
        key = fold_text(words)
        first = together.get(key)
        together[key] = (
            FoundBy(first.words, first.times + n, max(first.days, days)) if first else FoundBy(words, n, days)
        )
    told = [one for one in together.values() if one.times >= LEAST_VISITS and one.days >= LEAST_DAYS]
    return sorted(told, key=lambda one: (-one.times, one.words))[:SHOWN]
