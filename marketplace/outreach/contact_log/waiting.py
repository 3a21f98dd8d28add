"""What is to be done next about an organisation, on the day that was said: « Mon espace » and the admin's first page."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.outreach.models import ContactEntry
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

if TYPE_CHECKING:
    from marketplace.accounts.models import User

KIND = "outreach.next_action"


def next_action_rows(user: User) -> QuerySet[Any] | None:
    """Due today or before, mine or nobody's of my pôle."""
    if not user.is_staff:
        return None
    mine = Q(next_by=user.pk) if user.is_superuser else Q(next_by=user.pk) | Q(next_by=None)
    rows = ContactEntry.objects.visible_to(user).with_open_action()
    return waiting_rows(
        rows.filter(mine, next_on__lte=timezone.localdate()),
        kind=KIND,
        subject=F("organisation"),
        name=F("organisation__name"),
        detail=F("next_action"),
        since=F("created_at"),
        due=F("next_on"),
    )


def next_action_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=row.detail,
        url=reverse("outreach_admin:organisation_log", args=[row.subject]),
        action=_("Ouvrir le journal"),
        urgency=Urgency.SOON,
        since=row.since,
        due=row.due,
    )


def next_action_rest(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et une autre action à faire", "et %(n)s autres actions à faire", n) % {"n": n},
        url=reverse("outreach_admin:next_actions"),
    )


def next_action_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("action à faire", "actions à faire", count),
        url=reverse("outreach_admin:next_actions"),
        text=_("prévues aujourd’hui ou avant"),
        icon="phone",
    )


def register_contact_waiting() -> None:
    register_waiting(
        kind=KIND,
        rows=next_action_rows,
        item=next_action_item,
        rest=next_action_rest,
        tile=next_action_tile,
        order=25,
    )
