"""Which tenders wait for which alert, and one gathered mail when its hour has come. Safe to run twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

import structlog
from django.db import connection, transaction
from django.utils import timezone

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.matching.emails import ALERT_EMAIL, send_alert_email
from marketplace.matching.models import Alert, PendingNotice, Suggestion, SuggestionQuerySet
from marketplace.matching.slots import HOME, last_slot
from marketplace.outbox.models import Mention, Message
from marketplace.web.verbs import verb

log = structlog.get_logger("alerts")

# Suggestions are kept from 30 points. What lies between, on the notices of the demo, shares one word with the supplier's
# own text and is often beside the point; from 40 on, a code or several words concord. A page may show the former; a mail
# should not.
MINIMUM_POINTS = 40


class TenderBusy(Exception):
    """An import is rewriting a tender at this moment: whether it is still open will be known when it is done."""


# --- Tenders that wait ------------------------------------------------------------------------------------------------


@verb
def announce_suggestions(*, suggestions: SuggestionQuerySet, by: User | None) -> int:
    """Keep open tenders for the next mail of every member whose alert stands; how many began to wait. Safe to repeat.

    A tender that a mail told someone of waits no more, in any version. Someone who is a member twice hears of it once,
    for the supplier that fits best.
    """
    fitting = list(
        worth_a_mail(suggestions)
        .order_by("rank", "supplier", "tender")
        .values_list("supplier", "tender", "tender__ocid")
    )
    alerts: dict[int, list[Alert]] = defaultdict(list)
    for alert in Alert.objects.standing().filter(supplier__in={row[0] for row in fitting}).order_by("pk"):
        alerts[alert.supplier_id].append(alert)
    if not alerts:
        return 0
    readers = {alert.user_id for of_supplier in alerts.values() for alert in of_supplier}
    told = told_of([ocid for _supplier, _tender, ocid in fitting], readers)
    waiting: list[PendingNotice] = []
    for supplier, tender, ocid in fitting:
        for alert in alerts[supplier]:
            if (alert.user_id, ocid) not in told:
                told.add((alert.user_id, ocid))
                waiting.append(PendingNotice(alert=alert, tender_id=tender))
    before = set(
        PendingNotice.objects.filter(
            alert__in={row.alert_id for row in waiting}, tender__in={row.tender_id for row in waiting}
        ).values_list("alert", "tender")
    )
    missing = [row for row in waiting if (row.alert_id, row.tender_id) not in before]
    return len(PendingNotice.objects.bulk_create(missing, ignore_conflicts=True))


def worth_a_mail(suggestions: SuggestionQuerySet) -> SuggestionQuerySet:
    """Of open tenders, good enough to disturb someone, and not put aside by the supplier."""
    return suggestions.worth_announcing().wanted().filter(points__gte=MINIMUM_POINTS)


def told_of(ocids: Iterable[str], user_ids: Iterable[int]) -> set[tuple[int, str]]:
    """(person, notice) where a mail to the person names the notice, in any version."""
    mentions = Mention.objects.filter(notice__in=list(ocids), recipient__in=list(user_ids))
    return set(mentions.values_list("recipient_id", "notice"))


# --- Mails ------------------------------------------------------------------------------------------------------------


def write_due_emails(*, now: datetime | None = None) -> int:
    """Write the gathered mail of every alert whose hour has come; how many were written.

    Each alert has its own transaction: one that fails costs the others nothing, and is tried again next time.
    """
    now = now or timezone.now()
    written = 0
    for frequency in Alert.Frequency.values:
        slot = last_slot(frequency, now)
        due = Alert.objects.filter(frequency=frequency, pending__since__lte=slot)
        if frequency != Alert.Frequency.INSTANT:
            due = due.filter(digested_until__lt=slot)
        for pk in due.distinct().order_by("pk").values_list("pk", flat=True):
            try:
                written += write_waiting_email(alert_id=pk, slot=slot) is not None
            except Exception as error:
                log.error("digest_failed", alert=pk, error=type(error).__name__)
    return written


@transaction.atomic
def write_waiting_email(*, alert_id: int, slot: datetime, published: Message | None = None) -> Message | None:
    """Write one alert's gathered mail for a slot; None where nothing is due, or nothing is left to say.

    An instant mail takes along all that waits by now. What waited is dropped where it no longer helps: closed, put
    aside, told by another mail, alert stopped. `published`: a mail of the supplier's publication, not sent yet, that
    the new one says too. Raises TenderBusy.
    """
    alert = _lock_alert(alert_id)
    if alert is None or not alert.pending.filter(since__lte=slot).exists():
        return None
    waiting = alert.pending.all()
    if alert.frequency != Alert.Frequency.INSTANT:
        if alert.digested_until >= slot:
            return None
        Alert.objects.filter(pk=alert.pk).update(digested_until=slot)
        waiting = waiting.filter(since__lte=slot)
    tenders = list(waiting.values_list("tender", flat=True))
    version = slot.astimezone(HOME).strftime("%Y-%m-%d %H:%M:%S.%f")
    message = _write(alert, tenders, version=version, published=published)
    waiting.filter(tender__in=tenders).delete()
    return message


@transaction.atomic
def rewrite_email(*, message: Message, ocids: Iterable[str]) -> Message | None:
    """Write again, with the tenders that are still open, a mail of an alert that was withheld. Raises TenderBusy."""
    if message.kind != ALERT_EMAIL.kind:
        return None
    alert = _lock_alert(int(message.subject.removeprefix("alert:")))
    if alert is None:
        return None
    tenders = list(Tender.objects.filter(ocid__in=list(ocids)).values_list("pk", flat=True))
    return _write(alert, tenders, version=f"{message.version}+", published=None)


def _write(alert: Alert, tender_ids: list[int], *, version: str, published: Message | None) -> Message | None:
    if not Alert.objects.standing().filter(pk=alert.pk).exists():
        return None
    # Until the end of the transaction, nobody else decides what this person has been told.
    User.objects.select_for_update(no_key=True).get(pk=alert.user_id)
    lock_tenders(tender_ids)
    suggestions = _still_worth_a_mail(alert, tender_ids)
    if not suggestions:
        return None
    return send_alert_email(alert=alert, suggestions=suggestions, version=version, published=published)


def _lock_alert(pk: int) -> Alert | None:
    """Until the end of the transaction; None where it is gone."""
    rows = Alert.objects.select_related("user", "supplier__organisation__pole")
    return rows.select_for_update(of=("self",), no_key=True).filter(pk=pk).first()


def lock_tenders(pks: list[int]) -> None:
    """Imports wait until the mail is stored: then they find its mentions, and say where one closes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM buyers_tender WHERE id = ANY(%s) FOR KEY SHARE SKIP LOCKED", [pks])
        if len(cursor.fetchall()) < len(pks):
            raise TenderBusy


def _still_worth_a_mail(alert: Alert, tender_ids: list[int]) -> list[Suggestion]:
    """Open notices that nobody has told this person of yet, the next to close first."""
    rows: SuggestionQuerySet = Suggestion.objects.filter(supplier=alert.supplier_id, tender__in=tender_ids)
    suggestions = worth_a_mail(rows).select_related("tender__buyer__organisation")
    suggestions = suggestions.order_by("tender__closes_at", "tender")
    told = told_of([s.tender.ocid for s in suggestions], [alert.user_id])
    return [s for s in suggestions if (alert.user_id, s.tender.ocid) not in told]
