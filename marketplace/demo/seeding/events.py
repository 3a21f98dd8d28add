"""Seeded matchmaking days in several regions, one in each state, with those whose trades and needs fit.

Through the verbs that people's gestures use, so that every rule holds; mails go to the demo's logins alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from buyers.models import Buyer
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.events.lifecycle import (
    cancel_event,
    close_registration,
    finish_event,
    open_event,
    publish_agenda,
)
from marketplace.events.models import Block, MatchmakingEvent, Participation, State
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import register_participation
from marketplace.events.repairs import mark_absence
from marketplace.events.wishes import choose_wishes
from suppliers.models import Offer, Supplier

from .meeting_days import last_day, meeting_day, past_meeting_day
from .notice_subjects import SUBJECTS
from .seed_data import read_seed_data
from .trades import suppliers_of_trade


@dataclass(frozen=True)
class EventPlan:
    """A seeded event: in how many days, how far along, how many of each side, of which trades, how many did not come."""

    slug: str
    title: str
    title_en: str
    text: str
    text_en: str
    pole: str
    region: str
    place: str
    address: str
    days: int
    until: State
    buyers: int
    suppliers: int
    trades: tuple[str, ...]
    absent: int = 0


_DATA = read_seed_data("events.json")
EVENT_PLANS = tuple(EventPlan(**{**values, "until": State(values["until"])}) for values in _DATA["events"])
#: What a buyer says that it seeks of each trade.
SOUGHT: dict[str, tuple[str, ...]] = _DATA["sought"]
#: Of the trades of an event, so many are sought by each buyer at most.
WANTS = 3
PLANNED = (State.SCHEDULED, State.PUBLISHED, State.DONE)


@dataclass
class Guests:
    """Who comes to one event: what each buyer seeks, and of which trade each supplier is."""

    buyers: list[tuple[Buyer, tuple[str, ...]]] = field(default_factory=list)
    sellers: list[tuple[Supplier, str]] = field(default_factory=list)


def seed_events(*, member_of: Supplier, member: User, shop: Buyer, rng: random.Random) -> int:
    """Write the events; how many. `member_of` and `shop` are what the demo's logins are members of."""
    shopper = User.objects.filter(memberships__organisation=shop.organisation_id).order_by("pk").first()
    own: dict[int, User | None] = {member_of.organisation_id: member, shop.organisation_id: shopper}
    for plan in EVENT_PLANS:
        _seed_event(plan, member_of, shop, own, rng)
    return len(EVENT_PLANS)


def _seed_event(
    plan: EventPlan, member_of: Supplier, shop: Buyer, own: dict[int, User | None], rng: random.Random
) -> None:
    event = create_planned_event(plan)
    if plan.until is State.DRAFT:
        return
    open_event(event=event, by=None)
    guests = _invite(plan, member_of, shop, rng)
    offers = _offers([seller for seller, _trade in guests.sellers])
    buying = [
        (_register(event, buyer, own, _needs(wanted, rng), rng), wanted) for buyer, wanted in guests.buyers
    ]
    selling = [
        (_register(event, seller, own, offers.get(seller.pk, ""), rng), trade)
        for seller, trade in guests.sellers
    ]
    _choose_wishes(buying, selling, own if plan.until is State.OPEN else {}, rng)
    if plan.until is State.CANCELLED:
        cancel_event(event=event, by=None)
    if plan.until in (State.OPEN, State.CANCELLED) or not buying or not selling:
        return
    close_registration(event=event, by=None)
    today = timezone.localdate()
    MatchmakingEvent.objects.filter(pk=event.pk).update(
        registration_closes_at=_end_of(last_day(today - timedelta(days=6))),
        wishes_close_at=_end_of(last_day(today - timedelta(days=2))),
    )
    if plan.until in PLANNED:
        plan_meetings(event=event, by=None)
    if plan.until in (State.PUBLISHED, State.DONE):
        publish_agenda(event=event, by=None)
    if plan.until is State.DONE:
        for participation, _trade in selling[1 : 1 + plan.absent]:
            mark_absence(participation=participation, by=None)
        _hold(event, plan)


def _hold(event: MatchmakingEvent, plan: EventPlan) -> None:
    """The day is over: its dates were then."""
    then = timezone.localdate() + timedelta(days=plan.days)
    MatchmakingEvent.objects.filter(pk=event.pk).update(
        day=past_meeting_day(then),
        registration_opens_at=_end_of(last_day(then - timedelta(days=60))),
        registration_closes_at=_end_of(last_day(then - timedelta(days=20))),
        wishes_close_at=_end_of(last_day(then - timedelta(days=10))),
    )
    event.refresh_from_db()
    finish_event(event=event, by=None)


def _invite(plan: EventPlan, member_of: Supplier, shop: Buyer, rng: random.Random) -> Guests:
    """Suppliers of the event's trades, of its region first; the nearest buyers who seek at least two of these trades."""
    strangers = Membership.objects.values("organisation")
    guests = Guests()
    each = -(-plan.suppliers // len(plan.trades))
    for trade in plan.trades:
        rows = suppliers_of_trade(trade).exclude(organisation__in=strangers).select_related("organisation")
        near = list(rows.filter(directory__region=plan.region)[: each * 4])
        near += (
            list(rows.exclude(directory__region=plan.region)[: each - len(near)]) if len(near) < each else []
        )
        guests.sellers += [(one, trade) for one in rng.sample(near, min(each, len(near)))]
    guests.sellers = guests.sellers[: plan.suppliers]
    known = {trade for _seller, trade in guests.sellers}
    buyers = list(
        Buyer.objects.published()
        .exclude(organisation__in=strangers)
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )
    near_place = next(
        (b.organisation for b in buyers if b.organisation.region_id == plan.region), shop.organisation
    )
    buyers.sort(key=lambda buyer: _squared_distance(buyer.organisation, near_place))
    if plan.region == member_of.organisation.region_id and plan.until in (State.OPEN, State.PUBLISHED):
        # The enterprise's login finds a choice to make, or its agenda; the buyer's a registration to make, or its own.
        guests.sellers = [(member_of, "menage"), *guests.sellers[:-1]]
        if plan.until is State.PUBLISHED:
            buyers = [shop, *buyers]
    for place, buyer in enumerate(buyers):
        sought = [trade for trade in plan.trades if trade in known and str(buyer.kind) in BOUGHT_BY[trade]]
        turned = sought[place % max(len(sought), 1) :] + sought[: place % max(len(sought), 1)]
        if len(turned) >= min(2, len(known)):
            guests.buyers.append((buyer, tuple(turned[:WANTS])))
        if len(guests.buyers) == plan.buyers:
            break
    return guests


#: Which kinds of institution buy what each trade sells, as the notices have it.
BOUGHT_BY: dict[str, set[str]] = {
    trade: {kind for subject in SUBJECTS if subject.trade == trade for kind in subject.buyers}
    for trade in SOUGHT
}


def create_planned_event(plan: EventPlan) -> MatchmakingEvent:
    today = timezone.localdate()
    day = meeting_day(today + timedelta(days=abs(plan.days)))
    event = MatchmakingEvent.objects.create(
        pole_id=plan.pole,
        region_id=plan.region,
        title=plan.title,
        title_en=plan.title_en,
        slug=plan.slug,
        text=plan.text,
        text_en=plan.text_en,
        day=day,
        place=plan.place,
        address=plan.address,
        registration_opens_at=_end_of(last_day(today - timedelta(days=20))),
        registration_closes_at=_end_of(_closing(day - timedelta(days=abs(plan.days) // 2), today)),
        wishes_close_at=_end_of(_closing(day - timedelta(days=4), today)),
        tables=10 if plan.buyers > 5 else 5,
        buyer_places=20,
        supplier_places=40,
    )
    for hour, slots, pause in ((time(9), 3, ""), (time(10, 45), 2, "pause, café"), (time(13), 4, "dîner")):
        Block.objects.create(event=event, starts_at=hour, slots=slots, pause=pause)
    return event


def _squared_distance(one: Organisation, other: Organisation) -> float:
    """How far two organisations are, in squared degrees: enough to order them."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return 1e9
    return (one.lat - other.lat) ** 2 + (one.lon - other.lon) ** 2


def _closing(day: date, today: date) -> date:
    """The last working day until then; the day itself where holidays leave none before it."""
    worked = last_day(day)
    return worked if worked > today else day


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(16), timezone.get_default_timezone())


def _register(
    event: MatchmakingEvent,
    party: Buyer | Supplier,
    own: dict[int, User | None],
    needs: str,
    rng: random.Random,
) -> Participation:
    numbers = [slot.number for slot in event.slots]
    draw = rng.random()
    free = numbers if draw < 0.7 else numbers[:5] if draw < 0.85 else numbers[3:]
    return register_participation(
        event=event,
        party=party,
        person=own.get(party.organisation_id),
        by=None,
        free_slots=free,
        needs=needs,
        is_listed=rng.random() < 0.75,
    )


def _needs(wanted: Sequence[str], rng: random.Random) -> str:
    """« Ménage de soir et lavage de vitres. Buffets et pauses-café pour nos activités. »"""
    return " ".join(f"{rng.choice(SOUGHT[trade])}." for trade in wanted)


def _choose_wishes(
    buying: Sequence[tuple[Participation, tuple[str, ...]]],
    selling: Sequence[tuple[Participation, str]],
    later: dict[int, User | None],
    rng: random.Random,
) -> None:
    """Buyers wish for those of the trades that they seek, suppliers for those who seek theirs; `later` have not chosen yet."""
    wishes = [
        (buyer, [seller for seller, trade in selling if trade in wanted]) for buyer, wanted in buying
    ] + [(seller, [buyer for buyer, wanted in buying if trade in wanted]) for seller, trade in selling]
    for participation, fitting in wishes:
        count = min(len(fitting), rng.randint(4, 7))
        if count and participation.organisation_id not in later:
            choose_wishes(participation=participation, wanted=rng.sample(fitting, count), by=None)


def _offers(sellers: Sequence[Supplier]) -> dict[int, str]:
    """« Lavage de vitres. Décapage et cirage de planchers. » from the first two offers of each; one query."""
    found: dict[int, list[str]] = {}
    for offer in Offer.objects.filter(supplier__in=sellers).order_by("pk"):
        found.setdefault(offer.supplier_id, []).append(f"{offer.title}.")
    return {key: " ".join(titles[:2]) for key, titles in found.items()}
