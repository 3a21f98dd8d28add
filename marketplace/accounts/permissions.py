"""Who may do what, named once. Each app has a `permissions.py`; the roles are columns and rows, never groups.

A permission is a function of a person and, mostly, a row: `can_curate_organisation(user, organisation)`. Pages call it to
show or hide; verbs ask with `check_permission`. What lists show is a condition on the QuerySet (docs/adr/0002).

- platform admin: `User.is_superuser`
- staff of a pôle: a `PolePost` that runs today; their territory is what their pôles cover, or were assigned
- member: a `Membership` of the organisation
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from marketplace.accounts.models import Membership, Organisation, User, is_in_territory
from marketplace.web.errors import NotAllowed

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


def signed_in_user(request: HttpRequest) -> User:
    """The person of a page that only opens to who is signed in (`login_required`, `staff_member_required`)."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def check_permission(
    permission: Callable[..., bool], by: User | None, *row: Any, sentence: str | None = None
) -> None:
    """Raise NotAllowed, with that sentence, where `permission(by, row)` is false. `by` None is the system."""
    if by is not None and not permission(by, *row):
        raise NotAllowed(sentence)


def is_platform_admin(user: Visitor) -> bool:
    return user.is_active and user.is_superuser


def is_member_of(user: Visitor, organisation: Organisation | None) -> bool:
    if organisation is None or not (user.is_authenticated and user.is_active):
        return False
    return organisation.pk in user.organisation_ids


def is_owner_of(user: Visitor, organisation: Organisation | None) -> bool:
    if organisation is None or not (user.is_authenticated and user.is_active):
        return False
    return user.memberships.filter(organisation=organisation, role=Membership.Role.OWNER).exists()


def can_curate_organisation(user: Visitor, organisation: Organisation | None) -> bool:
    """Decide about what belongs to an organisation: staff of its territory."""
    return organisation is not None and is_in_territory(user, organisation)


def can_invite_member(user: Visitor, organisation: Organisation | None) -> bool:
    """Say who belongs to an organisation: its owners, and who curates it."""
    return can_curate_organisation(user, organisation) or is_owner_of(user, organisation)
