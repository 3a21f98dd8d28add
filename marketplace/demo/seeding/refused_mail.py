"""Seeded addresses of the demo that refuse mail: one that no longer exists, one whose reader complained, one restored."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from marketplace.accounts.models import Invitation, User
from marketplace.outbox.models import Attempted, Message, Suppression
from marketplace.outbox.suppressions import lift_suppression, note_complaint, note_refusal
from marketplace.territories.models import Pole

_UNKNOWN = "smtp; 550 5.1.1 <{address}>: Recipient address rejected: User unknown"


def seed_refused_mail(*, staff: User, day: date) -> None:
    """Mails of the pôle that left some days ago, and what their servers said since; through the verbs."""
    pole = Pole.objects.get(code="mauricie")
    invited = Invitation.objects.order_by("pk").values_list("email", flat=True).first()
    addresses = [
        invited or "direction@ancienne-coop.example",
        "reception@atelier.example",
        "info@scierie.example",
    ]
    for number, address in enumerate(addresses):
        moment = datetime.combine(day - timedelta(days=number + 2), time(15, 12), tzinfo=UTC)
        message = Message.objects.create(
            address=address.lower(), kind="curation.written_to", subject="demo:refused", version=str(number),
            title="Votre fiche dans le répertoire", text="Bonjour,\n", html="<p>Bonjour,</p>", sender_name="Maillage",
            message_id=f"<refus{number}.{day:%Y%m%d}@maillage.example>", pole=pole, status=Attempted.Status.DONE,
            attempts=1, created_at=moment, next_attempt_at=moment, done_at=moment,
        )  # fmt: skip
        if number == 1:
            note_complaint(
                message=message, said="Feedback-Type: abuse", source=Suppression.Source.REPORT, by=None
            )
        else:
            said = _UNKNOWN.format(address=message.address)
            note_refusal(
                message=message, status="5.1.1", said=said, source=Suppression.Source.REPORT, by=None
            )
    lift_suppression(suppression=Suppression.objects.get(address=addresses[2]), by=staff)
