"""Law 25: the lists that a person handed over, and what they decided in any. The list itself is the institution's."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import Membership, User
from marketplace.accounts.personal_data import register_personal_data
from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.dealings.own_lists.uploads import erase_own_list


def _export(user: User) -> dict[str, Any]:
    lists = OwnList.objects.filter(created_by=user).select_related("organisation").order_by("pk")
    return {
        "lists": [
            {
                "institution": one.organisation.name,
                "name": one.name,
                "at": one.created_at.isoformat(),
                "rows": one.rows_total,
                "erased_at_the_latest": one.erase_at.isoformat(),
            }
            for one in lists
        ],
        "decisions": [
            {"supplier": row.name, "state": row.state, "at": row.decided_at and row.decided_at.isoformat()}
            for row in OwnListRow.objects.filter(decided_by=user).order_by("pk")
        ],
    }


def _erase(user: User) -> None:
    """Colleagues keep what is theirs too; where there is none, nobody could ever erase the list."""
    for one in OwnList.objects.filter(organisation__memberships__user=user).select_related("organisation"):
        colleagues = Membership.objects.filter(organisation=one.organisation_id).exclude(user=user)
        if not colleagues.exists():
            erase_own_list(own_list=one, by=None)
    OwnList.objects.filter(created_by=user).update(created_by=None)
    OwnListRow.objects.filter(decided_by=user).update(decided_by=None)


register_personal_data("own_lists", export=_export, erase=_erase)
