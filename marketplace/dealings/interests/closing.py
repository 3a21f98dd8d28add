"""What one follows and closes within five days is told once more: in the next mail of alerts, else in a mail of its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, time

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from buyers.models import Tender, running_condition
from marketplace.accounts.models import User
from marketplace.dealings.interests.emails import closing_draft
from marketplace.dealings.models import Follow
from marketplace.dealings.notices import kind_of
from marketplace.matching.alerts.followed import CLOSING_SOON, Closing
from marketplace.outbox.compose import send_draft
from marketplace.outbox.models import Mention, Message

log = structlog.get_logger("follows")

#: Alerts leave before: what they told needs no mail of its own.
AFTER = time(7, 0)
MOST = 20  # in one mail; the rest comes the next day


def followed_tenders(users: Collection[int], tenders: Collection[int]) -> set[tuple[int, int]]:
    """Of these people and notices, who follows what."""
    rows = Follow.objects.filter(user__in=users, tender__in=tenders)
    return set(rows.values_list("user", "tender"))


def closing_soon(users: Collection[int], now: datetime) -> dict[int, list[Closing]]:
    """What closes within five days and no mail said so yet, by person. Two statements."""
    due = closing_follows(now, users=users)
    return {user: [_closing(follow.tender) for follow in follows] for user, follows in due.items()}


def closing_follows(now: datetime, *, users: Collection[int] | None = None) -> dict[int, list[Follow]]:
    """By person, of these or of all. Who began to follow a notice within those five days knows when it closes."""
    rows = Follow.objects.filter(
        running_condition("tender__"), tender__closes_at__gt=now, tender__closes_at__lte=now + CLOSING_SOON
    )
    if users is not None:
        rows = rows.filter(user__in=users)
    rows = rows.filter(user__is_active=True, at__lte=F("tender__closes_at") - CLOSING_SOON)
    follows = list(rows.select_related("tender__buyer__organisation").order_by("tender__closes_at", "pk"))
    if not follows:
        return {}
    mentions = Mention.objects.filter(
        notice__in={_mention(follow.tender)[0] for follow in follows},
        recipient__in={follow.user_id for follow in follows},
    )
    told = set(mentions.values_list("recipient", "notice", "version"))
    found: dict[int, list[Follow]] = defaultdict(list)
    for follow in follows:
        notice, version, _until = _mention(follow.tender)
        if (follow.user_id, notice, version) not in told and len(found[follow.user_id]) < MOST:
            found[follow.user_id].append(follow)
    return {user: some for user, some in found.items() if some}


def tell_closings(*, now: datetime | None = None) -> int:
    """Write to everyone whom no mail of alerts told this morning; how many mails. Safe to run twice."""
    now = now or timezone.now()
    if timezone.localtime(now).time() < AFTER:
        return 0
    written = 0
    for user in sorted(closing_follows(now)):
        try:
            written += _tell(user, now) is not None
        except Exception as error:
            log.error("closing_failed", user=user, error=type(error).__name__)
    return written


@transaction.atomic
def _tell(user_id: int, now: datetime) -> Message | None:
    # A mail of alerts that is being written says it first.
    user = User.objects.select_for_update(no_key=True).get(pk=user_id)
    follows = closing_follows(now, users={user_id}).get(user_id, [])
    if not follows:
        return None
    return send_draft(closing_draft(user, follows, [_closing(follow.tender) for follow in follows], now=now))


def _closing(tender: Tender) -> Closing:
    kind = kind_of(tender)
    return Closing(
        title=tender.title,
        url=kind.page_link(tender),
        buyer=kind.buyer_name(tender),
        closes_at=tender.closes_at or timezone.now(),
        mention=_mention(tender),
    )


def _mention(tender: Tender) -> tuple[str, str, datetime | None]:
    """Apart from what a mail says of the notice itself; another closing is told again."""
    version = f"{tender.closes_at:%Y-%m-%dT%H:%M}" if tender.closes_at else ""
    return f"closing:{tender.ocid}"[:500], version, tender.closes_at
