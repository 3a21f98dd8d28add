"""Who runs an event, and who acts for an organisation that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.permissions import is_member_of, is_platform_admin
from marketplace.events.models import MatchmakingEvent, Participation

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


def can_organise_event(user: Visitor, event: MatchmakingEvent) -> bool:
    """Staff of its pôle. The same rows as `EventQuerySet.curated_by`."""
    if is_platform_admin(user):
        return True
    return user.is_authenticated and user.is_active and event.pole_id in user.pole_codes


def can_act_for_participation(user: Visitor, participation: Participation) -> bool:
    """Members act for their organisation; the pôle may, when asked by telephone."""
    return is_member_of(user, participation.organisation) or can_organise_event(user, participation.event)
