"""Proposing the grid: from wishes to a problem, from the scheduler's answer to meetings. Staff see it before anybody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.events import opening, rules, scheduling, weighing
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Plan, Side, State, Wish
from marketplace.events.weighing import Pair
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb


@dataclass(frozen=True)
class Question:
    """What the scheduler is asked, and which of its pairs somebody wished."""

    problem: scheduling.Problem
    wished: dict[Pair, int]


@verb
def plan(*, event: MatchmakingEvent, by: User | None) -> Plan:
    """Propose meetings for all wishes; wishes end with it. Again before publication: what was moved by hand stays."""
    row = opening.locked(event)
    rules.check_organises(by, row)
    opening.expect(row, State.WISHES, State.SCHEDULED)
    opening.check_hours(row)
    participants = list(Participation.objects.coming().filter(event=row).order_by("pk"))
    for side, sentence in (
        (Side.BUYER, _("Aucun acheteur n’est inscrit : il n’y a rien à planifier.")),
        (Side.SUPPLIER, _("Aucun fournisseur n’est inscrit : il n’y a rien à planifier.")),
    ):
        if not any(participation.side == side for participation in participants):
            raise WrongMove(sentence)
    by_hand = {
        (m.buyer_id, m.supplier_id): m
        for m in Meeting.objects.filter(event=row, state=Meeting.State.MOVED).placed()
    }
    spare = [m for m in by_hand.values() if (m.table or 0) > row.tables]
    there = {p.pk: frozenset(p.free_slots) for p in participants}
    for meeting in spare:
        for key in (meeting.buyer_id, meeting.supplier_id):
            there[key] -= {meeting.slot or 0}
    asked = question(
        row,
        participants,
        free=there,
        fixed=[as_scheduled(m) for m in by_hand.values() if m not in spare],
        done={(m.buyer_id, m.supplier_id) for m in spare},
    )
    answer = scheduling.solve(asked.problem)
    Meeting.objects.filter(event=row).exclude(pk__in=[m.pk for m in by_hand.values()]).delete()
    Meeting.objects.bulk_create(
        Meeting(event=row, buyer_id=m.buyer, supplier_id=m.supplier, slot=m.slot, table=m.table + 1)
        for m in answer.meetings
        if m.pair not in by_hand
    )
    run = record(row, asked, answer, by=by, kind=Plan.Kind.WHOLE, beside=len(spare))
    opening.move(row, State.SCHEDULED, event)
    return run


def question(
    event: MatchmakingEvent,
    participants: Iterable[Participation],
    *,
    free: Mapping[int, frozenset[int]],
    fixed: Collection[scheduling.Meeting] = (),
    done: Collection[Pair] = (),
    prefer: Mapping[Pair, int] | None = None,
    fill: bool = True,
) -> Question:
    """The scheduler's problem. `free`: the hours of each; `done`: pairs that meet outside of it; `prefer`: pairs that
    weigh more than any wish; `fill`: whoever nobody asked for gets an agenda too. One query.
    """
    participants = list(participants)
    buyers = [p for p in participants if p.side == Side.BUYER]
    suppliers = [p for p in participants if p.side == Side.SUPPLIER]
    wished = {pair: weight for pair, weight in wished_pairs(event, participants).items() if pair not in done}
    offered = dict(wished)
    if fill:
        offered = weighing.filled(wished, [p.pk for p in buyers], [p.pk for p in suppliers])
    organisation = {p.pk: p.organisation_id for p in participants}
    for pair, more in (prefer or {}).items():
        if pair[0] in organisation and pair[1] in organisation:
            offered[pair] = offered.get(pair, 0) + more
    numbers = frozenset(slot.number for slot in event.slots)
    taken = Counter(key for pair in done for key in pair)

    def people(side: list[Participation]) -> tuple[scheduling.Person, ...]:
        return tuple(
            scheduling.Person(
                key=p.pk,
                free=free[p.pk] & numbers,
                most=None if p.most_meetings is None else max(0, p.most_meetings - taken[p.pk]),
            )
            for p in side
        )

    problem = scheduling.Problem(
        slots=len(event.slots),
        tables=event.tables,
        buyers=people(buyers),
        suppliers=people(suppliers),
        wishes=tuple(
            scheduling.Wish(buyer=b, supplier=s, weight=weight)
            for (b, s), weight in sorted(offered.items())
            if organisation[b] != organisation[s] and (b, s) not in done
        ),
        fixed=tuple(fixed),
    )
    return Question(problem, wished)


def wished_pairs(event: MatchmakingEvent, participants: Iterable[Participation]) -> dict[Pair, int]:
    """The weights of what is wished among these participants."""
    side = {p.pk: p.side for p in participants}
    by_buyers: dict[Pair, int] = {}
    by_suppliers: dict[Pair, int] = {}
    for wisher, wanted, rank in Wish.objects.filter(wisher__event=event).values_list(
        "wisher", "wanted", "rank"
    ):
        if wisher not in side or wanted not in side:
            continue
        if side[wisher] == Side.BUYER:
            by_buyers[wisher, wanted] = rank
        else:
            by_suppliers[wanted, wisher] = rank
    return weighing.wished(by_buyers, by_suppliers)


def record(
    event: MatchmakingEvent,
    asked: Question,
    answer: scheduling.Plan,
    *,
    by: User | None,
    kind: str,
    moved: int = 0,
    beside: int = 0,
) -> Plan:
    """Keep the run: what it was worth, and which wishes it could not meet, with the reason."""
    placed = {(m.buyer, m.supplier) for m in answer.meetings}
    return Plan.objects.create(
        event=event,
        kind=kind,
        by=by,
        meetings=len(answer.meetings) + beside,
        wished=len(asked.wished),
        met=len(placed & asked.wished.keys()),
        value=answer.value,
        bound=answer.bound,
        worst_served=answer.worst_served,
        moved=moved,
        unmet=[
            {"buyer": u.buyer, "supplier": u.supplier, "why": str(getattr(u.why, "value", u.why))}
            for u in answer.unmet
            if (u.buyer, u.supplier) in asked.wished
        ],
    )


def as_scheduled(meeting: Meeting) -> scheduling.Meeting:
    """A placed meeting as the scheduler knows it."""
    return scheduling.Meeting(
        buyer=meeting.buyer_id,
        supplier=meeting.supplier_id,
        slot=meeting.slot if meeting.slot is not None else -1,
        table=(meeting.table or 0) - 1,  # counted from 0 there
    )


def as_plan(meetings: Iterable[Meeting]) -> scheduling.Plan:
    """Meetings that stand, as a plan to repair; what it is worth is not asked."""
    return scheduling.Plan(
        meetings=tuple(as_scheduled(meeting) for meeting in meetings),
        unmet=(),
        value=0,
        bound=0,
        worst_served=0,
    )
