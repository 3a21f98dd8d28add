"""What waits about needs: for the staff of a territory, those to look at; for an institution, those that were given back or
whose draft closes soon; and the panel of an institution's needs in « Mon espace »."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Need
from buyers.needs.listing import need_row
from marketplace.accounts.models import User, Visitor
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRest,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

REVIEW, RETURNED, SENT = "needs.review", "needs.returned", "needs.sent"
SHOWN = 5


def review_rows(user: Visitor) -> QuerySet[Any] | None:
    if not user.is_authenticated or not user.is_staff:
        return None
    rows = Need.objects.curated_by(user).filter(status=Need.Status.SUBMITTED)
    return waiting_rows(
        rows,
        kind=REVIEW,
        subject=F("pk"),
        name=F("title"),
        detail=F("buyer__organisation__name"),
        since=F("submitted_at"),
    )


def review_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Lire un besoin : %(need)s") % {"need": row.name},
        text=_(
            "L’institution « %(institution)s » n’est pas encore vérifiée : son besoin paraîtra quand vous l’aurez lu et publié."
        )
        % {"institution": row.detail},
        url=reverse("admin:buyers_need_change", args=[row.subject]),
        action=_("Lire"),
        urgency=Urgency.SOON,
        since=row.since,
    )


def review_rest(count: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et %(n)s autre besoin", "et %(n)s autres besoins", count) % {"n": count},
        url=f"{reverse('admin:buyers_need_changelist')}?etat={Need.Status.SUBMITTED}",
    )


def review_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("besoin à lire", "besoins à lire", count),
        url=f"{reverse('admin:buyers_need_changelist')}?etat={Need.Status.SUBMITTED}",
        icon="pencil",
        is_urgent=True,
    )


def returned_rows(user: Visitor) -> QuerySet[Any] | None:
    if not user.is_authenticated or not user.organisation_ids:
        return None
    rows = Need.objects.of(user).filter(status=Need.Status.DRAFT).exclude(returned_because="")
    return waiting_rows(
        rows, kind=RETURNED, subject=F("slug"), name=F("title"), since=F("created_at"), due=F("closes_at")
    )


def returned_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Compléter le besoin : %(need)s") % {"need": row.name},
        text=_("Votre pôle demande un complément avant de le publier."),
        url=reverse("needs:write", args=[row.subject]),
        action=_("Compléter"),
        urgency=Urgency.NOW,
        since=row.since,
    )


def sent_rows(user: Visitor) -> QuerySet[Any] | None:
    if not user.is_authenticated or not user.organisation_ids:
        return None
    rows = Need.objects.of(user).filter(status=Need.Status.SUBMITTED)
    return waiting_rows(rows, kind=SENT, subject=F("slug"), name=F("title"), since=F("submitted_at"))


def sent_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Besoin en vérification : %(need)s") % {"need": row.name},
        text=_("Votre pôle le lit, puis le publie ou vous répond."),
        url=reverse("needs:need", args=[row.subject]),
        action=_("Voir le besoin"),
        urgency=Urgency.LATER,
        since=row.since,
    )


def own_needs_panel(request: HttpRequest) -> dict[str, Any] | None:
    """The institution's needs that are not over, drafts first; for `pages`, which knows who acts for one. One query."""
    user = request.user
    if not isinstance(user, User) or not user.organisation_ids:
        return None
    standing = (Need.Status.DRAFT, Need.Status.SUBMITTED, Need.Status.PUBLISHED)
    rows = Need.objects.of(user).filter(status__in=standing).in_order_of_work()
    found = list(rows.select_related("buyer__organisation")[: SHOWN + 1])
    if not found:
        return None
    several = len({need.buyer_id for need in found}) > 1
    return {
        "needs": [need_row(need) for need in found[:SHOWN]],
        "more": len(found) > SHOWN,
        "several": several,
    }


def register_need_waiting() -> None:
    register_waiting(
        kind=REVIEW, rows=review_rows, item=review_item, rest=review_rest, tile=review_tile, order=25
    )
    register_waiting(kind=RETURNED, rows=returned_rows, item=returned_item)
    register_waiting(kind=SENT, rows=sent_rows, item=sent_item, informs=True)
