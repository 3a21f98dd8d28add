"""Who takes part in an exchange: members of the institution (`buyers.permissions.can_manage_need`), members of an
enterprise. Staff never do: they see who fits and that an exchange exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buyers.models import Need, Tender
from buyers.permissions import can_manage_need, can_review_need
from marketplace.accounts.permissions import is_member_of
from suppliers.models import Status, Supplier

if TYPE_CHECKING:
    from marketplace.accounts.models import User, Visitor


def can_see_who_fits(user: Visitor, need: Need) -> bool:
    """Its members, and the staff of its territory."""
    return can_manage_need(user, need) or can_review_need(user, need)


def can_see_who_answers(user: Visitor, tender: Tender) -> bool:
    """« Qui peut répondre » of a notice: members of its buyer, and staff of any pôle."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_staff or (tender.buyer is not None and is_member_of(user, tender.buyer.organisation))


def can_quote_for(user: Visitor, supplier: Supplier) -> bool:
    """Ask, quote, decline: the enterprise's own members, and nobody for them."""
    return is_member_of(user, supplier.organisation)


def suppliers_acting_for(user: User) -> list[Supplier]:
    """The published suppliers that a person may answer for; one query, none for who belongs to no organisation."""
    if not user.organisation_ids:
        return []
    return list(
        Supplier.objects.filter(organisation__in=user.organisation_ids, status=Status.PUBLISHED)
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )
