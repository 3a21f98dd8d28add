"""The page of one mail of alerts: its notices as they stand today, with what led to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from buyers.models import Tender
from buyers.wording import tender_badge
from marketplace.matching.alerts.emails import NoticeLine, notice_line
from marketplace.matching.alerts.followed import followed_pairs
from marketplace.matching.alerts.models import Alert, AlertDigest


@dataclass(frozen=True)
class DigestRow:
    line: NoticeLine
    badge: Any
    is_open: bool


def digest_from_token(token: str) -> AlertDigest | None:
    """None where nobody was sent it, or its person's account is closed."""
    rows = AlertDigest.objects.select_related("message").filter(message__recipient__is_active=True)
    return rows.filter(token=token).first()


def digest_context(digest: AlertDigest) -> dict[str, Any]:
    """Reasons are shown to members alone: of an enterprise that the person has left, the notice stands without them."""
    from marketplace.matching.models import Suggestion  # the models of this app import each other

    pks = [line["tender"] for line in digest.lines]
    tenders = Tender.objects.select_related("buyer__organisation").in_bulk(pks)
    numbers = {pk for line in digest.lines for pk in line["alerts"]}
    alerts = Alert.objects.of_members().select_related("supplier__organisation").in_bulk(numbers)
    suppliers = {alert.supplier_id for alert in alerts.values()} - {None}
    found = Suggestion.objects.filter(supplier__in=suppliers, tender__in=pks, set_aside_at=None)
    reasons = {
        (supplier, tender): why
        for supplier, tender, why in found.values_list("supplier", "tender", "reasons")
    }
    user = digest.message.recipient_id
    followed = followed_pairs({user}, set(pks)) if user else set()
    rows = [
        DigestRow(
            line=notice_line(
                tenders[line["tender"]],
                [alerts[pk] for pk in line["alerts"] if pk in alerts],
                reasons,
                is_followed=(user, line["tender"]) in followed,
                with_actions=False,
            ),
            badge=tender_badge(tenders[line["tender"]]),
            is_open=tenders[line["tender"]].is_running,
        )
        for line in digest.lines
        if line["tender"] in tenders
    ]
    return {
        "title": digest.message.title,
        "sent_at": digest.message.created_at,
        "rows": rows,
        "open_now": sum(row.is_open for row in rows),
        "now": timezone.now(),
    }
