"""Numbers, money, dates and codes written as people read them: Québec French, and English where it is chosen.

Pure functions on plain text; the templates' filters of the same names call them, and so may any sentence built in
Python. `NB` is the no-break space that keeps a number with its unit.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

NB = "\u00a0"
NB_HYPHEN = "\u2011"
FIRST = "1\u1d49\u02b3"  # 1ᵉʳ, raised without markup so that it also holds in mails and attributes

_MONTHS = {
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
_SHORT_MONTHS = {
    "fr": [
        "janv.",
        "févr.",
        "mars",
        "avril",
        "mai",
        "juin",
        "juill.",
        "août",
        "sept.",
        "oct.",
        "nov.",
        "déc.",
    ],
    "en": ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."],
}
_ENGLISH_UNITS = {"G": "B", "M": "M", "k": "K"}
_WEEKDAYS = {
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
}


def _language() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def number(value: int | float | Decimal, decimals: int = 0) -> str:
    """11204 → « 11 204 »; a decimal comma in French."""
    text = f"{Decimal(str(value)).quantize(Decimal(10) ** -decimals, ROUND_HALF_UP):,}"
    return text if _language() == "en" else text.replace(",", NB).replace(".", ",")


def neq(value: str | None) -> str:
    """1167403218 → « 1167 403 218 »; anything else than ten digits stays as it is."""
    digits = re.sub(r"\s", "", value or "")
    if not re.fullmatch(r"\d{10}", digits):
        return value or ""
    return NB.join((digits[:4], digits[4:7], digits[7:]))


def money(value: int | float | Decimal | None, cents: bool = False) -> str:
    """Dollars: « 48 700 $ », with `cents` « 48 700,50 $ »; in English “$48,700”."""
    if value is None:
        return ""
    text = number(value, 2 if cents else 0)
    if _language() == "en":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    return f"{text}{NB}$"


def money_short(value: int | float | Decimal | None) -> str:
    """Dollars in a summary: « 14,6 M$ », « 25 k$ », « 800 $ »; in English “$14.6M”, “$25K”."""
    if value is None:
        return ""
    amount = Decimal(str(value))
    for size, unit in ((Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**3), "k")):
        # 999 950 reads « 1 M$ », not « 1000 k$ »
        if amount >= size * Decimal("0.9995"):
            scaled = (amount / size).quantize(Decimal("0.1"), ROUND_HALF_UP)
            text = number(scaled, 0 if scaled == scaled.to_integral() or scaled >= 100 else 1)
            if _language() == "en":
                return f"${text}{_ENGLISH_UNITS[unit]}"
            return f"{text}{NB}{unit}$"
    return money(amount)


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def day(value: date | datetime | None) -> str:
    """« mardi 8 décembre 2026 », “Tuesday, December 8, 2026”; the first of a month is « 1ᵉʳ »."""
    if not value:
        return ""
    value, language = _local(value), _language()
    weekday, month = _WEEKDAYS[language][value.weekday()], _MONTHS[language][value.month - 1]
    if language == "en":
        return f"{weekday}, {month}{NB}{value.day}, {value.year}"
    return f"{weekday} {FIRST if value.day == 1 else value.day}{NB}{month} {value.year}"


def day_short(value: date | datetime | None) -> str:
    """« 8 déc. 2026 », “Dec. 8, 2026”, unbreakable."""
    if not value:
        return ""
    value, language = _local(value), _language()
    month = _SHORT_MONTHS[language][value.month - 1]
    if language == "en":
        return f"{month}{NB}{value.day},{NB}{value.year}"
    return f"{FIRST if value.day == 1 else value.day}{NB}{month}{NB}{value.year}"


def month_short(value: date | datetime | None) -> str:
    """« déc. », “Dec.”: as `day_short` writes it."""
    return _SHORT_MONTHS[_language()][_local(value).month - 1] if value else ""


def hour(value: datetime | None) -> str:
    """« 11 h », « 9 h 05 »; in English “11:00 am”, without points: a sentence often ends with it."""
    if not value:
        return ""
    local = _local(value)
    assert isinstance(local, datetime)  # noqa: S101 - _local keeps the kind it was given
    if _language() == "en":
        half = "am" if local.hour < 12 else "pm"
        return f"{local.hour % 12 or 12}:{local.minute:02d}{NB}{half}"
    return f"{local.hour}{NB}h" + (f"{NB}{local.minute:02d}" if local.minute else "")


def moment(value: datetime | None) -> str:
    """« 8 déc. 2026, 11 h », Québec time."""
    return f"{day_short(value)}, {hour(value)}" if value else ""


def days_until(value: date | datetime, today: date | None = None) -> int:
    """Calendar days from today to a date, negative once it is past."""
    local = _local(value)
    target = local.date() if isinstance(local, datetime) else local
    return (target - (today or timezone.localdate())).days


def in_days(value: date | datetime | None) -> str:
    """« dans 7 jours », « demain », « aujourd’hui », « hier », « il y a 3 jours »."""
    if not value:
        return ""
    days = days_until(value)
    near = {0: gettext("aujourd’hui"), 1: gettext("demain"), -1: gettext("hier")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("dans %(n)s jour", "dans %(n)s jours", days) % {"n": number(days)}
    return ngettext("il y a %(n)s jour", "il y a %(n)s jours", -days) % {"n": number(-days)}


def since_days(value: date | datetime | None) -> str:
    """« depuis 6 jours », « depuis aujourd’hui »: how long something waits."""
    if not value:
        return ""
    days = -days_until(value)
    if days <= 0:
        return gettext("depuis aujourd’hui")
    return ngettext("depuis %(n)s jour", "depuis %(n)s jours", days) % {"n": number(days)}


def phone(value: str | None) -> str:
    """« 819 555-0188 », unbreakable, “819-555-0188” in English; an extension is kept (« poste 12 », “ext. 12”).

    What is not North American stays as it is.
    """
    match = re.fullmatch(r"\D*(?:1\D*)?(\d{3})\D*(\d{3})\D*(\d{4})(?:\s*\D+?\s*(\d{1,6}))?\s*", value or "")
    if not match:
        return value or ""
    area, exchange, line, extension = match.groups()
    text = f"{area}{NB_HYPHEN if _language() == 'en' else NB}{exchange}{NB_HYPHEN}{line}"
    return text + (", " + gettext("poste") + NB + extension if extension else "")


def phone_href(value: str | None) -> str:
    """What follows `tel:` in a link: « +18195550188 », with « ;ext=12 » for an extension."""
    match = re.fullmatch(r"\D*(?:1\D*)?(\d{3})\D*(\d{3})\D*(\d{4})(?:\s*\D+?\s*(\d{1,6}))?\s*", value or "")
    if not match:
        return re.sub(r"[^\d+]", "", value or "")
    area, exchange, line, extension = match.groups()
    return f"+1{area}{exchange}{line}" + (f";ext={extension}" if extension else "")
