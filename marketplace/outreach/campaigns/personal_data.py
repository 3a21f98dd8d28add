"""Law 25: what a campaign's texts may say of someone; those that it joins are rows of the pipeline."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.outreach.models import Campaign


def _own_pole(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(pole__in=user.pole_codes)


register_people_columns(
    PeopleColumns(
        "campaigns",
        Campaign,
        ("name", "purpose", "title", "text", "title_en", "text_en", "letter_subject", "letter_text"),
        gettext_lazy("campagne d’un pôle"),
        scope=_own_pole,
    )
)
