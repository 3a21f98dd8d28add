"""What a need's page shows, ready for its template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from buyers.models import Need, NeedClause, NeedDocument, NeedVersion
from buyers.needs.versions import NeedChange, changes_between
from buyers.permissions import can_manage_need, can_review_need
from buyers.tender_detail import Milestone
from buyers.wording import need_badge, tender_place
from marketplace.classification.labels import code_label
from marketplace.territories.labels import region_names
from marketplace.web.private_files import PrivateFile
from marketplace.web.typography import days_until, format_day_short, format_in_days, format_moment


@dataclass(frozen=True, kw_only=True)
class NeedEdit:
    """A version that changed something, for the list of changes: the latest first."""

    number: int
    when: str
    changes: list[NeedChange]


def need_context(need: Need, request: HttpRequest) -> dict[str, Any]:
    """One SQL query beside the need's own, `parts_of`, and those of the slots."""
    user = request.user
    region = region_names().get(need.region_id or "", "")
    is_own = can_manage_need(user, need)
    parts = parts_of(need)
    edits = need_edits(parts.versions)
    return {
        "need": need,
        "buyer": need.buyer if need.buyer.is_public else None,
        "buyer_name": need.buyer.organisation.name,
        "is_own": is_own,
        "may_review": can_review_need(user, need),
        "badge": need_badge(need),
        "method": need.get_method_display(),
        "audience": need.get_audience_display(),
        "place": tender_place(need, beside=need.buyer.organisation.name) or need.place,
        "region": region,
        "region_url": f"{reverse('needs:list')}?region={need.region_id}" if need.region_id else "",
        "codes": [(code, code_label(code)) for code in need.unspsc],
        "days": days_until(need.closes_at) if need.is_running and need.closes_at else None,
        "closed_sentence": closed_sentence(need),
        "period": period_of(need),
        "milestones": need_milestones(need),
        "documents": parts.documents,
        "clauses": parts.clauses,
        "edits": edits,
        "version_sentence": _("Version %(n)s, modifiée le %(day)s")
        % {"n": need.version, "day": edits[0].when}
        if edits
        else "",
    }


@dataclass(frozen=True, kw_only=True)
class NeedParts:
    """What a page shows of a need's other rows; they carry what is read of them, and are not to be saved."""

    documents: list[NeedDocument]
    clauses: list[NeedClause]
    versions: list[NeedVersion]


def parts_of(need: Need) -> NeedParts:
    """Three lists in one statement: a page signed in has eleven in all."""
    mine = {"need": OuterRef("pk")}
    documents = NeedDocument.objects.filter(**mine).order_by("pk")
    clauses = NeedClause.objects.filter(**mine).order_by("pk")
    versions = NeedVersion.objects.filter(**mine).order_by("number")
    found = (
        Need.objects.filter(pk=need.pk)
        .values_list(
            ArraySubquery(documents.values(row=JSONObject(id="file__pk", **_same("file__", FILE)))),
            ArraySubquery(clauses.values(row=JSONObject(**_same("", CLAUSE)))),
            ArraySubquery(versions.values(row=JSONObject(**_same("", VERSION)))),
        )
        .first()
    )
    files, taken, told = found or ([], [], [])
    return NeedParts(
        documents=[NeedDocument(need=need, file=PrivateFile(**row)) for row in files],
        clauses=[NeedClause(need=need, **row) for row in taken],
        versions=[NeedVersion(need=need, **row | {"at": parse_datetime(row["at"])}) for row in told],
    )


FILE = ("name", "content_type", "size")
CLAUSE = ("id", "title", "title_en", "text", "text_en", "weight")
VERSION = ("number", "at", "said")


def _same(prefix: str, names: Iterable[str]) -> dict[str, str]:
    return {name: f"{prefix}{name}" for name in names}


def need_edits(versions: list[NeedVersion]) -> list[NeedEdit]:
    found = [
        NeedEdit(
            number=after.number,
            when=format_day_short(after.at),
            changes=changes_between(before.said, after.said),
        )
        for before, after in pairwise(versions)
    ]
    return found[::-1]


def closed_sentence(need: Need) -> str:
    """Why nobody can answer any more; empty while one can, and before it is published."""
    if need.is_running or not need.is_shown or need.closes_at is None:
        return ""
    if need.status == Need.Status.CANCELLED:
        return _("Ce besoin a été annulé le %(day)s.") % {"day": format_day_short(need.cancelled_at)}
    if need.status == Need.Status.DECIDED:
        return _("La décision a été prise le %(day)s.") % {"day": format_day_short(need.decided_at)}
    return _("Clôturé le %(day)s.") % {"day": format_day_short(need.closes_at)}


def period_of(need: Need) -> str:
    """« Du 1ᵉʳ févr. 2027 au 31 déc. 2027 », « À partir du… »; empty where no date is said."""
    start, end = format_day_short(need.starts_on), format_day_short(need.ends_on)
    if start and end:
        return start if start == end else _("Du %(start)s au %(end)s") % {"start": start, "end": end}
    if start:
        return _("À partir du %(start)s") % {"start": start}
    return _("Jusqu’au %(end)s") % {"end": end} if end else ""


def need_milestones(need: Need) -> list[Milestone]:
    """The dates to keep, in order; the next to come is marked."""
    if not need.is_shown:
        return []
    dates = [
        (_("Publication"), need.published_at),
        (_("Dernier jour pour les questions"), need.questions_until),
        (_("Clôture"), need.closes_at),
        (_("Décision"), need.decided_at),
        (_("Annulation"), need.cancelled_at),
    ]
    known = sorted(((label, at) for label, at in dates if at), key=lambda dated: dated[1])
    now, found = timezone.now(), []
    for label, at in known:
        is_next = at > now and not any(one.state == "now" for one in found)
        when = format_day_short(at) if label == _("Publication") else format_moment(at)
        if is_next:
            when = f"{when}, {format_in_days(at)}"
        found.append(
            Milestone(label=label, when=when, state="done" if at <= now else "now" if is_next else "")
        )
    return found
