"""Law 25: for which enterprise a person speaks in a consortium. What was written there is its members', and stays."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.dealings.models import Consortium, ConsortiumMember
from marketplace.dealings.notices import kind_of


def _export(user: User) -> list[dict[str, Any]]:
    rows = ConsortiumMember.objects.filter(contact=user)
    return [
        {
            "notice": kind_of(part.consortium.notice).mention(part.consortium.notice),
            "supplier": part.supplier.organisation.name,
            "brings": part.brings,
            "state": part.state,
        }
        for part in rows.select_related(
            "consortium__tender", "consortium__need", "supplier__organisation"
        ).order_by("pk")
    ]


def _erase(user: User) -> None:
    ConsortiumMember.objects.filter(contact=user).update(contact=None)
    ConsortiumMember.objects.filter(invited_by=user).update(invited_by=None)
    Consortium.objects.filter(created_by=user).update(created_by=None)


register_personal_data("consortiums", export=_export, erase=_erase)

for _columns in (
    PeopleColumns(
        "consortiums", Consortium, ("plan", "answer", "notes"), gettext_lazy("page d’un groupement")
    ),
    PeopleColumns(
        "consortium_members", ConsortiumMember, ("brings",), gettext_lazy("membre d’un groupement")
    ),
):
    register_people_columns(_columns)
