"""In « Mon espace »: an address that refuses our mail. On the admin's first page: messages that could not be sent."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.outbox.models import SEALED_KINDS, Message, Suppression
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def failed_message_rows(user: User) -> QuerySet[Any] | None:
    """Those that the reader's pôle signed; all of them for platform admins."""
    if not user.is_staff:
        return None
    rows = Message.objects.failed().exclude(kind__regex=SEALED_KINDS)
    if not user.is_superuser:
        rows = rows.filter(pole__in=user.pole_codes)
    return waiting_rows(rows, kind="outbox.failed", subject=F("pk"), since=F("created_at"))


def failed_message_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("courriel en échec", "courriels en échec", count),
        url=reverse("admin:outbox_message_changelist"),
        icon="warning",
        is_urgent=True,
    )


def refused_address_rows(user: User) -> QuerySet[Any]:
    rows = Suppression.objects.standing().filter(address=user.email.lower())
    return waiting_rows(
        rows,
        kind="outbox.refused_address",
        subject=F("pk"),
        name=F("address"),
        detail=F("reason"),
        since=F("since"),
    )


def refused_address_item(row: WaitingRow) -> WaitingItem:
    if row.detail == Suppression.Reason.COMPLAINT:
        text = _("Un de nos courriels a été signalé comme indésirable : nous n’écrivons plus à %(address)s.")
    else:
        text = _(
            "Le serveur de %(address)s refuse ce que nous envoyons : vos alertes ne vous parviennent plus."
        )
    return WaitingItem(
        title=_("Votre adresse refuse nos courriels"),
        text=text % {"address": row.name},
        url=reverse("account_email"),
        action=_("Changer d’adresse"),
        urgency=Urgency.NOW,
        since=row.since,
    )


register_waiting(kind="outbox.refused_address", rows=refused_address_rows, item=refused_address_item)
register_waiting(kind="outbox.failed", rows=failed_message_rows, tile=failed_message_tile, order=30)
