"""What people decide about a sheet. `states.py` says which move leads where; each move leaves a `Decision`.

Every verb takes `(*, supplier, by, message="", channel=…, on_behalf_of="")` and returns the decision. `by` None is
the system. Acting for an enterprise that called: `channel=PHONE` with the name of who called in `on_behalf_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from marketplace.territories.models import Pole
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb
from suppliers import letters, states
from suppliers.models import Decision, Status, Supplier
from suppliers.moving import locked, move, pole_of, record

if TYPE_CHECKING:
    from marketplace.accounts.models import User

SCREEN = Decision.Channel.SCREEN


@verb
def take_up(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A prospect becomes a draft: someone is working on it."""
    return move(states.TAKE_UP, supplier, by, message, channel, on_behalf_of)


@verb
def submit(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A member, or staff for them, asks the pôle to verify the sheet: it joins the queue."""
    return move(states.SUBMIT, supplier, by, message, channel, on_behalf_of)


@verb
def withdraw(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A member takes a submitted sheet back to correct it; it leaves the queue."""
    return move(states.WITHDRAW, supplier, by, message, channel, on_behalf_of)


@verb
def confirm(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A published sheet is verified again, today: the year begins anew, and what had changed is accepted."""
    return move(states.CONFIRM, supplier, by, message, channel, on_behalf_of)


@verb
def publish(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """The sheet is verified, today, by the pôle of who decides; the public sees it."""
    decision = move(states.PUBLISH, supplier, by, message, channel, on_behalf_of)
    if by is not None:
        letters.send_published(supplier=supplier, decision=decision, pole=pole_of(supplier, by))
    return decision


@verb
def return_with_message(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """Back to draft; what is missing is mailed to the members, else to the contact of the sheet."""
    decision = move(states.RETURN, supplier, by, message, channel, on_behalf_of)
    written = letters.send_returned(supplier=supplier, decision=decision, pole=pole_of(supplier, by))
    if not written and channel != Decision.Channel.PHONE:
        raise WrongMove(
            _("Cette fiche n’a ni membre ni courriel. Appelez l’entreprise, puis cochez « par téléphone ».")
        )
    return decision


@verb
def suspend(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """The public no longer sees the sheet, for a time."""
    return move(states.SUSPEND, supplier, by, message, channel, on_behalf_of)


@verb
def archive(
    *,
    supplier: Supplier,
    by: User | None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
    reason: str = Supplier.Reason.OTHER,
) -> Decision:
    """The sheet is closed, for a reason; imports leave it closed."""
    return _close(states.ARCHIVE, supplier, by, message, channel, on_behalf_of, reason)


@verb
def mark_not_social_economy(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """Archived because it is not social economy; an import that brings it again changes nothing to that."""
    reason = Supplier.Reason.NOT_SOCIAL_ECONOMY
    return _close(states.NOT_SOCIAL_ECONOMY, supplier, by, message, channel, on_behalf_of, reason)


@verb
def reopen(
    *, supplier: Supplier, by: User | None, message: str = "", channel: str = SCREEN, on_behalf_of: str = ""
) -> Decision:
    """A suspended or archived sheet becomes a draft again, its reason forgotten."""
    return move(states.REOPEN, supplier, by, message, channel, on_behalf_of)


@verb
def assign(
    *,
    supplier: Supplier,
    by: User | None,
    pole: Pole | None,
    message: str = "",
    channel: str = SCREEN,
    on_behalf_of: str = "",
) -> Decision:
    """A pôle also answers for this organisation, wherever its seat is; None takes the assignment back."""
    sheet = locked(states.ASSIGN, supplier, by, message, channel, on_behalf_of)
    sheet.organisation.pole = pole
    said = ". ".join(filter(None, [str(pole) if pole else _("Aucun pôle"), message.strip()]))
    decision = record(states.ASSIGN, sheet, supplier, by, said, channel, on_behalf_of)
    sheet.organisation.save(update_fields=["pole", "updated_at"])
    return decision


def _close(
    step: states.Move,
    supplier: Supplier,
    by: User | None,
    message: str,
    channel: str,
    on_behalf_of: str,
    reason: str,
) -> Decision:
    """Archive, and say so to the members: why, and in whose words."""
    was_public = Supplier.objects.filter(pk=supplier.pk, status=Status.PUBLISHED).exists()
    decision = move(step, supplier, by, message, channel, on_behalf_of, reason=reason)
    if by is not None:
        pole = pole_of(supplier, by)
        letters.send_closed(supplier=supplier, decision=decision, pole=pole, was_public=was_public)
    return decision
