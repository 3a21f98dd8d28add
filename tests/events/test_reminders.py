"""Reminders: to whom, when, once; and nothing that is too late, too early, or of no use."""

from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.utils import timezone

from marketplace.events.agenda import calendar_secret
from marketplace.events.lifecycle import (
    cancel_event,
    publish_agenda,
    send_day_reminders,
    send_due_reminders,
)
from marketplace.events.models import MatchmakingEvent, Meeting
from marketplace.events.planning import plan_meetings
from marketplace.events.registration import register_participation, withdraw_participation
from marketplace.events.repairs import mark_absence
from marketplace.events.wishes import choose_wishes
from marketplace.outbox.models import Message
from tests.factories import MembershipFactory

from .factories import at, buyer, closed, coming, opened, person_of, supplier
from .test_pages import published_day

pytestmark = pytest.mark.django_db
ZONE = timezone.get_default_timezone()


def mails(kind: str):
    return Message.objects.filter(kind=f"events.{kind}")


def plain(message: Message) -> str:
    return message.text.replace("\u00a0", " ")


def noon(days: int) -> datetime:
    """Noon, so many days from now: reminders leave by day."""
    return datetime.combine(timezone.localdate() + timedelta(days=days), time(12), ZONE)


def travel(moment: datetime):
    return time_machine.travel(moment, tick=False)


def wishing_day() -> tuple[MatchmakingEvent, list]:
    """Wishes end at noon in fourteen days; a buyer who has chosen, two suppliers who have not, one of them gone."""
    event = opened(wishes_close_at=noon(14))
    shop, silent, gone = coming(event, buyer()), coming(event, supplier(name="Coop Zéphir")), coming(event)
    choose_wishes(participation=shop, wanted=[silent], by=shop.person)
    withdraw_participation(participation=gone, by=gone.person)
    return event, [shop, silent, gone]


def test_those_who_chose_nobody_are_reminded_once_while_there_is_time():
    _event, (_shop, silent, _gone) = wishing_day()
    with travel(noon(10)):
        assert send_due_reminders() == 0, "too early"
    with travel(noon(11)):
        assert send_due_reminders() == 1
        assert send_due_reminders() == 0, "the same beat, twice"
    with travel(noon(13)):
        assert send_due_reminders() == 0, "once is enough"
    message = mails("wish_reminder").get()
    assert message.recipient == silent.person
    assert "pas encore dit qui « Coop Zéphir » souhaite rencontrer" in plain(message)
    assert "dans 3 jours" in plain(message)
    assert "/souhaits/" in message.text


def test_wish_reminder_is_of_use_or_does_not_leave():
    event, _people = wishing_day()
    with travel(noon(14) + timedelta(minutes=1)):
        assert send_due_reminders() == 0, "wishes are over"
    with travel(datetime.combine(timezone.localdate() + timedelta(days=12), time(23), ZONE)):
        assert send_due_reminders() == 0, "people sleep"
    with travel(noon(12)):
        closed(event)
        assert send_due_reminders() == 0, "the invitation to choose has just gone"
    with travel(noon(13)):
        assert send_due_reminders() == 1, "a day later it has been read, or not"
    with travel(noon(13)):
        cancel_event(event=event, by=None)
        Message.objects.filter(kind="events.wish_reminder").delete()
        assert send_due_reminders() == 0, "called off"


def test_one_person_for_two_organisations_reads_one_wish_reminder():
    event = opened(wishes_close_at=noon(14))
    town, coop = buyer(name="Ville de Zacharie"), supplier(name="Coop Zéphir")
    person = person_of(town)
    MembershipFactory(user=person, organisation=coop.organisation)
    for party in (town, coop):
        register_participation(event=event, party=party, person=person, by=person, free_slots=[0])
    coming(event, buyer()), coming(event)
    with travel(noon(12)):
        assert send_due_reminders() == 3
    message = mails("wish_reminder").get(recipient=person)
    assert "Ville de Zacharie" in message.text
    assert "Coop Zéphir" in message.text


def on(event: MatchmakingEvent, day: str) -> MatchmakingEvent:
    """Hold it on that day."""
    event.day = date.fromisoformat(day)
    event.save(update_fields=["day"])
    event.forget_slots()
    return event


def published(day: str = "2031-12-09", title_en: str = ""):
    event, shop, seller, rival = published_day()
    event.title_en = title_en
    event.save(update_fields=["title_en"])
    publish_agenda(event=event, by=None)
    return on(event, day), shop, seller, rival


def test_the_day_before_everyone_reads_where_when_and_how_many():
    event, shop, seller, rival = published(title_en="Matchmaking day")
    rival.person.language = "en"
    rival.person.save()
    with travel(at(on(event, "2031-12-08"), "08:30")):
        on(event, "2031-12-09")
        assert send_due_reminders() == 0, "not before nine, the day before"
    with travel(datetime(2031, 12, 8, 9, 0, tzinfo=ZONE)):
        assert send_due_reminders() == 3
        assert send_due_reminders() == 0
    message = mails("day_reminder").get(recipient=seller.person)
    first = Meeting.objects.of(seller).placed().order_by("slot").first()
    assert "a lieu demain, mardi 9 décembre 2031." in plain(message)
    assert "Coop Zéphir" in plain(message)
    assert f"à {timezone.localtime(event.slots[first.slot].starts_at).hour} h" in plain(message)
    assert "10, rue du Fleuve" in message.text
    assert "/horaire/" in message.text
    assert f"{calendar_secret(seller, seller.person)}.ics" in message.text
    assert calendar_secret(seller, seller.person) not in mails("day_reminder").get(recipient=shop.person).text
    english = mails("day_reminder").get(recipient=rival.person)
    assert "Matchmaking day" in english.title
    assert "tomorrow, Tuesday, December 9, 2031" in plain(english)
    assert " am" in plain(english) or " pm" in plain(english)


@pytest.mark.parametrize(
    ("moment", "sent"),
    [
        ((2031, 12, 4, 12), 0),  # Thursday
        ((2031, 12, 5, 9), 3),  # the Friday before a Monday
        ((2031, 12, 7, 15), 3),  # the beat was down since Friday
        ((2031, 12, 8, 8), 3),  # and until the very morning
        ((2031, 12, 8, 9), 0),  # the first meeting begins
        ((2031, 12, 9, 12), 0),
    ],
)
def test_reminder_of_a_monday_leaves_on_friday_or_late_but_never_after_it_began(moment, sent):
    published("2031-12-08")
    with travel(datetime(*moment, tzinfo=ZONE)):
        assert send_due_reminders() == sent


def test_day_reminder_leaves_out_who_has_nothing_to_come_for(pole_staff):
    event, shop, seller, rival = published()
    mark_absence(participation=seller, by=pole_staff)
    withdraw_participation(participation=rival, by=rival.person)
    with travel(datetime(2031, 12, 8, 12, tzinfo=ZONE)):
        assert send_due_reminders() == 0, "the buyer has no meeting left"
    assert not Meeting.objects.of(shop).placed().exists()
    assert not mails("day_reminder").exists()
    assert event.state == "published"


def test_no_day_reminder_where_the_event_is_off_or_the_agenda_has_just_gone():
    event, *_others = published()
    with travel(datetime(2031, 12, 8, 12, tzinfo=ZONE)):
        MatchmakingEvent.objects.filter(pk=event.pk).update(state_changed_at=timezone.now())
        assert send_due_reminders() == 0
    MatchmakingEvent.objects.filter(pk=event.pk).update(state_changed_at=timezone.now())
    cancel_event(event=MatchmakingEvent.objects.get(pk=event.pk), by=None)
    with travel(datetime(2031, 12, 8, 12, tzinfo=ZONE)):
        assert send_due_reminders() == 0


def test_reminders_cost_the_same_for_three_as_for_nine(django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost(sellers: int) -> int:
        event = opened(tables=9)
        shop = coming(event, buyer())
        wanted = [coming(event) for _ in range(sellers)]
        choose_wishes(participation=shop, wanted=wanted[:3], by=shop.person)
        plan_meetings(event=closed(event), by=None)
        publish_agenda(event=event, by=None)
        on(event, "2031-12-09")
        with (
            travel(datetime(2031, 12, 8, 12, tzinfo=ZONE)),
            CaptureQueriesContext(
                connection,
            ) as found,
        ):
            assert send_day_reminders(event=event, by=None) > 1
        return len(found)

    assert cost(2) == cost(5)
