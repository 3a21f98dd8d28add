"""What came of being here, counted by supplier in one statement: what fitted, was opened, asked, quoted, won, and more.

The page of one enterprise and the sums of a territory read the same rows (`PARTS`); the lists behind the figures do too.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from buyers.models import Award, Need
from marketplace.accounts.models import User
from marketplace.dealings.models import (
    ContractAnswer,
    Decline,
    InquiryRecipient,
    Interest,
    NeedDecision,
    NeedInvitation,
    Quote,
    SuggestedNotice,
    Visits,
)
from marketplace.dealings.outcomes.periods import Period
from marketplace.matching.public_awards import NOT_WON
from suppliers.models import Supplier

MATCHED, OPENED, INTERESTED, ASKED, QUOTED, WON = "matched", "opened", "interested", "asked", "quoted", "won"
#: The steps of an enterprise's way, in their order.
STEPS = (MATCHED, OPENED, INTERESTED, ASKED, QUOTED, WON)
CONFIRMED, SILENT_INVITED, SILENT_ASKED = "confirmed", "silent_invited", "silent_asked"
WITH_AMOUNT, DECLINED, TOO_FAR = "with_amount", "declined", "too_far"
VISITS, BY_SEARCH, BY_LIST = "visits", "by_search", "by_list"

State = InquiryRecipient.State


@dataclass(frozen=True)
class Whose:
    """Which suppliers are counted: a condition on the column that names the supplier, and their NEQs. `is_own`: its members
    count, who know what they sealed; nobody else learns that they answered before the closing (docs/adr/0031)."""

    condition: Callable[[str], Q]
    neqs: Any
    is_own: bool = False

    @classmethod
    def one(cls, supplier: Supplier, user: User) -> Whose:
        is_own = supplier.organisation_id in user.organisation_ids
        return cls(lambda column: Q(**{column: supplier.pk}), [supplier.organisation.neq or "-"], is_own)

    @classmethod
    def several(cls, suppliers: QuerySet[Supplier]) -> Whose:
        ids = suppliers.order_by().values("pk")
        neqs = suppliers.order_by().exclude(organisation__neq=None).values("organisation__neq")
        return cls(lambda column: Q(**{f"{column}__in": ids}), neqs)


@dataclass(frozen=True)
class Part:
    """Rows of one kind behind a figure. `column` names the supplier, `at` when it was: a day or a moment."""

    figure: str
    rows: Callable[[Whose], QuerySet[Any]]
    column: str
    at: str
    is_day: bool = False
    summed: str = ""

    def of(self, whose: Whose, period: Period) -> QuerySet[Any]:
        rows = self.rows(whose).filter(whose.condition(self.column))
        since = period.first_day if self.is_day else period.start
        return rows.filter(**{f"{self.at}__gte": since}) if since else rows


def _offered(whose: Whose) -> QuerySet[Any]:
    return SuggestedNotice.objects.offered()


def _opened(whose: Whose) -> QuerySet[Any]:
    return SuggestedNotice.objects.offered().exclude(opened_on=None)


def _with_amount(whose: Whose) -> QuerySet[Any]:
    """Of which everyone may read how large they are."""
    return SuggestedNotice.objects.offered().filter(
        Q(tender__estimated_amount__isnull=False) | Q(need__isnull=False) & ~Q(need__band="")
    )


def _asked(whose: Whose) -> QuerySet[Any]:
    return InquiryRecipient.objects.exclude(state=State.UNSENT)


def _silent_asked(whose: Whose) -> QuerySet[Any]:
    """Whose deadline is over without a word."""
    return InquiryRecipient.objects.silent().filter(inquiry__answer_by__lt=timezone.localdate())


def _invited(whose: Whose) -> QuerySet[Any]:
    return NeedInvitation.objects.filter(told_at__isnull=False).exclude(need__status__in=Need.UNSEEN)


def _silent_invited(whose: Whose) -> QuerySet[Any]:
    quoted = Quote.objects.submitted().filter(need=OuterRef("need"), supplier=OuterRef("supplier"))
    return _invited(whose).filter(~Exists(quoted), declined_at=None, need__closes_at__lt=timezone.now())


def _quoted(whose: Whose) -> QuerySet[Any]:
    return Quote.objects.submitted() if whose.is_own else Quote.objects.told()


def _confirmed(whose: Whose) -> QuerySet[Any]:
    """Either side says that the contract is concluded."""
    said = ContractAnswer.objects.filter(decision=OuterRef("pk"), said=ContractAnswer.Said.YES)
    return NeedDecision.objects.chosen().filter(Exists(said))


def _awards() -> QuerySet[Award]:
    day = Coalesce(F("awarded_on"), Cast(F("tender__published_at"), Award._meta.get_field("awarded_on")))
    return Award.objects.exclude(status__in=NOT_WON).annotate(day=day)


def _awards_by_neq(whose: Whose) -> QuerySet[Any]:
    """An award names its organisation, or only the NEQ of one that was imported later."""
    seller = Supplier.objects.filter(organisation__neq=OuterRef("neq")).values("pk")[:1]
    rows = _awards().filter(organisation=None, neq__in=whose.neqs)
    return rows.annotate(seller=Subquery(seller))


PARTS = (
    Part(MATCHED, _offered, "supplier", "on", is_day=True),
    Part(OPENED, _opened, "supplier", "opened_on", is_day=True),
    Part(INTERESTED, lambda whose: Interest.objects.all(), "supplier", "at"),
    Part(ASKED, _asked, "supplier", "inquiry__asked_at"),
    Part(ASKED, _invited, "supplier", "told_at"),
    Part(QUOTED, _quoted, "supplier", "submitted_at"),
    Part(WON, lambda whose: NeedDecision.objects.chosen(), "organisation__supplier", "decided_at"),
    Part(WON, lambda whose: _awards(), "organisation__supplier", "day", is_day=True),
    Part(WON, _awards_by_neq, "seller", "day", is_day=True),
)
_MORE = (
    Part(CONFIRMED, _confirmed, "organisation__supplier", "decided_at"),
    Part(SILENT_INVITED, _silent_invited, "supplier", "told_at"),
    Part(SILENT_ASKED, _silent_asked, "supplier", "inquiry__asked_at"),
    Part(WITH_AMOUNT, _with_amount, "supplier", "on", is_day=True),
    Part(DECLINED, lambda whose: Decline.objects.all(), "supplier", "at"),
    Part(TOO_FAR, lambda whose: Decline.objects.filter(reason=Decline.Reason.TOO_FAR), "supplier", "at"),
    Part(VISITS, lambda whose: Visits.objects.all(), "supplier", "day", is_day=True, summed="times"),
    Part(BY_SEARCH, lambda whose: Visits.objects.all(), "supplier", "day", is_day=True, summed="by_search"),
    Part(BY_LIST, lambda whose: Visits.objects.all(), "supplier", "day", is_day=True, summed="by_list"),
)


def count_outcomes(whose: Whose, period: Period) -> dict[int, Counter[str]]:
    """The figures of each supplier that has any, by its id. One statement."""
    first, *others = [_counted(part, whose, period) for part in (*PARTS, *_MORE)]
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for supplier, figure, n in first.union(*others, all=True):
        if n:
            found[supplier][figure] += n
    return found


def _counted(part: Part, whose: Whose, period: Period) -> QuerySet[Any]:
    how = Sum(part.summed) if part.summed else Count("pk", distinct=True)
    return (
        part.of(whose, period)
        .order_by()
        .annotate(who=F(part.column), figure=Value(part.figure, output_field=TextField()))
        .values("who", "figure")
        .annotate(n=Cast(how, IntegerField()))
        .values_list("who", "figure", "n")
    )


def parts_of(step: str) -> list[Part]:
    return [part for part in PARTS if part.figure == step]
