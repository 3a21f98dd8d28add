"""Proposing the grid: from wishes and their weights to a problem, from the scheduler's answer to meetings.

Staff see it before anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.events import scheduling
from marketplace.events.lifecycle import check_event_hours, check_event_state, lock_event, set_event_state
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Plan, Side, State, Wish
from marketplace.events.permissions import can_organise_event
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

Pair = tuple[int, int]  # participations: buyer, supplier

FIRST, STEP, LEAST = 20, 2, 4  # rank 1 is worth 20, rank 2 is worth 18…, never less than 4
BOTH = 10  # both wish it
FILLS = 1  # nobody asked: so that everyone has an agenda
FEW = 3  # whoever is in fewer wished pairs than this is offered everyone


def weight_of_rank(rank: int) -> int:
    return max(LEAST, FIRST - STEP * (rank - 1))


def weigh_wishes(by_buyers: Mapping[Pair, int], by_suppliers: Mapping[Pair, int]) -> dict[Pair, int]:
    """The weight of every pair that one of the two wishes; the mappings hold ranks."""
    pairs: dict[Pair, int] = {}
    for pair in {**by_buyers, **by_suppliers}:
        weight = sum(weight_of_rank(ranks[pair]) for ranks in (by_buyers, by_suppliers) if pair in ranks)
        pairs[pair] = weight + (BOTH if pair in by_buyers and pair in by_suppliers else 0)
    return pairs


def with_filling_pairs(
    pairs: Mapping[Pair, int], buyers: Iterable[int], suppliers: Iterable[int]
) -> dict[Pair, int]:
    """The same, and a light pair with everyone in front for those in few wished pairs."""
    buyers, suppliers = list(buyers), list(suppliers)
    count: dict[int, int] = {}
    for buyer, supplier in pairs:
        count[buyer] = count.get(buyer, 0) + 1
        count[supplier] = count.get(supplier, 0) + 1
    few = {key for key in (*buyers, *suppliers) if count.get(key, 0) < FEW}
    light = {(b, s): FILLS for b in buyers for s in suppliers if b in few or s in few}
    return {**light, **pairs}


@dataclass(frozen=True)
class Question:
    """What the scheduler is asked, and which of its pairs somebody wished."""

    problem: scheduling.Problem
    wished: dict[Pair, int]


@verb
def plan_meetings(*, event: MatchmakingEvent, by: User | None) -> Plan:
    """Propose meetings for all wishes; wishes end with it. Again before publication: what was moved by hand stays."""
    from marketplace.events.scheduling.solver import solve_day  # scipy: most processes plan no day

    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    check_event_state(row, State.WISHES, State.SCHEDULED)
    check_event_hours(row)
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
    asked = planning_question(
        row,
        participants,
        free=there,
        fixed=[scheduled_meeting(m) for m in by_hand.values() if m not in spare],
        done={(m.buyer_id, m.supplier_id) for m in spare},
    )
    answer = solve_day(asked.problem)
    Meeting.objects.filter(event=row).exclude(pk__in=[m.pk for m in by_hand.values()]).delete()
    Meeting.objects.bulk_create(
        Meeting(event=row, buyer_id=m.buyer, supplier_id=m.supplier, slot=m.slot, table=m.table + 1)
        for m in answer.meetings
        if m.pair not in by_hand
    )
    run = record_plan(row, asked, answer, by=by, kind=Plan.Kind.WHOLE, beside=len(spare))
    set_event_state(row, State.SCHEDULED, event)
    return run


def planning_question(
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
        offered = with_filling_pairs(wished, [p.pk for p in buyers], [p.pk for p in suppliers])
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
    return weigh_wishes(by_buyers, by_suppliers)


def record_plan(
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


def scheduled_meeting(meeting: Meeting) -> scheduling.Meeting:
    """A placed meeting as the scheduler knows it."""
    return scheduling.Meeting(
        buyer=meeting.buyer_id,
        supplier=meeting.supplier_id,
        slot=meeting.slot if meeting.slot is not None else -1,
        table=(meeting.table or 0) - 1,  # counted from 0 there
    )


def standing_plan(meetings: Iterable[Meeting]) -> scheduling.Plan:
    """Meetings that stand, as a plan to repair; what it is worth is not asked."""
    return scheduling.Plan(
        meetings=tuple(scheduled_meeting(meeting) for meeting in meetings),
        unmet=(),
        value=0,
        bound=0,
        worst_served=0,
    )
