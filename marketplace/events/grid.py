"""The day as the organiser sees it: tables by hours, or suppliers by hours; and why some wishes were not met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Plan, Slot, State
from marketplace.events.planning import wished_pairs
from marketplace.events.scheduling import Why


@dataclass(frozen=True, slots=True)
class GridCell:
    """`state` names the drawing: set, did, moved, absent, proposed or free. `slot` is None for a break."""

    slot: Slot
    state: str = "free"
    text: str = ""
    meeting: int = 0


@dataclass
class GridLine:
    """A row of the grid: a table and who mostly sits there, or a supplier."""

    label: str
    name: str
    cells: list[GridCell] = field(default_factory=list)
    is_spare: bool = False


def grid_by_table(
    event: MatchmakingEvent, meetings: Iterable[Meeting], now: datetime | None = None
) -> list[GridLine]:
    now, placed = now or timezone.now(), list(meetings)
    at: dict[tuple[int, int], Meeting] = {}
    for meeting in placed:
        if meeting.slot is not None:
            at[meeting.table or 0, meeting.slot] = meeting
    for meeting in placed:  # what fell is shown where it was, unless another took its place
        if meeting.slot is None and meeting.was_slot is not None:
            at.setdefault((meeting.was_table or 0, meeting.was_slot), meeting)
    lines = []
    for table in range(1, event.tables + event.spare_tables + 1):
        here = [at[table, slot.number] for slot in event.slots if (table, slot.number) in at]
        host = Counter(meeting.buyer_id for meeting in here).most_common(1)
        names = {meeting.buyer_id: meeting.buyer.organisation.name for meeting in here}
        spare = table > event.tables
        line = GridLine(
            event.table_label(table),
            names[host[0][0]] if host else _("Table de réserve") if spare else _("Personne"),
            is_spare=spare,
        )
        for slot in event.slots:
            found = at.get((table, slot.number))
            if found is None:
                line.cells.append(GridCell(slot))
                continue
            text = found.supplier.organisation.name
            if found.buyer_id != host[0][0]:
                text = f"{found.buyer.organisation.name} × {text}"
            line.cells.append(GridCell(slot, meeting_cell_state(event, found, slot, now), text, found.pk))
        lines.append(line)
    return lines


def grid_by_supplier(
    event: MatchmakingEvent, meetings: Iterable[Meeting], now: datetime | None = None
) -> list[GridLine]:
    now = now or timezone.now()
    mine: dict[int, dict[int, Meeting]] = {}
    names: dict[int, str] = {}
    for meeting in meetings:
        names[meeting.supplier_id] = meeting.supplier.organisation.name
        number = meeting.slot if meeting.slot is not None else meeting.was_slot
        if number is not None:
            row = mine.setdefault(meeting.supplier_id, {})
            if meeting.slot is not None or number not in row:
                row[number] = meeting
    lines = []
    for key, name in sorted(names.items(), key=lambda one: one[1]):
        line = GridLine("", name)
        for slot in event.slots:
            found = mine.get(key, {}).get(slot.number)
            if found is None:
                line.cells.append(GridCell(slot))
                continue
            text = found.buyer.organisation.name
            if found.table is not None:
                text = f"{text} ({event.table_label(found.table)})"
            line.cells.append(GridCell(slot, meeting_cell_state(event, found, slot, now), text, found.pk))
        lines.append(line)
    return lines


def meeting_cell_state(event: MatchmakingEvent, meeting: Meeting, slot: Slot, now: datetime) -> str:
    if meeting.state == Meeting.State.ABSENT:
        return "absent"
    if event.state == State.SCHEDULED and meeting.state == Meeting.State.PLANNED:
        return "proposed"
    if meeting.state == Meeting.State.DONE or slot.ends_at <= now:
        return "did"
    return "moved" if meeting.state == Meeting.State.MOVED else "set"


def current_slot_number(event: MatchmakingEvent, now: datetime | None = None) -> int:
    """The slot that runs or comes next; the first where the day is not today."""
    now = now or timezone.now()
    ahead = [slot.number for slot in event.slots if slot.ends_at > now]
    return ahead[0] if ahead and event.day == timezone.localdate(now) else 0


_SENTENCES: dict[str, Promise | str] = {
    Why.NO_COMMON_SLOT: gettext_lazy("%(buyer)s et %(supplier)s ne sont jamais là en même temps."),
    Why.BUYER_LIMIT: gettext_lazy(
        "%(buyer)s et %(supplier)s : l’acheteur a déjà toutes les rencontres qu’il voulait."
    ),
    Why.SUPPLIER_LIMIT: gettext_lazy(
        "%(buyer)s et %(supplier)s : le fournisseur a déjà toutes les rencontres qu’il voulait."
    ),
    Why.BUYER_FULL: gettext_lazy(
        "%(buyer)s et %(supplier)s : l’acheteur a une autre rencontre à chaque heure commune."
    ),
    Why.SUPPLIER_FULL: gettext_lazy(
        "%(buyer)s et %(supplier)s : le fournisseur a une autre rencontre à chaque heure commune."
    ),
    Why.BOTH_TAKEN: gettext_lazy(
        "%(buyer)s et %(supplier)s : à chaque heure commune, l’un des deux a une autre rencontre."
    ),
    Why.TABLES_FULL: gettext_lazy(
        "%(buyer)s et %(supplier)s : quand les deux sont libres, toutes les tables sont prises."
    ),
}


@dataclass(frozen=True, slots=True)
class GridCounts:
    """What stands now, whatever the last run was asked: a repair knows only what was left to place.

    `least`: meetings of whoever present has fewest; `without`: present and in no meeting.
    """

    wished: int
    met: int
    placed: int
    least: int
    without: int
    unmet: list[str]


def count_grid(
    event: MatchmakingEvent,
    meetings: Iterable[Meeting],
    participants: Mapping[int, Participation],
    run: Plan | None,
) -> GridCounts:
    """Of those registered, absent ones included: what they wished does not go with them. One query."""
    wished = wished_pairs(event, participants.values())
    placed = {(m.buyer_id, m.supplier_id) for m in meetings if m.slot is not None}
    each = Counter(key for pair in placed for key in pair)
    present = [each[p.pk] for p in participants.values() if p.state == Participation.State.REGISTERED]
    why = {(row["buyer"], row["supplier"]): row["why"] for row in run.unmet} if run else {}
    return GridCounts(
        wished=len(wished),
        met=len(wished.keys() & placed),
        placed=len(placed),
        least=min(present, default=0),
        without=present.count(0),
        unmet=[
            _unmet_wish_sentence(participants[pair[0]], participants[pair[1]], why.get(pair, ""))
            for pair in sorted(wished.keys() - placed)
        ],
    )


def _unmet_wish_sentence(buyer: Participation, supplier: Participation, why: str) -> str:
    """A wish without a meeting, with its reason, in the reader's language."""
    words = {"buyer": buyer.organisation.name, "supplier": supplier.organisation.name}
    for one in (buyer, supplier):
        if one.state == Participation.State.ABSENT:
            return _("%(buyer)s et %(supplier)s : %(absent)s est notée absente.") % {
                **words,
                "absent": one.organisation.name,
            }
    return str(_SENTENCES.get(why) or gettext_lazy("%(buyer)s et %(supplier)s : sans place.")) % words
