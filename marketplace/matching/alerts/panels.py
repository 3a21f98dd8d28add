"""What members see of their alerts: a panel of « Mon espace », the rows of « Mes alertes »."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.matching.alerts.forms import criteria_words
from marketplace.matching.alerts.models import Alert
from marketplace.matching.slots import next_slot
from suppliers.models import Status, Supplier


@dataclass(frozen=True)
class AlertRow:
    """One alert, what it asks in words, how many notices wait for its next mail and when that leaves."""

    alert: Alert
    words: list[str]
    waiting: int
    next_mail: datetime | None
    is_of_a_former_member: bool = False

    @property
    def state(self) -> str:
        if self.alert.stopped_at:
            return "stopped"
        if self.is_of_a_former_member:
            return "left"
        return "paused" if self.alert.is_paused else "running"

    @property
    def waits_for_publication(self) -> bool:
        """Notices are only looked for on behalf of enterprises that are in the directory."""
        return self.alert.supplier is not None and self.alert.supplier.status != Status.PUBLISHED


def alert_rows(user: User, *, running_only: bool = False) -> list[AlertRow]:
    """One statement, whatever the number of alerts."""
    rows = Alert.objects.filter(user=user).select_related("supplier__organisation")
    if running_only:
        rows = rows.active()
    now = timezone.now()
    return [
        AlertRow(
            alert=alert,
            words=criteria_words(alert),
            waiting=alert.waiting,
            next_mail=next_slot(alert.frequency, now, at=alert.at, weekday=alert.weekday),
            is_of_a_former_member=alert.is_of_a_former_member(user),
        )
        for alert in rows.annotate(waiting=Count("pending")).order_by("stopped_at", "created_at", "pk")
    ]


def own_suppliers(user: User) -> list[Supplier]:
    """The enterprises that a person may ask alerts for."""
    rows = Supplier.objects.filter(organisation__memberships__user=user).exclude(status=Status.ARCHIVED)
    return list(rows.select_related("organisation").order_by("organisation__name", "pk"))


def alert_panel(request: HttpRequest) -> dict[str, Any] | None:
    """For who has an alert, or is a member of a supplier."""
    if not isinstance(request.user, User):
        return None
    rows = alert_rows(request.user, running_only=True)
    if not rows and not own_suppliers(request.user):
        return None
    return {"rows": rows}
