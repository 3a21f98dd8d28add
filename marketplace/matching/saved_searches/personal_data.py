"""Law 25: what a person searches for is theirs: handed over on request, and gone with the account."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import register_personal_data


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "name": search.name,
            "asks": search.query,
            "frequency": search.frequency,
            "saved_at": search.created_at.isoformat(),
            "paused_at": search.paused_at and search.paused_at.isoformat(),
            "stopped_at": search.stopped_at and search.stopped_at.isoformat(),
        }
        for search in user.saved_searches.defer("seen").order_by("pk")
    ]


def _erase(user: User) -> None:
    user.saved_searches.all().delete()


register_personal_data("saved_searches", export=_export, erase=_erase)
