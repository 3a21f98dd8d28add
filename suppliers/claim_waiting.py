"""Claims in « Mon espace »: staff decide; who claimed sees where it stands, and has nothing to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web import panels, waiting
from suppliers.models import Claim

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def to_decide(user: User) -> QuerySet[Any] | None:
    if not user.is_staff:
        return None
    return waiting.columns(
        Claim.objects.curated_by(user).open().exclude(user=user),
        kind="suppliers.claim",
        subject=F("pk"),
        name=F("supplier__organisation__name"),
        detail=F("title"),
        since=F("created_at"),
    )


def decide(row: waiting.Row) -> waiting.Item:
    return waiting.Item(
        title=row.name,
        text=_("Quelqu’un (%(function)s) demande à tenir cette fiche.") % {"function": row.detail},
        url=reverse("admin:suppliers_claim_change", args=[row.subject]),
        action=_("Décider"),
        since=row.since,
    )


def more_to_decide(n: int) -> waiting.Rest:
    return waiting.Rest(
        text=ngettext("et une autre revendication", "et %(n)s autres revendications", n) % {"n": n},
        url=reverse("admin:suppliers_claim_changelist"),
    )


def mine(request: HttpRequest) -> dict[str, Any] | None:
    """For who belongs nowhere yet: the sheets they asked for."""
    user: Any = request.user
    if user.is_staff or user.organisation_ids:
        return None
    rows = Claim.objects.open().filter(user=user).select_related("supplier__organisation")
    found = list(rows.order_by("created_at")[:5])
    return {"claims": found} if found else None


waiting.register(kind="suppliers.claim", rows=to_decide, item=decide, rest=more_to_decide)
panels.register(template="suppliers/_my_claims.html", context=mine, order=5, area="aside")
