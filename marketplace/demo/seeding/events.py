"""Seeded matchmaking days: one that takes registrations, one to plan, one whose agendas are out, one of the past.

Through the verbs that people's gestures use, so that every rule holds; mails go to the demo's logins alone.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from buyers.models import Buyer
from marketplace.accounts.models import Membership, Organisation, User
from marketplace.events.lifecycle import close_registration, finish_event, open_event, publish_agenda
from marketplace.events.models import Block, MatchmakingEvent, Participation, Side, State
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import register_participation
from marketplace.events.wishes import choose_wishes
from suppliers.models import Offer, Status, Supplier

from .meeting_days import last_day, meeting_day, past_meeting_day
from .seed_data import read_seed_data


@dataclass(frozen=True)
class EventPlan:
    """A seeded event: in how many days, how far along, how many of each side."""

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


_DATA = read_seed_data("events.json")
EVENT_PLANS = tuple(EventPlan(**{**values, "until": State(values["until"])}) for values in _DATA["events"])
SEEKS: tuple[str, ...] = _DATA["sought"]


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
    open_event(event=event, by=None)
    strangers = Membership.objects.values("organisation")
    buyers = list(
        Buyer.objects.published()
        .exclude(organisation__in=strangers)
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )
    near = next(
        (b.organisation for b in buyers if b.organisation.region_id == plan.region), shop.organisation
    )
    buyers.sort(key=lambda buyer: _squared_distance(buyer.organisation, near))
    sellers = list(
        Supplier.objects.filter(status=Status.PUBLISHED, directory__region=plan.region)
        .exclude(organisation__in=strangers)
        .select_related("organisation")
        .order_by("pk")[: plan.suppliers * 3]
    )
    if len(sellers) < plan.suppliers:  # a small demo has few in each region
        sellers += list(
            Supplier.objects.filter(status=Status.PUBLISHED)
            .exclude(organisation__in=strangers)
            .exclude(pk__in=[seller.pk for seller in sellers])
            .select_related("organisation")
            .order_by("pk")[: plan.suppliers - len(sellers)]
        )
    chosen_buyers = buyers[: plan.buyers]
    chosen_sellers = rng.sample(sellers, min(plan.suppliers, len(sellers)))
    if plan.until is State.PUBLISHED:
        chosen_buyers, chosen_sellers = [shop, *chosen_buyers[:-1]], [member_of, *chosen_sellers[:-1]]
    elif (
        plan.until is State.OPEN
    ):  # the buyer's login finds a registration to make, the enterprise's a choice
        chosen_sellers = [member_of, *chosen_sellers[:-1]]
    offers = _offers(chosen_sellers)
    there = [
        _register(event, buyer, own, SEEKS[place % len(SEEKS)], rng)
        for place, buyer in enumerate(chosen_buyers)
    ] + [_register(event, seller, own, offers.get(seller.pk, ""), rng) for seller in chosen_sellers]
    _choose_wishes(there, own if plan.until is State.OPEN else {}, rng)
    if plan.until is not State.OPEN:
        close_registration(event=event, by=None)
        MatchmakingEvent.objects.filter(pk=event.pk).update(
            registration_closes_at=timezone.now() - timedelta(days=6),
            wishes_close_at=timezone.now() - timedelta(hours=30),
        )
    if plan.until in (State.PUBLISHED, State.DONE):
        plan_meetings(event=event, by=None)
        publish_agenda(event=event, by=None)
    if plan.until is State.DONE:
        MatchmakingEvent.objects.filter(pk=event.pk).update(
            day=past_meeting_day(timezone.localdate() + timedelta(days=plan.days)),
            registration_opens_at=timezone.now() + timedelta(days=plan.days - 60),
            registration_closes_at=timezone.now() + timedelta(days=plan.days - 20),
            wishes_close_at=timezone.now() + timedelta(days=plan.days - 10),
        )
        event.refresh_from_db()
        finish_event(event=event, by=None)


def create_planned_event(plan: EventPlan) -> MatchmakingEvent:
    now = timezone.now()
    day = meeting_day(timezone.localdate() + timedelta(days=abs(plan.days)))
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
        registration_opens_at=now - timedelta(days=20),
        registration_closes_at=_end_of(last_day(day - timedelta(days=abs(plan.days) // 2))),
        wishes_close_at=_end_of(last_day(day - timedelta(days=4))),
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


def _choose_wishes(there: Sequence[Participation], later: dict[int, User | None], rng: random.Random) -> None:
    """Three to six wishes each; those of `later` have not chosen yet."""
    for participation in there:
        in_front = [other for other in there if other.side == Side(participation.side).other]
        count = min(len(in_front), rng.randint(3, 6))
        wanted = rng.sample(in_front, count)
        if participation.organisation_id not in later:
            choose_wishes(participation=participation, wanted=wanted, by=None)


def _offers(sellers: Sequence[Supplier]) -> dict[int, str]:
    """« Nous offrons… » from the first offer of each; one query."""
    found: dict[int, str] = {}
    for offer in Offer.objects.filter(supplier__in=sellers).order_by("pk"):
        found.setdefault(offer.supplier_id, f"{offer.title}.")
    return found
