"""When the day does not go as planned: a meeting moved by hand, somebody late, absent, or back after all.

As few meetings move as can be, those of past hours never; whoever is touched is told.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.events import emails, scheduling
from marketplace.events.lifecycle import check_event_state, lock_event
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Plan, State
from marketplace.events.permissions import can_organise_event
from marketplace.events.planning import Pair, Question, planning_question, record_plan, standing_plan
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

#: What was planned comes before what never was: a meeting thrown out by somebody's hours finds another place first.
AGAIN = 1000


@dataclass(frozen=True)
class PlanChange:
    """What a repair did: meetings that moved, fell, and came."""

    run: Plan
    moved: list[Meeting]
    fallen: list[Meeting]
    added: list[Meeting]


@verb
def move_meeting(*, meeting: Meeting, slot: int, table: int, by: User | None) -> Meeting:
    """To another hour or table, spare ones included. Nothing else moves."""
    event = lock_event(meeting.event)
    check_permission(can_organise_event, by, event)
    check_event_state(event, State.SCHEDULED, State.PUBLISHED)
    row = Meeting.objects.select_related("buyer__organisation", "supplier__organisation").get(pk=meeting.pk)
    if slot not in {known.number for known in event.slots}:
        raise WrongMove(_("Cette heure n’existe pas."))
    if not 1 <= table <= event.tables + event.spare_tables:
        raise WrongMove(_("Cette table n’existe pas."))
    if (row.slot, row.table) == (slot, table):
        return row
    others = Meeting.objects.filter(event=event, slot=slot).exclude(pk=row.pk)
    for party in (row.buyer, row.supplier):
        if party.state != Participation.State.REGISTERED or slot not in party.free_slots:
            raise WrongMove(_("%(name)s n’est pas là à cette heure.") % {"name": party})
        if others.of(party).exists():
            raise WrongMove(_("%(name)s a déjà une rencontre à cette heure.") % {"name": party})
    if others.filter(table=table).exists():
        raise WrongMove(_("Cette table est prise à cette heure."))
    _place(row, slot, table)
    row.save()
    if event.state == State.PUBLISHED:
        emails.send_meetings_moved(event, [row], version=f"m{row.pk}.{row.sequence}")
    return row


@verb
def mark_absence(
    *, participation: Participation, by: User | None, slots: Collection[int] | None = None
) -> PlanChange:
    """Somebody is not there, all day or in these slots: their meetings move where they can, else they fall."""
    event = lock_event(participation.event)
    check_permission(can_organise_event, by, event)
    check_event_state(event, State.SCHEDULED, State.PUBLISHED)
    row = Participation.objects.select_related("organisation").get(pk=participation.pk)
    if row.state != Participation.State.REGISTERED:
        raise WrongMove(_("L’absence est déjà notée : %(name)s.") % {"name": row})
    left = set(row.free_slots) - set(row.free_slots if slots is None else slots)
    if left:
        row.free_slots = sorted(left)
    else:
        row.state = Participation.State.ABSENT
    row.save(update_fields=["free_slots", "state"])
    participation.state, participation.free_slots = row.state, row.free_slots
    return repair_meetings(event=event, by=by)


@verb
def cancel_absence(*, participation: Participation, by: User | None) -> PlanChange:
    """They came after all: their meetings come back where there is room, from the next hour on."""
    event = lock_event(participation.event)
    check_permission(can_organise_event, by, event)
    check_event_state(event, State.SCHEDULED, State.PUBLISHED)
    row = Participation.objects.get(pk=participation.pk)
    if row.state != Participation.State.ABSENT:
        raise WrongMove(_("Aucune absence n’est notée pour cette organisation."))
    row.state = participation.state = Participation.State.REGISTERED
    row.save(update_fields=["state"])
    return repair_meetings(event=event, by=by)


def drop_participation_meetings(
    *, event: MatchmakingEvent, participation: Participation, by: User | None
) -> PlanChange:
    """The meetings of who withdraws fall; the rest is repaired. The caller holds the event and the right."""
    participation.state = Participation.State.ABSENT
    participation.save(update_fields=["state"])
    return _repair(event, by)


@verb
def repair_meetings(*, event: MatchmakingEvent, by: User | None) -> PlanChange:
    """Bring the meetings in step with who is there now, moving as few as can be."""
    check_permission(can_organise_event, by, event)
    return _repair(event, by)


def _repair(event: MatchmakingEvent, by: User | None) -> PlanChange:
    from marketplace.events.scheduling.solver import repair_day  # scipy: most processes plan no day

    now = timezone.now()
    gone = {slot.number for slot in event.slots if slot.starts_at <= now}
    everyone = list(Participation.objects.coming().filter(event=event).order_by("pk"))
    there = {p.pk: frozenset(p.free_slots) - gone for p in everyone}
    standing = list(Meeting.objects.filter(event=event))
    placed = [meeting for meeting in standing if meeting.slot is not None]
    past = [meeting for meeting in placed if meeting.slot in gone]
    ahead = [meeting for meeting in placed if meeting.slot not in gone]
    # Past meetings and those at a spare table are none of the scheduler's business: their hours are simply taken.
    aside = past + [m for m in ahead if (m.table or 0) > event.tables and _stands(m, there)]
    for meeting in aside:
        for key in (meeting.buyer_id, meeting.supplier_id):
            if key in there:
                there[key] -= {meeting.slot or 0}
    kept = [m for m in ahead if m not in aside and _stands(m, there)]
    thrown = [m for m in standing if m not in kept and m not in aside]
    asked = planning_question(
        event,
        everyone,
        free=there,
        done={(m.buyer_id, m.supplier_id) for m in aside},
        prefer={(m.buyer_id, m.supplier_id): AGAIN for m in (*thrown, *kept)},
        fill=False,
    )
    before = standing_plan(kept)
    answer = repair_day(asked.problem, before)
    return _apply(event, asked, answer, standing, aside, by)


def _stands(meeting: Meeting, there: dict[int, frozenset[int]]) -> bool:
    """Both are present when it takes place."""
    return all(meeting.slot in there.get(key, frozenset()) for key in (meeting.buyer_id, meeting.supplier_id))


def _apply(
    event: MatchmakingEvent,
    asked: Question,
    answer: scheduling.Plan,
    standing: Iterable[Meeting],
    aside: Collection[Meeting],
    by: User | None,
) -> PlanChange:
    """Write what differs; tell whom it touches where agendas are out."""
    known: dict[Pair, Meeting] = {(m.buyer_id, m.supplier_id): m for m in standing}
    wanted = {(m.buyer, m.supplier): m for m in answer.meetings}
    moved, fallen, added = [], [], []
    for pair, meeting in known.items():
        if meeting in aside:
            continue
        place = wanted.get(pair)
        if place is None:
            if meeting.slot is not None:
                _drop(meeting)
                fallen.append(meeting)
        elif (meeting.slot, meeting.table) != (place.slot, place.table + 1):
            _place(meeting, place.slot, place.table + 1)
            moved.append(meeting)
    for meeting in (*moved, *fallen):
        meeting.save()
    added = Meeting.objects.bulk_create(
        Meeting(event=event, buyer_id=pair[0], supplier_id=pair[1], slot=place.slot, table=place.table + 1)
        for pair, place in wanted.items()
        if pair not in known
    )
    run = record_plan(event, asked, answer, by=by, kind=Plan.Kind.REPAIR, moved=len(moved), beside=len(aside))
    if event.state == State.PUBLISHED:
        emails.send_meetings_moved(event, [*moved, *fallen, *added], version=f"r{run.pk}")
    return PlanChange(run, moved, fallen, added)


def _place(meeting: Meeting, slot: int, table: int) -> None:
    if meeting.slot is not None:
        meeting.was_slot, meeting.was_table = meeting.slot, meeting.table
    meeting.slot, meeting.table = slot, table
    meeting.state = Meeting.State.MOVED
    _changed(meeting)


def _drop(meeting: Meeting) -> None:
    meeting.was_slot, meeting.was_table = meeting.slot, meeting.table
    meeting.slot = meeting.table = None
    meeting.state = Meeting.State.ABSENT
    _changed(meeting)


def _changed(meeting: Meeting) -> None:
    meeting.changed_at = timezone.now()
    meeting.sequence += 1
