"""The days when Québec's public bodies and enterprises work: a reminder leaves on one, a demo's event is held on one.

Fixed dates and rules only: nothing to download, right for any year of the calendar.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from django.utils.functional import lazy
from django.utils.translation import ngettext

from marketplace.web.promises import PROMISES, SUBMISSION

DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6


def is_working_day(day: date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def working_day_before(day: date) -> date:
    """The last working day before this one: Friday for a Monday."""
    return next(found for n in range(1, 30) if is_working_day(found := day - n * DAY))


@lru_cache(maxsize=16)
def holidays(year: int) -> frozenset[date]:
    """Holidays of the Act respecting labour standards and those that the public service adds, with the days between
    24 December and 2 January, when nobody meets. One that falls on a Sunday is kept on the Monday as well.
    """
    easter = _easter(year)
    fixed = [date(year, 6, 24), date(year, 7, 1)]
    return frozenset(
        [
            *(date(year, 1, n) for n in (1, 2)),
            *(date(year, 12, n) for n in range(24, 32)),
            easter - 2 * DAY,
            easter + DAY,
            _monday_from(date(year, 5, 18)),  # Journée nationale des patriotes: the Monday before 25 May
            *fixed,
            *(day + DAY for day in fixed if day.weekday() == SUNDAY),
            _monday_from(date(year, 9, 1)),  # Labour Day
            _monday_from(date(year, 10, 8)),  # Thanksgiving: the second Monday
        ]
    )


def _monday_from(day: date) -> date:
    """That day where it is a Monday, else the next one."""
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the algorithm known as Meeus, Jones and Butcher's)."""
    golden, century, rest = year % 19, year // 100, year % 100
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def workday_after(day: date, n: int) -> date:
    """The n-th working day after this one: what is promised within n working days is due on it."""
    while n:
        day += DAY
        n -= is_working_day(day)
    return day


def workdays_between(first: date, last: date) -> int:
    """How many working days lie after `first`, `last` included; 0 where `last` is not later."""
    return sum(is_working_day(first + n * DAY) for n in range(1, (last - first).days + 1))


def last_day_waited(n: int, today: date) -> date:
    """The latest day of which at least n working days have passed by `today`, which counts."""
    while n:
        n -= is_working_day(today)
        today -= DAY
    return today


def promised_wait() -> str:
    """« La réponse vient par courriel en 5 jours ouvrables au plus. » Of what a pôle decides (`promises`)."""
    days = PROMISES[SUBMISSION]
    return ngettext(
        "La réponse vient par courriel en %(n)s jour ouvrable au plus.",
        "La réponse vient par courriel en %(n)s jours ouvrables au plus.",
        days,
    ) % {"n": days}


#: The same sentence in the language of the mail that it stands in.
promised_wait_lazy = lazy(promised_wait, str)
