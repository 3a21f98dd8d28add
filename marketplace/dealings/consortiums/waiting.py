"""What « Mon espace » says of consortiums: an invitation that nobody has answered."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.models import ConsortiumMember
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    register_waiting,
    waiting_rows,
)

INVITED = "consortiums.invited"


def invited_rows(user: User) -> QuerySet[Any] | None:
    if not user.organisation_ids:
        return None
    return waiting_rows(
        ConsortiumMember.objects.waiting_for(user),
        kind=INVITED,
        subject=F("consortium"),
        name=Coalesce("consortium__tender__title", "consortium__need__title"),
        detail=F("supplier__organisation__name"),
        since=F("invited_at"),
        due=Coalesce("consortium__tender__closes_at", "consortium__need__closes_at"),
    )


def invited_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Répondre à une invitation : %(notice)s") % {"notice": row.name},
        text=_("D’autres entreprises proposent à %(name)s de répondre ensemble à cet avis.")
        % {"name": row.detail},
        url=reverse("dealings:consortium", args=[row.subject]),
        action=_("Lire l’invitation"),
        urgency=Urgency.SOON,
        since=row.since,
        due=row.due,
    )


def invited_rest(count: int) -> WaitingRest:
    return WaitingRest(
        text=_("Toutes les invitations à un groupement"), url=reverse("dealings:consortium_list")
    )


def register_consortium_waiting() -> None:
    register_waiting(kind=INVITED, rows=invited_rows, item=invited_item, rest=invited_rest)
