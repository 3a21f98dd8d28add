"""The demo's events and workshops fall on days when people would meet, whatever the day of the seed."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from cohorts.models import Cohort, Programme
from marketplace.demo.seeding import cohorts
from marketplace.demo.seeding import events as seeded_events
from marketplace.demo.seeding.meeting_days import meeting_day, past_meeting_day
from marketplace.web.workdays import is_working_day

YEAR = [date(2026, 1, 1) + timedelta(days=n) for n in range(2 * 365)]


@pytest.mark.parametrize("find", [meeting_day, past_meeting_day])
def test_meetings_are_held_in_the_middle_of_a_working_week(find):
    for day in YEAR:
        found = find(day)
        assert found.weekday() in (1, 2, 3), day
        assert is_working_day(found), day
        assert abs((found - day).days) <= 14


def test_meeting_day_stays_where_it_suits_and_else_is_the_next():
    assert meeting_day(date(2026, 12, 8)) == date(2026, 12, 8)
    assert meeting_day(date(2026, 12, 31)) == date(2027, 1, 5)
    assert meeting_day(date(2026, 6, 24)) == date(2026, 6, 25)
    assert past_meeting_day(date(2026, 12, 31)) == date(2026, 12, 23)


@pytest.mark.django_db
@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2026, 5, 20), timezone.localdate()], ids=str)
def test_seeded_workshops_keep_the_order_of_the_programme(day):
    programme = Programme.objects.create(name="Vendre")
    for plan in (cohorts.FULL, cohorts.SELECTED, cohorts.ONLINE, cohorts.PAST):
        cohort = cohorts.create_planned_cohort(programme, plan, day)
        held = [timezone.localdate(workshop.starts_at) for workshop in cohort.workshops.order_by("pk")]
        assert held == sorted(set(held))
        assert all(meeting_day(one) == one for one in held)
        assert (cohort.starts_on, cohort.ends_on) == (held[0], held[-1])
    assert Cohort.objects.get(title=cohorts.PAST.title).ends_on < day


@pytest.mark.django_db
@pytest.mark.parametrize("plan", seeded_events.EVENT_PLANS, ids=lambda plan: plan.slug)
def test_seeded_events_are_held_on_such_a_day(plan):
    event = seeded_events.create_planned_event(plan)
    assert meeting_day(event.day) == event.day
    assert is_working_day(timezone.localdate(event.wishes_close_at))
    assert event.registration_opens_at < event.registration_closes_at <= event.wishes_close_at


@pytest.mark.django_db
@pytest.mark.parametrize(
    "day", [date(2026, 12, 23), date(2026, 12, 26), date(2027, 1, 1), date(2027, 3, 26)], ids=str
)
def test_seeded_events_can_open_around_holidays(day):
    with time_machine.travel(datetime.combine(day, time(20), UTC), tick=False):
        for plan in seeded_events.EVENT_PLANS:
            event = seeded_events.create_planned_event(plan)
            assert timezone.now() < event.registration_closes_at <= event.wishes_close_at, plan.slug
            assert timezone.localdate(event.wishes_close_at) < event.day
