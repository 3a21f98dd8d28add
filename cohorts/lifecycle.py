"""A cohort's life: announced, applications closed, begun, over; or called off. Dates move it on by themselves."""

from __future__ import annotations

from datetime import timedelta

import pghistory
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import emails
from cohorts.admission import lapse_offer, lock_cohort
from cohorts.models import STANDING, Application, Cohort, State
from cohorts.permissions import can_run_cohort
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.outbox.events import post_event
from marketplace.web.errors import WrongMove
from marketplace.web.typography import format_day
from marketplace.web.verbs import verb

REMIND = timedelta(days=3)


@verb
def open_cohort(*, cohort: Cohort, by: User | None) -> None:
    """The public sees it; applications run between their dates."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    _expect(row, State.DRAFT)
    if row.closes_at <= timezone.now():
        raise WrongMove(
            _("La date limite des candidatures est passée. Repoussez-la avant d’annoncer la cohorte.")
        )
    if row.ends_on < timezone.localdate():
        raise WrongMove(_("La cohorte est finie selon ses dates. Corrigez-les avant de l’annoncer."))
    row.opened_at = timezone.now()
    _move(row, State.OPEN, cohort)
    post_event(kind="cohort.opened", subject=f"cohort:{row.pk}", version="1")


@verb
def close_applications(*, cohort: Cohort, by: User | None) -> None:
    """No more requests. Those that came are still decided, and places that free still go to the line."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    _expect(row, State.OPEN)
    _move(row, State.CLOSED, cohort)


@verb
def reopen_applications(*, cohort: Cohort, by: User | None) -> None:
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    _expect(row, State.CLOSED)
    if row.closes_at <= timezone.now():
        raise WrongMove(_("La date limite des candidatures est passée. Repoussez-la avant de rouvrir."))
    _move(row, State.OPEN, cohort)


@verb
def start_cohort(*, cohort: Cohort, by: User | None, reason: str = "") -> None:
    """It begins: from here on a place that frees is offered only if the pôle says so. Before its date, with a reason."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    _expect(row, State.OPEN, State.CLOSED)
    if row.starts_on > timezone.localdate():
        said = _("La cohorte commence le %(day)s selon ses dates. Écrivez pourquoi elle commence avant.")
        _keep_reason(reason, said % {"day": format_day(row.starts_on)})
    _move(row, State.RUNNING, cohort)


@verb
def finish_cohort(*, cohort: Cohort, by: User | None, reason: str = "") -> None:
    """It is over. Before its last day or its last workshop, with a reason."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    _expect(row, State.RUNNING)
    if row.ends_on > timezone.localdate() or (by is not None and row.workshops.to_come().exists()):
        said = _("La cohorte n’est pas encore finie selon ses dates. Écrivez pourquoi elle se termine avant.")
        _keep_reason(reason, said)
    _move(row, State.DONE, cohort)


@verb
def cancel_cohort(*, cohort: Cohort, by: User | None, message: str = "") -> None:
    """It will not take place: every enterprise that has a request running is told, calendars drop the workshops."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    _expect(row, State.DRAFT, State.OPEN, State.CLOSED, State.RUNNING)
    if row.opened_at is not None and not message.strip():
        raise WrongMove(_("Écrivez pourquoi : les entreprises recevront votre message."))
    _move(row, State.CANCELLED, cohort)
    row.workshops.update(sequence=F("sequence") + 1, updated_at=timezone.now())
    emails.send_cohort_cancelled(row, message=message.strip())


def advance_cohorts() -> int:
    """What dates alone decide, and offers that nobody took. Safe to run twice; how many moved."""
    now, today = timezone.now(), timezone.localdate()
    moved = 0
    late = Application.objects.filter(
        state=Application.State.OFFERED, confirm_by__lte=now, cohort__state__in=STANDING
    )
    for application in late.select_related("cohort").order_by("confirm_by", "pk"):
        moved += lapse_offer(application=application, by=None)
    for cohort in Cohort.objects.filter(state=State.OPEN, closes_at__lte=now):
        close_applications(cohort=cohort, by=None)
        moved += 1
    for cohort in Cohort.objects.filter(state__in=[State.OPEN, State.CLOSED], starts_on__lte=today):
        start_cohort(cohort=cohort, by=None)
        moved += 1
    for cohort in Cohort.objects.filter(state=State.RUNNING, ends_on__lt=today):
        finish_cohort(cohort=cohort, by=None)
        moved += 1
    soon = Cohort.objects.filter(
        state__in=[State.OPEN, State.CLOSED],
        reminded_at__isnull=True,
        workshops__is_cancelled=False,
        workshops__starts_at__gt=now,
        workshops__starts_at__lte=now + REMIND,
    )
    for cohort in soon.distinct():
        moved += remind_of_first_workshop(cohort=cohort, by=None)
    return moved


@verb
def remind_of_first_workshop(*, cohort: Cohort, by: User | None) -> bool:
    """Once, some days before the first workshop, to everyone who is in; whether it was this time."""
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    if row.reminded_at is not None or not row.is_standing:
        return False
    row.reminded_at = timezone.now()
    row.save(update_fields=["reminded_at"])
    emails.send_first_workshop_near(row)
    return True


def _keep_reason(reason: str, otherwise: str) -> None:
    """What goes against the dates asks why; the answer stays beside the change, in the history."""
    if not reason.strip():
        raise WrongMove(otherwise)
    pghistory.context(reason=reason.strip()[:500])


def _expect(row: Cohort, *states: State) -> None:
    if row.state not in states:
        raise WrongMove(
            _("La cohorte est à l’état « %(state)s » : cette action n’est pas possible.")
            % {"state": row.get_state_display()}
        )


def _move(row: Cohort, state: State, cohort: Cohort) -> None:
    """Write the new state, and bring the caller's instance up to date."""
    row.state, row.state_changed_at = state, timezone.now()
    row.save(update_fields=["state", "state_changed_at", "opened_at"])
    cohort.state, cohort.state_changed_at, cohort.opened_at = row.state, row.state_changed_at, row.opened_at
