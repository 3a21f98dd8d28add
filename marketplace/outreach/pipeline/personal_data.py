"""Law 25: the people named in the pipeline. Who was joined for nothing is forgotten after a while."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.accounts.retention import BATCH, blank_rows, months_ago
from marketplace.outreach.models import Approach, InstitutionInvitation, Respondent
from marketplace.web.verbs import verb

FORGOTTEN: dict[str, Any] = {
    "contact_name": "",
    "contact_title": "",
    "contact_email": "",
    "contact_phone": "",
    "consent_on": None,
    "consent_how": "",
}


def _export(user: User) -> dict[str, Any]:
    answered = Respondent.objects.filter(user=user).select_related("organisation")
    return {
        "follows": list(Approach.objects.filter(owner=user).values_list("organisation__name", flat=True)),
        "answered_for": [
            {
                "organisation": one.organisation.name,
                "name": one.name,
                "title": one.title,
                "email": one.email,
                "phone": one.phone,
                "since": str(one.since),
                "until": one.until and str(one.until),
            }
            for one in answered
        ],
    }


def _erase(user: User) -> None:
    """Who answered stays dated, without a name; the rows they followed have no owner any more."""
    rows = Respondent.objects.filter(user=user)
    pks = list(rows.values_list("pk", flat=True))
    blank_rows(Respondent, pks=pks, values={"name": "", "title": "", "email": "", "phone": "", "user": None})


def _own_pole(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(pole__in=user.pole_codes)


def _own_approach(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    return rows.filter(approach__in=Approach.objects.visible_to(user))


@verb
def forget_declined_people(*, by: None) -> int:
    """Whom to join at organisations that said no, or that nobody moved, `KEEP_CONTACT_LOG_MONTHS` ago; how many."""
    before = months_ago(settings.KEEP_CONTACT_LOG_MONTHS).date()
    old = Approach.objects.filter(stage_on__lt=before, committed_on=None).exclude(
        Q(contact_name="") & Q(contact_email="") & Q(contact_phone="")
    )
    pks = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
    blank_rows(Approach, pks=pks, values=FORGOTTEN)
    return len(pks) + _forget_followed(before)


def _forget_followed(before: date) -> int:
    """Who was invited, and who answered until somebody followed them."""
    invited = InstitutionInvitation.objects.filter(at__date__lt=before, name__gt="")
    left = Respondent.objects.filter(until__lt=before, name__gt="")
    done = 0
    blanks: list[tuple[Any, dict[str, Any]]] = [
        (invited, {"name": "", "title": ""}),
        (left, {"name": "", "title": "", "email": "", "phone": "", "user": None}),
    ]
    for rows, values in blanks:
        pks = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
        blank_rows(rows.model, pks=pks, values=values)
        done += len(pks)
    return done


register_personal_data("outreach_pipeline", export=_export, erase=_erase)
for _columns in (
    PeopleColumns(
        "approaches",
        Approach,
        (
            "contact_name", "contact_title", "contact_email", "contact_phone", "consent_how", "why_declined",
            "promise",
        ),
        gettext_lazy("démarche d’un pôle"),
        organisation="organisation",
        scope=_own_pole,
    ),
    PeopleColumns(
        "institution_invitations",
        InstitutionInvitation,
        ("name", "title"),
        gettext_lazy("personne invitée pour une institution"),
        organisation="approach__organisation",
        scope=_own_approach,
    ),
    PeopleColumns(
        "respondents",
        Respondent,
        ("name", "title", "email", "phone"),
        gettext_lazy("répondante ou répondant d’une organisation"),
        organisation="organisation",
        scope=_own_pole,
    ),
):  # fmt: skip
    register_people_columns(_columns)
