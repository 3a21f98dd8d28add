"""How long answers took: submissions that were decided, requests that were accepted or refused, in working days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils import timezone

from marketplace.accounts.models import JoinRequest
from marketplace.outreach.service_levels.kinds import pole_of_mrc
from marketplace.web import promises
from marketplace.web.workdays import workdays_between
from suppliers import states
from suppliers.models import Decision

#: What answers a submission.
_ANSWERS = [move.verb for move in (states.PUBLISH, states.RETURN, states.ARCHIVE, states.NOT_SOCIAL_ECONOMY)]
_MOVES = [move.verb for move in states.BY_VERB.values() if move.changes_state]


@dataclass(frozen=True)
class Answer:
    """`workdays` between the day when it was asked and that of the answer."""

    pole: str | None
    mrc: str | None
    name: str
    asked_at: datetime
    answered_at: datetime

    @property
    def workdays(self) -> int:
        return workdays_between(timezone.localdate(self.asked_at), timezone.localdate(self.answered_at))


@dataclass(frozen=True)
class Delays:
    """Of several answers; the last three are None where there is none."""

    answers: int
    median: float | None
    ninth_decile: int | None
    within: int | None  # percent of them, as was promised


def answered_submissions(start: datetime, end: datetime) -> QuerySet[Any]:
    """Decisions in the period that answered a submission and still stand, with `asked`: when it was submitted."""
    before = Decision.objects.filter(supplier=OuterRef("supplier"), at__lt=OuterRef("at"), verb__in=_MOVES)
    before = before.filter(undoing=None).order_by("-at", "-pk")
    rows = Decision.objects.filter(verb__in=_ANSWERS, undoing=None, at__gte=start, at__lt=end).annotate(
        asked=Subquery(before.values("at")[:1]), verb_before=Subquery(before.values("verb")[:1])
    )
    return _placed(rows.filter(verb_before=states.SUBMIT.verb), "supplier__organisation", "at")


def answered_join_requests(start: datetime, end: datetime) -> QuerySet[Any]:
    rows = JoinRequest.objects.filter(
        state__in=[JoinRequest.State.ACCEPTED, JoinRequest.State.REFUSED],
        decided_at__gte=start,
        decided_at__lt=end,
    )
    return _placed(rows.annotate(asked=F("created_at")), "organisation", "decided_at")


def _placed(rows: QuerySet[Any], path: str, at: str) -> QuerySet[Any]:
    return rows.order_by().annotate(
        pole_code=Cast(Coalesce(F(f"{path}__pole"), pole_of_mrc(f"{path}__mrc")), TextField()),
        mrc_code=F(f"{path}__mrc"),
        whose=F(f"{path}__name"),
        answered=F(at),
    )


def read_answers(rows: QuerySet[Any]) -> list[Answer]:
    """One statement."""
    columns = ("pole_code", "mrc_code", "whose", "asked", "answered")
    return [Answer(*values) for values in rows.values_list(*columns)]


def delays_of(answers: Iterable[Answer], key: str = promises.SUBMISSION) -> Delays:
    return summed_delays([answer.workdays for answer in answers], promises.PROMISES[key])


def summed_delays(workdays: Sequence[int], promised: int) -> Delays:
    """The ninth decile is the nearest rank: nine answers of ten took no longer."""
    if not workdays:
        return Delays(0, None, None, None)
    ordered = sorted(workdays)
    within = sum(n <= promised for n in ordered)
    return Delays(
        answers=len(ordered),
        median=median(ordered),
        ninth_decile=ordered[math.ceil(0.9 * len(ordered)) - 1],
        within=round(100 * within / len(ordered)),
    )
