"""Days on which the demo's people meet: a Tuesday, a Wednesday or a Thursday that is no holiday; and end things."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.web.workdays import is_working_day, working_day_before

TUESDAY_TO_THURSDAY = (1, 2, 3)


def meeting_day(day: date) -> date:
    """That day, or the next one on which people would meet."""
    return next(found for n in range(60) if _suits(found := day + timedelta(days=n)))


def past_meeting_day(day: date) -> date:
    """That day, or the one before on which people met."""
    return next(found for n in range(60) if _suits(found := day - timedelta(days=n)))


def last_day(day: date) -> date:
    """That day where people work, else the last working day before: when a period ends."""
    return day if is_working_day(day) else working_day_before(day)


def _suits(day: date) -> bool:
    return day.weekday() in TUESDAY_TO_THURSDAY and is_working_day(day)
