"""The periods that a funder asks about: a quarter, a civil year, a fiscal year (from April), or from one day to another."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from marketplace.web.typography import format_day

PARAMETER, FIRST, LAST = "periode", "du", "au"
YEARS = range(2000, 2101)


@dataclass(frozen=True)
class Period:
    """`key` stands in addresses, empty where the two days do. Both days count."""

    key: str
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The midnight after the last day."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @property
    def is_over(self) -> bool:
        return self.last < timezone.localdate()

    @property
    def asked(self) -> dict[str, str]:
        """As the address says it."""
        if self.key:
            return {PARAMETER: self.key}
        return {FIRST: self.first.isoformat(), LAST: self.last.isoformat()}

    @property
    def label(self) -> str:
        if found := _QUARTER.fullmatch(self.key):
            return _("Trimestre %(n)s de %(year)s") % {"n": found[2], "year": found[1]}
        if _FISCAL.fullmatch(self.key):
            return _("Exercice %(years)s") % {"years": self.key}
        return _("Année %(year)s") % {"year": self.key} if self.key else self.days

    @property
    def days(self) -> str:
        return _("Du %(first)s au %(last)s") % {
            "first": format_day(self.first),
            "last": format_day(self.last),
        }

    def query(self, **more: str) -> str:
        return "?" + urlencode({**self.asked, **{name: value for name, value in more.items() if value}})


_QUARTER = re.compile(r"(\d{4})-T([1-4])")
_YEAR = re.compile(r"\d{4}")
_FISCAL = re.compile(r"(\d{4})-(\d{4})")


def period_of(key: str) -> Period | None:
    """« 2026-T3 », « 2026 », « 2026-2027 »; None for anything else."""
    if (found := _QUARTER.fullmatch(key)) and int(found[1]) in YEARS:
        month = 3 * int(found[2]) - 2
        return Period(key, first := date(int(found[1]), month, 1), _month_end(first, 2))
    if _YEAR.fullmatch(key) and int(key) in YEARS:
        return Period(key, date(int(key), 1, 1), date(int(key), 12, 31))
    if (found := _FISCAL.fullmatch(key)) and int(found[1]) in YEARS and int(found[2]) == int(found[1]) + 1:
        return Period(key, date(int(found[1]), 4, 1), date(int(found[2]), 3, 31))
    return None


def _month_end(first: date, months: int) -> date:
    """The last day of the month that comes so many months after this first day of a month."""
    n = first.month + months
    return date(first.year + n // 12, n % 12 + 1, 1) - timedelta(days=1)


def usual_periods(today: date | None = None) -> list[Period]:
    """This quarter and the one before, this year and the one before, this fiscal year."""
    today = today or timezone.localdate()
    year, quarter = today.year, (today.month + 2) // 3
    before = f"{year}-T{quarter - 1}" if quarter > 1 else f"{year - 1}-T4"
    fiscal = year if today.month > 3 else year - 1
    keys = [f"{year}-T{quarter}", before, str(year), str(year - 1), f"{fiscal}-{fiscal + 1}"]
    return [period for key in keys if (period := period_of(key))]


def asked_period(request: HttpRequest) -> tuple[Period, str]:
    """What the address asks, with a sentence where it could not be read as it stands; else this quarter."""
    given = request.GET
    usual = usual_periods()[0]
    if given.get(FIRST) or given.get(LAST):
        first, last = _day(given.get(FIRST, "")), _day(given.get(LAST, ""))
        if first is None or last is None:
            return usual, _("Une des deux dates n’existe pas. Voici le trimestre en cours.")
        if first > last:
            return Period("", last, first), _(
                "La première date venait après la seconde. Nous les avons inversées."
            )
        return Period("", first, last), ""
    asked = given.get(PARAMETER, "")
    if not asked:
        return usual, ""
    found = period_of(asked)
    return (found, "") if found else (usual, _("Cette période n’existe pas. Voici le trimestre en cours."))


def _day(text: str) -> date | None:
    try:
        found = parse_date(text.strip()[:10])
    except ValueError:
        return None
    return found if found and found.year in YEARS else None
