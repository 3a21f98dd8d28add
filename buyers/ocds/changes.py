"""What changed between two versions of a tender, field by field, in words that people read. Pure.

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
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from buyers.models import Tender
from marketplace.web.typography import format_amount, format_day_short, format_moment

from .awards import release_awards
from .cleaning import as_mapping, as_mappings, clean_moment, clean_name, clean_text, clean_url, read_amount
from .lots_and_bids import read_lots
from .releases import release_codes, release_status, release_tags

Release = dict[str, Any]
LabelOf = Callable[[str], str]
MOST_WORDS = 400
ALIKE = 0.4  # below, two texts share too little for their words to be compared


@dataclass(frozen=True)
class TextPiece:
    """Part of a value: `same`, `out` (only before) or `in` (only after)."""

    kind: str
    text: str

    @property
    def html(self) -> SafeString:
        marked = {"out": "<del>{}</del>", "in": "<ins>{}</ins>"}.get(self.kind, "{}")
        return format_html(marked, self.text)


@dataclass(frozen=True)
class FieldChange:
    """`lines`: the pieces are lines of a list, not parts of one text. `written`: in the buyer's own words."""

    label: str
    before: list[TextPiece]
    after: list[TextPiece]
    lines: bool = False
    written: bool = False

    @property
    def before_html(self) -> SafeString:
        return self._html(self.before) or mark_safe("–")

    @property
    def after_html(self) -> SafeString:
        return self._html(self.after)

    def _html(self, pieces: list[TextPiece]) -> SafeString:
        return format_html_join(
            mark_safe("<br>") if self.lines else "", "{}", ((piece.html,) for piece in pieces)
        )


@dataclass(frozen=True)
class Comparison:
    changes: list[FieldChange]
    unchanged: int


def compare_releases(before: Release, after: Release, label_of: LabelOf = lambda code: "") -> Comparison:
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
                FieldChange(
                    str(field.label),
                    [TextPiece("same" if line in new else "out", line) for line in old],
                    [TextPiece("same" if line in old else "in", line) for line in new],
                    lines=True,
                )
            )
        else:
            pieces = compare_words(" ".join(old), " ".join(new)) if field.kind == "text" else None
            outs, ins = pieces or (
                [TextPiece("out", line) for line in old],
                [TextPiece("in", line) for line in new],
            )
            changes.append(FieldChange(str(field.label), outs, ins, written=field.kind == "text"))
    return Comparison(changes, unchanged)


def compare_words(old: str, new: str) -> tuple[list[TextPiece], list[TextPiece]] | None:
    """Two texts cut where their words part; None where they have too little in common, or too many words."""
    first, second = re.findall(r"\S+\s*", old), re.findall(r"\S+\s*", new)
    if max(len(first), len(second)) > MOST_WORDS:
        return None
    matcher = difflib.SequenceMatcher(
        a=[word.strip() for word in first], b=[word.strip() for word in second], autojunk=False
    )
    if matcher.ratio() < ALIKE:
        return None
    before: list[TextPiece] = []
    after: list[TextPiece] = []
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if i2 > i1:
            before.append(TextPiece("same" if kind == "equal" else "out", "".join(first[i1:i2])))
        if j2 > j1:
            after.append(TextPiece("same" if kind == "equal" else "in", "".join(second[j1:j2])))
    return before, after


@dataclass(frozen=True)
class ComparedField:
    """`kind` text: compared word by word; list: line by line; value: whole."""

    label: Promise
    kind: str
    read: Callable[[Release, LabelOf], list[str]]


def _tender_of(release: Release) -> dict[str, Any]:
    return as_mapping(release.get("tender"))


def _text_reader(key: str) -> Callable[[Release, LabelOf], list[str]]:
    return lambda release, _label: [*filter(None, [clean_text(_tender_of(release).get(key))])]


def _moment_reader(period: str, end: str) -> Callable[[Release, LabelOf], list[str]]:
    def read(release: Release, _label: LabelOf) -> list[str]:
        value = as_mapping(_tender_of(release).get(period)).get(end)
        at = clean_moment(value, end_of_day=end == "endDate")
        return [format_moment(at)] if at else []

    return read


def _read_status(release: Release, _label: LabelOf) -> list[str]:
    tender = _tender_of(release)
    if not tender:
        return []
    found = release_status(tender, release_tags(release), bool(as_mappings(release.get("awards"))))
    return [str(Tender.Status(found).label).capitalize()]


def _read_category(release: Release, _label: LabelOf) -> list[str]:
    first = next(iter(as_mappings(_tender_of(release).get("items"))), {})
    description = clean_text(first.get("description")) or clean_text(first.get("id"))
    return [description.replace(" - ", ", ", 1)] if description else []


def _read_unspsc(release: Release, label_of: LabelOf) -> list[str]:
    found = release_codes(_tender_of(release))
    return [f"{code} {label or label_of(code)}".strip() for code, label in found.items()]


def _read_estimate(release: Release, _label: LabelOf) -> list[str]:
    amount = read_amount(_tender_of(release).get("value"))
    return [format_amount(amount.value, amount.currency)] if amount else []


def contract_duration(release: Release, _label: LabelOf) -> list[str]:
    period = as_mapping(_tender_of(release).get("contractPeriod"))
    start, end = clean_moment(period.get("startDate")), clean_moment(period.get("endDate"))
    if start and end:
        return [
            _("du %(start)s au %(end)s") % {"start": format_day_short(start), "end": format_day_short(end)}
        ]
    return [format_day_short(start or end)] if start or end else []


def _read_documents(release: Release, _label: LabelOf) -> list[str]:
    found = []
    for document in as_mappings(_tender_of(release).get("documents")):
        url = clean_url(document.get("url"))
        name = clean_text(document.get("title"), 200) or urlsplit(url).path.rpartition("/")[2]
        query = urlsplit(url).query
        if url or name:
            found.append(f"{name}?{query}" if query and not document.get("title") else name or url)
    return found


def _read_lots(release: Release, _label: LabelOf) -> list[str]:
    return [lot.title or lot.lot_id for lot in read_lots(_tender_of(release))]


def _read_buyer(release: Release, _label: LabelOf) -> list[str]:
    return [*filter(None, [clean_name(as_mapping(release.get("buyer")).get("name"))])]


def _read_winners(release: Release, _label: LabelOf) -> list[str]:
    return [
        ", ".join(
            filter(
                None, [line.name or _("adjudicataire non précisé"), format_amount(line.amount, line.currency)]
            )
        )
        for line in release_awards(release) or []
    ]


def _read_contracts(release: Release, _label: LabelOf) -> list[str]:
    words = {
        "pending": _("à venir"),
        "active": _("en cours"),
        "cancelled": _("annulé"),
        "terminated": _("terminé"),
    }
    lines = []
    for contract in as_mappings(release.get("contracts")):
        amount = read_amount(contract.get("value"))
        state = words.get(clean_text(contract.get("status"), 20), "")
        sum_of = format_amount(amount.value, amount.currency) if amount else ""
        lines.append(", ".join(filter(None, [sum_of, state])))
    return [*filter(None, lines)]


FIELDS = (
    ComparedField(lazy("Objet"), "text", _text_reader("title")),
    ComparedField(lazy("Description"), "text", _text_reader("description")),
    ComparedField(lazy("État"), "value", _read_status),
    ComparedField(lazy("Clôture"), "value", _moment_reader("tenderPeriod", "endDate")),
    ComparedField(lazy("Questions jusqu’au"), "value", _moment_reader("enquiryPeriod", "endDate")),
    ComparedField(lazy("Durée du contrat"), "value", contract_duration),
    ComparedField(lazy("Montant estimé"), "value", _read_estimate),
    ComparedField(lazy("Codes UNSPSC"), "list", _read_unspsc),
    ComparedField(lazy("Catégorie SEAO"), "value", _read_category),
    ComparedField(lazy("Mode"), "value", _text_reader("procurementMethodDetails")),
    ComparedField(lazy("Référence"), "value", _text_reader("id")),
    ComparedField(lazy("Acheteur"), "text", _read_buyer),
    ComparedField(lazy("Lots"), "list", _read_lots),
    ComparedField(lazy("Documents"), "list", _read_documents),
    ComparedField(lazy("Attribution"), "list", _read_winners),
    ComparedField(lazy("Contrat"), "list", _read_contracts),
)
