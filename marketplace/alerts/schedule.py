"""When gathered alerts leave: half past six in the morning, Québec time; weekly ones on Mondays. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.alerts.models import Alert

HOME = ZoneInfo("America/Toronto")
MORNING = time(6, 30)  # after the night's import, before the first meeting
MONDAY = 0


def last_slot(frequency: str, now: datetime) -> datetime:
    """The latest moment, not after `now`, when mails of this frequency were to leave. Instant: now."""
    if frequency == Alert.Frequency.INSTANT:
        return now
    local = now.astimezone(HOME)
    day = local.date() if local.time() >= MORNING else local.date() - timedelta(days=1)
    if frequency == Alert.Frequency.WEEKLY:
        day -= timedelta(days=(day.weekday() - MONDAY) % 7)
    return datetime.combine(day, MORNING, HOME)


def next_slot(frequency: str, now: datetime) -> datetime | None:
    """The first moment after `now` when mails of this frequency leave; None for instant ones."""
    if frequency == Alert.Frequency.INSTANT:
        return None
    days = 7 if frequency == Alert.Frequency.WEEKLY else 1
    last = last_slot(frequency, now).astimezone(HOME)
    return datetime.combine(last.date() + timedelta(days=days), MORNING, HOME)
