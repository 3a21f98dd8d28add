from celery import shared_task

from marketplace.events import opening, reminding


@shared_task(name="events.advance")
def advance() -> None:
    """Close registrations and end days whose date has come. Safe to run twice."""
    opening.advance()


@shared_task(name="events.remind", expires=840)
def remind() -> None:
    """Reminders that are due, each once. Safe to run twice."""
    reminding.remind()
