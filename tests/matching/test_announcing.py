"""A member hears of a tender that fits, once; nobody hears of what is closed, put aside, weak or not theirs."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from buyers.models import Tender
from marketplace.accounts.models import Membership
from marketplace.dealings.declines import decline_notice
from marketplace.matching.alerts.digests import write_due_emails
from marketplace.matching.alerts.models import MINIMUM_POINTS
from marketplace.matching.alerts.verbs import stop_alerts
from marketplace.matching.models import PendingNotice
from marketplace.outbox.models import Mention, Message
from suppliers.models import Status
from tests.factories import TenderFactory
from tests.matching.factories import alert_for, announce, suggestion

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_reasons")]


def write_instant() -> int:
    """What the task of every minute writes once the gathering is over."""
    return write_due_emails(now=timezone.now() + timedelta(minutes=11))


@pytest.mark.parametrize("frequency", ["instant", "daily", "weekly"])
def test_announce_keeps_the_tender_for_the_next_mail(frequency):
    alert = alert_for(frequency=frequency)
    fitting = suggestion(alert.supplier)
    assert announce(fitting.tender) == 1
    assert announce(fitting.tender) == 0
    assert PendingNotice.objects.get().alert == alert
    assert not Message.objects.exists()


def test_an_instant_alert_writes_when_the_gathering_is_over():
    alert = alert_for()
    fitting = suggestion(alert.supplier)
    announce(fitting.tender)
    assert write_due_emails(now=timezone.now() + timedelta(minutes=9)) == 0
    assert write_instant() == 1
    message = Message.objects.get()
    assert (message.recipient, message.address, message.purpose) == (alert.user, alert.user.email, "alerts")
    assert message.members_of == alert.supplier.organisation
    mention = Mention.objects.get()
    assert (mention.recipient, mention.notice, mention.version, mention.open_until) == (
        alert.user,
        fitting.tender.ocid,
        fitting.tender.version,
        fitting.tender.closes_at,
    )
    assert not PendingNotice.objects.exists()


def test_ten_tenders_within_ten_minutes_are_one_mail():
    """The window begins with the first: the others come along whenever they arrived."""
    alert = alert_for()
    for _ in range(10):
        announce(suggestion(alert.supplier).tender)
    started = timezone.now() - timedelta(minutes=10)
    rows = list(PendingNotice.objects.order_by("pk"))
    for minute, row in enumerate(rows):
        PendingNotice.objects.filter(pk=row.pk).update(since=started + timedelta(minutes=minute))
    for _ in range(2):  # every round that follows
        write_due_emails()
    assert Message.objects.count() == 1
    assert Mention.objects.count() == 10


def test_announce_tells_each_member_once_whatever_the_version():
    alert = alert_for()
    fitting = suggestion(alert.supplier)
    announce(fitting.tender)
    assert write_instant() == 1
    assert announce(fitting.tender) == 0
    fitting.tender.version = "20261201120000"
    fitting.tender.save()
    assert announce(fitting.tender) == 0
    assert Message.objects.count() == 1


def test_announce_tells_every_member_of_every_supplier():
    first = alert_for()
    colleague = alert_for(first.supplier, frequency="daily")
    elsewhere = alert_for()
    fitting = suggestion(first.supplier)
    suggestion(elsewhere.supplier, fitting.tender, rank=2)
    assert announce(fitting.tender) == 3
    assert {row.alert for row in PendingNotice.objects.all()} == {first, colleague, elsewhere}


def test_announce_is_silent_below_the_minimum():
    weak, strong = alert_for(), alert_for()
    tender = TenderFactory()
    suggestion(weak.supplier, tender, points=MINIMUM_POINTS - 1)
    suggestion(strong.supplier, tender, points=MINIMUM_POINTS)
    assert announce(tender) == 1
    assert PendingNotice.objects.get().alert == strong


CLOSED = {
    "past": {"closes_at": timezone.now() - timedelta(minutes=1)},
    "historical": {"closes_at": timezone.now() - timedelta(days=2000)},
    "cancelled": {"status": Tender.Status.CANCELLED},
    "awarded": {"status": Tender.Status.COMPLETE},
    "announced": {"status": Tender.Status.PLANNED},
    "awarded without an end": {"closes_at": None, "awarded": "whole"},
    "old without an end": {"closes_at": None, "published_at": timezone.now() - timedelta(days=31)},
    "undated without an end": {"closes_at": None, "published_at": None},
}


@pytest.mark.parametrize("fields", CLOSED.values(), ids=CLOSED)
def test_announce_is_silent_about_what_cannot_be_answered(fields):
    instant, daily = alert_for(), alert_for(frequency="daily")
    tender = TenderFactory(**fields)
    suggestion(instant.supplier, tender)
    suggestion(daily.supplier, tender, rank=2)
    assert announce(tender) == 0
    assert not PendingNotice.objects.exists()


def _stop(alert):
    stop_alerts(alerts=[alert], by=alert.user)


def _withdraw(alert):
    alert.user.consents.update(withdrawn_at=timezone.now())


def _leave(alert):
    Membership.objects.filter(user=alert.user).delete()


def _close_account(alert):
    alert.user.is_active = False
    alert.user.save()


def _suspend(alert):
    alert.supplier.status = Status.SUSPENDED
    alert.supplier.save()


@pytest.mark.parametrize("change", [_stop, _withdraw, _leave, _close_account, _suspend])
def test_announce_is_silent_once_the_alert_no_longer_stands(change):
    alert, other = alert_for(), alert_for()
    fitting = suggestion(alert.supplier)
    suggestion(other.supplier, fitting.tender, rank=2)
    change(alert)
    assert announce(fitting.tender) == 1
    assert PendingNotice.objects.get().alert == other


def test_announce_is_silent_about_what_the_supplier_put_aside():
    alert, other = alert_for(), alert_for()
    fitting = suggestion(alert.supplier)
    suggestion(other.supplier, fitting.tender, rank=2)
    decline_notice(supplier=alert.supplier, notice=fitting.tender, by=alert.user)
    assert announce(fitting.tender) == 1
    assert PendingNotice.objects.get().alert == other


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_mail():
    """Two versions' events of the same tender, and the task of every minute twice."""
    alert = alert_for()
    fitting, gate, failures = suggestion(alert.supplier), threading.Barrier(3), []

    def work() -> None:
        close_old_connections()
        tender = Tender.objects.get(pk=fitting.tender_id)
        gate.wait()
        try:
            announce(tender)
            write_instant()
        except Exception as error:
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    write_instant()  # what one announced after another had written
    assert Message.objects.count() == Mention.objects.count() == 1


def test_announce_tells_of_a_late_notice_without_a_known_closing_and_the_mail_says_so():
    alert = alert_for()
    fitting = suggestion(alert.supplier, TenderFactory(closes_at=None))

    assert announce(fitting.tender) == 1
    assert write_instant() == 1

    body = Message.objects.get().text
    assert "Clôture non précisée, voir l’avis" in body
    assert Mention.objects.get().open_until is None
