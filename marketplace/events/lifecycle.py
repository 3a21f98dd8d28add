"""An event's life: opened, registrations closed, agendas published, held; or called off. Reminders before the day.

A reader gets each reminder at most once for an event: the outbox refuses the second, so that the task may run twice,
late or after a pause. None leaves at night, nor to whoever read the same thing less than a day ago, nor once it is no use.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pghistory
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.events import emails
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, State
from marketplace.events.permissions import can_organise_event
from marketplace.outbox.events import post_event
from marketplace.web.errors import WrongMove
from marketplace.web.typography import format_hour
from marketplace.web.verbs import verb
from marketplace.web.workdays import working_day_before

STANDING = (State.OPEN, State.WISHES, State.SCHEDULED, State.PUBLISHED)


@verb
def open_event(*, event: MatchmakingEvent, by: User | None) -> None:
    """The public sees it; registrations run between their dates."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    check_event_state(row, State.DRAFT)
    check_event_hours(row)
    if row.day < timezone.localdate():
        raise WrongMove(_("Ce jour est passé. Choisissez une date à venir avant d’ouvrir."))
    if row.registration_closes_at <= timezone.now():
        raise WrongMove(_("La date limite des inscriptions est passée. Repoussez-la avant d’ouvrir."))
    first = row.slots[0].starts_at
    if row.wishes_close_at > first:
        raise WrongMove(_("Les souhaits doivent se terminer avant la première rencontre."))
    row.opened_at = timezone.now()
    set_event_state(row, State.OPEN, event)
    post_event(kind="event.opened", subject=f"event:{row.pk}", version="1")


@verb
def close_registration(*, event: MatchmakingEvent, by: User | None) -> None:
    """Everyone is known: each participant is told to choose whom to meet, and until when."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    check_event_state(row, State.OPEN)
    set_event_state(row, State.WISHES, event)
    emails.send_wishes_open(row)


@verb
def publish_agenda(*, event: MatchmakingEvent, by: User | None) -> None:
    """Each participant gets their own agenda by mail, with the address of its calendar."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    check_event_state(row, State.SCHEDULED)
    if not Meeting.objects.filter(event=row).placed().exists():
        raise WrongMove(_("Aucune rencontre n’est placée. Proposez une grille d’abord."))
    set_event_state(row, State.PUBLISHED, event)
    post_event(kind="event.agenda_published", subject=f"event:{row.pk}", version="1")
    emails.send_agendas(row)


@verb
def reschedule_event(
    *, event: MatchmakingEvent, by: User | None, day: date, place: str, address: str = ""
) -> bool:
    """Another day or another place, hours as they are: everyone is told what it was and what it is, calendars follow.

    Whether anything changed. Before it is opened nobody knows of it, and nobody is told.
    """
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    check_event_state(row, State.DRAFT, *STANDING)
    before, starts_at = emails.Where.of(row), row.slots[0].starts_at if row.slots else None
    row.day, row.place, row.address = day, place.strip(), address.strip()
    if emails.Where.of(row) == before:
        return False
    row.forget_slots()
    if before.day != day and starts_at is not None and row.state != State.DRAFT:
        check_new_event_day(row, starts_at)
    if row.state != State.DRAFT:
        row.sequence += 1
        row.rescheduled_at = timezone.now()
    row.save(update_fields=["day", "place", "address", "sequence", "rescheduled_at"])
    for name in ("day", "place", "address", "sequence", "rescheduled_at"):
        setattr(event, name, getattr(row, name))
    event.forget_slots()
    if row.state != State.DRAFT:
        emails.send_event_rescheduled(row, before)
    return True


@verb
def finish_event(*, event: MatchmakingEvent, by: User | None, reason: str = "") -> None:
    """The day is over: the meetings that stood were held. Before the end of the last one, with a reason."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    check_event_state(row, State.PUBLISHED)
    if row.day > timezone.localdate():
        raise WrongMove(_("L’activité n’a pas encore eu lieu."))
    if row.slots and row.slots[-1].ends_at > timezone.now():
        if not reason.strip():
            raise WrongMove(
                _("La dernière rencontre finit à %(hour)s. Écrivez pourquoi l’activité se termine avant.")
                % {"hour": format_hour(row.slots[-1].ends_at)}
            )
        pghistory.context(reason=reason.strip()[:500])
    Meeting.objects.filter(event=row).placed().update(state=Meeting.State.DONE)
    set_event_state(row, State.DONE, event)


@verb
def cancel_event(*, event: MatchmakingEvent, by: User | None) -> None:
    """It will not take place: everyone registered is told, calendars drop their entries."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    if row.state not in (State.DRAFT, *STANDING):
        raise WrongMove(_("Cette activité est terminée ou déjà annulée."))
    set_event_state(row, State.CANCELLED, event)
    if row.opened_at is not None:
        emails.send_event_cancelled(row)


def advance_events() -> int:
    """What dates alone decide: registrations that ended, days that are over. Safe to run twice; how many moved."""
    moved = 0
    for event in MatchmakingEvent.objects.filter(
        state=State.OPEN, registration_closes_at__lte=timezone.now()
    ):
        close_registration(event=event, by=None)
        moved += 1
    yesterday = timezone.localdate() - timedelta(days=1)
    for event in MatchmakingEvent.objects.filter(state=State.PUBLISHED, day__lte=yesterday):
        finish_event(event=event, by=None)
        moved += 1
    return moved


# -- what the verbs of this app share ---------------------------------------------------------------------------------


def lock_event(event: MatchmakingEvent) -> MatchmakingEvent:
    """The event as it stands, held until the transaction ends: verbs on one event go one after the other."""
    return MatchmakingEvent.objects.select_for_update(of=("self",)).select_related("pole").get(pk=event.pk)


def check_event_state(row: MatchmakingEvent, *states: State) -> None:
    if row.state not in states:
        raise WrongMove(
            _("L’activité est à l’état « %(state)s » : cette action n’est pas possible.")
            % {"state": row.get_state_display()}
        )


def set_event_state(row: MatchmakingEvent, state: State, event: MatchmakingEvent) -> None:
    """Write the new state, and bring the caller's instance up to date."""
    row.state, row.state_changed_at = state, timezone.now()
    row.save(update_fields=["state", "state_changed_at", "opened_at"])
    event.state, event.state_changed_at, event.opened_at = row.state, row.state_changed_at, row.opened_at


def check_new_event_day(row: MatchmakingEvent, first: datetime) -> None:
    """A day that has begun (`first`: its first meeting) does not move; the new one is to come, and after the wishes."""
    if first <= timezone.now():
        raise WrongMove(_("La première rencontre a commencé : le jour ne peut plus changer."))
    if row.day <= timezone.localdate():
        raise WrongMove(_("Choisissez un jour à venir."))
    if row.state in (State.OPEN, State.WISHES) and row.wishes_close_at > row.slots[0].starts_at:
        raise WrongMove(_("Les souhaits doivent se terminer avant la première rencontre."))


def check_event_hours(row: MatchmakingEvent) -> None:
    """At least one start, and no two meetings of the room at once."""
    if not row.slots:
        raise WrongMove(_("Ajoutez au moins un bloc de rencontres : l’heure de la première et leur nombre."))
    for before, after in zip(row.slots, row.slots[1:], strict=False):
        if after.starts_at < before.ends_at:
            raise WrongMove(_("Deux blocs de rencontres se chevauchent. Changez l’heure du deuxième."))
    if row.slots[-1].ends_at.astimezone(timezone.get_default_timezone()).date() != row.day:
        raise WrongMove(_("La dernière rencontre finirait après minuit. Réduisez le nombre de rencontres."))


BEFORE_WISHES_END = timedelta(days=3)
JUST_TOLD = timedelta(hours=20)
MORNING, EVENING = time(8), time(20)
EVE = time(9)  # of the working day before
LONGEST_EVE = timedelta(days=14)  # a first day after New Year has its eve on 23 December


def send_due_reminders() -> int:
    """Every reminder that is due now; how many mails were written."""
    now = timezone.localtime()
    if not MORNING <= now.time() < EVENING:
        return 0
    written = 0
    for event in MatchmakingEvent.objects.closing_wishes(within=BEFORE_WISHES_END).order_by("pk"):
        written += send_wish_reminders(event=event, by=None)
    near = MatchmakingEvent.objects.filter(
        state=State.PUBLISHED, day__gte=now.date(), day__lte=now.date() + LONGEST_EVE
    )
    for event in near.order_by("pk"):
        if now >= reminder_moment(event):
            written += send_day_reminders(event=event, by=None)
    return written


@verb
def send_wish_reminders(*, event: MatchmakingEvent, by: User | None) -> int:
    """To those who have said nobody, while they still can; how many mails."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    told = timezone.now() - JUST_TOLD
    if not row.takes_wishes or (row.state == State.WISHES and row.state_changed_at > told):
        return 0
    silent = Participation.objects.filter(event=row, registered_at__lte=told).without_wishes()
    return emails.send_wishes_lacking(row, silent.select_related("organisation", "person").order_by("pk"))


@verb
def send_day_reminders(*, event: MatchmakingEvent, by: User | None) -> int:
    """To those who have meetings, until the first of the day begins; how many mails."""
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    now = timezone.now()
    if row.state != State.PUBLISHED or not row.slots or row.slots[0].starts_at <= now:
        return 0
    if row.state_changed_at > now - JUST_TOLD:  # the agenda itself has just gone
        return 0
    return emails.send_day_near(row)


def reminder_moment(event: MatchmakingEvent) -> datetime:
    """The morning of the last working day before."""
    return datetime.combine(working_day_before(event.day), EVE, timezone.get_default_timezone())
