"""Since when figures count: thirty days, twelve months, or everything there is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PARAMETER = "periode"


@dataclass(frozen=True)
class Period:
    """`key` stands in addresses; `days` is None for all."""

    key: str
    label: object
    days: int | None

    @property
    def first_day(self) -> date | None:
        """Today is one of the days."""
        return timezone.localdate() - timedelta(days=self.days - 1) if self.days else None

    @property
    def start(self) -> datetime | None:
        day = self.first_day
        return timezone.make_aware(datetime.combine(day, time.min)) if day else None

    @property
    def query(self) -> str:
        return f"?{PARAMETER}={self.key}"


PERIODS = (
    Period("30-jours", _("30 jours"), 30),
    Period("12-mois", _("12 mois"), 365),
    Period("tout", _("Depuis le début"), None),
)
USUAL = PERIODS[1]


def asked_period(request: HttpRequest) -> Period:
    """The one that the address names; for anything else the usual one."""
    asked = request.GET.get(PARAMETER, "")
    return next((period for period in PERIODS if period.key == asked), USUAL)


def period_links(chosen: Period) -> list[dict[str, object]]:
    return [{"label": period.label, "url": period.query, "is_chosen": period is chosen} for period in PERIODS]
