"""What changed between two versions of a notice, field by field, in words that people read. Pure.

A version that no longer speaks of something (an award seldom repeats the closing date) has not changed it.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from buyers.models import Tender
from marketplace.web.typography import format_day_short, format_moment, format_money

from . import cleaning
from .notices import awards_of, classifications, status_of, tags_of

Release = dict[str, Any]
LabelOf = Callable[[str], str]
MOST_WORDS = 400
ALIKE = 0.4  # below, two texts share too little for their words to be compared


@dataclass(frozen=True)
class Piece:
    """Part of a value: `same`, `out` (only before) or `in` (only after)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """`lines`: the pieces are lines of a list, not parts of one text. `written`: in the buyer's own words."""

    label: str
    before: list[Piece]
    after: list[Piece]
    lines: bool = False
    written: bool = False


@dataclass(frozen=True)
class Comparison:
    changes: list[Change]
    unchanged: int


def compare(before: Release, after: Release, label_of: LabelOf = lambda code: "") -> Comparison:
    """The changes between two kept releases; `label_of` names UNSPSC codes that the releases leave bare."""
    changes, unchanged = [], 0
    for field in FIELDS:
        old, new = field.read(before, label_of), field.read(after, label_of)
        if not new and not old:
            continue
        if not new or old == new:
            unchanged += 1
        elif field.kind == "list":
            changes.append(
                Change(
                    str(field.label),
                    [Piece("same" if line in new else "out", line) for line in old],
                    [Piece("same" if line in old else "in", line) for line in new],
                    lines=True,
                )
            )
        else:
            pieces = by_words(" ".join(old), " ".join(new)) if field.kind == "text" else None
            outs, ins = pieces or ([Piece("out", line) for line in old], [Piece("in", line) for line in new])
            changes.append(Change(str(field.label), outs, ins, written=field.kind == "text"))
    return Comparison(changes, unchanged)


def by_words(old: str, new: str) -> tuple[list[Piece], list[Piece]] | None:
    """Two texts cut where their words part; None where they have too little in common, or too many words."""
    first, second = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    if max(len(first), len(second)) > MOST_WORDS:
        return None
    matcher = difflib.SequenceMatcher(
        a=[word.strip() for word in first], b=[word.strip() for word in second], autojunk=False
    )
    if matcher.ratio() < ALIKE:
        return None
    before: list[Piece] = []
    after: list[Piece] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 > i1:
            before.append(Piece("same" if kind == "equal" else "out", "".join(first[i1:i2])))
        if j2 > j1:
            after.append(Piece("same" if kind == "equal" else "in", "".join(second[j1:j2])))
    return before, after


@dataclass(frozen=True)
class Field:
    """`kind` text: compared word by word; list: line by line; value: whole."""

    label: Promise
    kind: str
    read: Callable[[Release, LabelOf], list[str]]


def tender_of(release: Release) -> dict[str, Any]:
    return cleaning.mapping(release.get("tender"))


def said(key: str) -> Callable[[Release, LabelOf], list[str]]:
    return lambda release, _label: [*filter(None, [cleaning.text(tender_of(release).get(key))])]


def moment_of(period: str, end: str) -> Callable[[Release, LabelOf], list[str]]:
    def read(release: Release, _label: LabelOf) -> list[str]:
        value = cleaning.mapping(tender_of(release).get(period)).get(end)
        at = cleaning.moment(value, end_of_day=end == "endDate")
        return [format_moment(at)] if at else []

    return read


def status(release: Release, _label: LabelOf) -> list[str]:
    tender = tender_of(release)
    if not tender:
        return []
    found = status_of(tender, tags_of(release), bool(cleaning.mappings(release.get("awards"))))
    return [str(Tender.Status(found).label).capitalize()]


def category(release: Release, _label: LabelOf) -> list[str]:
    first = next(iter(cleaning.mappings(tender_of(release).get("items"))), {})
    description = cleaning.text(first.get("description")) or cleaning.text(first.get("id"))
    return [description.replace(" - ", ", ", 1)] if description else []


def unspsc(release: Release, label_of: LabelOf) -> list[str]:
    found = classifications(tender_of(release))
    return [f"{code} {label or label_of(code)}".strip() for code, label in found.items()]


def estimate(release: Release, _label: LabelOf) -> list[str]:
    amount = cleaning.amount(cleaning.mapping(tender_of(release).get("value")).get("amount"))
    return [format_money(amount)] if amount is not None else []


def duration(release: Release, _label: LabelOf) -> list[str]:
    period = cleaning.mapping(tender_of(release).get("contractPeriod"))
    start, end = cleaning.moment(period.get("startDate")), cleaning.moment(period.get("endDate"))
    if start and end:
        return [
            _("du %(start)s au %(end)s") % {"start": format_day_short(start), "end": format_day_short(end)}
        ]
    return [format_day_short(start or end)] if start or end else []


def documents(release: Release, _label: LabelOf) -> list[str]:
    found = []
    for document in cleaning.mappings(tender_of(release).get("documents")):
        url = cleaning.url(document.get("url"))
        name = cleaning.text(document.get("title"), 200) or urlsplit(url).path.rpartition("/")[2]
        query = urlsplit(url).query
        if url or name:
            found.append(f"{name}?{query}" if query and not document.get("title") else name or url)
    return found


def buyer(release: Release, _label: LabelOf) -> list[str]:
    return [*filter(None, [cleaning.name(cleaning.mapping(release.get("buyer")).get("name"))])]


def winners(release: Release, _label: LabelOf) -> list[str]:
    return [
        ", ".join(filter(None, [line.name or _("adjudicataire non précisé"), format_money(line.amount)]))
        for line in awards_of(release) or []
    ]


def contracts(release: Release, _label: LabelOf) -> list[str]:
    words = {
        "pending": _("à venir"),
        "active": _("en cours"),
        "cancelled": _("annulé"),
        "terminated": _("terminé"),
    }
    lines = []
    for contract in cleaning.mappings(release.get("contracts")):
        amount = cleaning.amount(cleaning.mapping(contract.get("value")).get("amount"))
        state = words.get(cleaning.text(contract.get("status"), 20), "")
        lines.append(", ".join(filter(None, [format_money(amount), state])))
    return [*filter(None, lines)]


FIELDS = (
    Field(lazy("Objet"), "text", said("title")),
    Field(lazy("Description"), "text", said("description")),
    Field(lazy("État"), "value", status),
    Field(lazy("Clôture"), "value", moment_of("tenderPeriod", "endDate")),
    Field(lazy("Questions jusqu’au"), "value", moment_of("enquiryPeriod", "endDate")),
    Field(lazy("Durée du contrat"), "value", duration),
    Field(lazy("Montant estimé"), "value", estimate),
    Field(lazy("Codes UNSPSC"), "list", unspsc),
    Field(lazy("Catégorie SEAO"), "value", category),
    Field(lazy("Mode"), "value", said("procurementMethodDetails")),
    Field(lazy("Référence"), "value", said("id")),
    Field(lazy("Acheteur"), "text", buyer),
    Field(lazy("Documents"), "list", documents),
    Field(lazy("Attribution"), "list", winners),
    Field(lazy("Contrat"), "list", contracts),
)
