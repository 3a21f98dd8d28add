"""Law 25: letters that a person wrote, and where the words of a letter or of a template name somebody."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.outreach.models import Letter, LetterTemplate, StoppedReminder

WORDS = ("title", "body", "title_en", "body_en")


def _export(user: User) -> dict[str, Any]:
    stopped = StoppedReminder.objects.filter(user=user).first()
    return {
        "letters": [
            {"title": letter.title, "body": letter.body, "state": letter.state, "on": str(letter.created_at)}
            for letter in Letter.objects.filter(by=user).order_by("pk")
        ],
        "reminders_stopped_on": stopped and str(stopped.stopped_at),
    }


def _erase(user: User) -> None:
    """A letter is the pôle's, and stays without the name: the columns empty themselves with the account."""


def _own_pole(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(pole__in=user.pole_codes)


register_personal_data("letters", export=_export, erase=_erase)
for columns in (
    PeopleColumns("letters", Letter, (*WORDS, "chosen"), _("lettre d’un pôle"), scope=_own_pole),
    PeopleColumns(
        "letter_templates", LetterTemplate, (*WORDS, "name"), _("modèle de lettre"), scope=_own_pole
    ),
):
    register_people_columns(columns)
