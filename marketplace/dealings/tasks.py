"""What goes by itself each morning."""

from celery import shared_task

from marketplace.dealings.inquiries.following import (
    close_forgotten_inquiries,
    forget_inquiries,
    send_due_reminders,
)


@shared_task(name="dealings.advance_inquiries")
def advance_inquiries() -> tuple[int, int, int]:
    """Reminders two working days before; what nobody closed; what is three years old."""
    return send_due_reminders(by=None), close_forgotten_inquiries(by=None), forget_inquiries(by=None)
