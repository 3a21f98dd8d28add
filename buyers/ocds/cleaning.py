"""Values of a feed that nobody promises anything about: whatever arrives, a clean value or nothing comes out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

LONGEST_TEXT = 8000
LONGEST_LIST = 1000
DEEPEST = 12
LARGEST_AMOUNT = Decimal(10) ** 13
YEARS = range(1990, 2101)  # « 0001-01-01 » is how some systems write that there is no date
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


def clean_moment(value: Any, *, end_of_day: bool = False) -> datetime | None:
    """An aware moment; what says no hour is Québec time, at midnight or at the day's end."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    value = value.strip()
    try:
        parsed = parse_datetime(value)
        if parsed is None or re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
            day = parse_date(value)
            parsed = datetime.combine(day, time(23, 59) if end_of_day else time()) if day else None
        if parsed is None:
            return None
        if timezone.is_naive(parsed):
            parsed = timezone.make_aware(parsed)
        return parsed if parsed.year in YEARS else None
    except (ValueError, OverflowError):
        return None


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
    said = as_mapping(value)
    number = clean_amount(said.get("amount"))
    return None if number is None else Amount(number, clean_currency(said.get("currency")))


def clean_currency(value: Any) -> str:
    """A currency's three letters; CAD where nothing is said."""
    said = clean_text(value, 40).upper()
    if said in ("", "$", "CDN", "CA$", "$CA", "CDN$", "CAN"):
        return "CAD"
    return said if re.fullmatch(r"[A-Z]{3}", said) else "XXX"


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
