"""A participant's day, row by row for the page and the mail, and as a calendar feed.

Phones and Outlook subscribe to the feed at an address that is each reader's own secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import is_member_of
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Slot, State
from marketplace.web.calendar_feeds import CalendarFeed

RowKind = Literal["meeting", "free", "fallen"]


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """A slot of the participant. `fallen`: a meeting that will not take place, shown where it was."""

    slot: Slot
    kind: RowKind
    meeting: Meeting | None = None
    other: Participation | None = None
    table: str = ""
    was: Slot | None = None
    was_table: str = ""
    is_done: bool = False
    is_next: bool = False
    is_first: bool = False
    minutes: int | None = None  # until it starts, said for the next one when it is near

    @property
    def page(self) -> str:
        return participation_url(self.other) if self.other else ""

    @property
    def who(self) -> str:
        return participant_name(self.other) if self.other else ""

    @property
    def state(self) -> str:
        """How the row is drawn: free, next, done or nothing of these."""
        if self.kind == "free":
            return "free"
        if self.is_next:
            return "next"
        return "done" if self.is_done or self.kind == "fallen" else ""

    @property
    def was_moved(self) -> bool:
        return self.meeting is not None and self.meeting.state == Meeting.State.MOVED


NEAR = 90  # minutes


def agenda_rows(
    event: MatchmakingEvent,
    participation: Participation,
    meetings: Iterable[Meeting],
    now: datetime | None = None,
) -> list[AgendaRow]:
    """Every slot where the participant is present or has a meeting, in order. No query: give the meetings with both
    sides fetched along."""
    now = now or timezone.now()
    by_number = {slot.number: slot for slot in event.slots}
    placed: dict[int, Meeting] = {}
    fallen: dict[int, Meeting] = {}
    for one in meetings:
        if one.slot is not None:
            placed[one.slot] = one
        elif one.was_slot is not None:
            fallen[one.was_slot] = one
    found = []
    next_seen = False
    for slot in event.slots:
        done = slot.ends_at <= now
        if (meeting := placed.get(slot.number)) is not None:
            is_next = not done and not next_seen and event.day == timezone.localdate(now)
            next_seen = next_seen or is_next
            minutes = int((slot.starts_at - now).total_seconds() // 60) if is_next else None
            found.append(
                AgendaRow(
                    slot,
                    "meeting",
                    meeting,
                    meeting.other(participation),
                    table=event.table_label(meeting.table or 0),
                    was=by_number.get(meeting.was_slot)
                    if meeting.was_slot is not None and meeting.was_slot != slot.number
                    else None,
                    was_table=event.table_label(meeting.was_table) if meeting.was_table else "",
                    is_done=done,
                    is_next=is_next,
                    minutes=minutes if minutes is not None and 0 < minutes <= NEAR else None,
                )
            )
        elif lost := fallen.get(slot.number):
            found.append(AgendaRow(slot, "fallen", lost, lost.other(participation), is_done=done))
        elif slot.number in participation.free_slots:
            found.append(AgendaRow(slot, "free", is_done=done))
    return [replace(row, is_first=place == 0) for place, row in enumerate(found)]


def participation_url(other: Participation) -> str:
    """The public page of whom one meets."""
    if other.buyer is not None:
        return reverse("buyers:buyer", args=[other.buyer.slug])
    return reverse("suppliers:supplier", args=[other.supplier.slug]) if other.supplier else ""


def participant_name(other: Participation) -> str:
    """« Isabelle Roy »; empty where no name is known."""
    return other.person.get_full_name() if other.person else ""


#: What the rows need of a meeting's two sides.
SIDES = (
    "buyer__organisation",
    "buyer__person",
    "buyer__buyer",
    "supplier__organisation",
    "supplier__person",
    "supplier__supplier",
)


KEYS = re.compile(r"([0-9]{1,18})\.([0-9]{1,18})\.[\w-]{20,64}", re.ASCII)


def calendar_secret(participation: Participation, reader: User) -> str:
    """What stands in this reader's address of this calendar; `Participation.token` renewed makes it another."""
    return _signer(participation).sign(f"{participation.pk}.{reader.pk}")


def find_calendar_by_secret(given: str) -> tuple[Participation, User] | None:
    """Whose calendar such an address opens, and for whom; None if forged, renewed since, or no longer theirs."""
    keys = KEYS.fullmatch(given)
    if keys is None:
        return None
    row = Participation.objects.select_related("event", "organisation").filter(pk=keys[1]).first()
    reader = User.objects.filter(pk=keys[2]).first()
    if row is None or reader is None or not is_member_of(reader, row.organisation):
        return None
    try:
        _signer(row).unsign(given)
    except BadSignature:
        return None
    return row, reader


def _signer(participation: Participation) -> Signer:
    return Signer(salt=f"events.calendar.{participation.token}", sep=".")


def agenda_calendar(participation: Participation) -> bytes:
    """One entry for the day until agendas are out, then one per meeting; what fell is said cancelled.

    The participation comes with its event and organisation. Texts are in the language that is active.
    """
    event = participation.event
    feed = CalendarFeed(f"{event.name}, {participation.organisation.name}")
    left = participation.state == Participation.State.WITHDRAWN or event.state == State.CANCELLED
    if event.shows_agendas or _was_published(event):
        meetings = Meeting.objects.filter(event=event).of(participation).select_related(*SIDES)
        for meeting in meetings.order_by("slot", "pk"):
            _add_meeting(feed, participation, meeting, left=left)
    elif event.slots:
        feed.add_entry(
            f"activite-{event.pk}",
            summary=event.name,
            starts_at=event.slots[0].starts_at,
            ends_at=event.slots[-1].ends_at,
            place=_place(event),
            page=reverse("events:event", args=[event.slug]),
            status="CANCELLED" if left else "TENTATIVE",
            sequence=event.sequence + (event.state == State.CANCELLED),
            changed_at=max(filter(None, [event.rescheduled_at, event.state_changed_at])),
        )
    return feed.render()


def _was_published(event: MatchmakingEvent) -> bool:
    """Called off after the agendas went out: each entry must fall."""
    return event.state == State.CANCELLED and event.meetings.exists()


def _add_meeting(feed: CalendarFeed, participation: Participation, meeting: Meeting, *, left: bool) -> None:
    event, other = participation.event, meeting.other(participation)
    number = meeting.was_slot if meeting.slot is None else meeting.slot
    slot = next(slot for slot in event.slots if slot.number == number)
    table = meeting.was_table if meeting.table is None else meeting.table
    words = {"name": other.organisation.name, "table": event.table_label(table or 0)}
    agenda = settings.SITE_URL + reverse("events:agenda", args=[event.slug])
    feed.add_entry(
        f"rencontre-{meeting.pk}",
        summary=_("%(name)s, table %(table)s") % words,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        place=_place(event),
        page=reverse("events:event", args=[event.slug]),
        status="CANCELLED" if left or meeting.slot is None else "CONFIRMED",
        sequence=event.sequence + meeting.sequence + left,
        changed_at=max(filter(None, [meeting.changed_at, event.rescheduled_at, event.state_changed_at])),
        description="\n".join(filter(None, [participant_name(other), other.needs, agenda])),
    )


def _place(event: MatchmakingEvent) -> str:
    return ", ".join(filter(None, [event.place, event.address]))
