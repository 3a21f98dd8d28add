"""Reminders and changed calendars speak English to who reads English: no French is left but what people wrote."""

from datetime import timedelta

import pytest
import time_machine

from cohorts.admission import apply_to_cohort
from cohorts.calendar import cohort_calendar, tell_calendar_changes
from marketplace.events.lifecycle import publish_agenda, reminder_moment, reschedule_event, send_due_reminders
from marketplace.outbox.models import Message
from tests.cohorts import factories as cohorts
from tests.events.factories import buyer, coming, opened, supplier
from tests.events.test_pages import published_day
from tests.events.test_reminders import noon

from .reading import FRENCH_WORDS, french_left

pytestmark = pytest.mark.django_db
#: What stays as people wrote it, in the order in which it is taken out.
WRITTEN = (
    "Coop Zéphir", "Ville de Zacharie", "Centre culturel", "10, rue du Fleuve, Shawinigan", "Salle B",
    "Centre d’affaires, Trois-Rivières",
)  # fmt: skip


def assert_english(message: Message, *names: str) -> None:
    assert message.headers["Content-Language"] == "en-CA"
    body = message.text.partition("\n--\n")[0]
    kept = {*WRITTEN, *names, message.sender_name}
    for name in sorted(kept, key=len, reverse=True):
        body = body.replace(name, "")
    said = " ".join(word for word in body.split() if "://" not in word)
    assert FRENCH_WORDS.findall(said) == []
    assert not FRENCH_WORDS.search(message.title)
    signed = [line for line in message.text.splitlines() if "Québec" in line]
    assert french_left(message.html, names={*kept, *signed, "Pôle"}, rows=set()) == []


def reads_english(person):
    person.language = "en"
    person.save()
    return person


def test_wish_reminder_in_english():
    event = opened(wishes_close_at=noon(14), title_en="Matchmaking day")
    coming(event, buyer())
    reader = reads_english(coming(event, supplier(name="Coop Zéphir")).person)
    with time_machine.travel(noon(12), tick=False):
        send_due_reminders()
    assert_english(Message.objects.get(kind="events.wish_reminder", recipient=reader))


def test_day_reminder_and_moved_day_in_english():
    event, _shop, seller, _rival = published_day()
    type(event).objects.filter(pk=event.pk).update(title_en="Matchmaking day")
    event.refresh_from_db()
    publish_agenda(event=event, by=None)
    reader = reads_english(seller.person)
    with time_machine.travel(reminder_moment(event) + timedelta(hours=1), tick=False):
        send_due_reminders()
    reschedule_event(event=event, by=None, day=event.day + timedelta(days=7), place="Salle B")
    for kind in ("day_reminder", "rescheduled"):
        assert_english(Message.objects.get(kind=f"events.{kind}", recipient=reader))


def test_changed_workshops_in_english():
    cohort = cohorts.CohortFactory(title_en="Selling to the public sector")
    for title in ("Pricing", "Writing", "Presenting"):
        cohorts.WorkshopFactory(cohort=cohort, title="Zut", title_en=title)
    enterprise, person = cohorts.enterprise("Coop Zéphir")
    reads_english(person)
    apply_to_cohort(cohort=cohort, supplier=enterprise, by=person)
    before = cohort_calendar(cohort)
    first, second, _third = cohort.workshops.all()
    first.starts_at += timedelta(hours=3)
    first.place = "Salle B"
    first.save()
    second.is_cancelled = True
    second.save()
    cohorts.WorkshopFactory(cohort=cohort, title="Zut", title_en="Joining forces")
    assert tell_calendar_changes(cohort=cohort, before=before, by=None) == 1
    message = Message.objects.get(kind="cohorts.changed")
    for word in ("Before", "Now", "Cancelled", "Added", "Joining forces"):
        assert word in message.text
    assert_english(message)
