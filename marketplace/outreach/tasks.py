"""What goes by itself, about those whom a pôle brings in or makes known, and those who work there."""

from celery import shared_task

from marketplace.outreach.contact_log.personal_data import forget_contacts
from marketplace.outreach.pipeline.inviting import note_arrivals
from marketplace.outreach.pipeline.personal_data import forget_declined_people
from marketplace.outreach.pipeline.reminding import send_follow_ups
from marketplace.outreach.promotion.catalogues import (
    TASK,
    forget_catalogues,
    make_catalogue,
    wake_waiting_makers,
)
from marketplace.outreach.promotion.rotation import choose_featured_supplier
from marketplace.outreach.service_levels.reminders import remind_staff
from marketplace.outreach.writing.letters import forget_drafts, write_a_step_of_each, write_step


@shared_task(name="outreach.forget_contacts")
def forget_old_contacts() -> int:
    """Every night: the words of old entries of the contact log."""
    return forget_contacts(by=None) + forget_declined_people(by=None)


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


@shared_task(name=TASK)
def make_catalogue_task(pk: int) -> bool:
    """One document."""
    return make_catalogue(pk)


@shared_task(name="outreach.sweep_catalogues", expires=55)
def sweep_catalogues() -> int:
    """Every minute: those that no living worker makes."""
    return wake_waiting_makers()


@shared_task(name="outreach.forget_catalogues")
def forget_old_catalogues() -> int:
    """Every night."""
    return forget_catalogues(by=None)


@shared_task(name="outreach.choose_featured", expires=3500)
def choose_featured() -> bool:
    """Every hour: this week's enterprise, where none stands."""
    return choose_featured_supplier(by=None) is not None


@shared_task(name="outreach.send_follow_ups", expires=3600)
def send_follow_ups_task() -> int:
    """Every Monday: « À relancer », to who has something to do. Asked again in the week, it writes nothing."""
    return send_follow_ups(by=None)


@shared_task(name="outreach.note_arrivals", expires=3000)
def note_arrivals_task() -> int:
    """Every hour: people invited for an institution who came by another way than the link."""
    return note_arrivals(by=None)
