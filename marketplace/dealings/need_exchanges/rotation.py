"""Whose turn it is: whom an institution asked before, when, and who answered; and a fair next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from buyers.models import Buyer, Need
from marketplace.dealings.models import NeedDecision, NeedInvitation, Quote
from marketplace.matching.needs import Fit
from suppliers.models import Supplier

#: What was asked longer ago gives nobody a turn nor takes it.
REMEMBERED = timedelta(days=3 * 365)
#: How many are proposed: a price is compared from three on.
PROPOSED = 3


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One supplier that was invited once; `answered` is « quote », « declined » or empty; running
    while it may still answer. `won`: whether it was chosen."""

    supplier: Supplier
    need: Need
    at: datetime
    answered: str
    won: bool


def invitations_of(buyer: Buyer, *, need: Need | None = None) -> list[NeedInvitation]:
    """Those of the last years, the latest first, each with `has_quote` and `has_won`: one query. Drafts asked nobody yet,
    but for the `need` at hand, whose choices come along."""
    quoted = Quote.objects.told().filter(need=OuterRef("need"), supplier=OuterRef("supplier"))
    won = NeedDecision.objects.standing().filter(
        need=OuterRef("need"), organisation=OuterRef("supplier__organisation"), organisation__isnull=False
    )
    seen = ~Q(need__status__in=Need.UNSEEN)
    rows = NeedInvitation.objects.filter(
        seen | Q(need=need) if need else seen, need__buyer=buyer, at__gte=timezone.now() - REMEMBERED
    )
    return list(
        rows.select_related("need", "supplier__organisation")
        .annotate(has_quote=Exists(quoted), has_won=Exists(won))
        .order_by("-at", "-pk")
    )


def asked_before(rows: Iterable[Any], *, but: Need | None = None) -> dict[int, list[Asked]]:
    """The rows of `invitations_of` by supplier, those of one need apart."""
    found: dict[int, list[Asked]] = defaultdict(list)
    for row in rows:
        if row.need != but:
            running = "running" if row.need.is_running else ""
            answered = "declined" if row.declined_at else "quote" if row.has_quote else running
            found[row.supplier_id].append(
                Asked(supplier=row.supplier, need=row.need, at=row.at, answered=answered, won=row.has_won)
            )
    return dict(found)


def fair_next(
    fits: Sequence[Fit], before: Mapping[int, Sequence[Asked]], *, invited: Iterable[int] = ()
) -> list[int]:
    """Whom to ask now, by their ids: of those who fit and miss nothing that matters, who was asked least often, then
    longest ago, then who fits best. Who answered keeps its turn no better than who did not: being asked is the turn."""
    taken = set(invited)
    ready = [(rank, fit) for rank, fit in enumerate(fits) if fit.is_ready and fit.supplier.pk not in taken]
    never = datetime.min.replace(tzinfo=timezone.get_default_timezone())

    def turn(ranked: tuple[int, Fit]) -> tuple[int, datetime, int]:
        rank, fit = ranked
        asked = before.get(fit.supplier.pk, ())
        return len(asked), max((one.at for one in asked), default=never), rank

    return [fit.supplier.pk for _rank, fit in sorted(ready, key=turn)[: max(0, PROPOSED - len(taken))]]
