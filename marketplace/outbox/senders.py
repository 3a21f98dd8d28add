"""Who signs a mail, who gets the answers, and the postal address that the anti-spam law asks for."""

from __future__ import annotations

from collections.abc import Collection
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
    postal_address: str
    phone: str


def sender(pole: Pole | None) -> Sender:
    """The platform, in the name of a pôle where there is one."""
    return Sender(
        name=f"{settings.SENDER_NAME}, {pole.name}" if pole else settings.SENDER_NAME,
        reply_to=(pole.email if pole else "") or from_address(),
        # the name stands on the line above
        postal_address=(pole.postal_address if pole else "")
        or settings.SENDER_POSTAL_ADDRESS.removeprefix(f"{settings.SENDER_NAME}, "),
        phone=pole.phone if pole else "",
    )


def from_address() -> str:
    """The bare address that every mail leaves from; answers go to `Sender.reply_to`."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def pole_for(organisation: Organisation) -> Pole | None:
    """The pôle that looks after an organisation: the one assigned, else the first that covers its MRC today."""
    return poles_for([organisation])[organisation.pk]


def poles_for(organisations: Collection[Organisation]) -> dict[int, Pole | None]:
    """`pole_for` of many, by organisation, in one query (two where `pole` was not fetched along)."""
    covering: dict[str, Pole] = {}
    mrcs = {o.mrc_id for o in organisations if o.mrc_id and not o.pole_id}
    if mrcs:
        coverage = PoleCoverage.objects.today().filter(mrc__in=mrcs).select_related("pole")
        for row in coverage.order_by("pole"):
            covering.setdefault(str(row.mrc_id), row.pole)
    return {o.pk: o.pole if o.pole_id else covering.get(str(o.mrc_id)) for o in organisations}
