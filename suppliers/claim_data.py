"""Law 25: what a person's claims hold, handed over or erased with the file that came along."""

from __future__ import annotations

from typing import Any

from marketplace.accounts import personal_data
from marketplace.accounts.models import User
from marketplace.web.private_files import delete_private_file
from suppliers.models import Claim


def export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "supplier": claim.supplier.organisation.name,
            "title": claim.title,
            "phone": claim.phone,
            "message": claim.message,
            "evidence": claim.evidence.name if claim.evidence else None,
            "state": claim.state,
            "answer": claim.answer,
            "created_at": claim.created_at.isoformat(),
            "decided_at": claim.decided_at and claim.decided_at.isoformat(),
        }
        for claim in Claim.objects.filter(user=user)
        .select_related("supplier__organisation", "evidence")
        .order_by("created_at")
    ]


def erase(user: User) -> None:
    """The rows go with the account; their files go here. History goes with the account too (a cascade)."""
    claims = Claim.objects.filter(user=user).select_related("evidence")
    files = [claim.evidence for claim in claims if claim.evidence]
    claims.delete()
    for file in files:
        delete_private_file(file=file, by=user)


personal_data.register("claims", export=export, erase=erase)
