"""What members see of their suggestions and alerts: panels of « Mon espace », rows on a tender's page, « Mes alertes »."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from buyers.models import Tender
from marketplace.accounts.models import Consent, User
from marketplace.matching import sentences
from marketplace.matching.forms import AlertForm
from marketplace.matching.models import Alert, Suggestion
from marketplace.matching.slots import next_slot
from suppliers.models import Status, Supplier

SHOWN = 5
SAID = 3
#: What is bought comes before where and how much.
FIRST = ("code", "past", "meaning", "text", "buyer", "beside", "procedure", "area", "capacity")


@dataclass(frozen=True, slots=True)
class Line:
    """A suggestion of the panel; `said` is what fits and what is to be checked, in one line."""

    suggestion: Suggestion
    said: str
    supplier: str


def suggestion_panel(request: HttpRequest) -> dict[str, Any] | None:
    """The best open notices for the person's suppliers; None for who is no member of one or has no suggestion."""
    if not isinstance(request.user, User):
        return None
    suggestions = list(
        Suggestion.objects.for_members(request.user)
        .open()
        .wanted()
        .select_related("tender", "supplier__organisation")
        .order_by("-points", "tender__closes_at", "pk")[: SHOWN + 1]
    )
    if not suggestions:
        return None
    several = len({suggestion.supplier_id for suggestion in suggestions}) > 1
    return {
        "lines": [
            Line(
                suggestion,
                suggestion_line(suggestion),
                suggestion.supplier.organisation.name if several else "",
            )
            for suggestion in suggestions[:SHOWN]
        ],
        "more": len(suggestions) > SHOWN,
    }


def suggestion_line(suggestion: Suggestion) -> str:
    """« Même code UNSPSC…; livraison en Mauricie, dans votre territoire. »"""
    rows = sorted(
        suggestion.reasons, key=lambda reason: (reason["verdict"] != "full", FIRST.index(reason["kind"]))
    )
    lines = [sentences.short_reason(reason) for reason in rows if reason["verdict"] != "none"][:SAID]
    return (
        "; ".join(line if place == 0 else line[:1].lower() + line[1:] for place, line in enumerate(lines))
        + "."
    )


def tender_reasons(request: HttpRequest, tender: Tender) -> dict[str, Any] | None:
    """The vis-à-vis of a notice's page, one for each of the person's suppliers that it fits; None for anyone else."""
    if not isinstance(request.user, User) or not tender.is_open:
        return None
    suggestions = (
        Suggestion.objects.for_members(request.user)
        .open()
        .wanted()
        .filter(tender=tender)
        .select_related("supplier__organisation")
        .order_by("-points", "pk")
    )
    fits = [
        {
            "suggestion": suggestion,
            "rows": [
                {"verdict": reason["verdict"], "sentence": sentences.reason_sentence(reason)}
                for reason in suggestion.reasons
            ],
        }
        for suggestion in suggestions
    ]
    return {"fits": fits, "tender": tender} if fits else None


# --- Alerts ------------------------------------------------------------------------------------------------------------


@dataclass
class AlertRow:
    """One enterprise of the person, and its alert where one runs."""

    supplier: Supplier
    alert: Alert | None
    waiting: int
    next_mail: datetime | None
    form: AlertForm

    @property
    def prefix(self) -> str:
        return form_prefix(self.supplier)

    @property
    def is_published(self) -> bool:
        """Suggestions are only computed for published suppliers."""
        return self.supplier.status == Status.PUBLISHED


@dataclass
class AlertSettings:
    rows: list[AlertRow] = field(default_factory=list)
    consent: Consent | None = None

    @property
    def consented(self) -> bool:
        return self.consent is not None

    @property
    def running(self) -> list[AlertRow]:
        return [row for row in self.rows if row.alert]


def alert_settings(user: User, *, with_consent: bool = True) -> AlertSettings:
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
    return AlertSettings(
        rows=[_alert_row(supplier, alerts.get(supplier.pk), consent, now) for supplier in suppliers],
        consent=consent,
    )


def alert_panel(request: HttpRequest) -> dict[str, Any] | None:
    """For members of a supplier only."""
    if not isinstance(request.user, User):
        return None
    settings = alert_settings(request.user, with_consent=False)
    return {"settings": settings} if settings.rows else None


def form_prefix(supplier: Supplier) -> str:
    return f"s{supplier.pk}"


def _alert_row(supplier: Supplier, alert: Alert | None, consent: Consent | None, now: datetime) -> AlertRow:
    frequency = alert.frequency if alert else Alert.Frequency.DAILY
    return AlertRow(
        supplier=supplier,
        alert=alert,
        waiting=getattr(alert, "waiting", 0),
        next_mail=next_slot(alert.frequency, now) if alert else None,
        form=AlertForm(
            prefix=form_prefix(supplier), initial={"frequency": frequency}, consented=consent is not None
        ),
    )
