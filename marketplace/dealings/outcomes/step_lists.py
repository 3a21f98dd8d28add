"""The rows behind a figure, as far as the reader may see them: pages of several kinds of rows, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import BigIntegerField, DateTimeField, F, IntegerField, QuerySet, Value
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from buyers.models import Award
from marketplace.accounts.models import User
from marketplace.dealings.models import (
    InquiryRecipient,
    Interest,
    NeedDecision,
    NeedInvitation,
    Quote,
    SuggestedNotice,
)
from marketplace.dealings.notices import kind_of
from marketplace.dealings.outcomes.counts import Whose, parts_of
from marketplace.dealings.outcomes.periods import Period
from marketplace.web.typography import format_amount

#: What each kind of row is shown with, read along.
_RELATED: dict[type, tuple[str, ...]] = {
    SuggestedNotice: ("tender", "need__buyer__organisation"),
    Interest: ("tender", "need__buyer__organisation"),
    InquiryRecipient: ("inquiry__organisation", "inquiry__asked_by"),
    NeedInvitation: ("need__buyer__organisation",),
    Quote: ("need__buyer__organisation",),
    NeedDecision: ("need__buyer__organisation",),
    Award: ("tender",),
}


@dataclass(frozen=True)
class OutcomeRow:
    """`title` is what people wrote; `who` is on the other side; `said` says what it is. No `url`: nowhere to go."""

    title: str
    who: str
    said: str
    at: date | datetime
    url: str


class StepRows(Sequence[OutcomeRow]):
    """As `Paginator` takes it: one statement to count, one for the keys of a page, one for each kind of row on it."""

    def __init__(self, step: str, whose: Whose, period: Period, user: User) -> None:
        parts = parts_of(step)
        self.parts = [part.of(whose, period).visible_to(user) for part in parts]  # type: ignore[attr-defined]
        self.are_days = [part.is_day for part in parts]
        keys = [
            rows.order_by()
            .annotate(
                part=Value(number, output_field=IntegerField()),
                row=Cast("pk", BigIntegerField()),
                moment=Cast(F(part.at), DateTimeField()),
            )
            .values_list("part", "row", "moment")
            for number, (rows, part) in enumerate(zip(self.parts, parts, strict=True))
        ]
        first, *others = keys
        self.keys = (first.union(*others, all=True) if others else first).order_by("-moment", "part", "-row")

    def __len__(self) -> int:
        return self._count

    @cached_property
    def _count(self) -> int:
        return int(self.keys.count())

    def __getitem__(self, part: Any) -> Any:
        keys = list(self.keys[part])
        found: dict[tuple[int, int], Any] = {}
        for number in {key[0] for key in keys}:
            rows: QuerySet[Any] = self.parts[number].model._default_manager.filter(
                pk__in=[pk for kind, pk, _at in keys if kind == number]
            )
            for row in rows.select_related(*_RELATED[rows.model]):
                found[number, row.pk] = row
        return [
            outcome_row(found[kind, pk], at.astimezone(UTC).date() if self.are_days[kind] else at)
            for kind, pk, at in keys
            if (kind, pk) in found
        ]


def outcome_row(row: Any, at: date | datetime) -> OutcomeRow:
    if isinstance(row, SuggestedNotice | Interest):
        kind = kind_of(row.notice)
        return OutcomeRow(row.notice.title, kind.buyer_name(row.notice), "", at, kind.page(row.notice))
    if isinstance(row, InquiryRecipient):
        asker = row.inquiry.organisation.name if row.inquiry.organisation else _("Une personne")
        url = reverse("dealings:exchange", args=[row.pk])
        said = _("Question, %(state)s") % {"state": row.get_state_display()}
        return OutcomeRow(row.inquiry.subject, asker, said, at, url)
    if isinstance(row, Award):
        said = _("Attribution publiée") + _amount(row)
        return OutcomeRow(
            row.tender.title,
            row.tender.buyer_name,
            said,
            at,
            reverse("tenders:tender", args=[row.tender.ocid]),
        )
    need = row.need
    said = {
        NeedInvitation: _("Invitation à répondre"),
        Quote: _("Proposition"),
        NeedDecision: _("Choisie par l’institution"),
    }[type(row)]
    if isinstance(row, NeedInvitation) and row.declined_at:
        said = _("Invitation refusée")
    return OutcomeRow(
        need.title, need.buyer.organisation.name, said, at, reverse("needs:need", args=[need.slug])
    )


def _amount(award: Award) -> str:
    return f", {format_amount(award.amount, award.currency)}" if award.amount is not None else ""
