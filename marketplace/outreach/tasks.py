"""What goes by itself, about those whom a pôle brings in and those who work there."""

from celery import shared_task

from marketplace.outreach.contact_log.personal_data import forget_contacts
from marketplace.outreach.service_levels.reminders import remind_staff
from marketplace.outreach.writing.letters import forget_drafts, write_a_step_of_each, write_step


@shared_task(name="outreach.forget_contacts")
def forget_old_contacts() -> int:
    """Every night: the words of old entries of the contact log."""
    return forget_contacts(by=None)


@shared_task(name="outreach.remind_staff")
def remind_pole_staff() -> int:
    """On the morning of a working day: what is late, or about to be."""
    return remind_staff(by=None)


@shared_task(name="outreach.write_letter")
def write_letter(letter_id: int) -> None:
    """The mails of some two hundred enterprises, then the next ones."""
    if write_step(letter_id=letter_id, by=None):
        write_letter.delay(letter_id)


@shared_task(name="outreach.write_letters")
def write_waiting_letters() -> int:
    """Every minute: letters whose worker was not told, or died."""
    return write_a_step_of_each()


@shared_task(name="outreach.forget_letters")
def forget_old_drafts() -> int:
    """Every night: drafts of letters that nobody confirmed."""
    return forget_drafts(by=None)
