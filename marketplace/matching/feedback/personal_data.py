"""Law 25: what a person said of suggestions, for their enterprise or as staff. It stays without their name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.matching.feedback.models import Lesson, Misfit


def _export(user: User) -> dict[str, Any]:
    lessons = Lesson.objects.filter(by=user).select_related("supplier__organisation").order_by("pk")
    misfits = Misfit.objects.filter(by=user).select_related("supplier__organisation", "tender").order_by("pk")
    return {
        "lessons": [
            {
                "supplier": row.supplier.organisation.name,
                "kind": row.kind,
                "at": row.at.isoformat(),
            }
            for row in lessons
        ],
        "false_suggestions": [
            {
                "supplier": row.supplier.organisation.name,
                "notice": row.tender.title,
                "reason": row.reason,
                "note": row.note,
                "at": row.at.isoformat(),
            }
            for row in misfits
        ],
    }


def _erase(user: User) -> None:
    Lesson.objects.filter(by=user).update(by=None)
    Misfit.objects.filter(by=user).update(by=None)


register_personal_data("suggestion_feedback", export=_export, erase=_erase)
register_people_columns(
    PeopleColumns(
        "false_suggestions",
        Misfit,
        ("note",),
        gettext_lazy("suggestion fausse"),
        organisation="supplier__organisation",
    )
)
