"""Law 25: what a person said to act for an institution. The rows and their history go with the account."""

from __future__ import annotations

from typing import Any

from buyers.models import Enrolment
from marketplace.accounts import personal_data
from marketplace.accounts.models import User


def export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "institution": enrolment.buyer.organisation.name,
            "title": enrolment.title,
            "message": enrolment.message,
            "email": enrolment.email,
            "state": enrolment.state,
            "answer": enrolment.answer,
            "created_at": enrolment.created_at.isoformat(),
            "decided_at": enrolment.decided_at and enrolment.decided_at.isoformat(),
        }
        for enrolment in Enrolment.objects.filter(user=user)
        .select_related("buyer__organisation")
        .order_by("created_at")
    ]


def erase(user: User) -> None:
    Enrolment.objects.filter(user=user).delete()


personal_data.register("enrolments", export=export, erase=erase)
