"""Reminders before the day: whom do you wish to meet, while there is time; then where to be, and when.

A reader gets each at most once for an event: the outbox refuses the second, so that the task may run twice, late or
after a pause. Nothing leaves at night, nor to whoever read the same thing less than a day ago, nor once it is no use.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.events import letters, opening, rules
from marketplace.events.models import MatchmakingEvent, Participation, State
from marketplace.web.verbs import verb
from marketplace.web.workdays import working_day_before

BEFORE_WISHES_END = timedelta(days=3)
JUST_TOLD = timedelta(hours=20)
MORNING, EVENING = time(8), time(20)
EVE = time(9)  # of the working day before
LONGEST_EVE = timedelta(days=14)  # a first day after New Year has its eve on 23 December


def remind() -> int:
    """Every reminder that is due now; how many mails were written."""
    now = timezone.localtime()
    if not MORNING <= now.time() < EVENING:
        return 0
    written = 0
    for event in MatchmakingEvent.objects.closing_wishes(within=BEFORE_WISHES_END).order_by("pk"):
        written += remind_of_wishes(event=event, by=None)
    near = MatchmakingEvent.objects.filter(
        state=State.PUBLISHED, day__gte=now.date(), day__lte=now.date() + LONGEST_EVE
    )
    for event in near.order_by("pk"):
        if now >= eve_of(event):
            written += remind_of_day(event=event, by=None)
    return written


@verb
def remind_of_wishes(*, event: MatchmakingEvent, by: User | None) -> int:
    """To those who have said nobody, while they still can; how many mails."""
    row = opening.locked(event)
    rules.check_organises(by, row)
    told = timezone.now() - JUST_TOLD
    if not row.takes_wishes or (row.state == State.WISHES and row.state_changed_at > told):
        return 0
    silent = Participation.objects.filter(event=row, registered_at__lte=told).without_wishes()
    return letters.remind_of_wishes(row, silent.select_related("organisation", "person").order_by("pk"))


@verb
def remind_of_day(*, event: MatchmakingEvent, by: User | None) -> int:
    """To those who have meetings, until the first of the day begins; how many mails."""
    row = opening.locked(event)
    rules.check_organises(by, row)
    now = timezone.now()
    if row.state != State.PUBLISHED or not row.slots or row.slots[0].starts_at <= now:
        return 0
    if row.state_changed_at > now - JUST_TOLD:  # the agenda itself has just gone
        return 0
    return letters.remind_of_day(row)


def eve_of(event: MatchmakingEvent) -> datetime:
    """The morning of the last working day before."""
    return datetime.combine(working_day_before(event.day), EVE, timezone.get_default_timezone())
