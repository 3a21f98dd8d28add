"""Who may act for an institution, and who looks at what it posts: asked about its organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from buyers.models import Buyer, Need
from marketplace.accounts.permissions import can_curate_organisation, is_member_of

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


def can_act_for_buyer(user: Visitor, buyer: Buyer) -> bool:
    """Post needs, decide about them: members of the institution."""
    return is_member_of(user, buyer.organisation)


def can_manage_need(user: Visitor, need: Need) -> bool:
    """Write it, publish it, change it, invite, decide: members of its institution, never staff."""
    return can_act_for_buyer(user, need.buyer)


def can_review_need(user: Visitor, need: Need) -> bool:
    """Publish or give back what a new institution sends, withdraw what should not stand: staff of its territory."""
    return can_curate_organisation(user, need.buyer.organisation)


def can_cancel_need(user: Visitor, need: Need) -> bool:
    return can_manage_need(user, need) or can_review_need(user, need)
