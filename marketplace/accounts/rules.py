"""Who may do what, named once. Rooms combine these predicates; roles are columns and rows, never groups.

- platform admin: `User.is_superuser`
- staff of a pôle: a `PolePost` that runs today; their territory is what their pôles cover or were assigned
- member: a `Membership` of the organisation
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from marketplace.accounts.models import Membership, Organisation

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


@rules.predicate
def is_platform_admin(user: Visitor) -> bool:
    return user.is_authenticated and user.is_active and user.is_superuser


@rules.predicate
def is_pole_staff(user: Visitor) -> bool:
    return user.is_authenticated and user.is_active and bool(user.pole_codes)


@rules.predicate
def works_for_pole_of(user: Visitor, organisation: Organisation | None) -> bool:
    """The organisation sits in an MRC that the person's pôles cover today, or is assigned to one of them.

    The same condition as `OrganisationQuerySet.curated_by`, for one row at hand.
    """
    if organisation is None or not (user.is_authenticated and user.is_active):
        return False
    return organisation.mrc_id in user.covered_mrcs or organisation.pole_id in user.pole_codes


@rules.predicate
def is_member_of(user: Visitor, organisation: Organisation | None) -> bool:
    if organisation is None or not (user.is_authenticated and user.is_active):
        return False
    return organisation.pk in user.organisation_ids


@rules.predicate
def is_owner_of(user: Visitor, organisation: Organisation | None) -> bool:
    if organisation is None or not (user.is_authenticated and user.is_active):
        return False
    return user.memberships.filter(organisation=organisation, role=Membership.Role.OWNER).exists()


may_curate = is_platform_admin | works_for_pole_of

rules.add_perm("accounts.see_organisation", may_curate | is_member_of)
rules.add_perm("accounts.curate_organisation", may_curate)
rules.add_perm("accounts.invite_member", may_curate | is_owner_of)
rules.add_perm("accounts.appoint", is_platform_admin)
