"""Dates to keep in one's own calendar: a secret feed of what a person follows, and one notice's file."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.dealings.models import DatesFeed, Follow, Interest
from marketplace.dealings.notices import KINDS, Notice, kind_of, notice_key
from marketplace.web.calendar_feeds import CalendarFeed
from marketplace.web.verbs import verb

#: A date to keep is a point in time; calendars want a length, and the half hour before is when one still can.
BEFORE = timedelta(minutes=30)
#: What is over stays this long in the feed, so that a calendar keeps what it showed.
KEPT = timedelta(days=60)
MOST = 300


def new_token() -> str:
    return secrets.token_urlsafe(32)


@verb
def open_dates_feed(*, by: User) -> DatesFeed:
    """The person's secret address, made the first time."""
    feed, _is_new = DatesFeed.objects.get_or_create(user=by, defaults={"token": new_token()})
    return feed


@verb
def renew_dates_feed(*, by: User) -> DatesFeed:
    """Another secret address: the former opens nothing from now on."""
    feed, _is_new = DatesFeed.objects.update_or_create(user=by, defaults={"token": new_token()})
    return feed


@verb
def close_dates_feed(*, by: User) -> bool:
    """No address opens the person's dates any more; whether one did."""
    deleted, _by_model = DatesFeed.objects.filter(user=by).delete()
    return bool(deleted)


def find_dates_feed(token: str) -> DatesFeed | None:
    """Whose dates a secret address opens; None if renewed or closed since, or the account is."""
    return DatesFeed.objects.select_related("user").filter(token=token, user__is_active=True).first()


def dates_calendar(user: User) -> bytes:
    """Every date of what the person follows and of what interests their enterprises. Texts in the active language."""
    feed = CalendarFeed(_("Mes échéances"))
    for kind in KINDS:
        column = f"{kind.field}_id"
        followed = Follow.objects.filter(user=user).values(column)
        wanted = Interest.objects.filter(supplier__organisation__in=user.organisation_ids).values(column)
        recent = Q(closes_at=None) | Q(closes_at__gt=timezone.now() - KEPT)
        rows = kind.rows(user).filter(recent, Q(pk__in=followed) | Q(pk__in=wanted))
        for notice in rows.order_by("-closes_at", "-pk")[:MOST]:
            add_deadlines(feed, notice)
    return feed.render()


def notice_calendar(notice: Notice) -> bytes:
    """The dates of one notice."""
    feed = CalendarFeed(notice.title)
    add_deadlines(feed, notice)
    return feed.render()


def add_deadlines(feed: CalendarFeed, notice: Notice) -> None:
    """One entry a date; of a notice that was called off they are said cancelled."""
    kind = kind_of(notice)
    called_off = notice.status in (notice.Status.CANCELLED, getattr(notice.Status, "UNSUCCESSFUL", ""))
    sequence, changed_at = kind.changed(notice)
    for deadline in kind.deadlines(notice):
        feed.add_entry(
            f"{notice_key(notice)}-{deadline.key}",
            summary=_("%(what)s : %(notice)s") % {"what": deadline.label, "notice": notice.title},
            starts_at=deadline.at - BEFORE,
            ends_at=deadline.at,
            place="",
            page=kind.page(notice),
            status="CANCELLED" if called_off else "CONFIRMED",
            sequence=sequence,
            changed_at=changed_at,
            description=kind.buyer_name(notice),
        )
