"""What Celery may ask of this room."""

from celery import shared_task

from cohorts import opening


@shared_task(name="cohorts.advance", expires=240)
def advance() -> None:
    """Dates that passed, offers that nobody took, the reminder before the first workshop."""
    opening.advance()
