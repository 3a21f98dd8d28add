"""Batches: a worker takes some due mails at once, checks them all in a few statements, and holds them while it works.

A batch is held by a lease in its rows, renewed while the worker lives (docs/adr/0036). Its rows stay `queued`: only the one
that is with the server is `sending`, so whatever becomes of the worker, one mail at most is in doubt.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import TracebackType

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, Count, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.accounts.models import Consent, Membership
from marketplace.outbox.decisions import why_decisions_fell
from marketplace.outbox.models import LEASE, Attempted, Mention, Message, MessageQuerySet
from marketplace.outbox.queue import ENOUGH_ATTEMPTS, staff_language
from marketplace.outbox.suppressions import suppressed_among
from marketplace.web.locks import hold_lock

log = structlog.get_logger("outbox")
Status = Attempted.Status

#: How long what was checked is good for. What a slow server leaves of a batch goes back, and is checked again.
CHECKS_HOLD = timedelta(seconds=3)
MOST_MAILS = 50
#: The key of the advisory lock under which the mails of the last minute are counted.
RATES_LOCK = 0x6D61696C


@dataclass
class Batch:
    """`mails` may leave; `withheld` must not, each with its reason; nor `refused`, whose address takes none from us.

    `is_full`: there may be more.
    """

    mails: list[Message] = field(default_factory=list)
    withheld: list[tuple[Message, str]] = field(default_factory=list)
    refused: list[Message] = field(default_factory=list)
    is_full: bool = False

    def __bool__(self) -> bool:
        return bool(self.mails or self.withheld or self.refused or self.is_full)


def claim_batch(rows: MessageQuerySet, *, claim: uuid.UUID, most: int) -> Batch:
    """Take up to `most` of the due mails in `rows`, those in haste first. Call it in a transaction, which also withholds."""
    now = timezone.now()
    rows = rows.due(now)
    left = _left_this_minute(now)
    for domain in (domain for domain, n in left.items() if n <= 0):
        rows = rows.exclude(address__endswith=f"@{domain}")
    found = list(
        rows.in_order_of_haste()
        .select_related("recipient")
        .select_for_update(skip_locked=True, of=("self",))[:most]
    )
    batch = Batch(is_full=len(found) == most)
    found = _within_rates(found, left)
    found = _without_poison(found)
    if not found:
        return batch
    refusing = suppressed_among(found)
    batch.refused = [m for m in found if m.address in refusing and not m.is_account_mail]
    found = [message for message in found if message not in batch.refused]
    with staff_language():
        reasons = why_not(found, now)
    batch.mails = [message for message in found if message.pk not in reasons]
    batch.withheld = [(message, reasons[message.pk]) for message in found if message.pk in reasons]
    for message in found:
        # Who died while this was with the server cannot say whether it was taken.
        message.in_doubt = message.in_doubt or message.status == Status.SENDING
        message.status, message.claim = Status.QUEUED, claim
    Message.objects.filter(pk__in=[message.pk for message in batch.mails]).update(
        claim=claim,
        leased_until=now + LEASE,
        in_doubt=Case(When(status=Status.SENDING, then=Value(True)), default="in_doubt"),
        status=Status.QUEUED,
    )
    return batch


def release_batch(messages: Iterable[Message], *, claim: uuid.UUID) -> None:
    """Give back what was not begun."""
    if pks := [message.pk for message in messages]:
        rows = Message.objects.filter(pk__in=pks, claim=claim, status=Status.QUEUED)
        rows.update(claim=None, leased_until=None)


# --- The last checks: things change while mails wait. All they need is stored with the mail.


def why_not(messages: list[Message], now: datetime) -> dict[int, str]:
    """Which of these must not leave, and why. One statement for each kind of thing to check, if any mail asks for it."""
    consents = _consents(messages)
    members = _members(messages)
    fallen = why_decisions_fell({message.decision for message in messages if message.decision})
    mentioned, closed = _mentions(messages, now)
    reasons: dict[int, str] = {}
    for message in messages:
        recipient, pk = message.recipient, message.pk
        if recipient is not None and not recipient.is_active:
            reasons[pk] = _("Le compte est désactivé.")
        elif message.purpose and (message.recipient_id, message.purpose) not in consents:
            reasons[pk] = _("Le consentement a été retiré.")
        elif message.members_of_id and (message.recipient_id, message.members_of_id) not in members:
            reasons[pk] = _("La personne n’est plus membre de l’organisation.")
        elif message.decision and (why := fallen.get(message.decision)):
            reasons[pk] = why
        elif closed[pk] and closed[pk] == mentioned[pk]:
            reasons[pk] = _("L’avis a fermé ou a été écarté, ou l’alerte est arrêtée.")
        elif closed[pk] and not (message.in_doubt or message.status == Status.SENDING):
            # In doubt, only this very mail may go again.
            reasons[pk] = _("Des avis ont fermé : un courriel sans ces avis remplace celui-ci.")
    return reasons


def _consents(messages: list[Message]) -> set[tuple[int | None, str]]:
    asked = [message for message in messages if message.purpose and message.recipient_id]
    if not asked:
        return set()
    standing = Consent.objects.standing().filter(
        user__in={message.recipient_id for message in asked},
        purpose__in={message.purpose for message in asked},
    )
    return set(standing.values_list("user", "purpose"))


def _members(messages: list[Message]) -> set[tuple[int | None, int]]:
    asked = [message for message in messages if message.members_of_id and message.recipient_id]
    if not asked:
        return set()
    held = Membership.objects.filter(
        user__in={message.recipient_id for message in asked},
        organisation__in={message.members_of_id for message in asked},
    )
    return set(held.values_list("user", "organisation"))


def _mentions(messages: list[Message], now: datetime) -> tuple[Counter[int], Counter[int]]:
    """How many notices each mail names, and how many of these are closed. They are always somebody's."""
    named, closed = Counter[int](), Counter[int]()
    asked = [message.pk for message in messages if message.recipient_id]
    if asked:
        over = Count("pk", filter=Q(open_until__lte=now))
        rows = Mention.objects.filter(message__in=asked).values("message").order_by()
        for pk, n, ended in rows.annotate(n=Count("pk"), ended=over).values_list("message", "n", "ended"):
            named[pk], closed[pk] = n, ended
    return named, closed


def _without_poison(messages: list[Message]) -> list[Message]:
    """Less those on which workers died, each time: they are parked for staff."""
    poison = [
        message
        for message in messages
        if message.status == Status.SENDING and message.attempts >= ENOUGH_ATTEMPTS
    ]
    if poison:
        with staff_language():
            reason = _("Le processus s’est interrompu à chaque essai.")
        Message.objects.filter(pk__in=[message.pk for message in poison]).update(
            status=Status.FAILED, leased_until=None, claim=None, in_doubt=True, last_error=reason
        )
        for message in poison:
            log.error("given_up", row=f"message:{message.pk}", attempts=message.attempts, error="worker died")
    return [message for message in messages if message not in poison]


# --- How many a minute a provider takes from us (MAIL_RATES)


def _left_this_minute(now: datetime) -> dict[str, int]:
    """What each provider with a rate still takes. One worker at a time may ask, until its claim is committed."""
    rates: dict[str, int] = settings.MAIL_RATES
    if not rates:
        return {}
    hold_lock(RATES_LOCK)
    minute = Q(status=Status.DONE, done_at__gt=now - timedelta(minutes=1))
    taken = Q(status__in=[Status.QUEUED, Status.SENDING], leased_until__gt=now)
    counts = {f"n{i}": Count("pk", filter=Q(address__endswith=f"@{name}")) for i, name in enumerate(rates)}
    spent = Message.objects.filter(minute | taken).aggregate(**counts)
    return {name: most - spent[f"n{i}"] for i, (name, most) in enumerate(rates.items())}


def _within_rates(messages: list[Message], left: dict[str, int]) -> list[Message]:
    if not left:
        return messages
    taken: dict[str, int] = defaultdict(int)
    within = []
    for message in messages:
        domain = message.address.rpartition("@")[2]
        taken[domain] += 1
        if taken[domain] <= left.get(domain, len(messages)):
            within.append(message)
    return within


# --- Holding


class Heartbeat:
    """Renews the lease of a batch while its worker lives, from a thread: one mail may take longer than a lease.

    A worker that works faster than a beat opens no second connection.
    """

    def __init__(self, claim: uuid.UUID) -> None:
        self.claim = claim
        self.pks: list[int] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="outbox-heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(LEASE.total_seconds())

    def _beat(self) -> None:
        try:
            while not self._over.wait(LEASE.total_seconds() / 4):
                try:
                    self._renew()
                except DatabaseError as error:  # it may be restarting: the next beat asks again
                    log.warning("lease_not_renewed", error=type(error).__name__)
                    connection.close()
        finally:
            connection.close()

    def _renew(self) -> None:
        if not (pks := self.pks):
            return
        held = Message.objects.filter(
            pk__in=pks,
            claim=self.claim,
            status__in=[Status.QUEUED, Status.SENDING],
            leased_until__isnull=False,
        )
        with transaction.atomic():
            held.update(leased_until=timezone.now() + LEASE)
