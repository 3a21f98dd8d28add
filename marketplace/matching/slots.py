"""When gathered mails leave: at once but for ten minutes, at half past six, or on Monday at half past six."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

HOME = ZoneInfo("America/Toronto")
MORNING = time(6, 30)  # after the night's import, before the first meeting
MONDAY = 0
#: As alerts and saved searches name them.
INSTANT, DAILY, WEEKLY = "instant", "daily", "weekly"


def last_slot(frequency: str, now: datetime) -> datetime:
    """The latest moment, not after `now`, from which what waited leaves. Daily and weekly: half past six, Québec time.

    Instant: `ALERT_GATHERING_SECONDS` ago, so that a burst of tenders is one mail.
    """
    if frequency == INSTANT:
        return now - timedelta(seconds=settings.ALERT_GATHERING_SECONDS)
    local = now.astimezone(HOME)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    if frequency == WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return datetime.combine(day, MORNING, HOME)


def next_slot(frequency: str, now: datetime) -> datetime | None:
    """The first moment after `now` when mails of this frequency leave; None for instant ones."""
    if frequency == INSTANT:
        return None
    days = 7 if frequency == WEEKLY else 1
    last = last_slot(frequency, now).astimezone(HOME)
    return datetime.combine(last.date() + timedelta(days=days), MORNING, HOME)
