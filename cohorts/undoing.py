"""The way back of what a pôle decided about a cohort or a request to join it (docs/adr/0018)."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts.admission import bring_up_to_date, free_seats, held_application, lock_cohort
from cohorts.models import Application, Cohort, State
from cohorts.permissions import can_run_cohort
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.outbox.decisions import register_decision, why_causes_fell
from marketplace.outbox.delivery import withhold_letters
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb


@verb
def undo_cohort_move(*, cohort: Cohort, by: User | None) -> None:
    """A cohort that began or ended too early, or was called off, is again as it was; of the last, while letters wait."""
    letters = withhold_letters(decision=cohort.cause)
    row = lock_cohort(cohort)
    check_permission(can_run_cohort, by, row)
    if row.state not in (State.RUNNING, State.DONE, State.CANCELLED):
        raise WrongMove(_("Rien n’est à annuler ici : servez-vous des boutons de la page."))
    today = timezone.localdate()
    if (row.state == State.RUNNING and row.starts_on <= today) or (
        row.state == State.DONE and row.ends_on < today
    ):
        raise WrongMove(_("L’état de la cohorte suit ses dates. Changez d’abord les dates."))
    if letters.gone:
        raise WrongMove(
            _("Des entreprises ont déjà le courriel d’annulation : la cohorte ne peut plus être rouverte.")
        )
    was_cancelled = row.state == State.CANCELLED
    former = _former(Cohort, row.pk, row.state)
    row.state, row.state_changed_at = former.state, timezone.now()
    row.save(update_fields=["state", "state_changed_at"])
    cohort.state, cohort.state_changed_at = row.state, row.state_changed_at
    if was_cancelled:  # calendars that subscribe get the workshops again
        row.workshops.update(sequence=F("sequence") + 1, updated_at=timezone.now())


@verb
def undo_application_decision(*, application: Application, by: User | None) -> Application:
    """A request that the pôle accepted or declined is to be decided again; its letter stays if it has not left."""
    letters = withhold_letters(decision=application.cause)
    row = held_application(application, by)
    if row.state not in (Application.State.ACCEPTED, Application.State.DECLINED) or not row.decided_by_id:
        raise WrongMove(_("Rien n’est à annuler ici : servez-vous des boutons de la page."))
    if letters.gone:
        raise WrongMove(
            _(
                "L’entreprise a déjà le courriel. Écrivez-lui, puis retirez ou acceptez sa candidature avec "
                "elle."
            )
        )
    former = _former(Application, row.pk, row.state)
    if former.seat is not None and former.seat not in free_seats(row.cohort):
        raise WrongMove(_("Sa place est prise depuis : déplacez d’abord l’autre entreprise."))
    row.state, row.seat, row.queue, row.confirm_by = (
        former.state,
        former.seat,
        former.queue,
        former.confirm_by,
    )
    row.message, row.decided_by, row.state_changed_at = "", None, timezone.now()
    row.save()
    return bring_up_to_date(application, row)


def _former(model: Any, pk: int, state: str) -> Any:
    """The last row of history in another state."""
    events = model.pgh_event_model.objects.filter(pgh_obj_id=pk).exclude(state=state)
    found = events.order_by("-pgh_id").first()
    if found is None:
        raise WrongMove(_("L’historique n’indique pas ce qu’il y avait avant."))
    return found


register_decision("cohort", lambda whats: why_causes_fell(whats, Cohort.objects.all(), lambda row: row.cause))
register_decision(
    "application", lambda whats: why_causes_fell(whats, Application.objects.all(), lambda row: row.cause)
)
