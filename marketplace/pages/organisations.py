"""The door's own panels of « Mon espace »: what a person's organisations have here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, OuterRef, Subquery
from django.http import HttpRequest

from buyers.needs.waiting import own_needs_panel
from marketplace.accounts.models import Organisation
from suppliers.models import Decision, Status
from suppliers.verification import verification_of

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def mine_of(request: HttpRequest) -> list[Organisation]:
    """The person's organisations with what they have here, read once per request."""
    found: list[Organisation] | None = getattr(request, "_organisations", None)
    if found is None:
        user: User = request.user
        last_message = (
            Decision.objects.filter(supplier=OuterRef("supplier"), message__gt="")
            .order_by("-at", "-pk")
            .values("message")[:1]
        )
        ids = user.organisation_ids
        found = list(
            Organisation.objects.filter(pk__in=ids)
            .select_related("supplier", "supplier__verified_by", "buyer", "pole")
            .annotate(last_message=Subquery(last_message))
            .order_by(F("name"))
            if ids
            else []
        )
        request._organisations = found
    return found


def own_suppliers(request: HttpRequest) -> dict[str, Any] | None:
    """For members of a supplier: the state of their suppliers."""
    mine = [organisation for organisation in mine_of(request) if hasattr(organisation, "supplier")]
    for organisation in mine:
        organisation.verification = verification_of(organisation.supplier)
    return {"organisations": mine, "Status": Status} if mine else None


def buying(request: HttpRequest) -> dict[str, Any] | None:
    """For members of a buyer: where to start."""
    mine = [
        organisation
        for organisation in mine_of(request)
        if hasattr(organisation, "buyer") and (organisation.buyer.is_listed or organisation.buyer.is_verified)
    ]
    return {"organisations": mine} if mine else None


def own_needs(request: HttpRequest) -> dict[str, Any] | None:
    """For members of a buyer: their needs that are not over."""
    return own_needs_panel(request) if any(hasattr(one, "buyer") for one in mine_of(request)) else None


def account(request: HttpRequest) -> dict[str, Any]:
    """For everyone: the address they sign in with, and what they can change."""
    return {}


def without_organisation(request: HttpRequest) -> dict[str, Any] | None:
    """For who signed up and belongs nowhere yet."""
    user: Any = request.user
    return None if user.organisation_ids or user.is_staff else {}
