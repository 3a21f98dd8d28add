"""A participant's day, row by row: for the page, the mail and the calendar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from django.urls import reverse
from django.utils import timezone

from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Slot

Kind = Literal["meeting", "free", "fallen"]


@dataclass(frozen=True, slots=True)
class Row:
    """A slot of the participant. `fallen`: a meeting that will not take place, shown where it was."""

    slot: Slot
    kind: Kind
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
        return page_of(self.other) if self.other else ""

    @property
    def who(self) -> str:
        return who(self.other) if self.other else ""

    @property
    def was_moved(self) -> bool:
        return self.meeting is not None and self.meeting.state == Meeting.State.MOVED


NEAR = 90  # minutes


def rows(
    event: MatchmakingEvent,
    participation: Participation,
    meetings: Iterable[Meeting],
    now: datetime | None = None,
) -> list[Row]:
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
                Row(
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
            found.append(Row(slot, "fallen", lost, lost.other(participation), is_done=done))
        elif slot.number in participation.free_slots:
            found.append(Row(slot, "free", is_done=done))
    return [replace(row, is_first=place == 0) for place, row in enumerate(found)]


def page_of(other: Participation) -> str:
    """The public page of whom one meets."""
    if other.buyer is not None:
        return reverse("buyers:buyer", args=[other.buyer.slug])
    return reverse("suppliers:supplier", args=[other.supplier.slug]) if other.supplier else ""


def who(other: Participation) -> str:
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
