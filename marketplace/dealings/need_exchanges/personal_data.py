"""Law 25: what a person wrote in exchanges, handed over or forgotten. What a quote says is their enterprise's, not theirs:
the export says that it exists, and no more, so that no export opens what is sealed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.dealings.models import (
    ContractAnswer,
    NeedDecision,
    NeedInvitation,
    NeedQuestion,
    Quote,
)


def _export(user: User) -> dict[str, list[dict[str, Any]]]:
    return {
        "questions": [
            {"need": row.need.title, "text": row.text, "asked_at": row.asked_at.isoformat()}
            for row in NeedQuestion.objects.filter(by=user).select_related("need").order_by("pk")
        ],
        "answers": [
            {
                "need": row.need.title,
                "answer": row.answer,
                "answered_at": row.answered_at and row.answered_at.isoformat(),
            }
            for row in NeedQuestion.objects.filter(answered_by=user).select_related("need").order_by("pk")
        ],
        "invitations": [
            {"need": row.need.title, "supplier": row.supplier.organisation.name, "at": row.at.isoformat()}
            for row in NeedInvitation.objects.filter(by=user)
            .select_related("need", "supplier__organisation")
            .order_by("pk")
        ],
        "quotes": [
            {
                "need": row.need.title,
                "supplier": row.supplier.organisation.name,
                "submitted_at": row.submitted_at and row.submitted_at.isoformat(),
            }
            for row in Quote.objects.filter(by=user)
            .select_related("need", "supplier__organisation")
            .order_by("pk")
        ],
        "decisions": [
            {"need": row.need.title, "why": row.why, "decided_at": row.decided_at.isoformat()}
            for row in NeedDecision.objects.filter(by=user).select_related("need").order_by("pk")
        ],
        "contracts": [
            {"need": row.decision.need.title, "said": row.said, "at": row.at.isoformat()}
            for row in ContractAnswer.objects.filter(by=user).select_related("decision__need").order_by("pk")
        ],
    }


def _erase(user: User) -> None:
    """What was asked, proposed and decided is the organisations': it stays, without the person."""
    for model in (NeedInvitation, NeedQuestion, Quote, NeedDecision, ContractAnswer):
        model._default_manager.filter(by=user).update(by=None)
    NeedQuestion.objects.filter(answered_by=user).update(answered_by=None)


register_personal_data("need_exchanges", export=_export, erase=_erase)


# Words between parties: the staff of a pôle do not reach them, a platform admin does where someone asks for their own.
for _columns in (
    PeopleColumns(
        "need_invitations",
        NeedInvitation,
        ("decline_note",),
        gettext_lazy("raison d’un refus d’invitation"),
    ),
    PeopleColumns(
        "need_questions",
        NeedQuestion,
        ("text", "public_text", "answer"),
        gettext_lazy("question sur un besoin"),
    ),
    PeopleColumns("need_decisions", NeedDecision, ("why", "name"), gettext_lazy("décision sur un besoin")),
):
    register_people_columns(_columns)
