"""Two weeks of the security log: people who come and go, wrong passwords, a stranger who insists, tables taken away."""

from __future__ import annotations

import random
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.security.models import Kind, SecurityEvent

DAYS = 14
DEVICES = (
    ("Firefox", "Windows"),
    ("Chrome", "Windows"),
    ("Edge", "Windows"),
    ("Safari", "iPhone"),
    ("Safari", "macOS"),
)
#: Addresses that documents may use: they are nobody's.
OFFICES, STRANGER = "198.51.100.{}", "203.0.113.66"


def seed_security_log(*, rng: random.Random, day: date) -> None:
    """The lines before `day`, oldest first; those of the day itself come from whoever tries the demo."""
    people = list(User.objects.filter(is_active=True).order_by("pk")[:24])
    events: list[SecurityEvent] = []
    for back in range(DAYS, 0, -1):
        past = day - timedelta(days=back)
        comers = rng.sample(people, 3 if past.weekday() >= 5 else 9)
        for person in comers:
            browser, system = rng.choice(DEVICES)
            moment = _at(past, rng.randint(8 * 60, 17 * 60))
            here = {"address": OFFICES.format(20 + person.pk % 200), "browser": browser, "system": system}
            if rng.random() < 0.2:
                events.append(_event(Kind.SIGN_IN_FAILED, moment, person=person, **here))
            moment += timedelta(minutes=1)
            events.append(_event(Kind.SIGN_IN, moment, actor=person, **here))
            if person.is_superuser or rng.random() < 0.1:
                events.append(
                    _event(
                        Kind.EXPORTED,
                        moment + timedelta(minutes=12),
                        actor=person,
                        target="suppliers" if person.is_staff else "own_data",
                        rows=rng.randint(12, 240) if person.is_staff else None,
                        **here,
                    )
                )
            if rng.random() < 0.4:
                events.append(_event(Kind.SIGN_OUT, moment + timedelta(minutes=45), actor=person, **here))
    events += _insisting(people[0], day - timedelta(days=1))
    events.sort(key=lambda event: event.at)
    SecurityEvent.objects.bulk_create(events)


def _insisting(person: User, day: date) -> list[SecurityEvent]:
    """Somebody tries passwords at night: few pass the limit, the rest is refused."""
    here = {"address": STRANGER, "browser": "Chrome", "system": "Linux"}
    moment = _at(day, 2 * 60 + 14)
    return [
        _event(Kind.SIGN_IN_FAILED, moment, person=person, count=5, **here),
        _event(Kind.SIGN_IN_FAILED, moment, tried="5f0c7d1be2a94c36", count=4, **here),
        _event(Kind.SIGN_IN_BLOCKED, moment + timedelta(minutes=2), person=person, count=143, **here),
    ]


def _at(day: date, minute: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(minute // 60, minute % 60)))


def _event(kind: Kind, at: datetime, **fields: object) -> SecurityEvent:
    doors = {Kind.SIGN_IN, Kind.SIGN_IN_FAILED, Kind.SIGN_IN_BLOCKED}
    path = "/compte/connexion/" if kind in doors else ""
    return SecurityEvent(kind=kind, at=at, last_at=at, path=path, **fields)
