"""What a supplier teaches by saying why a notice is not for it: at once, for itself alone, and undone as easily."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Need, Tender
from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission
from marketplace.matching import weights
from marketplace.matching.candidates import supplier_profile
from marketplace.matching.engine import TenderProfile, delivery_distance_km
from marketplace.matching.feedback.models import Lesson
from marketplace.matching.needs import need_question
from marketplace.matching.sentences import lesson_sentence
from marketplace.matching.suggestions import suggest_for_supplier
from marketplace.matching.tenders import read_tender
from marketplace.web.verbs import verb
from suppliers.models import Status, Supplier
from suppliers.permissions import can_act_for_supplier


@verb
def learn_lesson(*, supplier: Supplier, notice: Tender | Need, kind: str, by: User | None) -> Lesson | None:
    """Keep what a refusal teaches, in place of what the same notice taught before; None where it teaches nothing.

    `kind` is the reason given, whatever it is: no time or a full order book says nothing of other notices.
    """
    about = _about(notice)
    said = _said(supplier, notice, kind) if kind in Lesson.Kind.values else None
    if said is None:
        known, _by_model = Lesson.objects.filter(supplier=supplier, **about).delete()
        if known:
            _suggest_anew(supplier, by)
        return None
    empty: dict[str, Any] = {"codes": [], "meaning": "", "km": None, "region": "", "amount": None}
    lesson, _is_new = Lesson.objects.update_or_create(
        supplier=supplier, **about, defaults={**empty, **said, "kind": kind, "by": by}
    )
    _suggest_anew(supplier, by)
    return lesson


@verb
def forget_lesson(*, lesson: Lesson, by: User | None) -> None:
    """Notices like that one count as before; the notice itself stays aside."""
    check_permission(
        can_act_for_supplier,
        by,
        lesson.supplier,
        sentence=_("Seuls les membres de cette entreprise peuvent changer ce qu’elle a dit."),
    )
    lesson.delete()
    _suggest_anew(lesson.supplier, by)


def _suggest_anew(supplier: Supplier, by: User | None) -> None:
    if supplier.status == Status.PUBLISHED:
        suggest_for_supplier(supplier=supplier, by=by)


def _about(notice: Tender | Need) -> dict[str, Any]:
    return {"need": notice} if isinstance(notice, Need) else {"tender": notice}


def _said(supplier: Supplier, notice: Tender | Need, kind: str) -> dict[str, Any] | None:
    """What of the notice the lesson is about; None where the notice does not say it."""
    asked = (need_question(notice) if isinstance(notice, Need) else read_tender(notice)).tender
    if kind == Lesson.Kind.OTHER_TRADE:
        codes = sorted(
            {code[: weights.CLASS_DIGITS] for code in asked.codes if len(code) >= weights.CLASS_DIGITS}
        )
        return {"codes": codes, "meaning": asked.meaning} if codes or asked.meaning else None
    if kind == Lesson.Kind.TOO_FAR:
        return _too_far(supplier, asked)
    return {"amount": round(asked.amount)} if asked.amount else None


def _too_far(supplier: Supplier, asked: TenderProfile) -> dict[str, Any] | None:
    profile = supplier_profile(supplier.pk)
    distance = delivery_distance_km(asked, profile) if profile else None
    if distance is not None:
        return {"km": round(distance)} if distance >= 1 else None
    # Its own region is never too far: only that place was.
    if len(asked.regions) == 1 and asked.regions[0] != supplier.organisation.region_id:
        return {"region": asked.regions[0]}
    return None


def lessons_of(rows: Iterable[Lesson]) -> dict[tuple[int, Tender | Need], LessonLine]:
    """By supplier and by the notice that taught."""
    found: dict[tuple[int, Tender | Need], LessonLine] = {}
    for lesson in rows:
        notice = lesson.tender or lesson.need
        if notice is not None:
            found[lesson.supplier_id, notice] = LessonLine(lesson)
    return found


@dataclass(frozen=True)
class LessonLine:
    """A lesson in words."""

    lesson: Lesson

    @property
    def sentence(self) -> str:
        names = ("kind", "codes", "meaning", "km", "region", "amount")
        return lesson_sentence({name: getattr(self.lesson, name) for name in names})
