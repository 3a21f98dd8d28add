"""Feeds that calendar programs subscribe to (RFC 5545), in the hours of Québec."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import Calendar, Event, vDuration, vText

#: How often programs ask again. Outlook reads the second name, and only in the form of RFC 5545 (« PT1H »).
REFRESH = timedelta(hours=1)


class CalendarFeed:
    """Entries one by one, then the bytes. An entry that is called off stays, with `status` CANCELLED."""

    def __init__(self, name: str) -> None:
        self.days: list[date] = []
        self.calendar = Calendar()
        self.calendar.add("prodid", "-//Maillage//maillage//FR")
        self.calendar.add("version", "2.0")
        self.calendar.add("method", "PUBLISH")
        self.calendar.add("x-wr-calname", name)
        self.calendar.add("x-wr-timezone", settings.TIME_ZONE)
        self.calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        self.calendar.add("x-published-ttl", vDuration(REFRESH))

    def add_entry(
        self,
        key: str,
        *,
        summary: str,
        starts_at: datetime,
        ends_at: datetime,
        place: str,
        page: str,
        status: str,
        sequence: int,
        changed_at: datetime,
        description: str = "",
    ) -> None:
        """`key` is the entry's own for ever; `page` a path; programs keep the highest `sequence` that they have seen."""
        entry = Event()
        entry.add("uid", f"{key}@{urlsplit(settings.SITE_URL).hostname or 'maillage'}")
        changed_at = changed_at.astimezone(UTC).replace(microsecond=0)
        entry.add("dtstamp", changed_at)
        entry.add("last-modified", changed_at)
        entry.add("sequence", sequence)
        zone = timezone.get_default_timezone()
        entry.add("dtstart", starts_at.astimezone(zone))
        entry.add("dtend", ends_at.astimezone(zone))
        entry.add("summary", summary)
        entry["location"] = vText(place)
        entry.add("url", settings.SITE_URL + page)
        entry.add("status", status)
        if description:
            entry.add("description", description)
        self.calendar.add_component(entry)
        self.days.append(starts_at.date())

    def render(self) -> bytes:
        """With the rules of the time zone for the year around the entries."""
        if self.days:
            year = timedelta(days=400)
            self.calendar.add_missing_timezones(
                first_date=min(self.days) - year, last_date=max(self.days) + year
            )
        return self.calendar.to_ical()
