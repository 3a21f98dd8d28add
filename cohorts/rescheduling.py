"""When the calendar of an announced cohort changes, those who are in are told what it was and what it is, once.

Staff edit the place of the cohort and its workshops on one page: `calendar_of` says what stood before the page is
saved, `tell` what differs after.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import F
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cohorts import admission, letters, rules, wording
from cohorts.models import Cohort, Workshop
from marketplace.accounts.models import User
from marketplace.web.languages import OnlyFrench
from marketplace.web.verbs import verb


@dataclass(frozen=True)
class Held:
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
        return wording.hours(self.starts_at, self.ends_at)

    @property
    def where(self) -> str:
        if self.is_online:
            return _("En ligne")
        return OnlyFrench(self.place) if self.place else _("Lieu à préciser")


Calendar = Mapping[int, Held]
Kind = Literal["moved", "cancelled", "added"]


@dataclass(frozen=True)
class Change:
    """One workshop that is not where it was; `before` is None for one that is new or held after all."""

    workshop: Workshop
    kind: Kind
    before: Held | None
    after: Held

    @cached_property
    def last_moment(self) -> datetime:
        """Nobody needs to know any more once this has passed."""
        return max(held.ends_at for held in (self.before, self.after) if held is not None)


def calendar_of(cohort: Cohort) -> Calendar:
    """Its workshops as the database has them now, by key."""
    row = Cohort.objects.get(pk=cohort.pk)
    usual = ", ".join(filter(None, [row.place, row.address]))
    return {
        workshop.pk: Held(
            starts_at=workshop.starts_at,
            minutes=workshop.minutes,
            place=workshop.place or ("" if row.is_online else usual),
            is_online=row.is_online and not workshop.place,
            is_cancelled=workshop.is_cancelled,
        )
        for workshop in row.workshops.all()
    }


@verb
def tell(*, cohort: Cohort, before: Calendar, by: User | None) -> int:
    """Calendars that subscribe get the changed entries anew, and whoever holds a place reads what changed.

    How many enterprises were told. Of a cohort that is not announced nobody knows; what is past is told to nobody.
    """
    row = admission.locked(cohort)
    rules.check_runs(by, row)
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
    return letters.say_changed(row, ahead, version=now.isoformat())


def _differences(cohort: Cohort, before: Calendar) -> list[Change]:
    """In the order of the calendar as it is now."""
    after = calendar_of(cohort)
    found = []
    for workshop in cohort.workshops.all():
        was, now = before.get(workshop.pk), after[workshop.pk]
        stood = was is not None and not was.is_cancelled
        if now.is_cancelled:
            if stood:
                found.append(Change(workshop, "cancelled", was, now))
        elif not stood:
            found.append(Change(workshop, "added", None, now))
        elif was != now:
            found.append(Change(workshop, "moved", was, now))
    return found
