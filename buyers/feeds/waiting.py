"""A source of notices that is late, in « Mon espace » and on the first page of the admin, for who administers the platform."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import SourceState
from marketplace.accounts.models import Visitor
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

STALE = "sources.stale"


def stale_rows(user: Visitor) -> QuerySet[Any] | None:
    if not (user.is_authenticated and user.is_superuser):
        return None
    rows = SourceState.objects.filter(stale_since__isnull=False)
    return waiting_rows(
        rows, kind=STALE, subject=F("source_id"), name=F("source__name"), since=F("stale_since")
    )


def stale_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Remettre à jour la source « %(source)s »") % {"source": row.name},
        text=_("Elle est en retard : les pages d’avis l’indiquent à tout le monde."),
        url=reverse("admin:buyers_noticesource_change", args=[row.subject]),
        action=_("Voir la source"),
        urgency=Urgency.NOW,
        since=row.since,
    )


def stale_rest(count: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et %(n)s autre source", "et %(n)s autres sources", count) % {"n": count},
        url=reverse("admin:buyers_noticesource_changelist"),
    )


def stale_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("source d’avis en retard", "sources d’avis en retard", count),
        url=reverse("admin:buyers_noticesource_changelist"),
        icon="warning",
        is_urgent=True,
    )


def register_source_waiting() -> None:
    register_waiting(kind=STALE, rows=stale_rows, item=stale_item, rest=stale_rest, tile=stale_tile, order=15)
