"""One mail with all that waited, once per slot, also after a long stop; at 6 h 30, Québec time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from marketplace.dealings.declines import decline_notice
from marketplace.matching.alerts import digests
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.matching.alerts.verbs import change_rhythm
from marketplace.matching.models import PendingNotice
from marketplace.matching.slots import HOME, last_slot, next_slot
from marketplace.outbox.models import Mention, Message
from tests.factories import SupplierFactory, TenderFactory
from tests.matching.factories import alert_for, announce, suggestion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_reasons")]

SUNDAY = datetime(2026, 11, 22, 18, 0, tzinfo=HOME)


def monday(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 23, hour, minute, tzinfo=HOME)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(SUNDAY, tick=False) as travel:
        yield travel


def waiting(alert, title: str = "Entretien ménager", **fields):
    tender = TenderFactory(title=title, **fields)
    suggestion(alert.supplier, tender)
    announce(tender)
    return tender


@pytest.mark.parametrize("frequency", ["daily", "weekly"])
def test_digest_leaves_at_half_past_six_with_all_that_waited(clock, frequency):
    alert = alert_for(frequency=frequency)
    later = waiting(alert, "Déneigement", closes_at=SUNDAY + timedelta(days=30))
    sooner = waiting(alert, "Traiteur", closes_at=SUNDAY + timedelta(days=20))
    clock.move_to(monday(6, 29))
    assert write_due_emails() == 0
    clock.move_to(monday(6, 31))
    assert write_due_emails() == 1
    message = Message.objects.get()
    assert message.text.index("Traiteur") < message.text.index("Déneigement")
    assert set(message.mentions.values_list("notice", flat=True)) == {later.ocid, sooner.ocid}
    assert not PendingNotice.objects.exists()


def test_digest_written_once_per_slot(clock):
    alert = alert_for(frequency="daily")
    waiting(alert)
    clock.move_to(monday(6, 31))
    assert write_due_emails() == 1
    waiting(alert, "Déneigement")  # comes in at once after
    clock.move_to(monday(12))
    assert write_due_emails() == 0
    clock.move_to(monday(6, 31) + timedelta(days=1))
    assert write_due_emails() == 1
    assert Message.objects.count() == 2


def test_digest_of_an_empty_morning_is_no_mail_and_the_next_notice_waits(clock):
    alert = alert_for(frequency="daily")
    clock.move_to(monday(6, 31))
    assert write_due_emails() == 0
    clock.move_to(monday(7))
    waiting(alert)
    assert write_due_emails() == 0
    clock.move_to(monday(6, 31) + timedelta(days=1))
    assert write_due_emails() == 1


def test_weekly_digest_waits_for_monday(clock):
    clock.move_to(monday(12))
    alert = alert_for(frequency="weekly")
    waiting(alert)
    clock.move_to(monday(12) + timedelta(days=5))
    assert write_due_emails() == 0
    clock.move_to(monday(6, 31) + timedelta(days=7))
    assert write_due_emails() == 1


def test_digest_after_a_long_stop_is_one_mail(clock):
    alert = alert_for(frequency="daily")
    waiting(alert)
    clock.move_to(monday(20))
    waiting(alert, "Déneigement")
    clock.move_to(monday(9) + timedelta(days=4))
    assert write_due_emails() == 1
    assert write_due_emails() == 0
    assert Message.objects.get().mentions.count() == 2


def test_digest_leaves_out_what_closed_or_was_put_aside_meanwhile(clock):
    alert = alert_for(frequency="daily")
    waiting(alert, "Fermé", closes_at=SUNDAY + timedelta(hours=2))
    aside, kept = waiting(alert, "Écarté"), waiting(alert, "Gardé")
    decline_notice(supplier=alert.supplier, notice=aside, by=alert.user)
    clock.move_to(monday(6, 31))
    assert write_due_emails() == 1
    assert Mention.objects.get().notice == kept.ocid
    assert not PendingNotice.objects.exists()


def test_digest_with_nothing_left_is_no_mail(clock):
    alert = alert_for(frequency="daily")
    waiting(alert, closes_at=SUNDAY + timedelta(hours=2))
    clock.move_to(monday(6, 31))
    assert write_due_emails() == 0
    assert not PendingNotice.objects.exists()
    assert not Message.objects.exists()


def test_notice_stands_in_one_mail_across_rhythms_with_every_path_to_it(clock):
    """A member of two enterprises: what the instant alert writes of waits no more for the daily one, and names both."""
    gathered = alert_for(SupplierFactory(name="Coop du Rang"), frequency="daily")
    tender = waiting(gathered)
    instant = alert_for(SupplierFactory(name="Café Boréal"), user=gathered.user)
    suggestion(instant.supplier, tender, rank=0)
    assert announce(tender) == 1
    clock.shift(timedelta(minutes=11))
    assert write_due_emails() == 1
    clock.move_to(monday(6, 31))
    assert write_due_emails() == 0
    message = Message.objects.get()
    assert message.text.count(tender.title) == 2  # its line, and the title
    assert "Trouvé par «\u00a0Coop du Rang\u00a0» et «\u00a0Café Boréal\u00a0»" in message.text
    assert not PendingNotice.objects.exists()


def test_pending_of_an_alert_that_became_instant_leaves_at_the_next_round(clock):
    alert = alert_for(frequency="weekly")
    waiting(alert)
    clock.move_to(SUNDAY + timedelta(minutes=10))
    change_rhythm(alert=alert, frequency="instant", by=alert.user)
    clock.move_to(SUNDAY + timedelta(minutes=15))
    assert write_due_emails() == 1


def test_digest_that_fails_costs_the_others_nothing(clock, monkeypatch):
    broken, sound = alert_for(frequency="daily"), alert_for(frequency="daily")
    tender = TenderFactory()
    suggestion(broken.supplier, tender)
    suggestion(sound.supplier, tender, rank=2)
    announce(tender)
    clock.move_to(monday(6, 31))
    write = digests.send_digests

    def fail_for_one(found, **others):
        if any(broken.pk in digest.alerts for digest in found):
            raise ZeroDivisionError
        return write(found, **others)

    monkeypatch.setattr(digests, "send_digests", fail_for_one)
    assert write_due_emails() == 1
    assert PendingNotice.objects.get().alert == broken
    monkeypatch.setattr(digests, "send_digests", write)
    assert write_due_emails() == 1


def quebec(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


@pytest.mark.parametrize(
    ("frequency", "now", "last", "following"),
    [
        ("daily", "2026-11-23T06:29", "2026-11-22T06:30", "2026-11-23T06:30"),
        ("daily", "2026-11-23T06:30", "2026-11-23T06:30", "2026-11-24T06:30"),
        ("daily", "2026-11-23T23:59", "2026-11-23T06:30", "2026-11-24T06:30"),
        ("weekly", "2026-11-23T06:29", "2026-11-16T06:30", "2026-11-23T06:30"),  # a Monday
        ("weekly", "2026-11-23T06:30", "2026-11-23T06:30", "2026-11-30T06:30"),
        ("weekly", "2026-11-22T12:00", "2026-11-16T06:30", "2026-11-23T06:30"),  # a Sunday
        ("daily", "2026-03-08T12:00", "2026-03-08T06:30", "2026-03-09T06:30"),  # clocks went forward at 2
        ("daily", "2026-11-01T12:00", "2026-11-01T06:30", "2026-11-02T06:30"),  # clocks went back
    ],
)
def test_slots_of_the_morning(frequency, now, last, following):
    assert last_slot(frequency, quebec(now)) == quebec(last)
    assert next_slot(frequency, quebec(now)) == quebec(following)


def test_instant_gathers_for_ten_minutes():
    now = quebec("2026-11-23T12:00")
    assert last_slot("instant", now) == quebec("2026-11-23T11:50")
    assert next_slot("instant", now) is None


@given(
    st.sampled_from(["daily", "weekly"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  # hypothesis wants naive bounds
)
def test_now_lies_between_the_last_slot_and_the_next(frequency, now):
    last, following = last_slot(frequency, now), next_slot(frequency, now)
    assert last <= now < following
    assert following - last <= timedelta(days=7, hours=1)
    assert last.astimezone(HOME).strftime("%H:%M") == following.astimezone(HOME).strftime("%H:%M") == "06:30"
