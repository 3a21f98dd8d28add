"""The way back of an event that was closed too early or called off (docs/adr/0018)."""

from __future__ import annotations

from django.db.models import Case, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.events.lifecycle import lock_event, set_event_state
from marketplace.events.models import MatchmakingEvent, Meeting, State
from marketplace.events.permissions import can_organise_event
from marketplace.outbox.decisions import register_decision, why_causes_fell
from marketplace.outbox.delivery import withhold_letters
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb


@verb
def undo_event_move(*, event: MatchmakingEvent, by: User | None) -> None:
    """Closed on its day, its meetings stand again; called off, it takes place after all while the letters wait."""
    letters = withhold_letters(decision=event.cause)
    row = lock_event(event)
    check_permission(can_organise_event, by, row)
    if row.state == State.DONE:
        if row.day < timezone.localdate():
            raise WrongMove(_("La date est passée : l’activité est terminée."))
        Meeting.objects.filter(event=row, state=Meeting.State.DONE).update(
            state=Case(
                When(was_slot__isnull=False, then=Value(Meeting.State.MOVED)),
                default=Value(Meeting.State.PLANNED),
            )
        )
        set_event_state(row, State.PUBLISHED, event)
        return
    if row.state != State.CANCELLED:
        raise WrongMove(_("Rien n’est à annuler ici : servez-vous des boutons de la page."))
    if letters.gone:
        raise WrongMove(
            _("Des personnes ont déjà le courriel d’annulation : l’activité ne peut plus être rouverte.")
        )
    history = MatchmakingEvent.pgh_event_model.objects
    former = history.filter(pgh_obj_id=row.pk).exclude(state=row.state).order_by("-pgh_id").first()
    if former is None:
        raise WrongMove(_("L’historique n’indique pas ce qu’il y avait avant."))
    set_event_state(row, State(former.state), event)


register_decision(
    "event", lambda whats: why_causes_fell(whats, MatchmakingEvent.objects.all(), lambda row: row.cause)
)
