"""Numbers, money, dates and codes written as people read them: Québec French, and English where it is chosen.

Pure functions on plain text; the templates' filters of the same names call them, and so may any sentence built in
Python. `NB` is the no-break space that keeps a number with its unit.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel import Locale
from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

NB = "\u00a0"
NB_HYPHEN = "\u2011"
FIRST = "1\u1d49\u02b3"  # 1ᵉʳ, raised without markup so that it also holds in mails and attributes

# Not as Babel abbreviates them (« avr. », “Apr”).
_SHORT_MONTHS = {
    "fr": [
        "janv.", "févr.", "mars", "avril", "mai", "juin", "juill.", "août", "sept.", "oct.", "nov.", "déc.",
    ],
    "en": ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."],
}  # fmt: skip
_ENGLISH_UNITS = {"G": "B", "M": "M", "k": "K"}


_LOCALES = {"fr": Locale("fr", "CA"), "en": Locale("en", "CA")}
_DAY = {"fr": f"EEEE d{NB}MMMM y", "en": f"EEEE, MMMM{NB}d, y"}
_FIRST_DAY = {"fr": f"EEEE '{FIRST}'{NB}MMMM y", "en": _DAY["en"]}


def _language() -> str:
    return "en" if (get_language() or "fr").startswith("en") else "fr"


def format_number(value: int | float | Decimal, decimals: int = 0) -> str:
    """11204 → « 11 204 »; a decimal comma in French."""
    # Python's own: Babel's takes fifteen times as long, and a page of the directory writes a hundred.
    text = f"{Decimal(str(value)).quantize(Decimal(10) ** -decimals, ROUND_HALF_UP):,}"
    return text if _language() == "en" else text.replace(",", NB).replace(".", ",")


def format_neq(value: str | None) -> str:
    """1167403218 → « 1167 403 218 »; anything else than ten digits stays as it is."""
    digits = re.sub(r"\s", "", value or "")
    if not re.fullmatch(r"\d{10}", digits):
        return value or ""
    return NB.join((digits[:4], digits[4:7], digits[7:]))


def format_money(value: int | float | Decimal | None, cents: bool = False) -> str:
    """Dollars: « 48 700 $ », with `cents` « 48 700,50 $ »; in English “$48,700”."""
    if value is None:
        return ""
    text = format_number(value, 2 if cents else 0)
    if _language() == "en":
        return f"-${text[1:]}" if text.startswith("-") else f"${text}"
    return f"{text}{NB}$"


def format_amount(value: int | float | Decimal | None, currency: str = "CAD", cents: bool = False) -> str:
    """Dollars as `format_money`; any other currency by its ISO code, « 125 000 GBP », never as dollars."""
    if value is None or currency in ("CAD", ""):
        return format_money(value, cents)
    text = format_number(value, 2 if cents else 0)
    if currency == "XXX":
        unknown = gettext("devise non précisée")
        return f"{text}{NB}({unknown})"
    return f"{currency}{NB}{text}" if _language() == "en" else f"{text}{NB}{currency}"


def format_money_short(value: int | float | Decimal | None) -> str:
    """Dollars in a summary: « 14,6 M$ », « 25 k$ », « 800 $ »; in English “$14.6M”, “$25K”."""
    if value is None:
        return ""
    amount = Decimal(str(value))
    for size, unit in ((Decimal(10**9), "G"), (Decimal(10**6), "M"), (Decimal(10**3), "k")):
        # 999 950 reads « 1 M$ », not « 1000 k$ »
        if amount >= size * Decimal("0.9995"):
            scaled = (amount / size).quantize(Decimal("0.1"), ROUND_HALF_UP)
            text = format_number(scaled, 0 if scaled == scaled.to_integral() or scaled >= 100 else 1)
            if _language() == "en":
                return f"${text}{_ENGLISH_UNITS[unit]}"
            return f"{text}{NB}{unit}$"
    return format_money(amount)


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def format_day(value: date | datetime | None) -> str:
    """« mardi 8 décembre 2026 », “Tuesday, December 8, 2026”; the first of a month is « 1ᵉʳ »."""
    if not value:
        return ""
    value, language = _local(value), _language()
    return format_date(value, (_FIRST_DAY if value.day == 1 else _DAY)[language], _LOCALES[language])


def format_day_short(value: date | datetime | None) -> str:
    """« 8 déc. 2026 », “Dec. 8, 2026”, unbreakable."""
    if not value:
        return ""
    value, language = _local(value), _language()
    month = _SHORT_MONTHS[language][value.month - 1]
    if language == "en":
        return f"{month}{NB}{value.day},{NB}{value.year}"
    return f"{FIRST if value.day == 1 else value.day}{NB}{month}{NB}{value.year}"


def format_day_and_month(value: date, beside: date | None = None) -> str:
    """« 3 décembre », “December 3”; with its year where that is another than this year's, or than that of `beside`.

    `beside` is the date that follows in the sentence: French says their month once, « du 3 au 10 décembre ».
    """
    language = _language()
    month = f"MMMM{NB}d" if language == "en" else f"'{FIRST}'{NB}MMMM" if value.day == 1 else f"d{NB}MMMM"
    if value.year != (beside or timezone.localdate()).year:
        month += ", y" if language == "en" else f"{NB}y"
    elif beside and language == "fr" and value.month == beside.month:
        return FIRST if value.day == 1 else str(value.day)
    return format_date(value, month, _LOCALES[language])


def format_month_short(value: date | datetime | None) -> str:
    """« déc. », “Dec.”: as `format_day_short` writes it."""
    return _SHORT_MONTHS[_language()][_local(value).month - 1] if value else ""


def format_hour(value: datetime | None) -> str:
    """« 11 h », « 9 h 05 »; in English “11:00 am”, without points: a sentence often ends with it."""
    if not value:
        return ""
    local = _local(value)
    assert isinstance(local, datetime)  # noqa: S101 - _local keeps the kind it was given
    if _language() == "en":
        half = "am" if local.hour < 12 else "pm"
        return f"{local.hour % 12 or 12}:{local.minute:02d}{NB}{half}"
    return f"{local.hour}{NB}h" + (f"{NB}{local.minute:02d}" if local.minute else "")


def format_moment(value: datetime | None) -> str:
    """« 8 déc. 2026, 11 h », Québec time."""
    return f"{format_day_short(value)}, {format_hour(value)}" if value else ""


def format_second(value: datetime | None) -> str:
    """« 8 déc. 2026, 11 h 00 min 05 s », “Dec. 8, 2026, 11:00:05 am”: where a second decides."""
    if not value:
        return ""
    local = _local(value)
    assert isinstance(local, datetime)  # noqa: S101 - _local keeps the kind it was given
    if _language() == "en":
        half = "am" if local.hour < 12 else "pm"
        return f"{format_day_short(local)}, {local.hour % 12 or 12}:{local:%M:%S}{NB}{half}"
    return f"{format_day_short(local)}, {local.hour}{NB}h{NB}{local:%M}{NB}min{NB}{local:%S}{NB}s"


def days_until(value: date | datetime, today: date | None = None) -> int:
    """Calendar days from today to a date, negative once it is past."""
    local = _local(value)
    target = local.date() if isinstance(local, datetime) else local
    return (target - (today or timezone.localdate())).days


def format_in_days(value: date | datetime | None) -> str:
    """« dans 7 jours », « demain », « aujourd’hui », « hier », « il y a 3 jours »."""
    if not value:
        return ""
    days = days_until(value)
    near = {0: gettext("aujourd’hui"), 1: gettext("demain"), -1: gettext("hier")}
    if days in near:
        return near[days]
    if days > 0:
        return ngettext("dans %(n)s jour", "dans %(n)s jours", days) % {"n": format_number(days)}
    return ngettext("il y a %(n)s jour", "il y a %(n)s jours", -days) % {"n": format_number(-days)}


def format_since_days(value: date | datetime | None) -> str:
    """« depuis 6 jours », « depuis aujourd’hui »: how long something waits."""
    if not value:
        return ""
    days = -days_until(value)
    if days <= 0:
        return gettext("depuis aujourd’hui")
    return ngettext("depuis %(n)s jour", "depuis %(n)s jours", days) % {"n": format_number(days)}


#: First words of what organisations are called; before a vowel or a mute h the article is elided.
_MASCULINE = "pôle|regroupement|réseau|comité|centre|conseil|consortium|carrefour|bureau|cégep|collège|ministère|canton"
_FEMININE = "table|corporation|concertation|coopérative|société|chambre|fédération|ville|municipalité|mrc|régie|commission"
_KNOWN_FIRST = re.compile(
    rf"(?P<m>{_MASCULINE})\b|(?P<f>{_FEMININE})\b|(?P<v>alliance|association|entraide|union|université|office|institut|hôpital)\b",
    re.I,
)


def with_article(name: str, after: str = "") -> str:
    """« le Pôle d’économie sociale de la Mauricie », « la Table… »; `after="à"` gives « au Pôle… ». “the Pôle…” in English.

    A name whose gender its first word does not tell stays as it is.
    """
    if not (known := _KNOWN_FIRST.match(name)):
        return f"{after} {name}".strip() if _language() == "fr" else name
    if _language() != "fr":
        return f"the {name}"
    article = {"m": "le ", "f": "la ", "v": "l’"}[str(known.lastgroup)]
    if after and known["m"]:
        return f"au {name}"
    return f"{after} {article}{name}".strip()


def format_phone(value: str | None) -> str:
    """« 819 555-0188 », unbreakable, “819-555-0188” in English; an extension is kept (« poste 12 », “ext. 12”).

    What is not North American stays as it is.
    """
    match = re.fullmatch(r"\D*(?:1\D*)?(\d{3})\D*(\d{3})\D*(\d{4})(?:\s*\D+?\s*(\d{1,6}))?\s*", value or "")
    if not match:
        return value or ""
    area, exchange, line, extension = match.groups()
    text = f"{area}{NB_HYPHEN if _language() == 'en' else NB}{exchange}{NB_HYPHEN}{line}"
    return text + (", " + gettext("poste") + NB + extension if extension else "")


def format_phone_href(value: str | None) -> str:
    """What follows `tel:` in a link: « +18195550188 », with « ;ext=12 » for an extension."""
    match = re.fullmatch(r"\D*(?:1\D*)?(\d{3})\D*(\d{3})\D*(\d{4})(?:\s*\D+?\s*(\d{1,6}))?\s*", value or "")
    if not match:
        return re.sub(r"[^\d+]", "", value or "")
    area, exchange, line, extension = match.groups()
    return f"+1{area}{exchange}{line}" + (f";ext={extension}" if extension else "")
