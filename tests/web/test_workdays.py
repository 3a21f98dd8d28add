"""Days when people work: weekends, Québec's holidays, and the days around New Year are none."""

from datetime import date

import pytest

from marketplace.web.workdays import is_working_day, working_day_before


@pytest.mark.parametrize(
    "day",
    [
        "2026-12-31", "2027-01-02", "2026-12-25", "2027-01-01", "2026-04-03", "2026-04-06", "2027-03-29", "2026-05-18",
        "2027-05-24", "2026-06-24", "2026-07-01", "2029-07-02", "2026-09-07", "2026-10-12", "2026-11-22", "2026-11-21",
    ],
)  # fmt: skip
def test_nobody_works_on(day):
    assert not is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    "day", ["2026-12-23", "2027-01-05", "2026-04-07", "2026-05-25", "2026-07-02", "2026-11-11", "2026-10-13"]
)
def test_people_work_on(day):
    assert is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("day", "before"),
    [
        ("2026-12-08", "2026-12-07"),
        ("2026-12-07", "2026-12-04"),  # a Monday
        ("2027-01-04", "2026-12-23"),
        ("2026-10-13", "2026-10-09"),  # after Thanksgiving
        ("2026-04-07", "2026-04-02"),  # after Easter
    ],
)
def test_working_day_before_skips_days_off(day, before):
    assert working_day_before(date.fromisoformat(day)) == date.fromisoformat(before)
