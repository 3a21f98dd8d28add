"""Who may do what about a match, named once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.dealings.models import Shortlist

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


def can_use_shortlist(user: Visitor, shortlist: Shortlist) -> bool:
    """Its person, or any member of its institution; nobody for them, staff included."""
    if not (user.is_authenticated and user.is_active):
        return False
    if shortlist.organisation_id is None:
        return shortlist.owner_id == user.pk
    return shortlist.organisation_id in user.organisation_ids
