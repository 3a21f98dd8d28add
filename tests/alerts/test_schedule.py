"""Gathered mails leave at 6 h 30, Québec time, also around the change of hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.alerts.schedule import HOME, last_slot, next_slot


def quebec(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.mark.parametrize(
    ("frequency", "now", "last", "following"),
    [
        ("daily", "2026-11-23T06:29", "2026-11-22T06:30", "2026-11-23T06:30"),
        ("daily", "2026-11-23T06:30", "2026-11-23T06:30", "2026-11-24T06:30"),
        ("daily", "2026-11-23T23:59", "2026-11-23T06:30", "2026-11-24T06:30"),
        ("weekly", "2026-11-23T06:29", "2026-11-16T06:30", "2026-11-23T06:30"),  # a Monday
        ("weekly", "2026-11-23T06:30", "2026-11-23T06:30", "2026-11-30T06:30"),
        ("weekly", "2026-11-22T12:00", "2026-11-16T06:30", "2026-11-23T06:30"),  # a Sunday
        ("daily", "2026-03-08T12:00", "2026-03-08T06:30", "2026-03-09T06:30"),  # clocks went forward at 2
        ("daily", "2026-11-01T12:00", "2026-11-01T06:30", "2026-11-02T06:30"),  # clocks went back
    ],
)
def test_slots_of_the_morning(frequency, now, last, following):
    assert last_slot(frequency, quebec(now)) == quebec(last)
    assert next_slot(frequency, quebec(now)) == quebec(following)


def test_instant_has_no_slot_to_wait_for():
    now = quebec("2026-11-23T12:00")
    assert last_slot("instant", now) == now
    assert next_slot("instant", now) is None


@given(
    st.sampled_from(["daily", "weekly"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants naive bounds
)
def test_now_lies_between_the_last_slot_and_the_next(frequency, now):
    last, following = last_slot(frequency, now), next_slot(frequency, now)
    assert last <= now < following
    assert following - last <= timedelta(days=7, hours=1)
    assert last.astimezone(HOME).strftime("%H:%M") == following.astimezone(HOME).strftime("%H:%M") == "06:30"
