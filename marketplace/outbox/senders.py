"""Who signs a mail, who gets the answers, and the postal address that the anti-spam law asks for."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parseaddr

from django.conf import settings

from marketplace.accounts.models import Organisation
from marketplace.territories.models import Pole, PoleCoverage


@dataclass(frozen=True)
class Sender:
    """What the head and the foot of a mail say of who writes."""

    name: str
    reply_to: str
    signature: str
    postal_address: str
    phone: str


def sender(pole: Pole | None) -> Sender:
    """The platform, in the name of a pôle where there is one."""
    return Sender(
        name=f"{settings.SENDER_NAME}, {pole.name}" if pole else settings.SENDER_NAME,
        reply_to=(pole.email if pole else "") or from_address(),
        signature=pole.name if pole else settings.SENDER_NAME,
        postal_address=(pole.postal_address if pole else "") or settings.SENDER_POSTAL_ADDRESS,
        phone=pole.phone if pole else "",
    )


def from_address() -> str:
    """The bare address that every mail leaves from; answers go to `Sender.reply_to`."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def pole_for(organisation: Organisation) -> Pole | None:
    """The pôle that looks after an organisation: the one assigned, else the first that covers its MRC today."""
    if organisation.pole_id:
        return organisation.pole
    if not organisation.mrc_id:
        return None
    coverage = (
        PoleCoverage.objects.today()
        .filter(mrc=organisation.mrc_id)
        .select_related("pole")
        .order_by("pole")
        .first()
    )
    return coverage.pole if coverage else None
