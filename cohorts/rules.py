"""Who runs a cohort, and who speaks for an enterprise that asks to join. Named once; verbs and pages ask here."""

from __future__ import annotations

import rules

from cohorts.models import Application, Cohort
from marketplace.accounts import rules as accounts
from marketplace.accounts.models import User
from marketplace.web.errors import NotAllowed


@rules.predicate
def works_for_a_pole_of(user: User, cohort: Cohort | None) -> bool:
    """The same condition as `CohortQuerySet.curated_by`, for one row at hand."""
    if cohort is None or not (user.is_authenticated and user.is_active and user.pole_codes):
        return False
    if cohort.pole_id in user.pole_codes:
        return True
    return cohort.pk is not None and any(pole.pk in user.pole_codes for pole in cohort.partners.all())


@rules.predicate
def speaks_for(user: User, application: Application | None) -> bool:
    return application is not None and accounts.is_member_of.test(user, application.supplier.organisation)


runs = accounts.is_platform_admin | works_for_a_pole_of


def check_runs(by: User | None, cohort: Cohort) -> None:
    """`by` None is the system. Raises NotAllowed."""
    if by is not None and not runs.test(by, cohort):
        raise NotAllowed


def check_speaks(by: User | None, application: Application) -> None:
    """Members act for their enterprise; the pôle that runs the cohort may, when asked by telephone."""
    if by is not None and not (speaks_for.test(by, application) or runs.test(by, application.cohort)):
        raise NotAllowed
