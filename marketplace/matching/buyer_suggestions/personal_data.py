"""Law 25: what a person asked to be told, and of whom they were told: handed over on request, and gone with the account."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import register_personal_data


def _export(user: User) -> dict[str, Any]:
    return {
        "asked": [
            {
                "institution": alert.buyer.organisation.name,
                "asked_at": alert.created_at.isoformat(),
                "stopped_at": alert.stopped_at and alert.stopped_at.isoformat(),
            }
            for alert in user.new_supplier_alerts.select_related("buyer__organisation").order_by("pk")
        ],
        "told": [
            {"supplier": row.supplier.organisation.name, "at": row.at.isoformat()}
            for row in user.told_suppliers.select_related("supplier__organisation").order_by("pk")
        ],
    }


def _erase(user: User) -> None:
    user.new_supplier_alerts.all().delete()
    user.told_suppliers.all().delete()


register_personal_data("new_suppliers", export=_export, erase=_erase)
