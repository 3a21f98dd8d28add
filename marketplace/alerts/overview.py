"""What a person may see of their alerts: the page « Mes alertes » and the panel of « Mon espace »."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from marketplace.accounts.models import Consent, User
from marketplace.alerts import schedule
from marketplace.alerts.forms import AlertForm
from marketplace.alerts.models import Alert
from suppliers.models import Status, Supplier


@dataclass
class Row:
    """One enterprise of the person, and its alert where one runs."""

    supplier: Supplier
    alert: Alert | None
    waiting: int
    next_mail: datetime | None
    form: AlertForm

    @property
    def prefix(self) -> str:
        return prefix_of(self.supplier)

    @property
    def is_published(self) -> bool:
        """Suggestions are only computed for published sheets."""
        return self.supplier.status == Status.PUBLISHED


@dataclass
class Overview:
    rows: list[Row] = field(default_factory=list)
    consent: Consent | None = None

    @property
    def consented(self) -> bool:
        return self.consent is not None

    @property
    def running(self) -> list[Row]:
        return [row for row in self.rows if row.alert]


def of(user: User, *, with_consent: bool = True) -> Overview:
    """Three queries, whatever the number of enterprises; two where nobody reads what was consented to."""
    consents = Consent.objects.standing().filter(user=user, purpose=Consent.Purpose.ALERTS)
    consent = consents.first() if with_consent else None
    suppliers = (
        Supplier.objects.filter(organisation__memberships__user=user)
        .exclude(status=Status.ARCHIVED)
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )
    alerts = {
        alert.supplier_id: alert
        for alert in Alert.objects.active().filter(user=user).annotate(waiting=Count("pending"))
    }
    now = timezone.now()
    return Overview(
        rows=[_row(supplier, alerts.get(supplier.pk), consent, now) for supplier in suppliers],
        consent=consent,
    )


def panel(request: HttpRequest) -> dict[str, Any] | None:
    """For members of a supplier only."""
    if not isinstance(request.user, User):
        return None
    settings = of(request.user, with_consent=False)
    return {"settings": settings} if settings.rows else None


def prefix_of(supplier: Supplier) -> str:
    return f"s{supplier.pk}"


def _row(supplier: Supplier, alert: Alert | None, consent: Consent | None, now: datetime) -> Row:
    frequency = alert.frequency if alert else Alert.Frequency.DAILY
    return Row(
        supplier=supplier,
        alert=alert,
        waiting=getattr(alert, "waiting", 0),
        next_mail=schedule.next_slot(alert.frequency, now) if alert else None,
        form=AlertForm(
            prefix=prefix_of(supplier), initial={"frequency": frequency}, consented=consent is not None
        ),
    )
