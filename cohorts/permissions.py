"""Who runs a cohort, and who acts for an enterprise that asks to join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cohorts.models import Application, Cohort
from marketplace.accounts.permissions import is_member_of, is_platform_admin

if TYPE_CHECKING:
    from marketplace.accounts.models import Visitor


def can_run_cohort(user: Visitor, cohort: Cohort) -> bool:
    """Staff of the pôle that runs it or of a partner. The same rows as `CohortQuerySet.curated_by`."""
    if is_platform_admin(user):
        return True
    if not (user.is_authenticated and user.is_active and user.pole_codes):
        return False
    if cohort.pole_id in user.pole_codes:
        return True
    return cohort.pk is not None and any(pole.pk in user.pole_codes for pole in cohort.partners.all())


def can_act_for_application(user: Visitor, application: Application) -> bool:
    """Members act for their enterprise; the pôle that runs the cohort may, when asked by telephone."""
    return is_member_of(user, application.supplier.organisation) or can_run_cohort(user, application.cohort)
