"""What public bodies bought from a supplier, as their notices say it: the references of its page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import F, Q
from django.urls import reverse
from django.utils.text import capfirst

from buyers.models import Award
from marketplace.accounts.models import Organisation
from marketplace.web.typography import format_amount
from suppliers.models import Supplier

#: The newest ones; a page is no register.
SHOWN = 12
#: What was taken back was not won.
NOT_WON = ("cancelled", "unsuccessful")


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One public contract: who, what, how, when, how much, and the notice that says so."""

    buyer: str
    title: str
    method: str
    year: str
    amount: str
    url: str


def public_awards(organisation: Organisation) -> list[AwardLine]:
    """The newest contracts that name this organisation, or its NEQ where it was not linked yet. One query."""
    named = Q(organisation=organisation)
    if organisation.neq:
        named |= Q(organisation=None, neq=organisation.neq)
    rows = (
        Award.objects.filter(named)
        .exclude(status__in=NOT_WON)
        .select_related("tender", "tender__buyer__organisation")
        .only(
            "amount", "currency", "awarded_on", "tender__title", "tender__method", "tender__ocid",
            "tender__buyer_name", "tender__published_at", "tender__buyer__organisation__name",
        )
        .order_by(F("awarded_on").desc(nulls_last=True), "-pk")[:SHOWN]
    )  # fmt: skip
    return [_line(award) for award in rows]


def _line(award: Award) -> AwardLine:
    tender = award.tender
    day = award.awarded_on or tender.published_at
    return AwardLine(
        buyer=tender.buyer.organisation.name if tender.buyer else tender.buyer_name,
        title=tender.title,
        method=capfirst(tender.get_method_display()) if tender.method else "",
        year=str(day.year) if day else "",
        amount=format_amount(award.amount, award.currency),
        url=reverse("tenders:tender", args=[tender.ocid]),
    )


def supplier_pages(organisation_ids: Collection[int]) -> list[tuple[int, str]]:
    """The pages of those organisations that are published suppliers, by organisation: a buyer's page knows none. One query."""
    if not organisation_ids:
        return []
    rows = Supplier.objects.published().filter(organisation__in=organisation_ids)
    return [
        (pk, reverse("suppliers:supplier", args=[slug]))
        for pk, slug in rows.values_list("organisation", "slug")
    ]
