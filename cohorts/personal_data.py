"""Law 25: the requests that a person sent for their enterprises, handed over on request.

A request is the enterprise's: it stays when the person is erased, without their name, and so does its history.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from cohorts.models import Application, Cohort, Programme, Workshop
from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data


def _export(user: User) -> list[dict[str, Any]]:
    rows = Application.objects.filter(by=user).select_related("cohort", "supplier__organisation")
    return [
        {
            "cohort": application.cohort.title,
            "enterprise": application.supplier.organisation.name,
            "applied_at": application.applied_at.isoformat(),
            "motivation": application.motivation,
            "state": application.state,
        }
        for application in rows.order_by("pk")
    ]


def _erase(user: User) -> None:
    """Nothing to remove here: the columns that name a person empty themselves, in the rows and in their history."""


register_personal_data("cohorts", export=_export, erase=_erase)

for _columns in (
    PeopleColumns(
        "applications",
        Application,
        ("motivation", "message"),
        gettext_lazy("candidature à une cohorte"),
        organisation="supplier__organisation",
    ),
    PeopleColumns(
        "cohorts",
        Cohort,
        ("title", "title_en", "text", "text_en", "audience", "audience_en", "place", "address"),
        gettext_lazy("texte d’une cohorte"),
    ),
    PeopleColumns(
        "workshops", Workshop, ("title", "title_en", "place"), gettext_lazy("atelier d’une cohorte")
    ),
    PeopleColumns(
        "programmes",
        Programme,
        ("name", "name_en", "teaches", "teaches_en"),
        gettext_lazy("texte d’un parcours"),
    ),
):
    register_people_columns(_columns)
