"""Who may do what in a consortium: its members alone. Staff see that it exists, never what it writes."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.accounts.models import Visitor
from marketplace.accounts.permissions import is_member_of
from marketplace.dealings.models import Consortium, ConsortiumMember
from suppliers.models import Supplier

State = ConsortiumMember.State


def own_parts(user: Visitor, members: Iterable[ConsortiumMember]) -> list[ConsortiumMember]:
    """Those of the reader's enterprises, whatever their state."""
    return [one for one in members if is_member_of(user, one.supplier.organisation)]


def may_read_consortium(user: Visitor, consortium: Consortium) -> bool:
    """Its words, and how to reach the others: an enterprise of the reader is inside."""
    return any(
        one.state == State.ACCEPTED
        for one in own_parts(user, consortium.members.select_related("supplier__organisation"))
    )


def may_lead_consortium(user: Visitor, consortium: Consortium) -> bool:
    """Invite, take back an invitation, hand over, dissolve."""
    return any(
        one.is_lead for one in own_parts(user, consortium.members.select_related("supplier__organisation"))
    )


def may_answer_for(user: Visitor, supplier: Supplier) -> bool:
    """Members decide for their enterprise whom it joins; nobody else does, staff included."""
    return is_member_of(user, supplier.organisation)
