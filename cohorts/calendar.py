"""The workshops of a cohort: their iCalendar feed, and who is told when they change.

Staff edit the place of the cohort and its workshops on one page: `cohort_calendar` reads what stood before the page is
saved, `tell_calendar_changes` compares, and tells what differs to those who hold a place, once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cohorts import emails
from cohorts.admission import lock_cohort
from cohorts.labels import cohort_place, workshop_hours
from cohorts.models import Cohort, State, Workshop
from cohorts.permissions import can_run_cohort
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.web.calendar_feeds import CalendarFeed
from marketplace.web.languages import OnlyFrench
from marketplace.web.verbs import verb


def cohort_calendar_feed(cohort: Cohort) -> bytes:
    """It says what the public page says, so its address is no secret. What was called off is said cancelled."""
    feed = CalendarFeed(cohort.name)
    is_off = cohort.state == State.CANCELLED
    for workshop in cohort.workshops.all():
        feed.add_entry(
            f"workshop-{workshop.pk}",
            summary=f"{workshop.name} ({cohort.name})",
            starts_at=workshop.starts_at,
            ends_at=workshop.ends_at,
            place=workshop.place or cohort_place(cohort),
            page=reverse("cohorts:cohort", args=[cohort.slug]),
            status="CANCELLED" if is_off or workshop.is_cancelled else "CONFIRMED",
            sequence=workshop.sequence,
            changed_at=workshop.updated_at,
        )
    return feed.render()


@dataclass(frozen=True)
class CalendarEntry:
    """A workshop as people have it in their calendars."""

    starts_at: datetime
    minutes: int
    place: str
    is_online: bool
    is_cancelled: bool

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)

    @property
    def when(self) -> str:
        return workshop_hours(self.starts_at, self.ends_at)

    @property
    def where(self) -> str:
        if self.is_online:
            return _("En ligne")
        return OnlyFrench(self.place) if self.place else _("Lieu à préciser")


CohortCalendar = Mapping[int, CalendarEntry]
ChangeKind = Literal["moved", "cancelled", "added"]


@dataclass(frozen=True)
class WorkshopChange:
    """One workshop that is not where it was; `before` is None for one that is new or held after all."""

    workshop: Workshop
    kind: ChangeKind
    before: CalendarEntry | None
    after: CalendarEntry

    @cached_property
    def last_moment(self) -> datetime:
        """Nobody needs to know any more once this has passed."""
        return max(held.ends_at for held in (self.before, self.after) if held is not None)


def cohort_calendar(cohort: Cohort) -> CohortCalendar:
    """Its workshops as the database has them now, by key."""
    row = Cohort.objects.get(pk=cohort.pk)
    usual = ", ".join(filter(None, [row.place, row.address]))
    return {
        workshop.pk: CalendarEntry(
            starts_at=workshop.starts_at,
            minutes=workshop.minutes,
            place=workshop.place or ("" if row.is_online else usual),
            is_online=row.is_online and not workshop.place,
            is_cancelled=workshop.is_cancelled,
        )
        for workshop in row.workshops.all()
    }


@verb
def tell_calendar_changes(*, cohort: Cohort, before: CohortCalendar, by: User | None) -> int:
    """Calendars that subscribe get the changed entries anew, and whoever holds a place reads what changed.

    How many enterprises were told. Of a cohort that is not announced nobody knows; what is past is told to nobody.
    """
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    if row.opened_at is None:
        return 0
    changes = _differences(row, before)
    now = timezone.now()
    Workshop.objects.filter(pk__in=[change.workshop.pk for change in changes]).update(
        sequence=F("sequence") + 1, updated_at=now
    )
    ahead = [change for change in changes if change.last_moment > now]
    if not ahead or not row.is_standing:
        return 0
    return emails.send_workshops_changed(row, ahead, version=now.isoformat())


def _differences(cohort: Cohort, before: CohortCalendar) -> list[WorkshopChange]:
    """In the order of the calendar as it is now."""
    after = cohort_calendar(cohort)
    found = []
    for workshop in cohort.workshops.all():
        was, now = before.get(workshop.pk), after[workshop.pk]
        stood = was is not None and not was.is_cancelled
        if now.is_cancelled:
            if stood:
                found.append(WorkshopChange(workshop, "cancelled", was, now))
        elif not stood:
            found.append(WorkshopChange(workshop, "added", None, now))
        elif was != now:
            found.append(WorkshopChange(workshop, "moved", was, now))
    return found
