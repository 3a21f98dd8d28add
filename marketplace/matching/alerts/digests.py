"""Which notices wait for which alert, and one gathered mail to each person when an hour has come. Safe to run twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.utils import timezone

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.matching.alerts.criteria import Pair, alerts_answered, still_answered
from marketplace.matching.alerts.emails import Digest, send_digests
from marketplace.matching.alerts.models import Alert, AlertDigest, PendingNotice
from marketplace.matching.alerts.verbs import KIND
from marketplace.matching.slots import HOME, last_slot
from marketplace.outbox.models import Mention, Message
from marketplace.web.verbs import verb

log = structlog.get_logger("alerts")

#: People whose mails are written in one transaction: some fifteen statements for all of them.
TOGETHER = 50
#: Of searches of notices, before they were alerts.
FORMER_KIND = "searches.notices"
Waiting = tuple[int, int]  # an alert, a notice


class TenderBusy(Exception):
    """An import is rewriting a tender at this moment: whether it is still open will be known when it is done."""


# --- Notices that wait --------------------------------------------------------------------------------------------------


@verb
def announce_notices(
    *, tenders: Sequence[int], suggestions: Sequence[int] | None = None, by: User | None
) -> int:
    """Keep open notices for the next mail of every alert that they answer; how many began to wait. Safe to repeat.

    A notice that a mail told someone of waits no more, in any version. `suggestions`: only for whom these are.
    """
    pairs = alerts_answered(tenders=tenders, suggestions=suggestions)
    if not pairs:
        return 0
    standing = set(
        Alert.objects.standing().filter(pk__in={pair.alert for pair in pairs}).values_list("pk", flat=True)
    )
    pairs = [pair for pair in pairs if pair.alert in standing]
    told = told_of({pair.ocid for pair in pairs}, {pair.user for pair in pairs})
    rows = {(pair.alert, pair.tender) for pair in pairs if (pair.user, pair.ocid) not in told}
    before = set(
        PendingNotice.objects.filter(
            alert__in={alert for alert, _ in rows}, tender__in={tender for _, tender in rows}
        ).values_list("alert", "tender")
    )
    missing = [PendingNotice(alert_id=alert, tender_id=tender) for alert, tender in sorted(rows - before)]
    return len(PendingNotice.objects.bulk_create(missing, ignore_conflicts=True))


def told_of(ocids: Iterable[str], user_ids: Iterable[int]) -> set[tuple[int, str]]:
    """(person, notice) where a mail to the person names the notice, in any version."""
    mentions = Mention.objects.filter(notice__in=list(ocids), recipient__in=list(user_ids))
    return set(mentions.values_list("recipient_id", "notice"))


# --- Mails --------------------------------------------------------------------------------------------------------------


def write_due_emails(*, now: datetime | None = None) -> int:
    """Write the gathered mail of everyone for whom an hour has come; how many were written.

    People are written to in batches. Where one of a batch fails, each is tried alone: it costs the others nothing, and is
    tried again next time.
    """
    now = now or timezone.now()
    due = due_alerts(now)
    written = 0
    people = sorted(due)
    for begin in range(0, len(people), TOGETHER):
        users = people[begin : begin + TOGETHER]
        try:
            written += len(write_digests(due={user: due[user] for user in users}, now=now))
        except Exception:
            written += sum(_write_alone(user, due[user], now) for user in users)
    return written


def _write_alone(user: int, slots: Mapping[int, datetime], now: datetime) -> int:
    try:
        return len(write_digests(due={user: slots}, now=now))
    except Exception as error:
        log.error("digest_failed", user=user, error=type(error).__name__)
        return 0


def due_alerts(now: datetime) -> dict[int, dict[int, datetime]]:
    """For each person, the alerts whose hour has come since their last mail, with that hour."""
    due: dict[int, dict[int, datetime]] = defaultdict(dict)
    waiting = Alert.objects.awake(now.astimezone(HOME).date()).filter(pending__since__lte=now)
    for frequency, at, weekday in waiting.order_by().values_list("frequency", "at", "weekday").distinct():
        slot = last_slot(frequency, now, at=at, weekday=weekday)
        rows = waiting.filter(frequency=frequency, at=at, weekday=weekday, pending__since__lte=slot)
        if frequency != Alert.Frequency.INSTANT:
            rows = rows.filter(digested_until__lt=slot)
        for pk, user in rows.order_by().values_list("pk", "user").distinct():
            due[user][pk] = slot
    return dict(due)


@transaction.atomic
def write_digests(
    *,
    due: Mapping[int, Mapping[int, datetime]],
    now: datetime,
    published: Mapping[int, Message] | None = None,
) -> list[Message]:
    """Write one mail to each of these people, for their alerts that are due; those that were written.

    Of an instant alert, all that waits by now comes along; of the others, what waited at their hour. A notice that waits for
    another alert of the person too is named here with both, and waits no more. What no longer helps is dropped: closed, put
    aside, told by another mail, alert stopped. `published`: mails of a supplier's publication, not sent yet, that the new
    ones say too.
    """
    if not due:
        return []
    alerts = _lock_alerts(due, now)
    waiting = defaultdict(list)  # of each person
    rows = PendingNotice.objects.filter(alert__user__in=list(due)).order_by("pk")
    for pk, alert, user, tender, since in rows.values_list("pk", "alert", "alert__user", "tender", "since"):
        waiting[user].append((pk, alert, tender, since))
    leaving: dict[int, list[Waiting]] = {}
    gone: dict[int, list[int]] = {}
    for user, slots in due.items():
        now_due = {
            alert: slot
            for alert, slot in slots.items()
            if alert not in alerts
            or alerts[alert].frequency == Alert.Frequency.INSTANT
            or alerts[alert].digested_until < slot
        }
        tenders = {
            tender
            for _pk, alert, tender, since in waiting[user]
            if alert in now_due and (since <= now_due[alert] or _is_instant(alerts.get(alert)))
        }
        taken = [
            row for row in waiting[user] if row[2] in tenders and (row[1] in now_due or row[1] in alerts)
        ]
        leaving[user] = [(alert, tender) for _pk, alert, tender, _since in taken if alert in alerts]
        gone[user] = [row[0] for row in taken]
    busy = _busy_people(leaving)
    drafts = {user: pairs for user, pairs in leaving.items() if user not in busy}
    written = _write(drafts, alerts, now=now, published=published or {})
    PendingNotice.objects.filter(
        pk__in=[pk for user, pks in gone.items() if user not in busy for pk in pks]
    ).delete()
    _record_slots(
        {alert: slot for user, slots in due.items() if user not in busy for alert, slot in slots.items()},
        alerts,
    )
    return written


@transaction.atomic
def rewrite_email(*, message: Message, ocids: Iterable[str]) -> Message | None:
    """Write again what a withheld mail of alerts still has to say. Raises TenderBusy."""
    if message.kind not in (KIND, FORMER_KIND) or message.recipient_id is None:
        return None
    tenders = dict(Tender.objects.filter(ocid__in=list(ocids)).values_list("pk", "ocid"))
    digest = AlertDigest.objects.filter(message=message).first()
    pairs: list[Waiting] = []
    if digest is not None:
        pairs = [
            (alert, line["tender"])
            for line in digest.lines
            if line["tender"] in tenders
            for alert in line["alerts"]
        ]
    user = message.recipient_id
    now = timezone.now()
    alerts = _lock_alerts({user: {}}, now, is_awake=False)
    if digest is None:  # written before mails had a page
        pairs = [(alert, tender) for alert in alerts for tender in tenders]
    pairs = [pair for pair in pairs if pair[0] in alerts]
    if not pairs:
        return None
    if _busy_people({user: pairs}):
        raise TenderBusy
    written = _write({user: pairs}, alerts, now=now, published={}, version=f"{message.version}+")
    return written[0] if written else None


def _write(
    pairs: Mapping[int, list[Waiting]],
    alerts: Mapping[int, Alert],
    *,
    now: datetime,
    published: Mapping[int, Message],
    version: str = "",
) -> list[Message]:
    """`pairs` of each person, under their lock."""
    found = still_answered(pair for some in pairs.values() for pair in some)
    told = told_of({pair.ocid for pair in found}, set(pairs))
    answers: dict[int, list[Pair]] = defaultdict(list)
    for pair in found:
        if (pair.user, pair.ocid) not in told:
            answers[pair.user].append(pair)
    version = version or now.astimezone(HOME).strftime("%Y-%m-%d %H:%M:%S.%f")
    digests = [
        Digest(
            pairs=answers[user],
            alerts={pair.alert: alerts[pair.alert] for pair in answers[user]},
            missed=_missed(some, answers[user], alerts),
            version=version,
            published=published.get(user),
        )
        for user, some in pairs.items()
        if answers[user]
    ]
    return send_digests(digests, now=now)


def _missed(asked: Sequence[Waiting], left: Sequence[Pair], alerts: Mapping[int, Alert]) -> int:
    """How many came while an alert was paused, and can no longer be answered."""
    here = {pair.tender for pair in left}
    return len(
        {tender for alert, tender in asked if tender not in here and alerts[alert].paused_until is not None}
    )


def _lock_alerts(
    due: Mapping[int, Mapping[int, datetime]], now: datetime, *, is_awake: bool = True
) -> dict[int, Alert]:
    """The alerts of these people that may write. Until the end of the transaction nobody else decides what they are told."""
    list(
        User.objects.select_for_update(no_key=True).filter(pk__in=list(due)).order_by("pk").values_list("pk")
    )
    rows = Alert.objects.standing().filter(user__in=list(due))
    if is_awake:
        rows = rows.awake(now.astimezone(HOME).date())
    related = ("user__alert_reader", "supplier__organisation__pole")
    held = rows.select_related(*related).select_for_update(of=("self",), no_key=True).order_by("pk")
    return {alert.pk: alert for alert in held}


def _is_instant(alert: Alert | None) -> bool:
    return alert is not None and alert.frequency == Alert.Frequency.INSTANT


def _busy_people(pairs: Mapping[int, list[Waiting]]) -> set[int]:
    """Whose notices an import is rewriting; the others' wait until the mails are stored, and then it finds their mentions."""
    tenders = {tender for some in pairs.values() for _alert, tender in some}
    free = free_tenders(sorted(tenders))
    return {user for user, some in pairs.items() if any(tender not in free for _alert, tender in some)}


def free_tenders(pks: Sequence[int]) -> set[int]:
    """Those that nobody is rewriting; until the end of the transaction nobody does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM buyers_tender WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE SKIP LOCKED",
            [list(pks)],
        )
        return {pk for (pk,) in cursor.fetchall()}


def _record_slots(slots: Mapping[int, datetime], alerts: Mapping[int, Alert]) -> None:
    by_slot = defaultdict(list)
    for alert, slot in slots.items():
        if alert in alerts and not _is_instant(alerts[alert]):
            by_slot[slot].append(alert)
    for slot, pks in by_slot.items():
        Alert.objects.filter(pk__in=pks).update(digested_until=slot)
