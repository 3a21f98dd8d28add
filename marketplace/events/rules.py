"""Who runs an event, and who acts for one that comes. Named once; verbs and pages ask here."""

from __future__ import annotations

import rules

from marketplace.accounts import rules as accounts
from marketplace.accounts.models import User
from marketplace.events.models import MatchmakingEvent, Participation
from marketplace.web.errors import NotAllowed


@rules.predicate
def works_for_pole(user: User, event: MatchmakingEvent | None) -> bool:
    return event is not None and user.is_active and event.pole_id in user.pole_codes


@rules.predicate
def speaks_for(user: User, participation: Participation | None) -> bool:
    return participation is not None and accounts.is_member_of.test(user, participation.organisation)


organises = accounts.is_platform_admin | works_for_pole


def check_organises(by: User | None, event: MatchmakingEvent) -> None:
    """`by` None is the system. Raises NotAllowed."""
    if by is not None and not organises.test(by, event):
        raise NotAllowed


def check_speaks(by: User | None, participation: Participation) -> None:
    """Members act for their organisation; the pôle may, when asked by telephone."""
    if by is not None and not (speaks_for.test(by, participation) or organises.test(by, participation.event)):
        raise NotAllowed
