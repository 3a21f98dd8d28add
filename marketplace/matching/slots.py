"""When gathered mails leave: at once but for ten minutes, each day at an hour, or once a week; at half past six unless told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

HOME = ZoneInfo("America/Toronto")
MORNING = time(6, 30)  # after the night's import, before the first meeting
MONDAY = 0
#: As alerts and saved searches name them.
INSTANT, DAILY, WEEKLY = "instant", "daily", "weekly"


def last_slot(frequency: str, now: datetime, *, at: time = MORNING, weekday: int = MONDAY) -> datetime:
    """The latest moment, not after `now`, from which what waited leaves. Daily and weekly: at that hour, Québec time.

    Instant: `ALERT_GATHERING_SECONDS` ago, so that a burst of tenders is one mail.
    """
    if frequency == INSTANT:
        return now - timedelta(seconds=settings.ALERT_GATHERING_SECONDS)
    local = now.astimezone(HOME)
    day = local.date() if local.time() >= at else local.date() - timedelta(days=1)
    if frequency == WEEKLY:
        day -= timedelta(days=(day.weekday() - weekday) % 7)
    return datetime.combine(day, at, HOME)


def next_slot(frequency: str, now: datetime, *, at: time = MORNING, weekday: int = MONDAY) -> datetime | None:
    """The first moment after `now` when mails of this frequency leave; None for instant ones."""
    if frequency == INSTANT:
        return None
    days = 7 if frequency == WEEKLY else 1
    last = last_slot(frequency, now, at=at, weekday=weekday).astimezone(HOME)
    return datetime.combine(last.date() + timedelta(days=days), at, HOME)


def count_mails(frequency: str, moments: Sequence[datetime], *, at: time, weekday: int) -> int:
    """How many mails that many moments would have made, one however many fall together."""
    if frequency == INSTANT:
        gathered = timedelta(seconds=settings.ALERT_GATHERING_SECONDS)
        mails, until = 0, None
        for moment in sorted(moments):
            if until is None or moment > until:
                mails, until = mails + 1, moment + gathered
        return mails
    # What comes between two hours leaves at the second.
    return len({last_slot(frequency, moment, at=at, weekday=weekday) for moment in moments})
