"""Days on which the demo's people meet: a Tuesday, a Wednesday or a Thursday that is no holiday."""

from __future__ import annotations

from datetime import date, timedelta

from marketplace.web.workdays import is_working_day

TUESDAY_TO_THURSDAY = (1, 2, 3)


def meeting_day(day: date) -> date:
    """That day, or the next one on which people would meet."""
    return next(found for n in range(60) if _suits(found := day + timedelta(days=n)))


def past_meeting_day(day: date) -> date:
    """That day, or the one before on which people met."""
    return next(found for n in range(60) if _suits(found := day - timedelta(days=n)))


def _suits(day: date) -> bool:
    return day.weekday() in TUESDAY_TO_THURSDAY and is_working_day(day)
