"""Law 25: what a person follows, what they said for their enterprises, and their calendar's address."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.dealings.models import DatesFeed, Decline, Follow, Interest
from marketplace.dealings.notices import kind_of


def _export(user: User) -> dict[str, Any]:
    return {
        "follows": [
            {"notice": kind_of(row.notice).mention(row.notice), "since": row.at.isoformat()}
            for row in Follow.objects.filter(user=user).select_related("tender", "need").order_by("pk")
        ],
        "interests": [
            {
                "notice": kind_of(row.notice).mention(row.notice),
                "supplier": row.supplier.organisation.name,
                "at": row.at.isoformat(),
            }
            for row in _by(Interest, user)
        ],
        "declines": [
            {
                "notice": kind_of(row.notice).mention(row.notice),
                "supplier": row.supplier.organisation.name,
                "reason": row.reason,
                "note": row.note,
                "at": row.at.isoformat(),
            }
            for row in _by(Decline, user)
        ],
        "calendar": DatesFeed.objects.filter(user=user).exists(),
    }


def _by(model: type[Interest] | type[Decline], user: User) -> Any:
    rows = model._default_manager.filter(by=user)
    return rows.select_related("tender", "need", "supplier__organisation").order_by("pk")


def _erase(user: User) -> None:
    """What an enterprise said stays, without the person's name; what is theirs goes."""
    Follow.objects.filter(user=user).delete()
    DatesFeed.objects.filter(user=user).delete()
    for model in (Interest, Decline):
        model._default_manager.filter(by=user).update(by=None)


register_personal_data("follows", export=_export, erase=_erase)
register_people_columns(
    PeopleColumns(
        "declines",
        Decline,
        ("note",),
        gettext_lazy("refus d’un avis"),
        organisation="supplier__organisation",
    )
)
