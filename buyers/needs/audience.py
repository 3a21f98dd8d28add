"""To whom a need shows beyond its institution: apps above say whom it fits and who was invited, for `buyers` knows no supplier.

    register_audience("invited", lambda user: Q(pk__in=NeedInvitation.objects.of(user).values("need")))

in `AppConfig.ready()` of the app that holds the invitations. A condition is asked for each list, page and mail: it must be
one that the database answers, without a query of its own. Nobody registered: nobody else sees the need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor

Condition = Callable[["Visitor"], "Q | None"]

#: Audience → conditions by name of who gives them; who was invited sees a need that shows to those whom it fits, too.
_conditions: dict[str, dict[str, Condition]] = {}


def register_audience(audience: str, condition: Condition, *, name: str = "") -> None:
    """Who belongs to an audience (`Need.Audience`), as a condition on needs for a person; None: they cannot.

    Registered again under the same `name`, the last one counts (reloads). Invited enterprises see a need of any audience:
    register « invited » alone for them.
    """
    _conditions.setdefault(audience, {})[name or f"{condition.__module__}.{condition.__qualname__}"] = (
        condition
    )


def audience_condition(user: Visitor, audiences: Iterable[str]) -> Q:
    """The published needs that reach this person by one of these audiences."""
    found = Q(pk__in=[])
    for audience in audiences:
        for condition in _conditions.get(audience, {}).values():
            reached = condition(user)
            if reached is not None:
                found |= reached if audience == "invited" else Q(audience=audience) & reached
    return found
