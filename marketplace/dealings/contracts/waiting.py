"""Winners' names that wait for the staff of a territory, on the admin's first page and in « Mon espace »."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import SellerName
from marketplace.accounts.models import Visitor
from marketplace.web.waiting import WaitingTile, register_waiting, waiting_rows
from suppliers.neq_proposals import HIGH

KIND = "contracts.seller_names"


def seller_rows(user: Visitor) -> QuerySet[Any] | None:
    if not user.is_authenticated or not user.is_staff:
        return None
    rows = SellerName.objects.visible_to(user).waiting().filter(confidence__gte=HIGH)
    return waiting_rows(rows, kind=KIND, subject=F("pk"), name=F("name"), since=F("proposed_at"))


def seller_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("adjudicataire à reconnaître", "adjudicataires à reconnaître", count),
        url=reverse("dealings_admin:seller_names"),
        text=_("De confiance haute."),
        icon="search",
    )


def register_seller_waiting() -> None:
    register_waiting(kind=KIND, rows=seller_rows, tile=seller_tile, order=60)
