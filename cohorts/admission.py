"""Getting into a cohort and out of it: apply, accept, wait, be offered a place, decline, withdraw.

Every verb first takes the cohort's row, so that those on one cohort go one after the other; arrival, seat and rank
are given under that lock and the database refuses any that would be double (docs/adr/0010). What holds afterwards:

- no more seats are held than there are places, and nobody is in twice;
- while a cohort fills by itself, nobody waits as long as a place is free;
- the line is served in order, and a rank that was told never gets worse.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts import emails
from cohorts.models import Application, Cohort
from cohorts.permissions import can_act_for_application, can_run_cohort
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission, is_member_of
from marketplace.outbox.events import post_event
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier

State = Application.State
#: An offer made on the eve of the first day still leaves half a day.
SHORTEST_OFFER = timedelta(hours=12)
MOTIVATION = 2000  # characters


@verb
def apply_to_cohort(
    *, cohort: Cohort, supplier: Supplier, by: User | None, motivation: str = ""
) -> Application:
    """An enterprise asks to join. First come: in at once while there is a place, else in line. By selection: noted."""
    row = lock_cohort(cohort)
    check_permission(
        is_member_of,
        by,
        supplier.organisation,
        sentence=_("Seuls les membres de cette entreprise peuvent poser sa candidature."),
    )
    if not row.takes_applications:
        raise WrongMove(_("Cette cohorte ne prend pas de candidatures en ce moment."))
    if not Supplier.objects.filter(pk=supplier.pk, status=Status.PUBLISHED).exists():
        raise WrongMove(_("La fiche de l’entreprise doit être publiée avant de poser sa candidature."))
    motivation = motivation.strip()[:MOTIVATION]
    if not row.is_first_come and not motivation:
        raise WrongMove(_("Écrivez en quelques phrases pourquoi ce parcours vous convient."))
    before = Application.objects.filter(cohort=row, supplier=supplier).exclude(
        state__in=Application.MAY_RETURN
    )
    if before.exists():
        raise WrongMove(_("Cette entreprise a déjà posé sa candidature à cette cohorte."))
    now = timezone.now()
    application = Application(
        cohort=row,
        supplier=supplier,
        by=by,
        motivation=motivation,
        state=State.APPLIED,
        arrival=_next(row, "arrival"),
        applied_at=now,
        state_changed_at=now,
    )
    if row.is_first_come:
        _give_place_or_rank(application)
    else:
        application.save()
        emails.send_application_received(application)
    return application


@verb
def accept_application(*, application: Application, by: User | None, message: str = "") -> Application:
    """The pôle says yes: a place where one is free, else a rank in line."""
    row = held_application(application, by)
    _expect(row, State.APPLIED)
    row.message, row.decided_by = message.strip(), by
    _give_place_or_rank(row)
    return bring_up_to_date(application, row)


@verb
def waitlist_application(*, application: Application, by: User | None, message: str = "") -> Application:
    """The pôle says: if a place frees. Only once every place is taken, so that nobody waits for nothing."""
    row = held_application(application, by)
    _expect(row, State.APPLIED)
    if free := _free(row.cohort):
        raise WrongMove(
            ngettext(
                "Il reste %(n)s place : acceptez d’abord la candidature que vous retenez.",
                "Il reste %(n)s places : acceptez d’abord les candidatures que vous retenez.",
                free,
            )
            % {"n": free}
        )
    row.message, row.decided_by = message.strip(), by
    _wait(row)
    return bring_up_to_date(application, row)


@verb
def decline_application(*, application: Application, by: User | None, message: str = "") -> Application:
    """The pôle says no, and why. Who already has a place keeps it: that is for `withdraw`, when asked."""
    row = held_application(application, by)
    _expect(row, State.APPLIED, State.WAITING)
    if not message.strip():
        raise WrongMove(_("Écrivez pourquoi : l’entreprise recevra votre message."))
    row.message, row.decided_by = message.strip(), by
    _move(row, State.DECLINED)
    emails.send_application_declined(row)
    return bring_up_to_date(application, row)


@verb
def confirm_offered_place(*, application: Application, by: User | None) -> Application:
    """The enterprise takes the place that it was offered."""
    row = held_application(application)
    check_permission(can_act_for_application, by, row)
    _expect(row, State.OFFERED)
    assert row.confirm_by is not None  # noqa: S101 - a constraint of the table
    if row.confirm_by <= timezone.now():
        raise WrongMove(_("Le délai pour confirmer est passé : la place va à l’entreprise suivante."))
    _move(row, State.ACCEPTED, seat=row.seat)
    _announce(row)
    emails.send_application_accepted(row)
    return bring_up_to_date(application, row)


@verb
def withdraw_application(*, application: Application, by: User | None) -> Application:
    """The enterprise gives up its request, its rank or its place; the place goes to the first in line."""
    row = held_application(application)
    check_permission(can_act_for_application, by, row)
    if not row.cohort.is_standing:
        raise WrongMove(_("Cette cohorte est terminée ou annulée : il n’y a plus rien à retirer."))
    _expect(row, State.APPLIED, State.WAITING, State.OFFERED, State.ACCEPTED)
    _move(row, State.WITHDRAWN)
    _fill(row.cohort)
    return bring_up_to_date(application, row)


@verb
def offer_free_places(*, cohort: Cohort, by: User | None) -> int:
    """Offer every free place to the line, in order; how many were offered. For a cohort that has begun."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    if not row.is_standing:
        raise WrongMove(_("Cette cohorte est terminée ou annulée."))
    offered = _offer(row)
    if not offered:
        raise WrongMove(_("Aucune place n’est libre, ou personne n’attend."))
    return offered


@verb
def change_cohort_places(*, cohort: Cohort, places: int, by: User | None) -> int:
    """More places go to the line, in order; fewer may not take one away. How many places were offered."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    taken = _taken(row)
    if places < max(taken, 1):
        raise WrongMove(
            ngettext(
                "%(n)s place est déjà prise : il en faut au moins autant.",
                "%(n)s places sont déjà prises : il en faut au moins autant.",
                taken,
            )
            % {"n": taken}
        )
    _close_ranks(row, places)
    row.places = cohort.places = places
    row.save(update_fields=["places"])
    return _fill(row)


@verb
def lapse_offer(*, application: Application, by: User | None) -> bool:
    """An offer that nobody took in time goes to the next in line; whether it did. Safe to call twice."""
    row = held_application(application, by)
    if row.state != State.OFFERED or row.confirm_by is None or row.confirm_by > timezone.now():
        return False
    _move(row, State.LAPSED)
    emails.send_place_lapsed(row)
    _fill(row.cohort)
    return True


# -- what the verbs share ----------------------------------------------------------------------------------------------


def lock_cohort(cohort: Cohort) -> Cohort:
    """The cohort as it stands, held until the transaction ends: verbs on one cohort go one after the other."""
    rows = Cohort.objects.select_for_update(of=("self",), no_key=True).select_related("pole", "programme")
    return rows.get(pk=cohort.pk)


def held_application(application: Application, by: User | None = None) -> Application:
    """The application as it stands, its cohort held; where `by` is given, it must run the cohort."""
    cohort = lock_cohort(application.cohort)
    row = Application.objects.select_related("supplier__organisation", "by").get(pk=application.pk)
    row.cohort = cohort
    check_permission(can_run_cohort, by, cohort)
    return row


def _expect(row: Application, *states: State) -> None:
    if not row.cohort.is_standing:
        raise WrongMove(
            _("La cohorte est à l’état « %(state)s » : cette action n’est pas possible.")
            % {"state": row.cohort.get_state_display()}
        )
    if row.state not in states:
        raise WrongMove(
            _("La candidature est à l’état « %(state)s » : cette action n’est pas possible.")
            % {"state": row.get_state_display()}
        )


def _next(cohort: Cohort, column: str) -> int:
    """One more than the highest ever given in this cohort that still stands in the table."""
    return (Application.objects.filter(cohort=cohort).aggregate(last=Max(column))["last"] or 0) + 1


def _taken(cohort: Cohort) -> int:
    return Application.objects.filter(cohort=cohort).seated().count()


def _free(cohort: Cohort) -> int:
    return max(0, cohort.places - _taken(cohort))


def free_seats(cohort: Cohort) -> list[int]:
    held = set(Application.objects.filter(cohort=cohort).seated().values_list("seat", flat=True))
    return [seat for seat in range(1, cohort.places + 1) if seat not in held]


def _give_place_or_rank(row: Application) -> None:
    seats = free_seats(row.cohort)
    if seats and not Application.objects.filter(cohort=row.cohort).in_line().exists():
        _move(row, State.ACCEPTED, seat=seats[0])
        _announce(row)
        emails.send_application_accepted(row)
    else:
        _wait(row)


def _wait(row: Application) -> None:
    _move(row, State.WAITING, queue=_next(row.cohort, "queue"))
    rank = Application.objects.filter(cohort=row.cohort).in_line().count()
    emails.send_application_waiting(row, rank=rank)


def _fill(cohort: Cohort) -> int:
    return _offer(cohort) if cohort.fills_by_itself else 0


def _offer(cohort: Cohort) -> int:
    """Free places to the first in line, each told until when to say yes."""
    seats = free_seats(cohort)
    line = Application.objects.filter(cohort=cohort).in_line().select_related("supplier__organisation", "by")
    offered = list(line[: len(seats)])
    for row, seat in zip(offered, seats, strict=False):
        row.cohort = cohort
        _move(row, State.OFFERED, seat=seat, confirm_by=_end_of_offer(cohort))
        emails.send_place_offered(row)
    return len(offered)


def _end_of_offer(cohort: Cohort) -> datetime:
    """After the cohort's own delay, but before its first day; on the hour, as people read it, or at 23:59."""
    now = timezone.now()
    end = now + timedelta(days=cohort.confirm_days)
    first_day = timezone.make_aware(datetime.combine(cohort.starts_on, time.min))
    if now < first_day < end:
        end = max(first_day, now + SHORTEST_OFFER)
    whole = end.replace(minute=0, second=0, microsecond=0)
    whole += timedelta(hours=whole != end)
    is_midnight = timezone.localtime(whole).hour == 0  # of which day? nobody could tell
    return whole - timedelta(minutes=is_midnight)


def _close_ranks(cohort: Cohort, places: int) -> None:
    """Before there are fewer places, those who sit past them take the free seats below."""
    free = iter(seat for seat in free_seats(cohort) if seat <= places)
    past: Iterable[Application] = Application.objects.filter(cohort=cohort, seat__gt=places).order_by("seat")
    for row in past:
        row.seat = next(free)
        row.save(update_fields=["seat"])


def _move(row: Application, state: State, **holds: Any) -> None:
    """Into a state, with what that state holds (a seat, a number in line, the end of an offer) and nothing else."""
    row.state, row.state_changed_at = state, timezone.now()
    for name in ("seat", "queue", "confirm_by"):
        setattr(row, name, holds.get(name))
    row.save()


def _announce(row: Application) -> None:
    post_event(
        kind="application.accepted",
        subject=f"application:{row.pk}",
        version="1",
        payload={"cohort": row.cohort_id, "supplier": row.supplier_id},
    )


def bring_up_to_date(application: Application, row: Application) -> Application:
    """The caller's instance says what the database now says."""
    for field in Application._meta.concrete_fields:
        setattr(application, field.attname, getattr(row, field.attname))
    return application
