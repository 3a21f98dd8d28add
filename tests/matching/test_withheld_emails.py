"""The last word before a mail leaves: what closed, was put aside or stopped meanwhile does not go."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from marketplace.accounts.models import Membership
from marketplace.dealings.declines import decline_notice
from marketplace.matching.alerts.verbs import stop_alerts
from marketplace.outbox.models import Mention, Message
from suppliers.curation import suspend_supplier
from tests.factories import TenderFactory
from tests.matching.factories import alert_for, alert_mail, suggestion
from tests.outbox.running import run_handlers, send_message

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_reasons")]


@pytest.fixture
def alert():
    return alert_for()


def email(alert, number: int = 1, **fields) -> tuple[Message, list]:
    tenders = [TenderFactory(**fields) for _ in range(number)]
    fitting = [suggestion(alert.supplier, tender) for tender in tenders]
    return alert_mail(alert, fitting, "2026-11-23"), tenders


def rewritten(tender, **fields) -> None:
    """As an import does: the tender changes, and mails that have not left follow."""
    for name, value in fields.items():
        setattr(tender, name, value)
    tender.save()
    Mention.objects.unsent().follow({tender.ocid: tender.open_until})


def test_alert_that_still_stands_leaves(alert):
    message, _tenders = email(alert)
    assert send_message(message_id=message.pk)
    assert [m.to for m in mail.outbox] == [[alert.user.email]]


def _close(alert, tender):
    rewritten(tender, closes_at=timezone.now() - timedelta(seconds=1))


def _cancel(alert, tender):
    rewritten(tender, status="cancelled")


def _decline(alert, tender):
    decline_notice(supplier=alert.supplier, notice=tender, by=alert.user)


def _stop(alert, tender):
    alert_for(user=alert.user)  # their consent still stands for another enterprise
    stop_alerts(alerts=[alert], by=alert.user)


def _leave(alert, tender):
    Membership.objects.filter(user=alert.user).delete()


def _withdraw(alert, tender):
    alert.user.consents.update(withdrawn_at=timezone.now())


def _suspend(alert, tender):
    suspend_supplier(supplier=alert.supplier, by=None)
    run_handlers()


@pytest.mark.parametrize("change", [_close, _cancel, _decline, _stop, _leave, _withdraw, _suspend])
def test_alert_that_no_longer_holds_is_cancelled_and_forgotten(alert, change):
    message, [tender] = email(alert)
    change(alert, tender)
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert message.last_error
    assert mail.outbox == []
    assert not Mention.objects.exists()  # nobody read of it: should it open again, it may be told
    run_handlers()
    assert Message.objects.count() == 1


def test_notice_that_closed_by_the_clock_alone_is_not_sent(alert):
    message, _tenders = email(alert, closes_at=timezone.now() + timedelta(hours=1))
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert not send_message(message_id=message.pk)
    assert mail.outbox == []


def test_mail_goes_again_without_what_closed(alert):
    first, [closed, still_open] = email(alert, 2)
    rewritten(closed, closes_at=timezone.now() - timedelta(seconds=1))
    assert not send_message(message_id=first.pk)
    run_handlers()
    second = Message.objects.exclude(pk=first.pk).get()
    assert second.version == "2026-11-23+"
    assert [mention.notice for mention in Mention.objects.all()] == [still_open.ocid]
    assert closed.ocid not in second.text
    assert send_message(message_id=second.pk)
    assert len(mail.outbox) == 1


def test_mail_in_doubt_goes_as_it_is(alert):
    """The server may have it: another mail with the same notices would be a second one."""
    message, [closed, _open] = email(alert, 2)
    rewritten(closed, closes_at=timezone.now() - timedelta(seconds=1))
    Message.objects.update(in_doubt=True)
    assert send_message(message_id=message.pk)
    assert Message.objects.count() == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == message.message_id


def test_mail_whose_notices_all_closed_is_cancelled(alert):
    message, tenders = email(alert, 2)
    for tender in tenders:
        rewritten(tender, closes_at=timezone.now() - timedelta(seconds=1))
    assert not send_message(message_id=message.pk)
    run_handlers()
    assert Message.objects.count() == 1
    assert mail.outbox == []


def test_what_was_put_aside_stays_so_when_the_notice_is_imported_again(alert):
    message, [tender] = email(alert)
    decline_notice(supplier=alert.supplier, notice=tender, by=alert.user)
    rewritten(tender, closes_at=timezone.now() + timedelta(days=40))
    assert not send_message(message_id=message.pk)


def test_moment_of_closing_follows_the_notice(alert):
    message, [tender] = email(alert)
    later: datetime = timezone.now() + timedelta(days=40)
    rewritten(tender, closes_at=later)
    assert message.mentions.get().open_until == later
