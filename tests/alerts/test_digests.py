"""One mail with all that waited, once per slot, also after a long stop."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine

from marketplace.alerts import digests
from marketplace.alerts.announcing import announce
from marketplace.alerts.models import PendingNotice
from marketplace.alerts.schedule import HOME
from marketplace.dealings import declining
from marketplace.outbox.models import Mention, Message
from tests.alerts.factories import alert_for, suggestion
from tests.factories import SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db

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
    announce(tender=tender, by=None)
    return tender


@pytest.mark.parametrize("frequency", ["daily", "weekly"])
def test_digest_leaves_at_half_past_six_with_all_that_waited(clock, frequency):
    alert = alert_for(frequency=frequency)
    later = waiting(alert, "Déneigement", closes_at=SUNDAY + timedelta(days=30))
    sooner = waiting(alert, "Traiteur", closes_at=SUNDAY + timedelta(days=20))
    clock.move_to(monday(6, 29))
    assert digests.write_due() == 0
    clock.move_to(monday(6, 31))
    assert digests.write_due() == 1
    message = Message.objects.get()
    assert message.text.index("Traiteur") < message.text.index("Déneigement")
    assert set(message.mentions.values_list("notice", flat=True)) == {later.ocid, sooner.ocid}
    assert not PendingNotice.objects.exists()


def test_digest_written_once_per_slot(clock):
    alert = alert_for(frequency="daily")
    waiting(alert)
    clock.move_to(monday(6, 31))
    assert digests.write_due() == 1
    waiting(alert, "Déneigement")  # comes in at once after
    clock.move_to(monday(12))
    assert digests.write_due() == 0
    clock.move_to(monday(6, 31) + timedelta(days=1))
    assert digests.write_due() == 1
    assert Message.objects.count() == 2


def test_digest_of_an_empty_morning_is_no_mail_and_the_next_notice_waits(clock):
    alert = alert_for(frequency="daily")
    clock.move_to(monday(6, 31))
    assert digests.write_due() == 0
    clock.move_to(monday(7))
    waiting(alert)
    assert digests.write_due() == 0
    clock.move_to(monday(6, 31) + timedelta(days=1))
    assert digests.write_due() == 1


def test_weekly_digest_waits_for_monday(clock):
    clock.move_to(monday(12))
    alert = alert_for(frequency="weekly")
    waiting(alert)
    clock.move_to(monday(12) + timedelta(days=5))
    assert digests.write_due() == 0
    clock.move_to(monday(6, 31) + timedelta(days=7))
    assert digests.write_due() == 1


def test_digest_after_a_long_stop_is_one_mail(clock):
    alert = alert_for(frequency="daily")
    waiting(alert)
    clock.move_to(monday(20))
    waiting(alert, "Déneigement")
    clock.move_to(monday(9) + timedelta(days=4))
    assert digests.write_due() == 1
    assert digests.write_due() == 0
    assert Message.objects.get().mentions.count() == 2


def test_digest_leaves_out_what_closed_or_was_put_aside_meanwhile(clock):
    alert = alert_for(frequency="daily")
    waiting(alert, "Fermé", closes_at=SUNDAY + timedelta(hours=2))
    aside, kept = waiting(alert, "Écarté"), waiting(alert, "Gardé")
    declining.decline(supplier=alert.supplier, tender=aside, by=alert.user)
    clock.move_to(monday(6, 31))
    assert digests.write_due() == 1
    assert Mention.objects.get().notice == kept.ocid
    assert not PendingNotice.objects.exists()


def test_digest_with_nothing_left_is_no_mail(clock):
    alert = alert_for(frequency="daily")
    waiting(alert, closes_at=SUNDAY + timedelta(hours=2))
    clock.move_to(monday(6, 31))
    assert digests.write_due() == 0
    assert not PendingNotice.objects.exists()
    assert not Message.objects.exists()


def test_digest_leaves_out_what_another_mail_told(clock):
    """A member of two enterprises: one alert gathers; the other, which the notice fits better, wrote at once."""
    gathered = alert_for(frequency="daily")
    tender = waiting(gathered)
    instant = alert_for(SupplierFactory(), user=gathered.user)
    suggestion(instant.supplier, tender, rank=0)
    assert announce(tender=tender, by=None).written == 1
    clock.move_to(monday(6, 31))
    assert digests.write_due() == 0
    assert Message.objects.get().subject == f"alert:{instant.pk}"
    assert not PendingNotice.objects.exists()


def test_pending_of_an_alert_that_became_instant_leaves_at_the_next_round(clock):
    alert = alert_for(frequency="weekly")
    waiting(alert)
    clock.move_to(SUNDAY + timedelta(minutes=10))
    alert = alert_for(alert.supplier, frequency="instant", user=alert.user)
    clock.move_to(SUNDAY + timedelta(minutes=15))
    assert digests.write_due() == 1


def test_digest_that_fails_costs_the_others_nothing(clock, monkeypatch):
    broken, sound = alert_for(frequency="daily"), alert_for(frequency="daily")
    tender = TenderFactory()
    suggestion(broken.supplier, tender)
    suggestion(sound.supplier, tender, rank=2)
    announce(tender=tender, by=None)
    clock.move_to(monday(6, 31))
    write = digests.letters.write_digest

    def fail_for_one(*, alert, **others):
        if alert == broken:
            raise ZeroDivisionError
        return write(alert=alert, **others)

    monkeypatch.setattr(digests.letters, "write_digest", fail_for_one)
    assert digests.write_due() == 1
    assert PendingNotice.objects.get().alert == broken
    monkeypatch.setattr(digests.letters, "write_digest", write)
    assert digests.write_due() == 1
