"""Seeded cohorts in several regions, one in each state: full with a line, with requests to decide, running, past…

Through the verbs that people's gestures use, so that every rule holds; only the demo's own logins get mail.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.text import slugify

from cohorts.admission import accept_application, apply_to_cohort, decline_application, withdraw_application
from cohorts.calendar import cohort_calendar, tell_calendar_changes
from cohorts.lifecycle import cancel_cohort, open_cohort
from cohorts.models import Application, Cohort, Programme, State, Workshop
from marketplace.accounts.models import User
from marketplace.territories.models import Pole
from suppliers.models import Status, Supplier

from .meeting_days import last_day, meeting_day
from .seed_data import read_seed_data


@dataclass(frozen=True)
class CohortPlan:
    """A seeded cohort: who runs it, how one gets in, and when it starts, in days from today."""

    title: str
    title_en: str
    pole: str
    region: str | None
    admission: str
    places: int
    starts: int
    place: str
    text: str
    text_en: str
    partners: tuple[str, ...] = ()


_DATA = read_seed_data("cohorts.json")
PLANS = {name: CohortPlan(**values) for name, values in _DATA["cohorts"].items()}
FULL, SELECTED, ONLINE, PAST = (PLANS[name] for name in ("full", "selected", "online", "past"))
#: Title in French and in English of each workshop, in order.
WORKSHOPS: tuple[dict[str, str], ...] = _DATA["workshops"]
MOTIVATIONS: tuple[str, ...] = _DATA["motivations"]


def seed_cohorts(*, member_of: Supplier, member: User, rng: random.Random, day: date) -> None:
    """Write the programme and its cohorts; the demo's enterprise is offered a place in the first."""
    programme = Programme.objects.create(
        name="Vendre aux acheteurs publics",
        name_en="Selling to Public Buyers",
        teaches="Trouver les bons avis, décider vite, chiffrer juste, rédiger clair et se présenter à un acheteur.",
        teaches_en="Find the right notices, decide fast, price right, write clearly and present yourself to a buyer.",
    )
    chosen = _sample_near("04", 30, member_of, rng)
    _fill_cohort(_open_cohort(programme, FULL, day), chosen, member_of, member, rng)
    _add_applications(_open_cohort(programme, SELECTED, day), chosen[::-1][:9], rng)
    online = _open_cohort(programme, ONLINE, day)
    for supplier in chosen[5:13]:
        _apply_to(online, supplier, rng)
    _cancel_fourth_workshop(online)
    elsewhere = _open_cohort(programme, PLANS["places"], day)
    _write_past(create_planned_cohort(programme, PAST, day), [member_of, *chosen[:10]], State.DONE, member)
    for supplier in _sample_near("07", 6, member_of, rng):
        _apply_to(elsewhere, supplier, rng)
    for name, count, state in (
        ("running", 9, State.RUNNING),
        ("closed", 8, State.CLOSED),
        ("past_estrie", 8, State.DONE),
    ):
        cohort = create_planned_cohort(programme, PLANS[name], day)
        _write_past(cohort, _sample_near(PLANS[name].region, count, member_of, rng), state)
    called_off = _open_cohort(programme, PLANS["cancelled"], day)
    for supplier in _sample_near("09", 2, member_of, rng):
        _apply_to(called_off, supplier, rng)
    cancel_cohort(
        cohort=called_off,
        by=None,
        message="Deux inscriptions seulement : le parcours est remis à l’an prochain.",
    )
    create_planned_cohort(programme, PLANS["draft"], day)


def _fill_cohort(
    cohort: Cohort, suppliers: list[Supplier], member_of: Supplier, member: User, rng: random.Random
) -> None:
    """Every place taken, then the demo's enterprise first in line, then three more; one leaves and it is offered."""
    taken = [_apply_to(cohort, supplier, rng) for supplier in suppliers[: cohort.places]]
    apply_to_cohort(cohort=cohort, supplier=member_of, by=member, motivation=rng.choice(MOTIVATIONS))
    for supplier in suppliers[cohort.places : cohort.places + 3]:
        _apply_to(cohort, supplier, rng)
    if taken:
        withdraw_application(application=taken[len(taken) // 2], by=None)


def _add_applications(cohort: Cohort, suppliers: list[Supplier], rng: random.Random) -> None:
    """Requests to decide; the pôle has answered the first three."""
    asked = [_apply_to(cohort, supplier, rng) for supplier in suppliers]
    for application in asked[:2]:
        accept_application(application=application, by=None)
    for application in asked[2:3]:
        decline_application(
            application=application,
            by=None,
            message="Vos contrats publics sont déjà nombreux : la suite vous ira mieux.",
        )


def _cancel_fourth_workshop(cohort: Cohort) -> None:
    """The fourth: its page and the calendars say so, and those who are in would read it."""
    before = cohort_calendar(cohort)
    workshop = cohort.workshops.order_by("starts_at")[3]
    workshop.is_cancelled = True
    workshop.save()
    tell_calendar_changes(cohort=cohort, before=before, by=None)


def _sample_near(region: str | None, count: int, member_of: Supplier, rng: random.Random) -> list[Supplier]:
    """Published enterprises of a region, and of the others where it has too few; never the demo's own."""
    rows = (
        Supplier.objects.filter(status=Status.PUBLISHED)
        .exclude(pk=member_of.pk)
        .select_related("organisation")
    )
    near = list(rows.filter(organisation__region=region).order_by("pk")[: count * 4])
    if len(near) < count:
        near += list(rows.exclude(organisation__region=region).order_by("pk")[: count - len(near)])
    return rng.sample(near, min(count, len(near)))


def _write_past(cohort: Cohort, suppliers: list[Supplier], state: State, member: User | None = None) -> None:
    """A cohort that took its applications some time ago: written as its verbs left it, at the dates of then.

    `member` applied for the first one.
    """
    first = timezone.make_aware(datetime.combine(cohort.starts_on - timedelta(days=30), time(9)))
    Application.objects.bulk_create(
        Application(
            cohort=cohort,
            supplier=supplier,
            by=member if number == 1 else None,
            state=Application.State.ACCEPTED,
            arrival=number,
            seat=number,
            applied_at=first + timedelta(hours=number),
            state_changed_at=first + timedelta(hours=number),
        )
        for number, supplier in enumerate(suppliers, start=1)
    )
    cohort.opened_at, cohort.state = first - timedelta(days=7), state
    cohort.save(update_fields=["opened_at", "state"])


def _apply_to(cohort: Cohort, supplier: Supplier, rng: random.Random) -> Application:
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=None, motivation=rng.choice(MOTIVATIONS))


def _open_cohort(programme: Programme, plan: CohortPlan, day: date) -> Cohort:
    cohort = create_planned_cohort(programme, plan, day)
    open_cohort(cohort=cohort, by=None)
    return cohort


def create_planned_cohort(programme: Programme, plan: CohortPlan, day: date) -> Cohort:
    """A cohort in preparation, with a workshop every second week at nine, or as soon after as people would meet."""
    planned = day + timedelta(days=plan.starts)
    planned += timedelta(days=-planned.weekday() % 7 + 1)  # a Tuesday
    days = [meeting_day(planned + timedelta(days=14 * number)) for number in range(len(WORKSHOPS))]
    starts = days[0]
    closes = datetime.combine(last_day(starts - timedelta(days=14)), time(16))
    cohort = Cohort.objects.create(
        programme=programme,
        pole_id=plan.pole,
        region_id=plan.region,
        title=plan.title,
        title_en=plan.title_en,
        slug=slugify(plan.title),
        text=plan.text,
        text_en=plan.text_en,
        audience="Entreprises d’économie sociale inscrites au répertoire, qui vendent ou veulent vendre à un organisme"
        " public. Aucune expérience des appels d’offres n’est demandée.",
        audience_en="Social economy enterprises of the directory that sell, or want to sell, to a public body."
        " No experience of calls for tenders is needed.",
        admission=plan.admission,
        places=plan.places,
        opens_at=timezone.make_aware(datetime.combine(starts - timedelta(days=75), time(9))),
        closes_at=timezone.make_aware(closes),
        starts_on=starts,
        ends_on=days[-1],
        is_online=not plan.place,
        place=plan.place,
    )
    cohort.partners.set(Pole.objects.filter(pk__in=plan.partners))
    for held_on, titles in zip(days, WORKSHOPS, strict=True):
        at = datetime.combine(held_on, time(9))
        Workshop.objects.create(cohort=cohort, **titles, starts_at=timezone.make_aware(at), minutes=180)
    return cohort
