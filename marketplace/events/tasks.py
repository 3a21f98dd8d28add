from celery import shared_task

from marketplace.events.lifecycle import advance_events, send_due_reminders


@shared_task(name="events.advance")
def advance_events_task() -> None:
    """Close registrations and end days whose date has come. Safe to run twice."""
    advance_events()


@shared_task(name="events.remind", expires=840)
def send_event_reminders_task() -> None:
    """Reminders that are due, each once. Safe to run twice."""
    send_due_reminders()
