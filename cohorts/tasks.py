"""Cohorts that move on by their dates."""

from celery import shared_task

from cohorts.lifecycle import advance_cohorts


@shared_task(name="cohorts.advance", expires=240)
def advance_cohorts_task() -> None:
    """Dates that passed, offers that nobody took, the reminder before the first workshop."""
    advance_cohorts()
