"""Values of a feed that nobody promises anything about: whatever arrives, a clean value or nothing comes out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from datetime import timezone as FixedZone
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone

LONGEST_TEXT = 8000
LONGEST_LIST = 1000
DEEPEST = 12
LARGEST_AMOUNT = Decimal(10) ** 13
YEARS = range(1990, 2101)  # « 0001-01-01 » is how some systems write that there is no date
UNKNOWN_CURRENCY = "XXX"  # as ISO 4217 says « none »
ABBREVIATIONS = ("inc.", "ltée.", "ltee.", "ltd.", "enr.", "cie.", "co.", "corp.", "ing.", "sec.", "senc.")


def as_mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def as_list(value: Any) -> list[Any]:
    return value[:LONGEST_LIST] if isinstance(value, list) else []


def as_mappings(value: Any) -> list[dict[str, Any]]:
    return [item for item in as_list(value) if isinstance(item, dict)]


def clean_text(value: Any, limit: int = LONGEST_TEXT) -> str:
    """One line of plain text: blanks of every kind become one space, both apostrophes ’, too long is cut with « … »."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return ""
    raw = str(value)[: LONGEST_TEXT * 4]
    tidy = " ".join(raw.split()).translate(APOSTROPHES)
    if not tidy.isprintable():
        tidy = "".join(c for c in tidy if c.isprintable())
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


def clean_paragraphs(value: Any, limit: int = LONGEST_TEXT) -> str:
    """As `clean_text`, with the lines and the no-break spaces of whoever wrote it; one empty line at most between two."""
    if not isinstance(value, str):
        return clean_text(value, limit)
    lines = [
        "".join(c for c in BLANKS.sub(" ", line).strip() if c.isprintable() or c in UNBROKEN)
        for line in value[: LONGEST_TEXT * 4].splitlines()
    ]
    tidy = re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip().translate(APOSTROPHES)
    return tidy if len(tidy) <= limit else tidy[: limit - 1].rstrip() + "…"


UNBROKEN = "\u00a0\u202f"
BLANKS = re.compile(rf"[^\S{UNBROKEN}]+")
APOSTROPHES = str.maketrans({"'": "’", "\u2018": "’", "\u02bc": "’", "\u00b4": "’", "\u2032": "’"})


def clean_name(value: Any, limit: int = 255) -> str:
    """A name without the full stop that some names end with; « inc. » keeps its own."""
    tidy = clean_text(value, limit)
    while tidy.endswith(".") and not tidy.lower().endswith(ABBREVIATIONS) and not _is_initials(tidy):
        tidy = tidy[:-1].rstrip()
    return tidy


def _is_initials(tidy: str) -> bool:
    """« S.E.N.C. » and the like end with a point of their own."""
    return bool(re.search(r"(^|\s)(\w\.)+$", tidy))


def clean_neq(value: Any) -> str:
    """Ten digits, or nothing."""
    digits = re.sub(r"\s", "", clean_text(value, 30))
    return digits if re.fullmatch(r"[0-9]{10}", digits) else ""


ISO_8601 = re.compile(
    r"(?P<day>[0-9]{4}(?:-[0-9]{2}-[0-9]{2}|-?W[0-9]{2}(?:-?[1-7])?|[0-9]{4}|-?[0-9]{3}|-[0-9]{2}))"
    r"(?:[T ](?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]{1,9}))?)?)?)?"
    r" ?(?:Z|UTC|GMT|(?P<sign>[+-])(?P<zone_hour>[0-9]{2}):?(?P<zone_minute>[0-9]{2})?)?"
)
IN_UTC = re.compile(r"(?:Z|UTC|GMT)\Z")


def clean_moment(value: Any, *, end_of_day: bool = False) -> datetime | None:
    """An aware moment from any way of ISO 8601; what says no hour is Québec time, at midnight or at the day's end."""
    parsed = _parse_moment(value, end_of_day)
    return parsed if parsed and parsed.year in YEARS else None


def is_moment_lost(value: Any) -> bool:
    """Whether a date is written and not understood. « 0001-01-01 » and the like say that there is none."""
    if value is None or value == "" or clean_moment(value) is not None:
        return False
    text = value.strip() if isinstance(value, str) else str(value)
    return bool(text) and not re.match(r"0000|0001|1[0-8][0-9]{2}-|1900-|9999", text)


def _parse_moment(value: Any, end_of_day: bool) -> datetime | None:
    if not isinstance(value, str) or len(value) > 80:
        return None
    text = value.strip().upper().replace("\u2212", "-")
    if text.count("/") == 1:  # a period: its beginning, or its end
        text = text.split("/")[end_of_day].strip()
    found = ISO_8601.fullmatch(text)
    if found is None:
        return None
    try:
        day = _parse_day(found["day"], end_of_day)
        if found["hour"] is None:
            at = datetime.combine(day, time(23, 59) if end_of_day else time())
        else:
            hour, minute, second = (int(found[unit] or 0) for unit in ("hour", "minute", "second"))
            part = int((found["part"] or "0").ljust(6, "0")[:6])
            if hour == 24 and not (minute or second or part):  # the end of that day
                at = datetime.combine(day, time()) + timedelta(days=1)
            else:
                at = datetime.combine(
                    day, time(hour, minute, min(second, 59) if second <= 60 else second, part)
                )
        if found["sign"]:
            offset = timedelta(hours=int(found["zone_hour"]), minutes=int(found["zone_minute"] or 0))
            return at.replace(tzinfo=FixedZone(-offset if found["sign"] == "-" else offset))
        return at.replace(tzinfo=UTC) if IN_UTC.search(text) else timezone.make_aware(at)
    except (ValueError, OverflowError):
        return None


def _parse_day(said: str, last: bool) -> date:
    """A day, a day of a week, the first or last day of a week or a month, or a day of the year (« 2026-344 »)."""
    if re.fullmatch(r"[0-9]{4}-?[0-9]{3}", said):
        day = date(int(said[:4]), 1, 1) + timedelta(days=int(said[-3:]) - 1)
        if day.year != int(said[:4]):
            raise ValueError(said)
        return day
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}", said):
        first = date.fromisoformat(f"{said}-01")
        return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1) if last else first
    day = date.fromisoformat(said)
    return day + timedelta(days=6) if last and re.fullmatch(r"[0-9]{4}-?W[0-9]{2}", said) else day


def clean_day(value: Any) -> date | None:
    at = clean_moment(value)
    return timezone.localtime(at).date() if at else None


def clean_amount(value: Any) -> Decimal | None:
    """Dollars and cents; None for what is no amount, negative, or beyond any contract."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        return None
    try:
        number = Decimal(str(value)[:40])
    except InvalidOperation:
        return None
    if not number.is_finite() or number < 0 or number >= LARGEST_AMOUNT:
        return None
    return number.quantize(Decimal("0.01"))


@dataclass(frozen=True)
class Amount:
    """A sum in one currency (ISO 4217; « XXX » where it is written in no way that is known)."""

    value: Decimal
    currency: str


def read_amount(value: Any) -> Amount | None:
    """OCDS's `{amount, currency}`. Without a currency it is in dollars: SEAO leaves it out at times."""
    said = value if isinstance(value, dict) else {"amount": value}
    number = clean_amount(said.get("amount"))
    return None if number is None else Amount(number, clean_currency(said.get("currency")))


def clean_currency(value: Any) -> str:
    """A currency's three letters; CAD where nothing is said."""
    said = clean_text(value, 40).upper()
    if said in ("", "$", "CDN", "CA$", "$CA", "CDN$", "CAN"):
        return "CAD"
    return said if re.fullmatch(r"[A-Z]{3}", said) else UNKNOWN_CURRENCY


def clean_url(value: Any, limit: int = 500) -> str:
    """An http(s) address, or nothing."""
    if not isinstance(value, str) or len(value) > limit or re.search(r"[\s\x00-\x20\x7f<>\"]", value.strip()):
        return ""
    value = value.strip()
    try:
        parts = urlsplit(value)
    except ValueError:
        return ""
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        return ""
    return parts.scheme.lower() + value[len(parts.scheme) :]


def is_cut_short(value: Any, depth: int = 0) -> bool:
    """Whether `storable_value` leaves out the end of a text or of a list, or what is nested too deep."""
    if isinstance(value, str):
        return len(value) > LONGEST_TEXT
    if not isinstance(value, list | dict):
        return False
    if len(value) > LONGEST_LIST or depth > DEEPEST:
        return True
    return any(
        is_cut_short(item, depth + 1) for item in (value.values() if isinstance(value, dict) else value)
    )


def storable_value(value: Any, depth: int = 0) -> Any:
    """The value as PostgreSQL can keep it in JSON: no NUL, no lone surrogate, no infinity, nothing endless."""
    if depth > DEEPEST:
        return None
    if isinstance(value, str):
        return value[:LONGEST_TEXT].replace("\0", "").encode("utf-8", "ignore").decode()
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Decimal | float):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    if isinstance(value, list):
        return [storable_value(item, depth + 1) for item in value[:LONGEST_LIST]]
    if isinstance(value, dict):
        return {
            storable_value(str(key)[:200]): storable_value(item, depth + 1)
            for key, item in list(value.items())[:LONGEST_LIST]
        }
    return None
