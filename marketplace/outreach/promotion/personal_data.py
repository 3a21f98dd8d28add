"""Law 25: what a person asked for or decided about promotion. A catalogue itself names nobody."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import register_personal_data
from marketplace.outreach.models import Catalogue, FeaturedSupplier
from marketplace.outreach.promotion.catalogues import forget_catalogue


def _catalogues(user: User) -> list[dict[str, Any]]:
    rows = Catalogue.objects.filter(asked_by=user).order_by("pk")
    return [{"asked_at": one.asked_at.isoformat(), "language": one.language} for one in rows]


def _erase_catalogues(user: User) -> None:
    """With their documents."""
    for one in Catalogue.objects.filter(asked_by=user).select_related("file"):
        forget_catalogue(one)


def _skipped(user: User) -> list[dict[str, Any]]:
    rows = (
        FeaturedSupplier.objects.filter(skipped_by=user)
        .select_related("supplier__organisation")
        .order_by("pk")
    )
    return [
        {"week": str(one.week), "organisation": one.supplier.organisation.name, "reason": one.reason}
        for one in rows
    ]


def _erase_skipped(user: User) -> None:
    """That a week was passed over stays, and why; the column empties itself with the account."""


register_personal_data("catalogues", export=_catalogues, erase=_erase_catalogues)
register_personal_data("featured_skipped", export=_skipped, erase=_erase_skipped)
