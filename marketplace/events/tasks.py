from celery import shared_task

from marketplace.events import opening


@shared_task(name="events.advance")
def advance() -> None:
    """Close registrations and end days whose date has come. Safe to run twice."""
    opening.advance()
