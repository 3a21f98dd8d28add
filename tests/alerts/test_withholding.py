"""The last word before a mail leaves: what closed, was put aside or stopped meanwhile does not go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from marketplace.accounts.models import Membership
from marketplace.alerts import letters, subscriptions
from marketplace.alerts.announcing import announce
from marketplace.dealings import declining
from marketplace.outbox.delivery import send_message
from marketplace.outbox.models import Mention, Message
from tests.alerts.factories import alert_for, suggestion

pytestmark = pytest.mark.django_db


@pytest.fixture
def alert():
    return alert_for()


def instant(alert) -> Message:
    fitting = suggestion(alert.supplier)
    announce(tender=fitting.tender, by=None)
    return Message.objects.get()


def digest(alert, number: int = 2) -> tuple[Message, list]:
    fitting = [suggestion(alert.supplier) for _ in range(number)]
    return letters.write_digest(alert=alert, suggestions=fitting, version="2026-11-23", pole=None), [
        s.tender for s in fitting
    ]


def close(tender) -> None:
    tender.closes_at = timezone.now() - timedelta(seconds=1)
    tender.save()


def test_alert_that_still_stands_leaves(alert):
    assert send_message(message_id=instant(alert).pk)
    assert [m.to for m in mail.outbox] == [[alert.user.email]]


def _close(alert, message):
    close(alert.supplier.suggestions.get().tender)


def _decline(alert, message):
    tender = alert.supplier.suggestions.get().tender
    declining.decline(supplier=alert.supplier, tender=tender, by=alert.user)


def _stop(alert, message):
    alert_for(user=alert.user)  # their consent still stands for another enterprise
    subscriptions.stop_alert(alert=alert, by=alert.user)


def _leave(alert, message):
    Membership.objects.filter(user=alert.user).delete()


def _withdraw(alert, message):
    alert.user.consents.update(withdrawn_at=timezone.now())


@pytest.mark.parametrize("change", [_close, _decline, _stop, _leave, _withdraw])
def test_alert_that_no_longer_holds_is_cancelled_and_forgotten(alert, change):
    message = instant(alert)
    change(alert, message)
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert message.last_error
    assert mail.outbox == []
    assert not Mention.objects.exists()  # nobody read of it: should it open again, it may be told


def test_digest_goes_again_without_what_closed(alert):
    first, [closed, still_open] = digest(alert)
    close(closed)
    assert not send_message(message_id=first.pk)
    second = Message.objects.exclude(pk=first.pk).get()
    assert second.version == "2026-11-23+"
    assert [mention.notice for mention in Mention.objects.all()] == [still_open.ocid]
    assert closed.ocid not in second.text
    assert send_message(message_id=second.pk)
    assert len(mail.outbox) == 1


def test_digest_in_doubt_goes_as_it_is(alert):
    """The server may have it: another mail with the same notices would be a second one."""
    message, [closed, _open] = digest(alert)
    close(closed)
    Message.objects.update(in_doubt=True)
    assert send_message(message_id=message.pk)
    assert Message.objects.count() == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == message.message_id


def test_digest_whose_notices_all_closed_is_cancelled(alert):
    message, tenders = digest(alert)
    for tender in tenders:
        close(tender)
    assert not send_message(message_id=message.pk)
    assert Message.objects.count() == 1
    assert mail.outbox == []
