"""The workshops of a cohort as an iCalendar feed. It says what the public page says, so its address is no secret."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from cohorts import wording
from cohorts.models import Cohort, State


def feed(cohort: Cohort) -> bytes:
    """RFC 5545; hours in UTC, which every calendar shows in its reader's own. What was called off is said cancelled."""
    page = settings.SITE_URL + reverse("cohorts:cohort", args=[cohort.slug])
    calendar = Calendar()
    calendar.add("prodid", "-//Maillage//Cohortes//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", cohort.name)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    host = urlsplit(settings.SITE_URL).hostname or "maillage"
    off = cohort.state == State.CANCELLED
    for workshop in cohort.workshops.all():
        entry = Event()
        entry.add("uid", f"workshop-{workshop.pk}@{host}")
        entry.add("dtstamp", workshop.updated_at.astimezone(timezone.get_fixed_timezone(0)))
        entry.add("last-modified", workshop.updated_at.astimezone(timezone.get_fixed_timezone(0)))
        entry.add("sequence", workshop.sequence)
        entry.add("dtstart", workshop.starts_at)
        entry.add("dtend", workshop.ends_at)
        entry.add("summary", f"{workshop.name} ({cohort.name})")
        entry.add("location", workshop.place or wording.where(cohort))
        entry.add("url", page)
        entry.add("status", "CANCELLED" if off or workshop.is_cancelled else "CONFIRMED")
        calendar.add_component(entry)
    return calendar.to_ical()
