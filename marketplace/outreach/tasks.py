"""What goes by itself, about those whom a pôle brings in and those who work there."""

from celery import shared_task

from marketplace.outreach.contact_log.personal_data import forget_contacts
from marketplace.outreach.service_levels.reminders import remind_staff


@shared_task(name="outreach.forget_contacts")
def forget_old_contacts() -> int:
    """Every night: the words of old entries of the contact log."""
    return forget_contacts(by=None)


@shared_task(name="outreach.remind_staff")
def remind_pole_staff() -> int:
    """On the morning of a working day: what is late, or about to be."""
    return remind_staff(by=None)
