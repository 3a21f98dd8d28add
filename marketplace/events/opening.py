"""An event's life: opened, registrations closed, agendas published, held; or called off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.events import letters, rules
from marketplace.events.models import MatchmakingEvent, Meeting, State
from marketplace.outbox.events import post_event
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

STANDING = (State.OPEN, State.WISHES, State.SCHEDULED, State.PUBLISHED)


@verb
def open_event(*, event: MatchmakingEvent, by: User | None) -> None:
    """The public sees it; registrations run between their dates."""
    row = locked(event)
    rules.check_organises(by, row)
    expect(row, State.DRAFT)
    check_hours(row)
    if row.day < timezone.localdate():
        raise WrongMove(_("Ce jour est passé. Choisissez une date à venir avant d’ouvrir."))
    if row.registration_closes_at <= timezone.now():
        raise WrongMove(_("La fin des inscriptions est passée. Repoussez-la avant d’ouvrir."))
    first = row.slots[0].starts_at
    if row.wishes_close_at > first:
        raise WrongMove(_("Les souhaits doivent se terminer avant la première rencontre."))
    row.opened_at = timezone.now()
    move(row, State.OPEN, event)
    post_event(kind="event.opened", subject=f"event:{row.pk}", version="1")


@verb
def close_registration(*, event: MatchmakingEvent, by: User | None) -> None:
    """Everyone is known: each participant is told to choose whom to meet, and until when."""
    row = locked(event)
    rules.check_organises(by, row)
    expect(row, State.OPEN)
    move(row, State.WISHES, event)
    letters.ask_for_wishes(row)


@verb
def publish_agenda(*, event: MatchmakingEvent, by: User | None) -> None:
    """Each participant gets their own agenda by mail, with the address of its calendar."""
    row = locked(event)
    rules.check_organises(by, row)
    expect(row, State.SCHEDULED)
    if not Meeting.objects.filter(event=row).placed().exists():
        raise WrongMove(_("Aucune rencontre n’est placée. Proposez une grille d’abord."))
    move(row, State.PUBLISHED, event)
    post_event(kind="event.agenda_published", subject=f"event:{row.pk}", version="1")
    letters.send_agendas(row)


@verb
def reschedule(*, event: MatchmakingEvent, by: User | None, day: date, place: str, address: str = "") -> bool:
    """Another day or another place, hours as they are: everyone is told what it was and what it is, calendars follow.

    Whether anything changed. Before it is opened nobody knows of it, and nobody is told.
    """
    row = locked(event)
    rules.check_organises(by, row)
    expect(row, State.DRAFT, *STANDING)
    before, starts_at = letters.Where.of(row), row.slots[0].starts_at if row.slots else None
    row.day, row.place, row.address = day, place.strip(), address.strip()
    if letters.Where.of(row) == before:
        return False
    forget_hours(row)
    if before.day != day and starts_at is not None and row.state != State.DRAFT:
        check_new_day(row, starts_at)
    if row.state != State.DRAFT:
        row.sequence += 1
        row.rescheduled_at = timezone.now()
    row.save(update_fields=["day", "place", "address", "sequence", "rescheduled_at"])
    for name in ("day", "place", "address", "sequence", "rescheduled_at"):
        setattr(event, name, getattr(row, name))
    forget_hours(event)
    if row.state != State.DRAFT:
        letters.say_rescheduled(row, before)
    return True


@verb
def finish(*, event: MatchmakingEvent, by: User | None) -> None:
    """The day is over: the meetings that stood were held."""
    row = locked(event)
    rules.check_organises(by, row)
    expect(row, State.PUBLISHED)
    if row.day > timezone.localdate():
        raise WrongMove(_("L’activité n’a pas encore eu lieu."))
    Meeting.objects.filter(event=row).placed().update(state=Meeting.State.DONE)
    move(row, State.DONE, event)


@verb
def cancel(*, event: MatchmakingEvent, by: User | None) -> None:
    """It will not take place: everyone registered is told, calendars drop their entries."""
    row = locked(event)
    rules.check_organises(by, row)
    if row.state not in (State.DRAFT, *STANDING):
        raise WrongMove(_("Cette activité est terminée ou déjà annulée."))
    move(row, State.CANCELLED, event)
    if row.opened_at is not None:
        letters.say_cancelled(row)


def advance() -> int:
    """What dates alone decide: registrations that ended, days that are over. Safe to run twice; how many moved."""
    moved = 0
    for event in MatchmakingEvent.objects.filter(
        state=State.OPEN, registration_closes_at__lte=timezone.now()
    ):
        close_registration(event=event, by=None)
        moved += 1
    yesterday = timezone.localdate() - timedelta(days=1)
    for event in MatchmakingEvent.objects.filter(state=State.PUBLISHED, day__lte=yesterday):
        finish(event=event, by=None)
        moved += 1
    return moved


# -- what the verbs of this room share ---------------------------------------------------------------------------------


def locked(event: MatchmakingEvent) -> MatchmakingEvent:
    """The event as it stands, held until the transaction ends: verbs on one event go one after the other."""
    return MatchmakingEvent.objects.select_for_update(of=("self",)).select_related("pole").get(pk=event.pk)


def expect(row: MatchmakingEvent, *states: State) -> None:
    if row.state not in states:
        raise WrongMove(
            _("L’activité est à l’état « %(state)s » : ce geste ne s’y applique pas.")
            % {"state": row.get_state_display()}
        )


def move(row: MatchmakingEvent, state: State, event: MatchmakingEvent) -> None:
    """Write the new state, and bring the caller's instance up to date."""
    row.state, row.state_changed_at = state, timezone.now()
    row.save(update_fields=["state", "state_changed_at", "opened_at"])
    event.state, event.state_changed_at, event.opened_at = row.state, row.state_changed_at, row.opened_at


def check_new_day(row: MatchmakingEvent, first: datetime) -> None:
    """A day that has begun (`first`: its first meeting) does not move; the new one is to come, and after the wishes."""
    if first <= timezone.now():
        raise WrongMove(_("La première rencontre a commencé : le jour ne change plus."))
    if row.day <= timezone.localdate():
        raise WrongMove(_("Choisissez un jour à venir."))
    if row.state in (State.OPEN, State.WISHES) and row.wishes_close_at > row.slots[0].starts_at:
        raise WrongMove(_("Les souhaits doivent se terminer avant la première rencontre."))


def forget_hours(row: MatchmakingEvent) -> None:
    """The slots were read for another day."""
    row.__dict__.pop("slots", None)


def check_hours(row: MatchmakingEvent) -> None:
    """At least one start, and no two meetings of the room at once."""
    if not row.slots:
        raise WrongMove(
            _("Ajoutez au moins une suite de rencontres : l’heure de la première et leur nombre.")
        )
    for before, after in zip(row.slots, row.slots[1:], strict=False):
        if after.starts_at < before.ends_at:
            raise WrongMove(_("Deux suites de rencontres se chevauchent. Changez l’heure de la deuxième."))
    if row.slots[-1].ends_at.astimezone(timezone.get_default_timezone()).date() != row.day:
        raise WrongMove(_("La dernière rencontre passe minuit. Réduisez le nombre de rencontres."))
