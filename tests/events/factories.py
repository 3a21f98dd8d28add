"""Matchmaking days for tests: a day in three weeks, two runs of four meetings, five tables."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import factory
from django.utils import timezone

from buyers.models import Buyer
from marketplace.events.lifecycle import close_registration, open_event
from marketplace.events.models import Block, MatchmakingEvent, Participation, State
from marketplace.events.registration import register_participation
from suppliers.models import Supplier
from tests import factories


class EventFactory(factory.django.DjangoModelFactory):
    """A draft of the Mauricie pôle; `opened()` opens it."""

    class Meta:
        model = MatchmakingEvent
        skip_postgeneration_save = True

    pole = factory.LazyFunction(lambda: factories.pole("mauricie"))
    region_id = "04"
    title = factory.Sequence(lambda n: f"Journée de maillage numéro {n}")
    slug = factory.Sequence(lambda n: f"journee-{n}")
    text = "Une journée de rencontres."
    day = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=21))
    place = "Centre culturel"
    address = "10, rue du Fleuve, Shawinigan"
    registration_opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=2))
    registration_closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))
    wishes_close_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
    tables = 5

    @factory.post_generation
    def blocks(self, create, extracted, **kwargs):
        """`blocks=[("09:00", 4, ""), ("13:00", 4, "dîner")]`"""
        for hour, slots, pause in (
            [("09:00", 4, ""), ("13:00", 4, "dîner")] if extracted is None else extracted
        ):
            Block.objects.create(event=self, starts_at=time.fromisoformat(hour), slots=slots, pause=pause)


def opened(**values) -> MatchmakingEvent:
    event = EventFactory(**values)
    open_event(event=event, by=None)
    return event


def buyer(**values) -> Buyer:
    """A published buyer with a member who signs in."""
    row = factories.BuyerFactory(**values)
    factories.MembershipFactory(organisation=row.organisation, role="owner")
    return row


def supplier(**values) -> Supplier:
    row = factories.SupplierFactory(**values)
    factories.MembershipFactory(organisation=row.organisation, role="owner")
    return row


def person_of(party: Buyer | Supplier):
    return party.organisation.memberships.get().user


def coming(event: MatchmakingEvent, party: Buyer | Supplier | None = None, **values) -> Participation:
    """An organisation registered by its member, present all day unless told."""
    party = party or supplier()
    person = person_of(party)
    values.setdefault("free_slots", [slot.number for slot in event.slots])
    return register_participation(event=event, party=party, person=person, by=person, **values)


def closed(event: MatchmakingEvent) -> MatchmakingEvent:
    """Registrations closed: the wishes are what is left."""
    close_registration(event=event, by=None)
    return event


def at(event: MatchmakingEvent, hour: str) -> datetime:
    """An hour of the day of the event."""
    return datetime.combine(event.day, time.fromisoformat(hour), timezone.get_default_timezone())


__all__ = ["EventFactory", "State", "at", "buyer", "closed", "coming", "opened", "person_of", "supplier"]
