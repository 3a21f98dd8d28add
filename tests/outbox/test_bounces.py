"""What comes back: a report is tied to the mail that we sent, and silences the address that we wrote to, nobody else's."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from marketplace.dealings.inquiries.incoming import Result, receive_reply
from marketplace.outbox.bounces import bounce_address, is_bounce_address
from marketplace.outbox.delivery import retry_message, send_due_mails
from marketplace.outbox.models import Event, Message, Suppression
from marketplace.outbox.suppressions import forget_suppressions, lift_suppression, note_address_works
from marketplace.outbox.tracking import note_tracking
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.waiting import to_do_list
from tests.admin.conftest import signed_in
from tests.factories import UserFactory
from tests.outbox.builders import write

pytestmark = pytest.mark.django_db
DOMAIN = "reponses.exemple.test"


@pytest.fixture(autouse=True)
def _domain(settings) -> None:
    settings.INBOUND_MAIL_DOMAIN = settings.BOUNCE_MAIL_DOMAIN = DOMAIN


def sent(**fields) -> Message:
    message = write(**fields)
    assert send_due_mails() == 1
    message.refresh_from_db()
    return message


def report(
    *, status: str = "5.1.1", action: str = "failed", said: str = "smtp; 550 5.1.1 User unknown", message_id: str = "<x@y>"
) -> bytes:  # fmt: skip
    """As Postfix writes it."""
    return f"""From: MAILER-DAEMON@mx.exemple.test
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.test

Final-Recipient: rfc822; victime@ailleurs.test
Action: {action}
Status: {status}
Diagnostic-Code: {said}

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Un avis
--b--
""".encode()


COMPLAINT = """From: fbl@fournisseur.test
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Some/1.0
Original-Rcpt-To: maude@exemple.test

--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Un avis

Bonjour
--b--
"""


def arrive(source: bytes, to: str) -> Result:
    return receive_reply(source=source, recipients=[to], envelope_from="")


def test_each_mail_leaves_with_an_envelope_address_of_its_own(settings):
    message = sent()
    [letter] = mail.outbox
    assert letter.from_email == bounce_address(message)
    assert is_bounce_address(letter.from_email)
    assert "alertes@" in letter.message()["From"] or settings.DEFAULT_FROM_EMAIL in letter.message()["From"]
    settings.BOUNCE_MAIL_DOMAIN = ""
    assert bounce_address(message) == ""
    assert not is_bounce_address(letter.from_email)


def test_hard_bounce_marks_the_mail_and_silences_its_address(pole_staff):
    user = UserFactory()
    message = sent(recipient=user, address=user.email)
    assert arrive(report(), bounce_address(message)) == Result.BOUNCE
    message.refresh_from_db()
    assert message.status == "failed"
    assert message.last_error.splitlines()[-1] == "Cette adresse n’existe pas chez son fournisseur."
    suppression = Suppression.objects.get()
    assert (suppression.address, suppression.reason, suppression.source) == (user.email, "refused", "report")
    assert not Suppression.objects.filter(address="victime@ailleurs.test").exists()

    # Nothing more is written to it, account mail apart, and no other mail is made of the same notices.
    later = write(recipient=user, address=user.email, version="2", mentions=[("ocds-1", "1", None)])
    reset = write(recipient=user, address=user.email, kind="account.password_reset_key")
    assert send_due_mails() == 1
    later.refresh_from_db()
    reset.refresh_from_db()
    assert (later.status, later.last_error) == ("cancelled", "L’adresse refuse nos courriels.")
    assert reset.status == "done"
    assert later.mentions.exists()
    assert not Event.objects.filter(kind="message.withheld").exists()

    # The person reads it, with what to do about it; a link opened at the address ends it.
    [item] = [item for item in to_do_list(user).items if item.url == reverse("account_email")]
    assert "refuse ce que nous envoyons" in item.text
    note_address_works(address=user.email, by=user)
    assert not to_do_list(user).items
    retry_message(message=message, by=None)
    assert send_due_mails() == 1


@pytest.mark.parametrize(
    ("changes", "status", "is_silenced"),
    [
        ({"status": "5.2.1"}, "failed", True),
        ({"status": "5.0.0"}, "failed", True),  # its words say 5.1.1
        ({"status": "5.0.0", "said": "smtp; 550 go away"}, "failed", False),
        ({"status": "5.2.2"}, "failed", False),
        ({"status": "5.7.1"}, "failed", False),
        ({"status": "4.4.7"}, "failed", False),
        ({"action": "delayed", "status": "4.4.1"}, "done", False),
        ({"action": "relayed", "status": "2.0.0"}, "done", False),
    ],
)
def test_only_a_refused_address_is_silenced(changes, status, is_silenced):
    message = sent()
    arrive(report(**changes), bounce_address(message))
    message.refresh_from_db()
    assert message.status == status
    assert Suppression.objects.exists() is is_silenced


def test_forged_reports_silence_nobody():
    message, waiting = sent(), write(version="2")
    local, _at, _domain = bounce_address(message).partition("@")
    other = f"b{message.pk + 1}.{local.partition('.')[2]}@{DOMAIN}"
    assert arrive(report(), other) == Result.UNKNOWN
    assert arrive(report(message_id="<invente@exemple.test>"), f"bounces@{DOMAIN}") == Result.BOUNCE
    assert arrive(report(), f"bounces@{DOMAIN}") == Result.BOUNCE
    # Of a mail that never left, and of one that left long ago.
    arrive(report(), bounce_address(waiting))
    Message.objects.filter(pk=message.pk).update(done_at=timezone.now() - timedelta(days=31))
    arrive(report(), bounce_address(message))
    # An absence that comes to the envelope is no report, and nobody answers it.
    Message.objects.filter(pk=message.pk).update(done_at=timezone.now())
    written = Message.objects.count()
    away = b"From: maude@exemple.test\nAuto-Submitted: auto-replied\nSubject: Absente\n\n550 5.1.1 de retour lundi\n"
    assert arrive(away, bounce_address(message)) == Result.BOUNCE
    deep = (
        b"Content-Type: multipart/report; boundary=b\n\n"
        + b"--b\nContent-Type: multipart/mixed; boundary=b\n\n" * 300
    )
    assert arrive(deep, bounce_address(message)) in (Result.BOUNCE, Result.UNREADABLE)
    assert not Suppression.objects.exists()
    assert Message.objects.count() == written


def test_complaint_silences_by_the_message_id():
    message = sent()
    source = COMPLAINT.format(message_id=message.message_id).encode()
    for _ in range(2):
        assert arrive(source, f"bounces@{DOMAIN}") == Result.BOUNCE
    suppression = Suppression.objects.get()
    assert (suppression.address, suppression.reason) == (message.address, "complaint")
    assert "maude" not in suppression.said
    message.refresh_from_db()
    assert message.status == "done"


def test_refusal_at_send_says_why_and_silences_only_what_the_code_says(mail_server):
    mail_server.refused = {
        "inconnue@exemple.test": "550 5.1.1 No such user",
        "filtre@exemple.test": "550 5.7.1 Relaying denied",
        "muet@exemple.test": "550 No",
    }
    for number, address in enumerate(mail_server.refused):
        write(address=address, version=str(number))
    assert send_due_mails() == 0
    said = [m.last_error.splitlines()[-1] for m in Message.objects.failed().order_by("pk")]
    assert said[0] == "Cette adresse n’existe pas chez son fournisseur."
    assert "filtre antipourriel" in said[1]
    assert said[2] == "Le serveur du destinataire refuse ce courriel."
    assert [row.address for row in Suppression.objects.all()] == ["inconnue@exemple.test"]


def test_service_tells_of_bounces_and_complaints(client, settings):
    message = sent()
    event = SimpleNamespace(
        event_type="bounced", recipient=message.address, message_id="of-the-service", reject_reason="invalid",
        mta_response=None, description="no such mailbox",
    )  # fmt: skip
    note_tracking(None, SimpleNamespace(**{**vars(event), "recipient": "jamais-ecrit@exemple.test"}))
    note_tracking(None, SimpleNamespace(**{**vars(event), "event_type": "opened"}))
    assert not Suppression.objects.exists()
    body = {
        "RecordType": "Bounce", "Type": "HardBounce", "TypeCode": 1, "ID": 1, "MessageID": "of-the-service",
        "Description": "The server was unable to deliver your message", "Details": "smtp;550 5.1.1 unknown",
        "Email": message.address, "BouncedAt": "2026-11-30T12:00:00Z",
    }  # fmt: skip

    def call(secret: str) -> int:
        headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()}
        return client.post(
            "/courrier-sortant/", json.dumps(body), content_type="application/json", headers=headers
        ).status_code

    assert call("maillage:secret") == 404
    settings.TRACKING_WEBHOOK, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": "maillage:secret"}
    assert [call("maillage:autre"), call("maillage:secret")] == [400, 200]
    assert Suppression.objects.get().source == "service"


def test_staff_lift_what_their_pole_signed(pole_staff, foreign_staff):
    message = sent()
    Message.objects.filter(pk=message.pk).update(pole=next(iter(pole_staff.pole_codes)))
    arrive(report(), bounce_address(message))
    suppression = Suppression.objects.get()
    page = reverse("admin:outbox_suppression_changelist")
    assert message.address in signed_in(pole_staff).get(page).content.decode()
    assert message.address not in signed_in(foreign_staff).get(page).content.decode()
    with pytest.raises(NotAllowed):
        lift_suppression(suppression=suppression, by=foreign_staff)
    posted = {"action": "lift_selected", "_selected_action": [suppression.pk]}
    answer = signed_in(pole_staff).post(page, posted, follow=True)
    assert "1 adresse rétablie." in answer.content.decode()
    suppression.refresh_from_db()
    assert suppression.lifted_by == pole_staff
    with pytest.raises(WrongMove):
        lift_suppression(suppression=suppression, by=pole_staff)
    Suppression.objects.update(lifted_at=timezone.now() - timedelta(days=200))
    assert forget_suppressions(by=None) == 1


def test_secret_mail_that_bounced_is_not_sent_again_blank():
    message = sent(secret=True, text="jeton-123")
    arrive(report(status="5.2.2", said="full"), bounce_address(message))
    message.refresh_from_db()
    with pytest.raises(WrongMove):
        retry_message(message=message, by=None)
