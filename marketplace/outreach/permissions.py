"""Who keeps the contact log of an organisation: the staff of its territory, each pôle its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.permissions import can_curate_organisation

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation, Visitor
    from marketplace.outreach.models import Approach, Campaign, ContactEntry


def can_log_contact(user: Visitor, organisation: Organisation) -> bool:
    return can_curate_organisation(user, organisation)


def can_edit_contact(user: Visitor, entry: ContactEntry) -> bool:
    """Correct or withdraw an entry, close its next action: the pôle that wrote it, and platform admins."""
    if not (user.is_authenticated and user.is_active):
        return False
    return user.is_superuser or entry.pole_id in user.pole_codes


def can_work_approach(user: Visitor, approach: Approach) -> bool:
    """Move it, call, invite, note what was promised: its pôle, and platform admins."""
    if not (user.is_authenticated and user.is_active):
        return False
    return user.is_superuser or approach.pole_id in user.pole_codes


def can_run_campaign(user: Visitor, campaign: Campaign) -> bool:
    """Its pôle, and platform admins."""
    if not (user.is_authenticated and user.is_active):
        return False
    return user.is_superuser or campaign.pole_id in user.pole_codes
