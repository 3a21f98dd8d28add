"""« Mes suivis »: notices that the person follows or that interest their enterprises, the next date first."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.models import DatesFeed, Follow, Interest
from marketplace.dealings.notices import (
    KINDS,
    Deadline,
    Notice,
    NoticeKind,
    kind_of,
    next_deadline,
    notice_key,
)
from marketplace.web.emails import absolute_url
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url

PAGE_SIZE = 20
MOST = 1_000


@dataclass
class FollowRow:
    """One notice of the list; `enterprises` are the person's own that it interests."""

    notice: Notice
    key: str
    page: str
    buyer_name: str
    is_followed: bool
    is_running: bool
    deadline: Deadline | None
    state: Any
    enterprises: list[str] = field(default_factory=list)


def follow_list_context(request: HttpRequest, user: User) -> dict[str, Any]:
    """Two queries for each kind of notice, whatever the rows, and one for the calendar."""
    keys = sorted((order, kind.field, pk) for kind in KINDS for order, pk in _ordered(kind, user))
    page = paginate_list(request, keys, PAGE_SIZE)
    shown: dict[str, list[int]] = defaultdict(list)
    for _order, column, pk in page:
        shown[column].append(pk)
    found = {
        (kind.field, notice.pk): notice
        for kind in KINDS
        if shown[kind.field]
        for notice in _with_standing(kind, user).filter(pk__in=shown[kind.field])
    }
    feed = DatesFeed.objects.filter(user=user).first()
    return {
        "page_obj": page,
        "messages_here": [page.message] if page.message else [],
        "rows": [follow_row(found[column, pk]) for _order, column, pk in page if (column, pk) in found],
        "feed_url": absolute_url(reverse("dealings:dates_calendar", args=[feed.token])) if feed else "",
        "crumbs": [(_("Mon espace"), site_page_url("my_space")), (_("Mes avis suivis"), "")],
    }


def follow_row(notice: Any) -> FollowRow:
    kind, now = kind_of(notice), timezone.now()
    return FollowRow(
        notice=notice,
        key=notice_key(notice),
        page=kind.page(notice),
        buyer_name=kind.buyer_name(notice),
        is_followed=notice.is_followed,
        is_running=kind.is_running(notice),
        deadline=next_deadline(notice, now),
        state=kind.badge(notice),
        enterprises=notice.enterprises,
    )


def _chosen(kind: NoticeKind, user: User) -> QuerySet[Any]:
    column = f"{kind.field}_id"
    followed = Follow.objects.filter(user=user).values(column)
    wanted = Interest.objects.filter(supplier__organisation__in=user.organisation_ids).values(column)
    return kind.rows(user).filter(Q(pk__in=followed) | Q(pk__in=wanted))


def _ordered(kind: NoticeKind, user: User) -> list[tuple[tuple[bool, float], int]]:
    """What is still ahead by its closing, then what is over, the latest first."""
    now = timezone.now()
    rows = _chosen(kind, user).order_by("-closes_at", "-pk").values_list("pk", "closes_at")[:MOST]
    return [(_order(closes_at, now), pk) for pk, closes_at in rows]


def _order(closes_at: datetime | None, now: datetime) -> tuple[bool, float]:
    if closes_at is None:
        return (False, float("inf"))
    is_over = closes_at <= now
    return (is_over, -closes_at.timestamp() if is_over else closes_at.timestamp())


def _with_standing(kind: NoticeKind, user: User) -> QuerySet[Any]:
    mine = Interest.objects.filter(
        supplier__organisation__in=user.organisation_ids, **{kind.field: OuterRef("pk")}
    )
    return _chosen(kind, user).annotate(
        is_followed=Exists(Follow.objects.filter(user=user, **{kind.field: OuterRef("pk")})),
        enterprises=ArraySubquery(
            mine.order_by("supplier__organisation__name").values("supplier__organisation__name")
        ),
    )
