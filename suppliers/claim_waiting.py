"""Claims in « Mon espace »: staff decide; who claimed sees where it stands, and has nothing to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web import typography
from marketplace.web.waiting import (
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)
from suppliers.models import Claim

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def to_decide(user: User) -> QuerySet[Any] | None:
    if not user.is_staff:
        return None
    return waiting_rows(
        Claim.objects.curated_by(user).open().exclude(user=user),
        kind="suppliers.claim",
        subject=F("pk"),
        name=F("supplier__organisation__name"),
        detail=F("title"),
        since=F("created_at"),
    )


def decide(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=_("Quelqu’un (%(function)s) demande à tenir cette fiche.") % {"function": row.detail},
        url=reverse("admin:suppliers_claim_change", args=[row.subject]),
        action=_("Décider"),
        since=row.since,
    )


def more_to_decide(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et une autre revendication", "et %(n)s autres revendications", n) % {"n": n},
        url=reverse("admin:suppliers_claim_changelist"),
    )


def claim_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("revendication à décider", "revendications à décider", count),
        url=reverse("admin:suppliers_claim_changelist") + "?state__exact=open",
        icon="person",
        is_urgent=True,
    )


def mine(user: User) -> QuerySet[Any]:
    """The sheets that one asked for, while the pôle has it in hand."""
    return waiting_rows(
        Claim.objects.open().filter(user=user),
        kind="suppliers.my_claim",
        subject=F("supplier__slug"),
        name=F("supplier__organisation__name"),
        since=F("created_at"),
    )


def follow(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=_("Votre demande est chez le pôle depuis le %(day)s. Sa réponse viendra par courriel.")
        % {"day": typography.format_day_short(row.since)},
        url=reverse("suppliers:claim", args=[row.subject]),
        action=_("Voir ma demande"),
        since=row.since,
    )


register_waiting(
    kind="suppliers.claim", rows=to_decide, item=decide, rest=more_to_decide, tile=claim_tile, order=15
)
register_waiting(kind="suppliers.my_claim", rows=mine, item=follow, informs=True)
