"""What goes by itself, about those whom a pôle brings in."""

from celery import shared_task

from marketplace.outreach.contact_log.personal_data import forget_contacts


@shared_task(name="outreach.forget_contacts")
def forget_old_contacts() -> int:
    """Every night: the words of old entries of the contact log."""
    return forget_contacts(by=None)
