"""Registrations in « Mon espace »: staff verify institutions, owners answer colleagues, who asked sees where it stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Enrolment
from marketplace.web import typography
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


def to_verify(user: User) -> QuerySet[Any] | None:
    if not user.is_staff:
        return None
    return waiting_rows(
        Enrolment.objects.curated_by(user).open().exclude(user=user),
        kind="buyers.enrolment",
        subject=F("pk"),
        name=F("buyer__organisation__name"),
        detail=F("title"),
        since=F("created_at"),
    )


def verify(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=_("Quelqu’un (%(function)s) inscrit cette institution ou s’y joint.") % {"function": row.detail},
        url=reverse("admin:buyers_enrolment_change", args=[row.subject]),
        action=_("Vérifier"),
        since=row.since,
    )


def more_to_verify(n: int) -> WaitingRest:
    return WaitingRest(
        text=ngettext("et une autre inscription d’acheteur", "et %(n)s autres inscriptions d’acheteurs", n)
        % {"n": n},
        url=reverse("admin:buyers_enrolment_changelist"),
    )


def enrolment_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("inscription d’acheteur à vérifier", "inscriptions d’acheteurs à vérifier", count),
        url=reverse("admin:buyers_enrolment_changelist") + "?state__exact=open",
        icon="person",
        is_urgent=True,
    )


def colleagues(user: User) -> QuerySet[Any] | None:
    """For owners of a verified institution."""
    if user.is_staff or not user.organisation_ids:
        return None
    return waiting_rows(
        Enrolment.objects.owned_by(user).open(),
        kind="buyers.colleague",
        subject=F("pk"),
        name=F("user__last_name"),
        detail=F("buyer__organisation__name"),
        since=F("created_at"),
    )


def colleague(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Une personne demande à se joindre à vous"),
        text=row.detail,
        url=reverse("buyers:enrolment", args=[row.subject]),
        action=_("Répondre"),
        urgency=Urgency.NOW,
        since=row.since,
    )


def mine(user: User) -> QuerySet[Any]:
    """The institutions that one asked to act for, while the answer is awaited."""
    return waiting_rows(
        Enrolment.objects.open().filter(user=user),
        kind="buyers.my_enrolment",
        subject=F("pk"),
        name=F("buyer__organisation__name"),
        since=F("created_at"),
    )


def follow(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=row.name,
        text=_("Demande déposée le %(day)s. La réponse viendra par courriel.")
        % {"day": typography.format_day_short(row.since)},
        url=reverse("buyers:enrolment", args=[row.subject]),
        action=_("Voir ma demande"),
        since=row.since,
    )


register_waiting(
    kind="buyers.enrolment",
    rows=to_verify,
    item=verify,
    rest=more_to_verify,
    tile=enrolment_tile,
    order=16,
)
register_waiting(kind="buyers.colleague", rows=colleagues, item=colleague)
register_waiting(kind="buyers.my_enrolment", rows=mine, item=follow, informs=True)
