"""The calendar at its secret address, and what a person's data holds of events."""

import re

import pytest
from django.test import Client
from icalendar import Calendar

from marketplace.accounts.models import Membership
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.events.agenda import calendar_secret
from marketplace.events.lifecycle import cancel_event, publish_agenda
from marketplace.events.models import Meeting, Participation
from marketplace.events.registration import register_participation
from marketplace.events.repairs import mark_absence, move_meeting
from marketplace.outbox.models import Message
from tests.factories import UserFactory

from .factories import coming, opened, person_of, supplier
from .test_pages import published_day

pytestmark = pytest.mark.django_db


def opened_at(secret: str):
    return Client().get(f"/activites/calendrier/{secret}.ics")


def feed(participation) -> Calendar:
    participation.refresh_from_db()
    response = opened_at(calendar_secret(participation, participation.person))
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(response.content)


def test_feed_holds_the_day_then_the_meetings():
    event, shop, seller, _rival = published_day()
    (entry,) = feed(seller).walk("VEVENT")
    assert (entry["SUMMARY"], entry["STATUS"]) == (event.title, "TENTATIVE")
    publish_agenda(event=event, by=None)
    calendar = feed(seller)
    (entry,) = [e for e in calendar.walk("VEVENT") if "Zacharie" in e["SUMMARY"]]
    meeting = Meeting.objects.get(buyer=shop, supplier=seller)
    slot = event.slots[meeting.slot]
    assert entry["DTSTART"].dt == slot.starts_at
    assert entry["DTSTART"].params["TZID"] == "America/Toronto"
    assert entry["SEQUENCE"] == 0
    assert entry["DTSTAMP"].dt.tzname() == "UTC"
    assert entry["UID"].startswith(f"rencontre-{meeting.pk}@")
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["America/Toronto"]
    assert calendar["METHOD"] == "PUBLISH"
    lines = calendar.to_ical().decode().splitlines()
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "X-PUBLISHED-TTL:PT1H" in lines


def test_moved_and_fallen_meetings_update_the_same_entry(pole_staff):
    event, shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    meeting = Meeting.objects.get(buyer=shop, supplier=seller)
    before = {e["UID"]: e for e in feed(seller).walk("VEVENT")}
    move_meeting(meeting=meeting, slot=7, table=2, by=pole_staff)
    after = {e["UID"]: e for e in feed(seller).walk("VEVENT")}
    assert before.keys() == after.keys()
    uid = next(u for u in after if u.startswith(f"rencontre-{meeting.pk}@"))
    assert after[uid]["SEQUENCE"] > before[uid]["SEQUENCE"]
    assert after[uid]["DTSTART"].dt == event.slots[7].starts_at
    mark_absence(participation=shop, by=pole_staff)
    (fallen,) = [e for e in feed(seller).walk("VEVENT") if e["UID"] == uid]
    assert fallen["STATUS"] == "CANCELLED"
    assert fallen["SEQUENCE"] > after[uid]["SEQUENCE"]


def test_cancelled_event_cancels_every_entry():
    event, _shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    cancel_event(event=event, by=None)
    assert {e["STATUS"] for e in feed(seller).walk("VEVENT")} == {"CANCELLED"}


def test_renewed_address_opens_and_the_former_no_longer():
    event = opened()
    mine, theirs = coming(event), coming(event)
    client, former = Client(), calendar_secret(mine, mine.person)
    client.force_login(mine.person)
    assert "Renouveler le lien" in client.get(f"/activites/{event.slug}/horaire/").content.decode()
    address = f"/activites/{event.slug}/horaire/lien/?pour={mine.pk}"
    assert client.get(address).status_code == 405
    assert feed(mine)
    page = client.post(address, follow=True).content.decode()
    assert "Le lien est renouvelé" in page
    assert former not in page
    assert opened_at(former).status_code == 404
    assert feed(mine)
    assert calendar_secret(mine, mine.person) in page
    for pour in (theirs.pk, "", "zut"):
        assert client.post(f"/activites/{event.slug}/horaire/lien/?pour={pour}").status_code == 404
    other = calendar_secret(theirs, theirs.person)
    assert feed(theirs)
    assert calendar_secret(theirs, theirs.person) == other


def test_address_is_the_reader_s_own_and_dies_with_the_membership():
    mine = coming(opened())
    colleague = UserFactory(language="en")
    membership = Membership.objects.create(user=colleague, organisation=mine.organisation)
    secret = calendar_secret(mine, colleague)
    assert secret != calendar_secret(mine, mine.person)
    assert opened_at(secret).status_code == 200
    membership.delete()
    assert opened_at(secret).status_code == 404
    assert feed(mine)


def test_address_of_nobody_or_made_up_opens_nothing():
    mine, theirs = coming(event := opened()), coming(event)
    keys, _dot, signature = calendar_secret(mine, mine.person).rpartition(".")
    stranger = UserFactory()
    for made_up in (
        "faux",
        keys,
        f"{keys}.{signature[:-1]}",
        f"{keys}.{'A' * len(signature)}",
        f"{theirs.pk}.{theirs.person.pk}.{signature}",
        f"{mine.pk}.{theirs.person.pk}.{signature}",
        f"{'9' * 18}.{mine.person.pk}.{signature}",
        f"{'9' * 40}.{mine.person.pk}.{signature}",
        f"²{keys}.{signature}",
        calendar_secret(mine, stranger),
        mine.token,
    ):
        assert opened_at(made_up).status_code == 404, made_up


def test_mails_carry_one_s_own_agenda_in_one_s_language():
    event, shop, seller, rival = published_day()
    type(event).objects.filter(pk=event.pk).update(title_en="Matchmaking day")
    event.refresh_from_db()
    reader = seller.person
    reader.language = "en"
    reader.save()
    publish_agenda(event=event, by=None)
    mine = Message.objects.get(kind="events.agenda", recipient=reader)
    assert "Ville de Zacharie" in mine.text
    assert "Ville de Zacharie" in mine.html
    assert "Matchmaking day" in mine.title
    assert re.search(r"/en/events/\S+\.ics", mine.text)
    assert mine.headers["Content-Language"].startswith("en")
    french = Message.objects.get(kind="events.agenda", recipient=shop.person)
    assert "Coop Zéphir" in french.text
    assert "Votre horaire" in french.title
    assert calendar_secret(seller, reader) not in french.text
    assert "Coop Zéphir" not in Message.objects.get(kind="events.agenda", recipient=rival.person).text


def test_personal_data_is_handed_over_and_erased():
    event, _shop, seller, _rival = published_day()
    publish_agenda(event=event, by=None)
    person, key, secret = seller.person, seller.person.pk, calendar_secret(seller, seller.person)
    (row,) = export_personal_data(person)["events"]
    assert row["organisation"] == "Coop Zéphir"
    assert row["meetings"][0]["organisation"] == "Ville de Zacharie"
    erase_personal_data(user=person, by=person)
    kept = Participation.objects.get(pk=seller.pk)
    assert kept.person is None
    assert opened_at(secret).status_code == 404
    for model in set(Participation.pgh_event_models.values()):
        assert not model.objects.filter(person_id=key).exists()


def test_mail_goes_to_members_where_nobody_represents_any_more():
    event = opened()
    party = supplier()
    row = register_participation(event=event, party=party, person=None, by=None, free_slots=[0])
    assert Message.objects.get(kind="events.registered").recipient == person_of(party)
    assert row.person is None
