"""Seeded cohorts: one that is full with a line, one where requests wait for the pôle, one with places, one of the past.

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
from cohorts.lifecycle import open_cohort
from cohorts.models import Application, Cohort, Programme, State, Workshop
from marketplace.accounts.models import User
from marketplace.territories.models import Pole
from suppliers.models import Status, Supplier

from .days import last_day, meeting_day

FIRST_COME, SELECTION = Cohort.Admission.FIRST_COME, Cohort.Admission.SELECTION
#: Title in French and in English of each workshop, in order.
WORKSHOPS = (
    ("Comprendre les acheteurs publics", "Understanding public buyers"),
    ("Lire un avis et décider d’y répondre", "Reading a notice and deciding to bid"),
    ("Chiffrer une offre", "Pricing an offer"),
    ("Rédiger une soumission qui se lit", "Writing a bid that reads well"),
    ("Présenter son entreprise en dix minutes", "Presenting your enterprise in ten minutes"),
    ("Se grouper pour un plus gros contrat", "Joining forces for a larger contract"),
)
MOTIVATIONS = (
    "Nous servons déjà deux municipalités de gré à gré et voulons répondre à un premier appel d’offres.",
    "Notre carnet dépend d’un seul client. Nous voulons en trouver deux autres dans la région.",
    "Nos prix sont justes, mais nos soumissions se perdent. Nous voulons apprendre à les rédiger.",
    "Nous embauchons trois personnes en insertion ce printemps et cherchons des contrats stables.",
    "Une MRC voisine nous a invités à soumissionner et nous avons manqué la date. Plus jamais.",
    "Nous voulons nous grouper avec d’autres coopératives pour des contrats plus gros que nous.",
)


@dataclass(frozen=True)
class Kind:
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


FULL = Kind(
    "Vendre au public, cohorte d’hiver",
    "Selling to the Public Sector, Winter Cohort",
    "mauricie",
    "04",
    FIRST_COME,
    12,
    38,
    "Centre d’affaires, Trois-Rivières",
    "Six matinées d’ateliers, un accompagnement de trois heures par entreprise, et une rencontre avec des acheteurs de"
    " la région à la fin du parcours.",
    "Six morning workshops, three hours of coaching for each enterprise, and a meeting with buyers of the region at the"
    " end.",
)
SELECTED = Kind(
    "Premières soumissions, Mauricie",
    "First Bids, Mauricie",
    "mauricie",
    "04",
    SELECTION,
    8,
    60,
    "Maison de l’économie sociale, Shawinigan",
    "Huit entreprises préparent ensemble une vraie soumission, du choix de l’avis au dépôt.",
    "Eight enterprises prepare a real bid together, from choosing the notice to filing it.",
)
ONLINE = Kind(
    "Vendre au public, en ligne",
    "Selling to the Public Sector, Online",
    "estrie",
    None,
    FIRST_COME,
    20,
    45,
    "",
    "Le même parcours, à distance, pour les entreprises de toutes les régions.",
    "The same path, at a distance, for enterprises of every region.",
    ("mauricie", "laval"),
)
PAST = Kind(
    "Vendre au public, cohorte du printemps",
    "Selling to the Public Sector, Spring Cohort",
    "mauricie",
    "04",
    FIRST_COME,
    12,
    -200,
    "Centre d’affaires, Trois-Rivières",
    "Onze entreprises ont suivi les six ateliers.",
    "Eleven enterprises followed the six workshops.",
)


def seed_cohorts(*, member_of: Supplier, member: User, rng: random.Random, day: date) -> None:
    """Write the programme and its four cohorts; the demo's enterprise is offered a place in the first."""
    programme = Programme.objects.create(
        name="Vendre aux acheteurs publics",
        name_en="Selling to Public Buyers",
        teaches="Trouver les bons avis, décider vite, chiffrer juste, rédiger clair et se présenter à un acheteur.",
        teaches_en="Find the right notices, decide fast, price right, write clearly and present yourself to a buyer.",
    )
    others = list(
        Supplier.objects.filter(status=Status.PUBLISHED)
        .exclude(pk=member_of.pk)
        .select_related("organisation")
        .order_by("pk")[:400]
    )
    near = [one for one in others if one.organisation.region_id == "04"]
    pool = near if len(near) >= 30 else others
    chosen = rng.sample(pool, min(30, len(pool)))
    fill(_open(programme, FULL, day), chosen, member_of, member, rng)
    ask(_open(programme, SELECTED, day), chosen[::-1][:9], rng)
    online = _open(programme, ONLINE, day)
    for supplier in chosen[5:13]:
        _apply(online, supplier, rng)
    call_off_a_workshop(online)
    remember(_made(programme, PAST, day), [member_of, *chosen[:10]], member)


def fill(
    cohort: Cohort, suppliers: list[Supplier], member_of: Supplier, member: User, rng: random.Random
) -> None:
    """Every place taken, then the demo's enterprise first in line, then three more; one leaves and it is offered."""
    taken = [_apply(cohort, supplier, rng) for supplier in suppliers[: cohort.places]]
    apply_to_cohort(cohort=cohort, supplier=member_of, by=member, motivation=rng.choice(MOTIVATIONS))
    for supplier in suppliers[cohort.places : cohort.places + 3]:
        _apply(cohort, supplier, rng)
    if taken:
        withdraw_application(application=taken[len(taken) // 2], by=None)


def ask(cohort: Cohort, suppliers: list[Supplier], rng: random.Random) -> None:
    """Requests to decide; the pôle has answered the first three."""
    asked = [_apply(cohort, supplier, rng) for supplier in suppliers]
    for application in asked[:2]:
        accept_application(application=application, by=None)
    for application in asked[2:3]:
        decline_application(
            application=application,
            by=None,
            message="Vos contrats publics sont déjà nombreux : la suite vous ira mieux.",
        )


def call_off_a_workshop(cohort: Cohort) -> None:
    """The fourth: its page and the calendars say so, and those who are in would read it."""
    before = cohort_calendar(cohort)
    workshop = cohort.workshops.order_by("starts_at")[3]
    workshop.is_cancelled = True
    workshop.save()
    tell_calendar_changes(cohort=cohort, before=before, by=None)


def remember(cohort: Cohort, suppliers: list[Supplier], member: User) -> None:
    """A cohort that is over: written as its verbs left it, at the dates of then."""
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
    cohort.opened_at, cohort.state = first - timedelta(days=7), State.DONE
    cohort.save(update_fields=["opened_at", "state"])


def _apply(cohort: Cohort, supplier: Supplier, rng: random.Random) -> Application:
    return apply_to_cohort(cohort=cohort, supplier=supplier, by=None, motivation=rng.choice(MOTIVATIONS))


def _open(programme: Programme, kind: Kind, day: date) -> Cohort:
    cohort = _made(programme, kind, day)
    open_cohort(cohort=cohort, by=None)
    return cohort


def _made(programme: Programme, kind: Kind, day: date) -> Cohort:
    """A cohort in preparation, with a workshop every second week at nine, or as soon after as people would meet."""
    planned = day + timedelta(days=kind.starts)
    planned += timedelta(days=-planned.weekday() % 7 + 1)  # a Tuesday
    days = [meeting_day(planned + timedelta(days=14 * number)) for number in range(len(WORKSHOPS))]
    starts = days[0]
    closes = datetime.combine(last_day(starts - timedelta(days=14)), time(16))
    cohort = Cohort.objects.create(
        programme=programme,
        pole_id=kind.pole,
        region_id=kind.region,
        title=kind.title,
        title_en=kind.title_en,
        slug=slugify(kind.title),
        text=kind.text,
        text_en=kind.text_en,
        audience="Entreprises d’économie sociale inscrites au répertoire, qui vendent ou veulent vendre à un organisme"
        " public. Aucune expérience des appels d’offres n’est demandée.",
        audience_en="Social economy enterprises of the directory that sell, or want to sell, to a public body."
        " No experience of calls for tenders is needed.",
        admission=kind.admission,
        places=kind.places,
        opens_at=timezone.make_aware(datetime.combine(starts - timedelta(days=75), time(9))),
        closes_at=timezone.make_aware(closes),
        starts_on=starts,
        ends_on=days[-1],
        is_online=not kind.place,
        place=kind.place,
    )
    cohort.partners.set(Pole.objects.filter(pk__in=kind.partners))
    for held_on, (title, title_en) in zip(days, WORKSHOPS, strict=True):
        at = datetime.combine(held_on, time(9))
        Workshop.objects.create(
            cohort=cohort, title=title, title_en=title_en, starts_at=timezone.make_aware(at), minutes=180
        )
    return cohort
