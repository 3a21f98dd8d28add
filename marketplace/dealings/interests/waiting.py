"""What « Mon espace » says of notices that one follows: where each stands, with its next date."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Need
from marketplace.accounts.models import User
from marketplace.dealings.models import Follow
from marketplace.web.typography import format_in_days, format_moment
from marketplace.web.waiting import (
    WaitingItem,
    WaitingRest,
    WaitingRow,
    register_waiting,
    urgency_by_date,
    waiting_rows,
)

FOLLOWED, FOLLOWED_NEED = "follows.notice", "follows.need"


def followed_rows(user: User) -> QuerySet[Any]:
    """Notices of SEAO that are still running, the next closing first."""
    rows = Follow.objects.filter(user=user, tender__isnull=False, tender__status="active")
    return waiting_rows(
        rows.filter(Q(tender__closes_at__gt=timezone.now()) | Q(tender__closes_at=None)),
        kind=FOLLOWED,
        subject=F("pk"),
        name=F("tender__title"),
        detail=F("tender__ocid"),
        since=F("at"),
        due=F("tender__closes_at"),
    )


def followed_need_rows(user: User) -> QuerySet[Any]:
    """Needs that are still running and that the person may still see."""
    return waiting_rows(
        Follow.objects.filter(user=user, need__in=Need.objects.visible_to(user).running()),
        kind=FOLLOWED_NEED,
        subject=F("pk"),
        name=F("need__title"),
        detail=F("need__slug"),
        since=F("at"),
        due=F("need__closes_at"),
    )


def followed_item(row: WaitingRow) -> WaitingItem:
    is_need = row.kind == FOLLOWED_NEED
    return WaitingItem(
        title=row.name,
        text=_("Clôture le %(moment)s, %(near)s")
        % {"moment": format_moment(row.due), "near": format_in_days(row.due)}
        if row.due
        else _("Clôture non précisée, voir l’avis"),
        url=reverse("needs:need" if is_need else "tenders:tender", args=[row.detail]),
        action=_("Lire le besoin") if is_need else _("Lire l’avis"),
        urgency=urgency_by_date(row.due),
        since=row.since,
        due=row.due,
    )


def followed_rest(count: int) -> WaitingRest:
    return WaitingRest(text=_("Tous les avis que vous suivez"), url=reverse("dealings:follow_list"))


def register_interest_waiting() -> None:
    for kind, rows in ((FOLLOWED, followed_rows), (FOLLOWED_NEED, followed_need_rows)):
        register_waiting(kind=kind, rows=rows, item=followed_item, rest=followed_rest, informs=True)
