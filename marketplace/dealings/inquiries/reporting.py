"""A party reports what it was written; the pôle reads that message, decides, and may close the exchange."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.inquiries.parties import side_of
from marketplace.dealings.models import InquiryMessage, InquiryRecipient, InquiryReport
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.verbs import verb

Outcome = InquiryReport.Outcome


@verb
def report_message(
    *, recipient: InquiryRecipient, message: InquiryMessage | None, why: str, by: User
) -> InquiryReport:
    """What the other side wrote is shown to the pôle, with why. `message` None: the question itself. Once for each."""
    side = side_of(by, recipient)
    if side is None or (message is not None and message.recipient_id != recipient.pk):
        raise NotAllowed
    wrote = message.side if message is not None else InquiryMessage.Side.BUYER
    if wrote == side:
        raise WrongMove(_("Vous ne pouvez signaler que ce que l’autre partie a écrit."))
    report, _is_new = InquiryReport.objects.get_or_create(
        recipient=recipient, message=message, side=side, defaults={"why": why, "by": by}
    )
    return report


@verb
def handle_report(*, report: InquiryReport, outcome: str, note: str, by: User) -> InquiryReport:
    """The pôle's answer. « Échange fermé » stops both sides from writing in it."""
    held = InquiryReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not InquiryReport.objects.curated_by(by).filter(pk=held.pk).exists():
        raise NotAllowed
    if not outcome:
        raise WrongMove(_("Choisissez la suite donnée."))
    held.outcome, held.note = outcome, note
    held.handled_at, held.handled_by = timezone.now(), by
    held.save(update_fields=["outcome", "note", "handled_at", "handled_by"])
    blocked = Outcome.BLOCKED if outcome == Outcome.BLOCKED else None
    others = InquiryReport.objects.filter(recipient=held.recipient_id, outcome=Outcome.BLOCKED)
    if blocked:
        InquiryRecipient.objects.filter(pk=held.recipient_id, blocked_at=None).update(
            blocked_at=timezone.now()
        )
    elif not others.exists():
        InquiryRecipient.objects.filter(pk=held.recipient_id).update(blocked_at=None)
    return held
