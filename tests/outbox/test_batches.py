"""Batches: claimed and checked together, sent over one connection; one mail's trouble is no other's."""

from __future__ import annotations

import email
import time
from datetime import timedelta
from email import policy
from uuid import uuid4

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.consents import give_consent
from marketplace.celery import ACCOUNT_TASK, app
from marketplace.outbox import batches, queue
from marketplace.outbox.batches import Heartbeat, claim_batch
from marketplace.outbox.delivery import _send_batch, send_due_mails, withhold_letters
from marketplace.outbox.mail_server import MailServer
from marketplace.outbox.models import Message
from marketplace.outbox.queue import sweep_due_rows
from tests.factories import MembershipFactory
from tests.outbox.builders import make_due, write

REAL_WAKE = queue.wake_queue


def parsed(source: bytes):
    return email.message_from_bytes(source, policy=policy.default)


@pytest.mark.django_db(transaction=True)
def test_lease_is_renewed_while_the_worker_lives(monkeypatch):
    monkeypatch.setattr(batches, "LEASE", timedelta(seconds=0.4))
    message, claim = write(), uuid4()
    with transaction.atomic():
        [held] = claim_batch(Message.objects.all(), claim=claim, most=5).mails
    with Heartbeat(claim) as heartbeat:
        heartbeat.pks = [held.pk]
        time.sleep(0.6)
        assert not Message.objects.due().exists()
    time.sleep(0.5)
    assert list(Message.objects.due()) == [message]


def test_batch_goes_over_one_connection_in_few_statements(db, mail_server, django_assert_max_num_queries):
    """Each asks for all that there is to check: a consent, a membership, a notice, a decision."""
    pole_member = MembershipFactory()
    user = pole_member.user
    give_consent(user=user, purpose="alerts", wording="J’accepte.", by=user)
    for number in range(20):
        write(
            recipient=user, address=user.email, version=str(number), purpose="alerts",
            members_of=pole_member.organisation, mentions=[(f"ocds-{number}", "1", None)],
        )  # fmt: skip
    with django_assert_max_num_queries(2 * 20 + 12):
        assert send_due_mails() == 20
    assert mail_server.connections == 1


def test_refused_mail_stops_no_other(db, mail_server):
    first = write(address="refuse@exemple.test")
    others = [write(version=str(number)) for number in range(2, 5)]
    mail_server.refused = {"refuse@exemple.test": "550 5.1.1 No such user"}
    assert send_due_mails() == 3
    assert {message.pk for message in Message.objects.filter(status="done")} == {m.pk for m in others}
    assert list(Message.objects.failed()) == [first]


def test_server_that_has_enough_of_a_connection_is_called_again(db, mail_server):
    mail_server.enough_after = 2
    for number in range(5):
        write(version=str(number))
    assert send_due_mails() == 5
    assert mail_server.connections == 3
    assert not Message.objects.exclude(attempts=1).exists()


def test_server_that_is_away_puts_the_batch_off_and_counts_one_attempt(db, mail_server, settings):
    settings.EMAIL_PORT = 1
    for number in range(3):
        write(version=str(number))
    assert send_due_mails() == 0
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert not Message.objects.due().exists()
    assert Message.objects.due(timezone.now() + timedelta(seconds=61)).count() == 3


def test_mail_withheld_while_its_batch_goes_does_not_leave(db, mail_server):
    """A decision is undone after the batch was checked: the row says so, and is asked again just before it goes."""
    write(decision="join_request:1.1")
    Message.objects.update(decision="", next_attempt_at=timezone.now())
    other, claim = write(version="2"), uuid4()
    batch = claim_batch(Message.objects.all(), claim=claim, most=5)
    assert len(batch.mails) == 2
    Message.objects.exclude(pk=other.pk).update(decision="join_request:1.1")
    assert len(withhold_letters(decision="join_request:1.1").waiting) == 1
    with MailServer() as server:
        assert _send_batch(batch, server, claim).sent == 1
    assert [parsed(source)["Message-ID"] for source in mail_server.sources] == [other.message_id]


def test_provider_with_a_rate_holds_back_its_own_mail_only(db, mail_server, settings):
    settings.MAIL_RATES = {"gmail.com": 2}
    for number in range(4):
        write(address="a@gmail.com", version=str(number))
    write(address="b@exemple.test")
    assert send_due_mails() == 3
    assert send_due_mails() == 0
    assert Message.objects.due().count() == 2
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert send_due_mails() == 2


def test_account_mail_then_alerts_then_digests(db, wakes, mail_server, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        digest = write(kind="alert", is_digest=True)
        alert = write(kind="alert", version="2")
        reset = write(kind="account.password_reset_key")
    assert wakes == ["outbox.send", "outbox.send", ACCOUNT_TASK]
    make_due(digest)
    assert sweep_due_rows() == [ACCOUNT_TASK, "outbox.send"]
    assert send_due_mails(up_to=Message.Haste.ACCOUNT) == 1
    assert send_due_mails() == 2
    ids = [parsed(source)["Message-ID"] for source in mail_server.sources]
    assert ids == [reset.message_id, alert.message_id, digest.message_id]
    queues = [
        app.amqp.router.route({}, name)["queue"].name
        for name in (ACCOUNT_TASK, "outbox.sweep", "outbox.send")
    ]
    default = app.conf.task_default_queue
    assert queues == [f"{default}-account", f"{default}-account", f"{default}-mail"]


def test_wake_is_said_once_until_it_is_heard(db, monkeypatch):
    told = []
    monkeypatch.setattr(queue, "wake_queue", REAL_WAKE)
    monkeypatch.setattr(queue, "wake_worker", lambda name: told.append(name) or True)
    queue.hear_wake("outbox.send")
    for _ in range(3):
        queue.wake_queue("outbox.send")
    queue.hear_wake("outbox.send")
    queue.wake_queue("outbox.send")
    queue.hear_wake("outbox.send")
    assert told == ["outbox.send"] * 2
