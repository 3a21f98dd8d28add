"""Law 25: what a person wrote for an institution, handed over on request; where buyers' texts may name people who have no
account. Notices and awards are public records, and stay; a need stays with its institution, without who wrote it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from buyers.models import Buyer, Need, NeedVersion
from marketplace.accounts.models import Organisation, User, curation_q
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "need": need.title,
            "institution": need.buyer.organisation.name,
            "status": need.status,
            "created_at": need.created_at.isoformat(),
            "published_at": need.published_at.isoformat() if need.published_at else None,
        }
        for need in Need.objects.filter(created_by=user)
        .select_related("buyer__organisation")
        .order_by("created_at")
    ]


def _erase(user: User) -> None:
    Need.objects.filter(created_by=user).update(created_by=None)
    NeedVersion.objects.filter(by=user).update(by=None)


def _sent(rows: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Of the reader's territory; a draft, and what one said, is its institution's own."""
    owners = Organisation.objects.filter(curation_q(user)).values("pk")
    return rows.filter(buyer__organisation__in=owners).exclude(status=Need.Status.DRAFT)


register_personal_data("needs", export=_export, erase=_erase)

for _columns in (
    PeopleColumns(
        "buyers", Buyer, ("presentation",), gettext_lazy("profil d’un acheteur"), organisation="organisation"
    ),
    PeopleColumns(
        "needs",
        Need,
        ("title", "description", "reference", "place", "cancelled_because", "returned_because"),
        gettext_lazy("besoin d’un acheteur"),
        organisation="buyer__organisation",
        scope=_sent,
    ),
    PeopleColumns(
        "need_versions",
        NeedVersion,
        ("said",),
        gettext_lazy("version d’un besoin"),
        organisation="need__buyer__organisation",
    ),
):
    register_people_columns(_columns)
