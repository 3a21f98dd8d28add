"""Law 25: a person's alerts, handed over on request. They go with the account, and their history with them."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import register_personal_data


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "supplier": alert.supplier.organisation.name,
            "frequency": alert.frequency,
            "asked_at": alert.created_at.isoformat(),
            "stopped_at": alert.stopped_at and alert.stopped_at.isoformat(),
        }
        for alert in user.alerts.select_related("supplier__organisation").order_by("pk")
    ]


def _erase(user: User) -> None:
    user.alerts.all().delete()


register_personal_data("alerts", export=_export, erase=_erase)
