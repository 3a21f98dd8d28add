"""A mail is handed over at least once; a second time only in doubt, and then it is the same mail."""

from __future__ import annotations

import email
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from email import policy

import pytest
from django.conf import settings as django_settings
from django.db import close_old_connections, connection
from django.utils import timezone

from marketplace.accounts.consents import give_consent, withdraw_consent
from marketplace.outbox.delivery import send_due_mails
from marketplace.outbox.models import Event, Message
from marketplace.outbox.queue import sweep_due_rows
from tests.factories import MembershipFactory, UserFactory
from tests.outbox.builders import make_due, write
from tests.outbox.running import send_message


def parsed(source: bytes):
    return email.message_from_bytes(source, policy=policy.default)


def test_send_hands_over_once(db, mail_server):
    message = write()
    assert send_message(message_id=message.pk)
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("done", 1)
    assert message.done_at is not None
    [source] = mail_server.sources
    mail = parsed(source)
    assert mail["To"] == "maude@exemple.test"
    assert mail["Subject"] == "Entretien ménager de deux points de service"
    assert mail["Message-ID"] == message.message_id
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == message.created_at.replace(microsecond=0)
    assert mail.get_body(("plain",)).get_content().strip() == "Bonjour Maude"
    assert mail.get_body(("html",)).get_content().strip() == "<p>Bonjour Maude</p>"


def test_send_signs_for_the_pole(db, mail_server, settings, some_pole):
    settings.SENDER_NAME, settings.DEFAULT_FROM_EMAIL = "Maillage", "alertes@maillage.example"
    send_message(message_id=write(pole=some_pole).pk)
    mail = parsed(mail_server.sources[0])
    [author] = mail["From"].addresses
    assert (author.display_name, author.addr_spec) == (
        "Maillage, Pôle d’essai",
        "alertes@maillage.example",
    )
    assert mail["Reply-To"].addresses[0].addr_spec == "pole@exemple.test"


def test_send_tries_again_after_a_temporary_refusal(db, mail_server):
    message = write()
    mail_server.answer_to_recipient = "451 4.7.1 Greylisted"
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.in_doubt) == ("queued", 1, False)
    assert "451" in message.last_error
    assert timedelta(seconds=40) < message.next_attempt_at - timezone.now() < timedelta(seconds=80)
    mail_server.answer_to_recipient = "250 OK"
    assert not send_message(message_id=message.pk)  # not due yet
    make_due(message)
    assert send_message(message_id=message.pk)
    assert len(mail_server.accepted) == 1


@pytest.mark.parametrize("where", ["answer_to_recipient", "answer_to_data"])
def test_send_gives_up_at_once_on_a_permanent_refusal(db, mail_server, where):
    message = write()
    setattr(mail_server, where, "550 5.1.1 No such user")
    send_message(message_id=message.pk)
    assert list(Message.objects.failed()) == [message]
    message.refresh_from_db()
    assert "550" in message.last_error
    assert mail_server.accepted == []


def test_send_keeps_trying_where_there_is_no_server(db, mail_server, settings):
    message = write()
    settings.EMAIL_PORT = 1
    send_message(message_id=message.pk)
    message.refresh_from_db()
    assert (message.status, message.in_doubt) == ("queued", False)


def test_send_after_a_line_dropped_with_the_data_repeats_the_same_mail(db, mail_server):
    message = write()
    mail_server.drop = True
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert (message.status, message.in_doubt) == ("queued", True)
    mail_server.drop = False
    make_due(message)
    assert send_message(message_id=message.pk)
    first, second = mail_server.sources
    assert parsed(first)["Message-ID"] == parsed(second)["Message-ID"] == message.message_id
    for source in (first, second):
        assert parsed(source).get_body(("plain",)).get_content().strip() == "Bonjour Maude"


KILLED_AFTER_ACCEPTANCE = """
import os, signal, sys
import django
django.setup()
from django.db import connection
connection.settings_dict["NAME"] = sys.argv[2]
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
from marketplace.outbox import delivery
delivery._done = lambda message: os.kill(os.getpid(), signal.SIGKILL)
delivery.send_due_mails()
"""


@pytest.mark.django_db(transaction=True)
def test_process_killed_between_acceptance_and_commit_repeats_that_mail_alone(mail_server, settings, wakes):
    message, *others = (write(version=str(number)) for number in range(3))
    child = subprocess.run(
        [
            sys.executable,
            "-c",
            KILLED_AFTER_ACCEPTANCE,
            str(settings.EMAIL_PORT),
            connection.settings_dict["NAME"],
        ],
        cwd=django_settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "marketplace.settings"},
        timeout=60,
    )
    assert child.returncode == -signal.SIGKILL
    assert len(mail_server.accepted) == 1
    assert list(Message.objects.values_list("status", "attempts", "in_doubt").order_by("pk")) == [
        ("sending", 1, False), ("queued", 0, False), ("queued", 0, False)
    ]  # fmt: skip
    assert send_due_mails() == 0  # its lease still runs
    for row in (message, *others):
        make_due(row)
    wakes.clear()
    assert sweep_due_rows() == wakes == ["outbox.send"]
    assert send_due_mails() == 3
    ids = [parsed(source)["Message-ID"] for source in mail_server.sources]
    assert sorted(ids) == sorted([message.message_id, *(row.message_id for row in (message, *others))])


@pytest.mark.django_db(transaction=True)
def test_workers_hand_over_each_mail_once(mail_server):
    messages, gate, sent = [write(version=str(number)) for number in range(40)], threading.Barrier(3), []

    def work() -> None:
        close_old_connections()
        gate.wait()
        sent.append(send_due_mails())
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sent) == len(mail_server.accepted) == len(messages)
    assert Message.objects.filter(status="done", claim=None).count() == len(messages)


def test_send_checks_consent_again(db, mail_server):
    user = UserFactory()
    give_consent(user=user, purpose="alerts", wording="J’accepte.", by=user)
    message = write(recipient=user, address=user.email, purpose="alerts")
    withdraw_consent(user=user, purpose="alerts", by=user)
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert "consentement" in message.last_error
    assert mail_server.accepted == []


def test_send_does_not_write_to_a_closed_account(db, mail_server):
    user = UserFactory()
    message = write(recipient=user, address=user.email)
    user.is_active = False
    user.save()
    send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert mail_server.accepted == []


def test_send_is_for_members_only_where_the_mail_says_so(db, mail_server):
    membership = MembershipFactory()
    fields = {"recipient": membership.user, "address": membership.user.email}
    message = write(**fields, members_of=membership.organisation)
    membership.delete()
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.status == "cancelled"
    assert "membre" in message.last_error
    assert mail_server.accepted == []


def about(*closings, **fields) -> Message:
    """A mail that speaks of a notice for each moment of closing."""
    user = UserFactory()
    mentions = [(f"ocds-{n}", "1", closing) for n, closing in enumerate(closings)]
    return write(recipient=user, address=user.email, mentions=mentions, **fields)


def test_send_withholds_what_speaks_of_a_closed_notice_and_says_so(db, mail_server):
    past, later = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(days=1)
    for n, (closings, leaves) in enumerate([((later, None), True), ((past,), False), ((past, later), False)]):
        message = about(*closings, subject=f"case:{n}")
        assert send_message(message_id=message.pk) is leaves
        heard = Event.objects.filter(kind="message.withheld", subject=f"message:{message.pk}")
        if leaves:
            assert not heard.exists()
        else:
            assert heard.get().payload == {"notices": [f"ocds-{n}" for n in range(len(closings))]}
            assert not message.mentions.exists()


def test_send_in_doubt_repeats_the_mail_whatever_closed_of_it(db, mail_server):
    past, later = timezone.now() - timedelta(minutes=1), timezone.now() + timedelta(days=1)
    message = about(past, later)
    Message.objects.update(in_doubt=True)
    assert send_message(message_id=message.pk)


def test_mail_that_another_stood_for_leaves_after_all(db, mail_server):
    first = write()
    Message.objects.update(next_attempt_at=timezone.now() + timedelta(minutes=10))
    assert not send_message(message_id=first.pk)
    user = UserFactory()
    second = write(recipient=user, address=user.email, subject="both", instead_of=first)
    first.refresh_from_db()
    assert first.status == "cancelled"
    user.is_active = False
    user.save()
    assert not send_message(message_id=second.pk)
    assert not send_message(message_id=first.pk)  # not before its own moment
    make_due(first)
    assert send_message(message_id=first.pk)
    assert len(mail_server.accepted) == 1


def test_secret_body_is_blanked_once_sent(db, mail_server):
    message = write(secret=True, text="Le lien : /compte/jeton-123/", html="<a>jeton-123</a>")
    send_message(message_id=message.pk)
    assert b"jeton-123" in mail_server.sources[0]
    message.refresh_from_db()
    assert message.text == "Contenu retiré après l’envoi."
    assert message.html == ""


def test_secret_body_stays_until_it_is_sent(db, mail_server):
    message = write(secret=True, text="jeton-123")
    mail_server.answer_to_recipient = "451 later"
    send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.text == "jeton-123"


HOSTILE = "Avis\r\nBcc: victime@exemple.test\r\n\r\nCorps\u2028\x0b fin"


def test_headers_cannot_be_injected(db, mail_server, some_pole):
    some_pole.name = HOSTILE
    some_pole.save()
    message = write(title=HOSTILE, pole=some_pole, headers={"X-Essai": HOSTILE})
    assert send_message(message_id=message.pk)
    mail = parsed(mail_server.sources[0])
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Avis Bcc: victime@exemple.test Corps fin"
    assert mail_server.accepted[0].rcpt_tos == ["maude@exemple.test"]
    assert mail.get_body(("plain",)).get_content().strip() == "Bonjour Maude"


def test_hostile_row_from_elsewhere_fails_instead_of_leaving(db, mail_server):
    message = write()
    Message.objects.filter(pk=message.pk).update(title=HOSTILE)
    assert not send_message(message_id=message.pk)
    message.refresh_from_db()
    assert message.status == "failed"
    assert mail_server.accepted == []


def test_invalid_address_is_kept_for_staff_and_wakes_nobody(db, wakes, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        message = write(address="maude@\r\nexemple")
    assert list(Message.objects.failed()) == [message]
    assert wakes == []
