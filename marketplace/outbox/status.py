"""How the outbox fares, in figures without persons: for the public status page, for Prometheus, for staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.utils import timezone

#: For so many seconds an answer serves everyone who asks.
KEPT_SECONDS = 15
#: What we promise: so many mails of a thousand within so long.
PROMPT = timedelta(seconds=10)
LATE, VERY_LATE = timedelta(minutes=1), timedelta(minutes=30)

_WAITING = """
SELECT haste, count(*), extract(epoch FROM %(now)s - min(next_attempt_at))
FROM outbox_message WHERE status IN ('queued', 'sending') AND next_attempt_at <= %(now)s GROUP BY haste
"""
_LATER = """
SELECT count(*) FILTER (WHERE attempts > 0), count(*) FILTER (WHERE attempts = 0)
FROM outbox_message WHERE status IN ('queued', 'sending') AND next_attempt_at > %(now)s
"""
# What was tried once was due at `next_attempt_at`; what was put off is counted apart.
_SENT = """
SELECT
    count(*), count(*) FILTER (WHERE attempts > 1),
    count(*) FILTER (WHERE done_at > %(hour)s), count(*) FILTER (WHERE done_at > %(hour)s AND attempts > 1),
    count(*) FILTER (WHERE attempts = 1 AND done_at - next_attempt_at <= %(prompt)s), count(*) FILTER (WHERE attempts = 1),
    percentile_cont(ARRAY[0.5, 0.99, 0.999]::float[]) WITHIN GROUP (ORDER BY extract(epoch FROM done_at - next_attempt_at))
        FILTER (WHERE attempts = 1 AND done_at > %(hour)s)
FROM outbox_message WHERE status = 'done' AND done_at > %(day)s
"""
_EVENTS = """
SELECT count(*), extract(epoch FROM %(now)s - min(next_attempt_at)), (SELECT count(*) FROM outbox_delivery WHERE status = 'failed'),
    (SELECT count(*) FROM outbox_message WHERE status = 'failed')
FROM outbox_delivery WHERE status IN ('queued', 'sending') AND next_attempt_at <= %(now)s
"""


@dataclass(frozen=True)
class Waiting:
    """Due and not handed over yet; `oldest`: seconds since the first of them was due."""

    count: int = 0
    oldest: float = 0.0


@dataclass(frozen=True)
class OutboxStatus:
    """`retried`: of those sent, the ones that took more than one try. `put_off`: tried, and waiting to be tried again."""

    at: datetime
    account: Waiting
    at_once: Waiting
    digests: Waiting
    events: Waiting
    put_off: int
    planned: int
    sent_day: int
    retried_day: int
    sent_hour: int
    retried_hour: int
    prompt_day: int
    untroubled_day: int
    delays: tuple[float, float, float]
    failed_mails: int
    failed_events: int

    @property
    def waiting(self) -> int:
        return self.account.count + self.at_once.count + self.digests.count

    @property
    def oldest(self) -> timedelta:
        """How long the mail that has been due longest has waited."""
        return timedelta(seconds=max(w.oldest for w in (self.account, self.at_once, self.digests)))

    @property
    def prompt_share(self) -> float | None:
        """Of the mails of a day that the recipient's server took at the first try; None where there was none."""
        return self.prompt_day / self.untroubled_day if self.untroubled_day else None

    @property
    def is_late(self) -> bool:
        return self.oldest > LATE

    @property
    def is_very_late(self) -> bool:
        return self.oldest > VERY_LATE


def outbox_status() -> OutboxStatus:
    """Four statements, once in fifteen seconds for everyone."""
    found = cache.get("outbox-status")
    if not isinstance(found, OutboxStatus):
        found = read_status(timezone.now())
        cache.set("outbox-status", found, KEPT_SECONDS)
    return found


def read_status(now: datetime) -> OutboxStatus:
    asked = {
        "now": now,
        "hour": now - timedelta(hours=1),
        "day": now - timedelta(days=1),
        "prompt": PROMPT,
    }
    with connection.cursor() as cursor:

        def rows(query: str) -> list[Any]:
            cursor.execute(query, asked)
            return cursor.fetchall()

        waiting = {haste: Waiting(n, float(oldest)) for haste, n, oldest in rows(_WAITING)}
        [(put_off, planned)] = rows(_LATER)
        [(sent, retried, sent_hour, retried_hour, prompt, untroubled, delays)] = rows(_SENT)
        [(events, oldest, failed_events, failed_mails)] = rows(_EVENTS)
    return OutboxStatus(
        at=now,
        account=waiting.get(0, Waiting()),
        at_once=waiting.get(1, Waiting()),
        digests=waiting.get(2, Waiting()),
        events=Waiting(events, float(oldest or 0)),
        put_off=put_off,
        planned=planned,
        sent_day=sent,
        retried_day=retried,
        sent_hour=sent_hour,
        retried_hour=retried_hour,
        prompt_day=prompt,
        untroubled_day=untroubled,
        delays=tuple(delays) if delays else (0.0, 0.0, 0.0),
        failed_mails=failed_mails,
        failed_events=failed_events,
    )
