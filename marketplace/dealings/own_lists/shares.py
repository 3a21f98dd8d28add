"""What a list comes to: how much of it is social economy, by suppliers and by money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import get_language

from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.web.typography import format_number
from suppliers.neq_proposals import HIGH

State = OwnListRow.State


@dataclass(frozen=True)
class Shares:
    """Suppliers are counted once each, whatever the rows that name them; money adds up over all of these.

    `sure`: the proposals that may be confirmed together.
    """

    rows: int
    suppliers: int
    by_neq: int
    confirmed: int
    proposed: int
    sure: int
    rejected: int
    others: int
    repeated: int
    unreadable: int
    paid: Decimal | None
    paid_social: Decimal | None
    paid_proposed: Decimal | None

    @property
    def social(self) -> int:
        return self.by_neq + self.confirmed

    @property
    def share(self) -> str:
        return _percent(self.social, self.suppliers)

    @property
    def share_at_most(self) -> str:
        """If every proposal were confirmed."""
        return _percent(self.social + self.proposed, self.suppliers)

    @property
    def paid_share(self) -> str:
        return _percent(self.paid_social or 0, self.paid) if self.paid and self.paid > 0 else ""


def shares_of(own_list: OwnList) -> Shares:
    """One statement."""
    firsts = ~Q(state__in=[State.REPEATED, State.UNREADABLE])
    counted = own_list.rows.aggregate(
        rows=Count("pk"),
        suppliers=Count("pk", filter=firsts),
        by_neq=Count("pk", filter=Q(state=State.BY_NEQ)),
        confirmed=Count("pk", filter=Q(state=State.CONFIRMED)),
        proposed=Count("pk", filter=Q(state=State.PROPOSED)),
        sure=Count("pk", filter=Q(state=State.PROPOSED, confidence__gte=HIGH)),
        rejected=Count("pk", filter=Q(state=State.REJECTED)),
        others=Count("pk", filter=Q(state=State.OTHER)),
        repeated=Count("pk", filter=Q(state=State.REPEATED)),
        unreadable=Count("pk", filter=Q(state=State.UNREADABLE)),
        paid=Sum("amount_in_all", filter=firsts),
        paid_social=Sum("amount_in_all", filter=Q(state__in=OwnListRow.SOCIAL)),
        paid_proposed=Sum("amount_in_all", filter=Q(state=State.PROPOSED)),
    )
    return Shares(**counted)


def _percent(part: int | Decimal, whole: int | Decimal) -> str:
    """« 12,5 % »; what is little never reads as nothing."""
    if not whole:
        return ""
    rate = float(part) * 100 / float(whole)
    rate = round(max(rate, 0.1) if part > 0 else rate, 1)
    figure = format_number(rate, 0 if rate == int(rate) else 1)
    return f"{figure}%" if (get_language() or "").startswith("en") else f"{figure}\u00a0%"
