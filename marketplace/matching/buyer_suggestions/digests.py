"""The mails that are due, on Mondays at half past six. Nothing new: no mail. Safe to run twice, also at once."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.matching.buyer_suggestions.emails import send_new_suppliers
from marketplace.matching.buyer_suggestions.lines import with_lines
from marketplace.matching.buyer_suggestions.models import (
    BuyerSuggestion,
    BuyerSuggestionQuerySet,
    NewSupplierAlert,
    ToldSupplier,
)
from marketplace.matching.slots import HOME, WEEKLY, last_slot
from marketplace.outbox.models import Message

log = structlog.get_logger("buyer_suggestions")

#: What a mail names; the others come the week after, if they still are the best.
SHOWN = 5


def next_suggestions(alert_buyer: int, user: User) -> BuyerSuggestionQuerySet:
    """What the next mail would draw from: nobody that this person was told of."""
    rows: BuyerSuggestionQuerySet = BuyerSuggestion.objects.filter(buyer=alert_buyer)
    return with_lines(rows.standing().untold(user))  # type: ignore[no-any-return]


def write_due_new_supplier_emails(*, now: datetime | None = None) -> int:
    """Write every mail whose hour has come; how many. One that fails costs the others nothing, and is tried again."""
    now = now or timezone.now()
    due = NewSupplierAlert.objects.standing().filter(written_until__lt=last_slot(WEEKLY, now))
    written = 0
    for pk in due.order_by("pk").values_list("pk", flat=True):
        try:
            written += write_new_supplier_email(alert_id=pk, now=now) is not None
        except Exception as error:
            log.error("new_suppliers_failed", alert=pk, error=type(error).__name__)
    return written


@transaction.atomic
def write_new_supplier_email(*, alert_id: int, now: datetime) -> Message | None:
    """One mail of an alert for its week; None where it was written, or nothing is new.

    Under the person's lock, with the rows that say whom they were told of: another worker, or another institution of the same
    person, names nobody again.
    """
    slot = last_slot(WEEKLY, now)
    owner = NewSupplierAlert.objects.filter(pk=alert_id).values("user")
    user = User.objects.select_for_update(no_key=True).get(pk__in=owner)
    alert = (
        NewSupplierAlert.objects.standing()
        .select_related("user", "buyer__organisation__pole")
        .filter(pk=alert_id, written_until__lt=slot)
        .first()
    )
    if alert is None:
        return None
    NewSupplierAlert.objects.filter(pk=alert.pk).update(written_until=now)
    suggestions = list(next_suggestions(alert.buyer_id, user))
    named = suggestions[:SHOWN]
    if not named:
        return None
    ToldSupplier.objects.bulk_create(
        ToldSupplier(user=user, supplier_id=one.supplier_id, at=now) for one in named
    )
    version = slot.astimezone(HOME).strftime("%Y-%m-%d")
    return send_new_suppliers(
        alert=alert, suggestions=named, more=len(suggestions) - len(named), version=version
    )
