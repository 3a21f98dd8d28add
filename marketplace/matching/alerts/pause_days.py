"""The days of a pause as a form gives them."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date


def pause_days(data: QueryDict) -> tuple[date, date | None]:
    """From today where nothing is said, without an end where none is."""
    return _read_day(data.get("paused_from", "")) or timezone.localdate(), _read_day(
        data.get("paused_until", "")
    )


def _read_day(text: str) -> date | None:
    try:
        day = parse_date(text.strip()[:10])
    except ValueError:  # « 2026-02-31 »
        return None
    return day if day and 2020 <= day.year <= 2100 else None
