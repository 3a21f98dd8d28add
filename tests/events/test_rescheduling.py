"""Another day or another place: who is told, what, once; calendars; what is refused; the organiser's page."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from marketplace.events.lifecycle import cancel_event, publish_agenda, reschedule_event
from marketplace.events.models import MatchmakingEvent, State
from marketplace.events.registration import withdraw_participation
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.typography import format_day
from tests.web.versions import version_of

from .factories import EventFactory, at, buyer, coming, opened
from .test_admin import address
from .test_agenda_calendar import feed
from .test_pages import published_day

pytestmark = pytest.mark.django_db


def told():
    return Message.objects.filter(kind="events.rescheduled")


def plain(message: Message) -> str:
    return message.text.replace("\u00a0", " ")


def test_everyone_who_comes_reads_what_it_was_and_what_it_is(pole_staff):
    event = opened(title="Journée", title_en="Matchmaking day")
    shop, seller, gone = coming(event, buyer()), coming(event), coming(event)
    withdraw_participation(participation=gone, by=gone.person)
    seller.person.language = "en"
    seller.person.save()
    former, new = event.day, event.day + timedelta(days=7)
    assert reschedule_event(event=event, by=pole_staff, day=new, place="Salle B", address=event.address)
    message = told().get(recipient=shop.person)
    assert "change de jour et de lieu" in plain(message)
    for words in (
        format_day(former),
        format_day(new),
        "Centre culturel, 10, rue du Fleuve",
        "Salle B, 10, rue du Fleuve",
    ):
        assert words.replace("\u00a0", " ").lower() in plain(message).lower()
    assert event.slots[0].starts_at == at(event, "09:00")
    english = told().get(recipient=seller.person)
    assert "Matchmaking day" in english.title
    assert "Before" in plain(english)
    assert not told().filter(recipient=gone.person).exists()
    assert not reschedule_event(event=event, by=None, day=new, place="Salle B", address=event.address)
    assert told().count() == 2, "nothing changed: nobody is told"
    reschedule_event(event=event, by=None, day=new, place="Salle C", address=event.address)
    assert told().count() == 4
    assert told().filter(title__startswith="Nouveau lieu").count() == 1


def test_calendars_follow_with_a_higher_number():
    event, _shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    before = {entry["UID"]: entry for entry in feed(seller).walk("VEVENT")}
    reschedule_event(event=event, by=None, day=event.day + timedelta(days=1), place="Ici")
    after = {entry["UID"]: entry for entry in feed(seller).walk("VEVENT")}
    assert before.keys() == after.keys()
    for uid, entry in after.items():
        assert entry["SEQUENCE"] > before[uid]["SEQUENCE"]
        assert entry["DTSTART"].dt == before[uid]["DTSTART"].dt + timedelta(days=1)
        assert entry["LOCATION"] == "Ici"


@pytest.mark.parametrize("days", [0, -1, 10], ids=["today", "yesterday", "before the wishes end"])
def test_a_day_that_cannot_be_is_refused(days):
    event = opened()
    with pytest.raises(WrongMove):
        reschedule_event(
            event=event, by=None, day=timezone.localdate() + timedelta(days=days), place=event.place
        )
    assert not told().exists()


def test_nobody_else_moves_it_nor_once_it_has_begun_or_ended(foreign_staff):
    event, _shop, _seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    later = event.day + timedelta(days=7)
    with pytest.raises(NotAllowed):
        reschedule_event(event=event, by=foreign_staff, day=later, place=event.place)
    with time_machine.travel(at(event, "09:00")), pytest.raises(WrongMove):
        reschedule_event(event=event, by=None, day=later, place=event.place)
    cancel_event(event=event, by=None)
    with pytest.raises(WrongMove):
        reschedule_event(event=event, by=None, day=later, place=event.place)


def form_of(event: MatchmakingEvent, **changes: str) -> dict[str, str]:
    """What the page of an open event posts."""
    times = {
        name: timezone.localtime(getattr(event, name)).strftime("%Y-%m-%dT%H:%M")
        for name in ("registration_opens_at", "registration_closes_at", "wishes_close_at")
    }
    return {
        "title": event.title, "text": event.text, "region": event.region_id, "day": event.day.isoformat(),
        "place": event.place, "address": event.address, "tables": "5", "spare_tables": "2", "most_wishes": "8",
        "blocks-TOTAL_FORMS": "0", "blocks-INITIAL_FORMS": "0", **times, **changes,
    }  # fmt: skip


def test_organiser_moves_it_from_the_settings_and_is_told_why_not(pole_staff):
    event = opened()
    person = coming(event, buyer()).person
    client = Client()
    client.force_login(pole_staff)
    page = address(event, "change")
    early = (timezone.localdate() + timedelta(days=3)).isoformat()
    refused = client.post(page, form_of(event, day=early) | version_of(client, page))
    assert refused.status_code == 200
    assert "se terminer avant la première rencontre" in refused.content.decode()
    assert not told().exists()
    later = event.day + timedelta(days=7)
    said = form_of(event, day=later.isoformat(), title="Autre titre")
    done = client.post(page, said | version_of(client, page), follow=True)
    assert "annoncé par courriel" in done.content.decode()
    event.refresh_from_db()
    assert (event.day, event.title, event.sequence) == (later, "Autre titre", 1)
    assert told().get().recipient == person
    client.post(page, form_of(event, title="Encore un autre") | version_of(client, page))
    assert told().count() == 1
    cancel_event(event=event, by=None)
    assert 'name="place"' not in client.get(page).content.decode()


def test_draft_moves_without_a_word(pole_staff):
    event = EventFactory()
    assert reschedule_event(event=event, by=pole_staff, day=event.day, place="Salle B")
    event.refresh_from_db()
    assert (event.place, event.sequence, event.state) == ("Salle B", 0, State.DRAFT)
    assert not told().exists()
