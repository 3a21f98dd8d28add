"""What an institution's needs, questions and contracts came to, counted: for itself, and summed for a territory.

Sealed answers are not counted before their closing: until then not even how many there are is told (docs/adr/0031).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DecimalField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from buyers.models import Award, Need
from marketplace.dealings.models import (
    ContractAnswer,
    InquiryRecipient,
    NeedDecision,
    NeedInvitation,
    Quote,
    SuggestedNotice,
)
from marketplace.dealings.need_exchanges.contracts import ASKED_AFTER
from marketplace.dealings.outcomes.periods import Period
from marketplace.matching.public_awards import NOT_WON
from suppliers.models import Supplier

PUBLISHED, FITTED, INVITED, QUOTED, DECIDED, CONTRACT = (
    "published",
    "fitted",
    "invited",
    "quoted",
    "decided",
    "contract",
)
STEPS = (PUBLISHED, FITTED, INVITED, QUOTED, DECIDED, CONTRACT)

State = InquiryRecipient.State


@dataclass(frozen=True)
class BuyerOutcomes:
    """`needs`: how many needs of the period came to each of `STEPS`. Amounts are in Canadian dollars."""

    needs: dict[str, int]
    undecided: int
    without_code: int
    unanswered_by_all: int
    unconfirmed: int
    inquiries: int
    asked: int
    answered: int
    refused: int
    silent: int
    median_days: float | None
    contracts: int
    social_contracts: int
    amount: Decimal
    social_amount: Decimal


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


def with_steps(needs: QuerySet[Need]) -> QuerySet[Need]:
    """Needs with what each came to, as conditions: columns `is_fitted`, `is_invited`, `is_quoted`, `is_decided`, `is_contract`."""
    here = OuterRef("pk")
    confirmed = ContractAnswer.objects.filter(decision__need=here, said=ContractAnswer.Said.YES)
    return needs.annotate(
        is_fitted=Exists(SuggestedNotice.objects.filter(need=here)),
        is_invited=Exists(NeedInvitation.objects.filter(need=here, told_at__isnull=False)),
        is_quoted=Exists(Quote.objects.told().filter(need=here)),
        is_decided=Exists(NeedDecision.objects.standing().filter(need=here)),
        is_contract=Exists(confirmed),
    )


#: What of `with_steps` a figure counts.
CONDITIONS: dict[str, Q] = {
    PUBLISHED: Q(),
    FITTED: Q(is_fitted=True) | Q(is_invited=True),
    INVITED: Q(is_invited=True),
    QUOTED: Q(is_quoted=True),
    DECIDED: Q(is_decided=True),
    CONTRACT: Q(is_contract=True),
}


def needs_of(condition: Callable[[str], Q], period: Period) -> QuerySet[Need]:
    """Those published in the period; `condition` names the institutions by the path to their organisation."""
    rows = Need.objects.shown_once().filter(condition("buyer__organisation__"))
    return rows.filter(published_at__gte=period.start) if period.start else rows


def count_buyer_outcomes(condition: Callable[[str], Q], period: Period) -> BuyerOutcomes:
    """Three statements, whatever there is."""
    return BuyerOutcomes(
        **_count_needs(condition, period),
        **_count_inquiries(condition, period),
        **_count_contracts(condition, period),
    )


def _count_needs(condition: Callable[[str], Q], period: Period) -> dict[str, Any]:
    now = timezone.now()
    old = now - timedelta(days=ASKED_AFTER[0])
    unsaid = NeedDecision.objects.chosen().filter(need=OuterRef("pk"), decided_at__lt=old)
    unsaid = unsaid.filter(~Exists(ContractAnswer.objects.filter(decision=OuterRef("pk"))))
    # A decision that can still be undone is made all the same: nobody is asked to decide (docs/adr/0018).
    undecided = ~Exists(NeedDecision.objects.filter(need=OuterRef("pk")))
    running, closed = Q(status=Need.Status.PUBLISHED, closes_at__gt=now), Q(closes_at__lte=now)
    found = (
        with_steps(needs_of(condition, period))
        .annotate(is_unsaid=Exists(unsaid), is_undecided=undecided)
        .aggregate(
            **{step: Count("pk", filter=CONDITIONS[step]) for step in STEPS},
            undecided=Count(
                "pk", filter=closed & Q(status=Need.Status.PUBLISHED, is_quoted=True, is_undecided=True)
            ),
            without_code=Count("pk", filter=running & Q(unspsc=[])),
            unanswered_by_all=Count(
                "pk", filter=closed & Q(status=Need.Status.PUBLISHED, is_quoted=False, is_invited=False)
            ),
            unconfirmed=Count("pk", filter=Q(is_unsaid=True)),
        )
    )
    return {"needs": {step: found.pop(step) for step in STEPS}, **found}


def _count_inquiries(condition: Callable[[str], Q], period: Period) -> dict[str, Any]:
    rows = InquiryRecipient.objects.filter(condition("inquiry__organisation__")).exclude(state=State.UNSENT)
    if period.start:
        rows = rows.filter(inquiry__asked_at__gte=period.start)
    took = ExpressionWrapper(F("answered_at") - F("inquiry__asked_at"), output_field=DurationField())
    late = Q(state=State.SENT, inquiry__answer_by__lt=timezone.localdate())
    found = rows.aggregate(
        inquiries=Count("inquiry", distinct=True),
        asked=Count("pk"),
        answered=Count("pk", filter=Q(state=State.ANSWERED)),
        refused=Count("pk", filter=Q(state=State.DECLINED)),
        silent=Count("pk", filter=late & Q(inquiry__closed_at=None)),
        median=Median(took, filter=Q(answered_at__isnull=False)),
    )
    median: timedelta | None = found.pop("median")
    return {**found, "median_days": median.total_seconds() / 86_400 if median is not None else None}


def _count_contracts(condition: Callable[[str], Q], period: Period) -> dict[str, Any]:
    """Of its notices, as far as they name their seller: how many went to an enterprise of the directory."""
    day = Coalesce(F("awarded_on"), Cast(F("tender__published_at"), Award._meta.get_field("awarded_on")))
    listed = Supplier.objects.published()
    rows = (
        Award.objects.filter(condition("tender__buyer__organisation__"))
        .exclude(status__in=NOT_WON)
        .annotate(
            day=day,
            is_social=Exists(listed.filter(organisation=OuterRef("organisation")))
            | Exists(listed.filter(organisation__neq=OuterRef("neq"))),
        )
    )
    if period.first_day:
        rows = rows.filter(day__gte=period.first_day)
    zero, money = Decimal(0), DecimalField(max_digits=18, decimal_places=2)
    dollars = Q(currency="CAD")
    found = rows.aggregate(
        contracts=Count("pk"),
        social_contracts=Count("pk", filter=Q(is_social=True)),
        dollars=Coalesce(Sum("amount", filter=dollars), zero, output_field=money),
        social_dollars=Coalesce(Sum("amount", filter=dollars & Q(is_social=True)), zero, output_field=money),
    )
    amount, social_amount = found.pop("dollars"), found.pop("social_dollars")
    return {**found, "amount": amount, "social_amount": social_amount}
