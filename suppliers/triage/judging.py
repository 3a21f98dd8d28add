"""What the signs say of prospects: likely social economy or not, and why. Signs are rows that staff edit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from django.db.models import F, Max, Q
from django.utils import timezone

from marketplace.web.folding import fold_text
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier, Triage, TriageSign
from suppliers.models.supplier import SupplierQuerySet

#: From so many points on a prospect is likely; from as many below zero, unlikely.
LIKELY, UNLIKELY = 3, -3
STEP = 1_000
READ_AGAIN_AFTER = timedelta(days=7)  # also what was edited at the very moment of being judged
Likelihood = Literal["likely", "unsure", "unlikely"]


def likelihood(points: int) -> Likelihood:
    return "likely" if points >= LIKELY else "unlikely" if points <= UNLIKELY else "unsure"


@dataclass(frozen=True)
class Judged:
    """`signs` are ids, the weightiest first."""

    points: int
    signs: list[int]


class Judge:
    """The signs in use, ready to read names and activities with."""

    def __init__(self, signs: Iterable[TriageSign]) -> None:
        self.signs = [(sign, _pattern(sign.phrases)) for sign in signs]

    def judge(self, *, name: str, activity: str, sector: str, legal_form: str) -> Judged:
        folded_name, folded_activity = fold_text(name), fold_text(activity)
        found = [
            sign
            for sign, pattern in self.signs
            if (pattern and pattern.search(folded_name))
            or (pattern and sign.in_activity and pattern.search(folded_activity))
            or (sector and sign.sector_starts and sector.startswith(sign.sector_starts))
            or (legal_form and sign.form_starts and legal_form.startswith(sign.form_starts))
        ]
        found.sort(key=lambda sign: (-abs(sign.points), sign.pk))
        return Judged(sum(sign.points for sign in found), [sign.pk for sign in found])


def _pattern(phrases: Sequence[str]) -> re.Pattern[str] | None:
    """Whole words, a plural « s » or « x » aside."""
    parts = [re.escape(one.rstrip("*")) + (r"\w*" if one.endswith("*") else "[sx]?") for one in phrases]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b") if parts else None


def unjudged(rows: SupplierQuerySet) -> SupplierQuerySet:
    """Prospects that no sign has read as they stand now: new, edited since, or judged by other signs.

    What another clock says was edited later than now waits for that moment: judged now, it would be found again at once.
    """
    now = timezone.now()
    edited = TriageSign.pgh_event_model.objects.filter(pgh_created_at__lte=now)
    stale = Q(triage__isnull=True) | Q(triage__judged_at__lt=now - READ_AGAIN_AFTER)
    stale |= Q(triage__judged_at__lt=F("updated_at"), updated_at__lte=now)
    stale |= Q(triage__judged_at__lt=F("organisation__updated_at"), organisation__updated_at__lte=now)
    if (at := edited.aggregate(at=Max("pgh_created_at"))["at"]) is not None:
        stale |= Q(triage__judged_at__lt=at)
    return rows.filter(stale, status=Status.PROSPECT)


@verb
def judge_prospects(*, rows: SupplierQuerySet | None = None, most: int = STEP, by: None) -> int:
    """Judge up to `most` prospects that are not judged yet, of these suppliers or of all; how many. Safe to run twice."""
    now = timezone.now()
    waiting = unjudged(Supplier.objects.all() if rows is None else rows)
    found = list(
        waiting.order_by("pk").values_list("pk", "organisation__name", "activity", "sector_id", "legal_form")[
            :most
        ]
    )
    if not found:
        return 0
    judge = Judge(TriageSign.objects.in_use())
    written = []
    for pk, name, activity, sector, legal_form in found:
        judged = judge.judge(name=name, activity=activity, sector=sector or "", legal_form=legal_form)
        written.append(Triage(supplier_id=pk, points=judged.points, signs=judged.signs, judged_at=now))
    Triage.objects.bulk_create(
        written,
        update_conflicts=True,
        unique_fields=["supplier"],
        update_fields=["points", "signs", "judged_at"],
    )
    return len(found)
