"""What changed in a notice since a version that someone knows, in sentences: « Clôture reportée du 3 au 10 décembre ».

A `NoticeChange` holds what stood and what stands; its sentences are made when they are read, in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Need, NeedVersion, Tender
from buyers.needs.versions import changes_between
from buyers.ocds.awards import ReleaseAward
from buyers.ocds.changes import compare_releases
from buyers.ocds.derivation import derive_notice, merge_versions, order_versions
from buyers.ocds.particulars import read_amendments, read_documents
from marketplace.classification.labels import code_label
from marketplace.dealings.notices import Notice
from marketplace.web.typography import format_amount, format_day_and_month, format_day_short, format_hour

#: What has a sentence of its own; of the other fields, only their names are said.
TOLD = ("Clôture", "État", "Documents", "Attribution", "Contrat")
LONGEST = 200


@dataclass(frozen=True, kw_only=True)
class NoticeChange:
    """`status` is empty where it stands as before; `winners` are only those who are new; `others` names the other fields that
    changed, in the active language."""

    status: str = ""
    closes_before: datetime | None = None
    closes_after: datetime | None = None
    winners: list[ReleaseAward] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    others: Callable[[], list[str]] = list
    is_need: bool = False

    @property
    def headline(self) -> str:
        """What weighs most, for the subject line."""
        if self.status == Tender.Status.CANCELLED:
            return _("Besoin annulé") if self.is_need else _("Avis annulé")
        if self.status == Need.Status.DECIDED:
            return _("Décision prise")
        if self.winners or self.status == Tender.Status.COMPLETE:
            return _("Contrat attribué")
        if self.status == Tender.Status.UNSUCCESSFUL:
            return _("Avis sans suite")
        if self.closes_after and self.closes_before and self.closes_after != self.closes_before:
            return _("Clôture reportée") if self.closes_after > self.closes_before else _("Clôture devancée")
        if self.is_need:
            return _("Besoin modifié")
        return _("Addenda") if self.documents or self.reasons else _("Avis modifié")

    @property
    def sentences(self) -> list[str]:
        """Everything, the weightiest first; each ends with a full stop."""
        found = [self._status_sentence(), self._winner_sentence()]
        if not self.status:
            found.append(closing_change(self.closes_before, self.closes_after))
        if self.documents:
            names = "; ".join(self.documents)
            found.append(
                ngettext(
                    "Document ajouté : %(names)s.", "Documents ajoutés : %(names)s.", len(self.documents)
                )
                % {"names": names}
            )
        found += [
            _("Raison donnée : %(reason)s.") % {"reason": reason.rstrip(".")} for reason in self.reasons
        ]
        if names := self.others():
            found.append(_("Aussi modifié : %(fields)s.") % {"fields": ", ".join(names)})
        return [sentence for sentence in found if sentence]

    def _status_sentence(self) -> str:
        if self.is_need:
            return {
                Need.Status.CANCELLED.value: _("Le besoin est annulé."),
                Need.Status.DECIDED.value: _("L’acheteur a pris sa décision."),
            }.get(self.status, "")
        return {
            Tender.Status.CANCELLED.value: _("L’avis est annulé : il n’y a plus rien à déposer."),
            Tender.Status.UNSUCCESSFUL.value: _("L’avis est sans suite : aucun contrat n’en est sorti."),
            Tender.Status.COMPLETE.value: ""
            if self.winners
            else _("Le contrat est attribué; l’avis n’indique pas à qui."),
            Tender.Status.ACTIVE.value: _("L’avis est ouvert : on peut y répondre."),
        }.get(self.status, "")

    def _winner_sentence(self) -> str:
        if not self.winners:
            return ""
        named = [
            ", ".join(filter(None, [one.name, format_amount(one.amount, one.currency)]))
            or _("adjudicataire non précisé")
            for one in self.winners
        ]
        return _("Attribué à : %(winners)s.") % {"winners": "; ".join(named)}


def change_since(notice: Notice, version: str) -> NoticeChange | None:
    """What to tell someone who knows this version of the notice; None where nothing that people read has changed."""
    change = _need_change(notice, version) if isinstance(notice, Need) else _tender_change(notice, version)
    return change if change and change.sentences else None


def _need_change(need: Need, version: str) -> NoticeChange | None:
    number, _space, status = version.partition(" ")
    if not number.isdigit():
        return None
    said = dict(
        NeedVersion.objects.filter(need=need, number__in=(int(number), need.version)).values_list(
            "number", "said"
        )
    )
    before, after = said.get(int(number), {}), said.get(need.version, {})
    apart = ("closes_at", "documents")
    return NoticeChange(
        is_need=True,
        status=need.status if need.status != status else "",
        closes_before=parse_datetime(before.get("closes_at") or ""),
        closes_after=parse_datetime(after.get("closes_at") or ""),
        documents=[
            name for name in after.get("documents") or () if name not in (before.get("documents") or ())
        ],
        others=lambda: [
            _lower(change.label) for change in changes_between(before, after) if change.name not in apart
        ],
    )


def _tender_change(notice: Tender, version: str) -> NoticeChange | None:
    versions = order_versions(notice.ocid, notice.versions.all())
    known = next((n for n, one in enumerate(versions, 1) if one.release_id == version), None)
    if known is None or known == len(versions):
        return None
    earlier = versions[:known]
    stood, stands = derive_notice(notice.ocid, earlier), derive_notice(notice.ocid, versions)
    before, after = merge_versions(notice.ocid, earlier), merge_versions(notice.ocid, versions)
    was, now = stood.said.fields, stands.said.fields
    won = {(one.neq, one.name, one.amount) for one in stood.awards}
    listed = {(one.title, one.url) for one in read_documents(before)}
    given = {one.rationale for one in read_amendments(before)}
    return NoticeChange(
        status=now["status"] if now["status"] != was["status"] else "",
        closes_before=was["closes_at"],
        closes_after=now["closes_at"],
        winners=[one for one in stands.awards if one.stands and (one.neq, one.name, one.amount) not in won],
        documents=[
            Truncator(one.title or one.url.rpartition("/")[2]).chars(LONGEST)
            for one in read_documents(after)
            if (one.title, one.url) not in listed and (one.title or one.url != notice.url)
        ],
        reasons=[
            Truncator(one.rationale).chars(LONGEST)
            for one in read_amendments(after)
            if one.rationale and one.rationale not in given
        ],
        others=lambda: _other_fields(before, after),
    )


def _other_fields(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    told = {_(label) for label in TOLD}
    changes = compare_releases(before, after, code_label).changes
    return [_lower(change.label) for change in changes if change.label not in told]


def closing_change(before: datetime | None, after: datetime | None) -> str:
    """« Clôture reportée du 3 au 10 décembre, 11 h. »; empty where it stands as before."""
    if before == after or after is None:
        return ""
    if before is None:
        return _("Clôture fixée au %(day)s, %(hour)s.") % {
            "day": format_day_short(after),
            "hour": format_hour(after),
        }
    days = {"before": timezone.localtime(before).date(), "after": timezone.localtime(after).date()}
    hour = {"hour": format_hour(after)}
    if days["before"] == days["after"]:
        return _("Clôture à %(hour)s au lieu de %(was)s, le %(day)s.") % {
            **hour,
            "was": format_hour(before),
            "day": format_day_short(after),
        }
    words = {
        "before": format_day_and_month(days["before"], beside=days["after"]),
        "after": format_day_and_month(days["after"]),
    }
    if after > before:
        return _("Clôture reportée du %(before)s au %(after)s, %(hour)s.") % {**words, **hour}
    return _("Clôture devancée du %(before)s au %(after)s, %(hour)s.") % {**words, **hour}


def _lower(label: str) -> str:
    """« Codes UNSPSC » in the middle of a sentence: « codes UNSPSC »."""
    return label[:1].lower() + label[1:]
