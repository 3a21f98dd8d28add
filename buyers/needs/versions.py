"""What a need says at one moment, and in words what changed from one version to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from buyers.models import Need, NeedVersion
from marketplace.classification.labels import code_label
from marketplace.web.typography import format_day_short, format_moment

Said = dict[str, Any]
#: The fields that its readers see, in the order in which a change is told. The institution's own figure is none of them.
FIELDS = (
    "title", "description", "method", "audience", "place", "starts_on", "ends_on", "band", "unspsc", "questions_until",
    "closes_at", "is_sealed", "reference", "documents", "clauses",
)  # fmt: skip
#: What changed is shown whole up to so many characters.
LONGEST = 400


@dataclass(frozen=True, kw_only=True)
class NeedChange:
    """One field that changed, in the reader's language; `before` or `after` empty: there was nothing, or there is nothing."""

    name: str
    label: str
    before: str
    after: str


def said_by(need: Need) -> Said:
    """What its readers read, ready for JSON."""
    return {name: _plain(_value(need, name)) for name in FIELDS}


def _value(need: Need, name: str) -> Any:
    if name == "documents":
        return list(need.documents.order_by("pk").values_list("file__name", flat=True))
    if name == "clauses":
        return list(need.clauses.order_by("pk").values_list("title", flat=True))
    return getattr(need, name)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[NeedChange]:
    """What differs, in the reader's language."""
    return [
        NeedChange(
            name=name,
            label=str(LABELS[name]),
            before=_words(name, before.get(name)),
            after=_words(name, after.get(name)),
        )
        for name in FIELDS
        if (before.get(name) or None) != (after.get(name) or None)
    ]


def changes_of(need: Need, number: int) -> list[NeedChange]:
    """What version `number` changed; nothing for the first."""
    said = dict(
        NeedVersion.objects.filter(need=need, number__in=(number - 1, number)).values_list("number", "said")
    )
    if len(said) < 2:
        return []
    return changes_between(said[number - 1], said[number])


LABELS: dict[str, Promise] = {
    "title": lazy("Objet"),
    "description": lazy("Description"),
    "method": lazy("Mode"),
    "audience": lazy("Visible pour"),
    "place": lazy("Lieu"),
    "starts_on": lazy("Début"),
    "ends_on": lazy("Fin"),
    "band": lazy("Ordre de grandeur"),
    "unspsc": lazy("Codes UNSPSC"),
    "questions_until": lazy("Questions jusqu’au"),
    "closes_at": lazy("Clôture"),
    "is_sealed": lazy("Propositions scellées"),
    "reference": lazy("Numéro de dossier"),
    "documents": lazy("Documents"),
    "clauses": lazy("Clauses sociales"),
}


def _words(name: str, value: Any) -> str:
    if value is None or value == "" or value == []:
        return ""
    read = READ.get(name)
    text = read(value) if read else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _moment(value: str) -> str:
    return format_moment(parse_datetime(value))


def _day(value: str) -> str:
    return format_day_short(parse_date(value))


def _codes(codes: list[str]) -> str:
    return ", ".join(f"{code} {code_label(code)}".strip() for code in codes)


def _choice(choices: Any) -> Callable[[str], str]:
    return lambda value: capfirst(str(dict(choices.choices).get(value, value)))


READ: dict[str, Callable[[Any], str]] = {
    "method": _choice(Need.Method),
    "audience": _choice(Need.Audience),
    "band": _choice(Need.Band),
    "starts_on": _day,
    "ends_on": _day,
    "questions_until": _moment,
    "closes_at": _moment,
    "unspsc": _codes,
    "is_sealed": lambda value: _("oui") if value else _("non"),
    "documents": ", ".join,
    "clauses": ", ".join,
}
