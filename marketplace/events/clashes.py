"""A workshop of a cohort and the meetings of the same enterprise at the same hour: said on the pages where one can act.

Events know cohorts, not the other way round: « Mon espace » and the cohort's pages leave a place, filled from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils import timezone

from cohorts.models import STANDING, Cohort, Workshop
from marketplace.accounts.models import User
from marketplace.events.models import Block, MatchmakingEvent, Meeting, Participation, Slot
from marketplace.web.languages import OnlyFrench
from marketplace.web.typography import format_hour


@dataclass(frozen=True, slots=True)
class Clash:
    """A workshop, and the hours of an event that it overlaps: of meetings once agendas are out, of presence before."""

    workshop: Workshop
    event: MatchmakingEvent
    slots: tuple[Slot, ...]
    participation: Participation | None = None  # None: not registered yet

    @property
    def hours(self) -> str:
        """« 9 h, 9 h 30, 10 h »."""
        return ", ".join(format_hour(slot.starts_at) for slot in self.slots)

    @property
    def event_name(self) -> str:
        return self.event.name if self.event.about_language == "en" else OnlyFrench(self.event.name)


def own_clashes(request: HttpRequest) -> dict[str, Any] | None:
    """For « Mon espace »: every day ahead. One query where nothing falls on the same day, else two."""
    rows = _ahead(request)
    if rows is None:
        return None
    same_day = _followed().filter(
        organisation=OuterRef("organisation"), starts_at__date=OuterRef("event__day")
    )
    found = _read(rows.filter(Exists(same_day)))
    return _context(agenda_clashes(found, {row.pk: row.met for row in found}))


def cohort_clashes(request: HttpRequest, cohort: Cohort) -> dict[str, Any] | None:
    """For the cohort's pages, also before one asks for a place. One query where nothing falls on the same day."""
    rows = _ahead(request) if cohort.is_standing else None
    if rows is None:
        return None
    held = Workshop.objects.filter(cohort=cohort, is_cancelled=False)
    sells = rows.filter(organisation__supplier__isnull=False)
    found = _read(sells.filter(Exists(held.filter(starts_at__date=OuterRef("event__day")))))
    if not found:
        return None
    workshops = list(held.select_related("cohort"))
    followed = {row.organisation_id: workshops for row in found}
    return _context(_clashes(found, followed, {row.pk: row.met for row in found}))


def agenda_clashes(
    participations: Collection[Participation], met: Mapping[int, Collection[int]]
) -> list[Clash]:
    """One query. Of these, which come with their event: the workshops of cohorts where their enterprises hold a place."""
    there = [row for row in participations if row.state == Participation.State.REGISTERED]
    if not there:
        return []
    rows = _followed().filter(
        organisation__in={row.organisation_id for row in there},
        starts_at__date__in={row.event.day for row in there},
    )
    workshops: dict[int, list[Workshop]] = defaultdict(list)
    for workshop in rows.select_related("cohort"):
        workshops[workshop.organisation].append(workshop)
    return _clashes(there, workshops, met)


def registration_clashes(event: MatchmakingEvent, organisations: Iterable[int]) -> list[Clash]:
    """The workshops of that day, for who is about to say when they are there; one query."""
    rows = _followed().filter(organisation__in=set(organisations), starts_at__date=event.day)
    known = {workshop.pk: workshop for workshop in rows.select_related("cohort")}
    found = [Clash(workshop, event, _shared_slots(event.slots, workshop)) for workshop in known.values()]
    return [clash for clash in found if clash.slots]


def _ahead(request: HttpRequest) -> QuerySet[Any] | None:
    """The reader's own, of today or later, with the hours `met`; None for who is a member of nothing."""
    user = request.user
    if not isinstance(user, User) or not user.organisation_ids:
        return None
    own = Q(buyer=OuterRef("pk")) | Q(supplier=OuterRef("pk"))
    rows = Participation.objects.of_members(user).coming().filter(event__in=MatchmakingEvent.objects.coming())
    return (
        rows.annotate(
            met=ArraySubquery(Meeting.objects.placed().filter(own).values("slot")),
            runs=ArraySubquery(
                Block.objects.filter(event=OuterRef("event")).values(
                    run=JSONObject(starts_at="starts_at", slots="slots", pause="pause")
                )
            ),
        )
        .select_related("event__pole", "organisation")
        .order_by("event__day", "pk")
    )


def _read(rows: QuerySet[Any]) -> list[Any]:
    """The rows, their events with the hours that came along: « Mon espace » has no statement to spare."""
    found = list(rows)
    for row in found:
        blocks = [Block(**{**run, "starts_at": time.fromisoformat(run["starts_at"])}) for run in row.runs]
        row.event.slots = row.event.slots_of(blocks)
    return found


def _followed() -> QuerySet[Any]:
    """Workshops that will be held, once for each enterprise with a place: its key is `organisation`."""
    return (
        Workshop.objects.filter(
            is_cancelled=False, cohort__state__in=STANDING, cohort__applications__seat__isnull=False
        )
        .annotate(organisation=F("cohort__applications__supplier__organisation"))
        .order_by("starts_at", "pk")
    )


def _clashes(
    there: Collection[Participation], workshops: dict[int, list[Workshop]], met: Mapping[int, Collection[int]]
) -> list[Clash]:
    """No query: `met` says the hours of the meetings of each participation."""
    found = []
    for row in there:
        taken = met.get(row.pk, ()) if row.event.shows_agendas else row.free_slots
        slots = [slot for slot in row.event.slots if slot.number in taken]
        for workshop in workshops.get(row.organisation_id, []):
            if both := _shared_slots(slots, workshop):
                found.append(Clash(workshop, row.event, both, row))
    return found


def _shared_slots(slots: Iterable[Slot], workshop: Workshop) -> tuple[Slot, ...]:
    return tuple(
        slot for slot in slots if slot.starts_at < workshop.ends_at and workshop.starts_at < slot.ends_at
    )


def _context(clashes: list[Clash]) -> dict[str, Any] | None:
    now = timezone.now()
    ahead = [clash for clash in clashes if clash.slots[-1].ends_at > now]
    return {"clashes": ahead} if ahead else None
