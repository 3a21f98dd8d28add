"""A workshop of a cohort and the meetings of the same enterprise at the same hour: said on the pages where one can act.

Events know cohorts, not the other way round: « Mon espace » and the cohort's pages leave a place, filled from here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from cohorts.models import STANDING, Cohort, Workshop
from marketplace.accounts.models import User
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Slot
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
    """For « Mon espace »: every day ahead. One query where nothing falls on the same day, else four."""
    rows = _ahead(request)
    if rows is None:
        return None
    same_day = _followed().filter(
        organisation=OuterRef("organisation"), starts_at__date=OuterRef("event__day")
    )
    return _context(agenda_clashes(list(rows.filter(Exists(same_day)))))


def cohort_clashes(request: HttpRequest, cohort: Cohort) -> dict[str, Any] | None:
    """For the cohort's pages, also before one asks for a place. One query where nothing falls on the same day."""
    rows = _ahead(request) if cohort.is_standing else None
    if rows is None:
        return None
    held = Workshop.objects.filter(cohort=cohort, is_cancelled=False)
    sells = rows.filter(organisation__supplier__isnull=False)
    found = list(sells.filter(Exists(held.filter(starts_at__date=OuterRef("event__day")))))
    if not found:
        return None
    workshops = list(held.select_related("cohort"))
    return _context(_clashes(found, {row.organisation_id: workshops for row in found}))


def agenda_clashes(participations: Collection[Participation]) -> list[Clash]:
    """Of these, which come with their event: the workshops of cohorts where their enterprises hold a place."""
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
    return _clashes(there, workshops)


def registration_clashes(event: MatchmakingEvent, organisations: Iterable[int]) -> list[Clash]:
    """The workshops of that day, for who is about to say when they are there; one query."""
    rows = _followed().filter(organisation__in=set(organisations), starts_at__date=event.day)
    known = {workshop.pk: workshop for workshop in rows.select_related("cohort")}
    found = [Clash(workshop, event, _shared_slots(event.slots, workshop)) for workshop in known.values()]
    return [clash for clash in found if clash.slots]


def _ahead(request: HttpRequest) -> QuerySet[Participation] | None:
    """The reader's own, of today or later; None for who is a member of nothing."""
    user = request.user
    if not isinstance(user, User) or not user.organisation_ids:
        return None
    rows = Participation.objects.of_members(user).coming().filter(event__in=MatchmakingEvent.objects.coming())
    return (
        rows.select_related("event__pole", "organisation")
        .prefetch_related("event__blocks")
        .order_by("event__day", "pk")
    )


def _followed() -> QuerySet[Any]:
    """Workshops that will be held, once for each enterprise with a place: its key is `organisation`."""
    return (
        Workshop.objects.filter(
            is_cancelled=False, cohort__state__in=STANDING, cohort__applications__seat__isnull=False
        )
        .annotate(organisation=F("cohort__applications__supplier__organisation"))
        .order_by("starts_at", "pk")
    )


def _clashes(there: Collection[Participation], workshops: dict[int, list[Workshop]]) -> list[Clash]:
    """One query for the meetings, where some agenda is out."""
    met: dict[int, set[int]] = defaultdict(set)
    shown = [row.event_id for row in there if row.event.shows_agendas]
    if shown:
        placed = Meeting.objects.filter(event__in=shown).placed()
        for buyer, supplier, slot in placed.values_list("buyer", "supplier", "slot"):
            met[buyer].add(slot)
            met[supplier].add(slot)
    found = []
    for row in there:
        taken = met[row.pk] if row.event.shows_agendas else set(row.free_slots)
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
