"""A member hears of a notice that fits, once; nobody hears of what is closed, put aside, weak or not theirs."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from buyers.models import Tender
from marketplace.accounts.models import Membership
from marketplace.alerts import announcing, subscriptions
from marketplace.alerts.announcing import MINIMUM_POINTS, Told, announce
from marketplace.alerts.models import PendingNotice
from marketplace.dealings import declining
from marketplace.outbox.events import handle_delivery, post_event
from marketplace.outbox.models import Mention, Message
from suppliers.models import Status
from tests.alerts.factories import alert_for, suggestion
from tests.factories import SupplierFactory, TenderFactory

pytestmark = pytest.mark.django_db


def tell(tender: Tender) -> Told:
    return announce(tender=tender, by=None)


def test_announce_writes_at_once_to_an_instant_alert():
    alert = alert_for()
    fitting = suggestion(alert.supplier)
    assert tell(fitting.tender) == Told(written=1)
    message = Message.objects.get()
    assert (message.recipient, message.address, message.purpose) == (alert.user, alert.user.email, "alerts")
    mention = Mention.objects.get()
    assert (mention.recipient, mention.notice, mention.version) == (
        alert.user,
        fitting.tender.ocid,
        fitting.tender.version,
    )


@pytest.mark.parametrize("frequency", ["daily", "weekly"])
def test_announce_keeps_the_notice_for_a_gathered_alert(frequency):
    alert = alert_for(frequency=frequency)
    fitting = suggestion(alert.supplier)
    assert tell(fitting.tender) == Told(waiting=1)
    assert tell(fitting.tender) == Told()
    assert PendingNotice.objects.get().alert == alert
    assert not Message.objects.exists()


def test_announce_tells_each_member_once_whatever_the_version():
    alert = alert_for()
    fitting = suggestion(alert.supplier)
    assert tell(fitting.tender).written == 1
    assert tell(fitting.tender).written == 0
    fitting.tender.version = "20261201120000"
    fitting.tender.save()
    assert tell(fitting.tender).written == 0
    assert Message.objects.count() == 1


def test_announce_tells_someone_with_two_enterprises_once_for_the_best():
    alert = alert_for()
    better = alert_for(SupplierFactory(), user=alert.user)
    fitting = suggestion(alert.supplier, rank=2)
    suggestion(better.supplier, fitting.tender, rank=1)
    assert tell(fitting.tender) == Told(written=1)
    assert Message.objects.get().subject == f"alert:{better.pk}"


def test_announce_tells_every_member_of_every_supplier():
    first = alert_for()
    colleague = alert_for(first.supplier, frequency="daily")
    elsewhere = alert_for()
    fitting = suggestion(first.supplier)
    suggestion(elsewhere.supplier, fitting.tender, rank=2)
    assert tell(fitting.tender) == Told(written=2, waiting=1)
    assert PendingNotice.objects.get().alert == colleague


def test_announce_is_silent_below_the_minimum():
    weak, strong = alert_for(), alert_for()
    tender = TenderFactory()
    suggestion(weak.supplier, tender, points=MINIMUM_POINTS - 1)
    suggestion(strong.supplier, tender, points=MINIMUM_POINTS)
    assert tell(tender).written == 1
    assert Message.objects.get().recipient == strong.user


CLOSED = {
    "past": {"closes_at": timezone.now() - timedelta(minutes=1)},
    "historical": {"closes_at": timezone.now() - timedelta(days=2000)},
    "cancelled": {"status": Tender.Status.CANCELLED},
    "awarded": {"status": Tender.Status.COMPLETE},
    "announced": {"status": Tender.Status.PLANNED},
    "without an end": {"closes_at": None},
}


@pytest.mark.parametrize("fields", CLOSED.values(), ids=CLOSED)
def test_announce_is_silent_about_what_cannot_be_answered(fields):
    instant, daily = alert_for(), alert_for(frequency="daily")
    tender = TenderFactory(**fields)
    suggestion(instant.supplier, tender)
    suggestion(daily.supplier, tender, rank=2)
    assert tell(tender) == Told()
    assert not Message.objects.exists()
    assert not PendingNotice.objects.exists()


def _stop(alert):
    subscriptions.stop_alert(alert=alert, by=alert.user)


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
    assert tell(fitting.tender) == Told(written=1)
    assert Message.objects.get().recipient == other.user


def test_announce_is_silent_about_what_the_supplier_put_aside():
    alert, other = alert_for(), alert_for()
    fitting = suggestion(alert.supplier)
    suggestion(other.supplier, fitting.tender, rank=2)
    declining.decline(supplier=alert.supplier, tender=fitting.tender, by=alert.user)
    assert tell(fitting.tender).written == 1
    assert Message.objects.get().recipient == other.user


def test_computed_suggestions_reach_members_through_the_outbox():
    alert = alert_for()
    fitting = suggestion(alert.supplier)
    for _ in range(2):
        event = post_event(
            kind="suggestions.computed", subject=f"tender:{fitting.tender_id}", version=fitting.tender.version
        )
    for delivery in event.deliveries.all():
        assert handle_delivery(delivery_id=delivery.pk)
    assert Message.objects.count() == 1


def test_publishing_one_supplier_tells_its_members_only():
    new, elsewhere = alert_for(), alert_for()
    fitting = suggestion(new.supplier)
    suggestion(elsewhere.supplier, fitting.tender, rank=2)
    event = post_event(
        kind="suggestions.computed",
        subject=f"tender:{fitting.tender_id}",
        version="7.1",
        payload={"supplier": new.supplier_id},
    )
    [delivery] = event.deliveries.filter(handler__contains="alerts")
    assert handle_delivery(delivery_id=delivery.pk)
    assert Message.objects.get().recipient == new.user


def test_event_about_a_notice_that_is_gone_is_done(db):
    event = post_event(kind="suggestions.computed", subject="tender:999999999", version="1")
    [delivery] = event.deliveries.filter(handler__contains="alerts")
    assert handle_delivery(delivery_id=delivery.pk)


@pytest.mark.django_db(transaction=True)
def test_two_versions_at_once_write_one_mail():
    """Two workers hold two versions' events of the same notice."""
    alert = alert_for()
    fitting, gate, failures = suggestion(alert.supplier), threading.Barrier(3), []

    def work() -> None:
        close_old_connections()
        tender = Tender.objects.get(pk=fitting.tender_id)
        gate.wait()
        try:
            announcing.announce(tender=tender, by=None)
        except Exception as error:
            failures.append(error)
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert Message.objects.count() == Mention.objects.count() == 1
