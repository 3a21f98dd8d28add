"""Law 25: the mails written to a person, bodies included, handed over or erased on request."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import Q

from marketplace.accounts import personal_data
from marketplace.accounts.models import User
from marketplace.outbox.models import Message, MessageQuerySet


def _written_to(user: User) -> MessageQuerySet:
    """Also those to an address of theirs from before they had an account (invitations)."""
    addresses = [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]
    return Message.objects.filter(Q(recipient=user) | Q(address__in=[a.lower() for a in addresses]))


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "written_at": message.created_at.isoformat(),
            "address": message.address,
            "title": message.title,
            "status": message.status,
            "text": message.text,
        }
        for message in _written_to(user).order_by("created_at", "pk")
    ]


def _erase(user: User) -> None:
    _written_to(user).delete()


personal_data.register("outbox", export=_export, erase=_erase)
