"""What else there is for the NEQ of a supplier: registrations that declare it, a listing that has it. For the pôle, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from marketplace.accounts.models import is_in_territory
from suppliers.models import Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User

SHOWN = 6


@dataclass(frozen=True)
class SameNeq:
    """One of them. `what` and `who` are empty where it is in another territory: that it is there is enough."""

    supplier: Supplier
    name: str
    what: str
    who: str
    state: str
    since: datetime
    is_ours: bool


def same_neq_rows(supplier: Supplier, reader: User) -> list[SameNeq]:
    """The last first; one query, none where the NEQ is not known."""
    if not supplier.neq:
        return []
    same = Q(organisation__neq=supplier.neq) | Q(registration__claimed_neq=supplier.neq)
    rows = Supplier.objects.filter(same).exclude(pk=supplier.pk)
    rows = rows.select_related("organisation", "registration__started_by").order_by("-created_at", "-pk")
    return [_row(other, is_in_territory(reader, other.organisation)) for other in rows[:SHOWN]]


def _row(other: Supplier, is_ours: bool) -> SameNeq:
    registration = getattr(other, "registration", None)
    by = registration.started_by if registration else None
    organisation = other.organisation
    who = f"{by.get_full_name()}, {by.email}".removeprefix(", ") if by else other.get_source_display()
    what = ". ".join(
        filter(None, [organisation.town, organisation.website, organisation.phone, other.activity[:160]])
    )
    return SameNeq(
        supplier=other,
        name=organisation.name if is_ours else _("Dans un autre territoire"),
        what=what if is_ours else "",
        who=capfirst(who) if is_ours else "",
        state=capfirst(other.get_status_display()),
        since=registration.started_at if registration else other.created_at,
        is_ours=is_ours,
    )
