"""Gathered mails, daily or weekly: one mail with all that waited. Safe to run twice, and after a long stop."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from buyers.models import Tender
from marketplace.alerts import announcing, letters, schedule
from marketplace.alerts.models import Alert
from marketplace.matching.models import Suggestion, SuggestionQuerySet
from marketplace.outbox.compose import pole_for

log = structlog.get_logger("alerts")


def write_due(*, now: datetime | None = None) -> int:
    """Write the gathered mail of every alert whose hour has come; how many were written.

    Each alert has its own transaction: one that fails costs the others nothing, and is tried again next time.
    """
    now = now or timezone.now()
    written = 0
    for frequency in Alert.Frequency.values:
        slot = schedule.last_slot(frequency, now)
        due = Alert.objects.filter(
            frequency=frequency, digested_until__lt=slot, pending__since__lt=slot
        ).distinct()
        for pk in due.order_by("pk").values_list("pk", flat=True):
            try:
                written += write(alert_id=pk, slot=slot)
            except Exception as error:
                log.error("digest_failed", alert=pk, error=type(error).__name__)
    return written


@transaction.atomic
def write(*, alert_id: int, slot: datetime) -> bool:
    """Write one alert's gathered mail for a slot, unless that was done; whether a mail was written.

    What waited is dropped where it no longer helps: closed, put aside, told by another mail, alert stopped.
    """
    alert = (
        Alert.objects.select_related("user", "supplier__organisation__pole")
        .select_for_update(of=("self",), skip_locked=True, no_key=True)
        .filter(pk=alert_id, digested_until__lt=slot)
        .first()
    )
    if alert is None:
        return False
    announcing.hold([alert.user_id])
    waiting = alert.pending.filter(since__lt=slot)
    tenders = list(waiting.values_list("tender", flat=True))
    message = None
    if Alert.objects.standing().filter(pk=alert.pk).exists():
        suggestions = still_worth_a_mail(alert, tenders)
        if suggestions:
            message = letters.write_digest(
                alert=alert,
                suggestions=suggestions,
                version=slot.strftime("%Y-%m-%d %H:%M:%S"),
                pole=pole_for(alert.supplier.organisation),
            )
    waiting.filter(tender__in=tenders).delete()
    Alert.objects.filter(pk=alert.pk).update(digested_until=slot)
    return message is not None


def still_worth_a_mail(alert: Alert, tender_ids: list[int]) -> list[Suggestion]:
    """Open notices that nobody has told this person of yet, the next to close first."""
    open_tenders = Tender.objects.open().filter(pk__in=tender_ids)
    rows: SuggestionQuerySet = Suggestion.objects.filter(supplier=alert.supplier_id, tender__in=open_tenders)
    suggestions = announcing.worth_a_mail(rows).order_by("tender__closes_at", "tender")
    told = announcing.told_of([s.tender.ocid for s in suggestions], [alert.user_id])
    return [s for s in suggestions if (alert.user_id, s.tender.ocid) not in told]
