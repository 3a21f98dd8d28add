"""A mail that comes in: whose it is, what is kept, what is said of what is not. Nothing is lost without a word."""

from __future__ import annotations

import base64
import json
import smtplib
import ssl
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from marketplace.dealings.inquiries import listener
from marketplace.dealings.inquiries.answering import accept_held_message
from marketplace.dealings.inquiries.following import close_inquiry
from marketplace.dealings.inquiries.incoming import Result, receive_reply
from marketplace.dealings.inquiries.reply_addresses import read_reply_address
from marketplace.dealings.models import InquiryMessage
from marketplace.demo.seeding.pdf_document import one_page_pdf
from marketplace.outbox.models import Message
from marketplace.web.emails import from_address
from tests.scenario.postman import free_port

from .builders import DOMAIN, answer_to, ask, exchange, reply, seller, shopper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_comes_in(settings):
    settings.INBOUND_MAIL_DOMAIN = DOMAIN


@pytest.fixture
def asked():
    """An open exchange with a supplier whose member is lise@…"""
    supplier = seller("Menuiserie Bois Franc", email="lise@exemple.test")
    return exchange(ask(supplier, by=shopper()), supplier)


def arrive(mail, **envelope) -> Result:
    return receive_reply(source=mail.as_bytes(), **envelope)


def test_reply_address_names_nobody_and_is_made_here_only(asked, settings):
    address = answer_to(asked)
    assert read_reply_address(address.upper()).recipient_id == asked.pk
    assert read_reply_address(address).side == "supplier"
    assert read_reply_address(address.replace("f", "a", 1)) is None
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "une-autre-clé" * 5
    assert read_reply_address(address)
    settings.SECRET_KEY_FALLBACKS = []
    assert read_reply_address(address) is None


def test_mails_that_nobody_wrote_and_strangers_addresses_are_left_alone(asked):
    to, sender = answer_to(asked), "lise@exemple.test"
    automatic = [
        reply(to, sender, "Absente", Auto_Submitted="auto-replied"),
        reply(to, sender, "Absente", Precedence="auto_reply"),
        reply(to, sender, "Absente", X_Autoreply="yes"),
        reply(to, sender, "Liste", List_Id="<liste.exemple.test>"),
        reply(to, from_address(), "Nous-mêmes"),
        reply(to, answer_to(asked, "buyer"), "Une boucle"),
    ]
    assert {arrive(mail) for mail in automatic} == {Result.AUTOMATIC}
    assert arrive(reply(to, sender, "Rebond"), envelope_from="") == Result.AUTOMATIC
    for nowhere in (f"f{asked.pk}.{'0' * 20}@{DOMAIN}", f"bonjour@{DOMAIN}"):
        assert arrive(reply(nowhere, sender, "Bonjour")) == Result.UNKNOWN
    assert not InquiryMessage.objects.exists()
    assert not Message.objects.exclude(kind="inquiry.question").exists()


def test_same_mail_twice_counts_once_and_an_empty_one_is_answered(asked):
    mail = reply(answer_to(asked), "LISE@exemple.test", "Oui")
    assert [arrive(mail), arrive(mail)] == [Result.KEPT, Result.KNOWN]
    message = InquiryMessage.objects.get()
    assert (message.author.email, message.author_name) == ("lise@exemple.test", "Maude Archambault")
    empty = reply(answer_to(asked), "lise@exemple.test", "> seulement la citation\n")
    assert arrive(empty) == Result.REFUSED
    assert "Votre courriel est vide" in Message.objects.get(kind="inquiry.not_kept").text


def test_reply_from_another_address_is_shown_and_counts_once_the_buyer_says_so(asked):
    assert arrive(reply(answer_to(asked), "gilles@ailleurs.test", "Oui, 300 $.")) == Result.HELD
    message = InquiryMessage.objects.get()
    asked.refresh_from_db()
    assert (message.is_held, asked.state) == (True, "sent")
    told = Message.objects.get(kind="inquiry.held")
    assert "300" not in told.text
    assert not Message.objects.filter(address="gilles@ailleurs.test").exists()
    accept_held_message(message=message, by=asked.inquiry.asked_by)
    asked.refresh_from_db()
    assert asked.state == "answered"


@pytest.mark.parametrize(
    ("header", "check", "is_held"),
    [
        ("", "", False),
        ("mx.exemple.test; dmarc=pass header.from=exemple.test", "passed", False),
        ("mx.exemple.test; dkim=pass (ok) header.d=mail.exemple.test; spf=fail smtp.mailfrom=x@ailleurs.test", "passed", False),
        ("mx.exemple.test; spf=pass smtp.mailfrom=x@ailleurs.test; dkim=fail header.d=liste.test", "", False),
        ("mx.exemple.test; spf=fail smtp.mailfrom=lise@exemple.test", "", False),
        ("mx.exemple.test; dkim=fail header.d=exemple.test", "failed", True),
        ("forge.test; dmarc=pass header.from=exemple.test", "", False),
    ],
)  # fmt: skip
def test_sender_is_verified_by_who_is_trusted_alone(asked, client, settings, header, check, is_held):
    settings.INBOUND_TRUSTED_AUTHSERV = ["MX.exemple.test"]
    mail = reply(answer_to(asked), "lise@exemple.test", "Oui.")
    if header:
        mail["Authentication-Results"] = header
    if header.startswith("mx"):  # the first counts: the second came along with the mail
        mail["Authentication-Results"] = "mx.exemple.test; dmarc=pass header.from=exemple.test"
    arrive(mail)
    message = InquiryMessage.objects.get()
    assert (message.sender_check, message.is_held) == (check, is_held)
    client.force_login(asked.inquiry.asked_by)
    shown = client.get(f"/demandes/echanges/{asked.pk}/").content.decode()
    assert ("Expéditeur non vérifié" in shown) == (check != "passed")
    told = Message.objects.filter(recipient=asked.inquiry.asked_by).latest("pk")
    assert ("Expéditeur non vérifié" in told.text) == (check == "" and not is_held)


def test_the_listener_has_so_many_seats_and_speaks_tls_where_it_has_a_certificate(
    settings, tmp_path, monkeypatch
):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    day = timedelta(days=1)
    certificate = x509.CertificateBuilder(
        name, name, key.public_key(), 1, timezone.now() - day, timezone.now() + day
    ).sign(key, hashes.SHA256())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "c.pem").write_bytes(certificate.public_bytes(pem))
    (tmp_path / "k.pem").write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    settings.INBOUND_TLS_CERTIFICATE = str(tmp_path / "c.pem")
    settings.INBOUND_TLS_KEY = str(tmp_path / "k.pem")
    monkeypatch.setattr(listener, "MOST_OF_ONE", 2)
    port = free_port()
    server = listener.reply_server(host="127.0.0.1", port=port)
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as first:
            first.starttls(context=ssl._create_unverified_context())  # noqa: S323 (its own certificate)
            assert first.ehlo()[0] == 250
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as second:
                assert second.noop()[0] == 250
                with pytest.raises(smtplib.SMTPConnectError, match="421"):
                    smtplib.SMTP("127.0.0.1", port, timeout=10)
        for _again in range(3):  # seats are given back
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as one:
                assert one.noop()[0] == 250
    finally:
        server.stop()


def test_buyer_answers_by_mail_too(asked):
    buyer = asked.inquiry.asked_by
    arrive(reply(answer_to(asked), "lise@exemple.test", "Oui"))
    told = Message.objects.get(kind="inquiry.answered", recipient=buyer)
    assert arrive(reply(told.reply_to, buyer.email, "Parfait, lundi?")) == Result.KEPT
    again = Message.objects.get(kind="inquiry.followed", address="lise@exemple.test")
    assert "Parfait, lundi?" in again.text
    assert buyer.email not in again.text


def test_files_are_checked_as_evidence_is_and_refusals_are_said(asked):
    mail = reply(answer_to(asked), "lise@exemple.test", "Voici notre liste.")
    mail.add_attachment(
        one_page_pdf("Prix", ["24 $"]), maintype="application", subtype="pdf", filename="prix.pdf"
    )
    mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="pdf", filename="facture.pdf")
    assert arrive(mail) == Result.KEPT
    message = InquiryMessage.objects.get()
    assert [file.file.name for file in message.files.all()] == ["prix.pdf"]
    assert [name for name, _why in message.refused_files] == ["facture.pdf"]
    letter = Message.objects.get(kind="inquiry.not_kept")
    assert letter.address == "lise@exemple.test"
    assert "facture.pdf" in letter.text


def test_closed_exchange_takes_no_mail_and_says_so(asked):
    close_inquiry(inquiry=asked.inquiry, by=asked.inquiry.asked_by)
    assert arrive(reply(answer_to(asked), "lise@exemple.test", "Oui")) == Result.REFUSED
    assert "est fermé" in Message.objects.get(kind="inquiry.not_kept").text


def test_webhook_wants_its_secret_and_takes_in_the_mail(asked, client, settings):
    body = {
        "FromFull": {"Email": "lise@exemple.test", "Name": "Lise"},
        "From": "lise@exemple.test",
        "ToFull": [{"Email": answer_to(asked), "Name": ""}],
        "OriginalRecipient": answer_to(asked),
        "Headers": [{"Name": "Message-ID", "Value": "<un@exemple.test>"}],
        "TextBody": "Oui, par le service.",
        "Attachments": [],
    }

    def call(secret: str = "") -> int:
        headers = {"Authorization": "Basic " + base64.b64encode(secret.encode()).decode()} if secret else {}
        return client.post(
            "/courrier-entrant/", json.dumps(body), content_type="application/json", headers=headers
        ).status_code

    assert call("maillage:secret") == 404
    settings.INBOUND_WEBHOOK, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": "maillage:secret"}
    assert [call(), call("maillage:autre"), call("maillage:secret")] == [400, 400, 200]
    assert InquiryMessage.objects.get().body == "Oui, par le service."


def test_a_malformed_mail_is_kept_or_refused_for_good(asked):
    """Asked to come back, its server would bring the same mail for days."""
    to, sender = answer_to(asked), "lise@exemple.test"
    broken = (
        reply(to, sender, "Oui, le 12.").as_bytes().replace(b"Message-ID: <", b"Message-ID: <>\nX-Was: <")
    )
    assert receive_reply(source=broken, recipients=[to]) == Result.KEPT
    long = f"{'a' * 60}@{'.'.join(['b' * 60] * 4)}.ca"
    assert receive_reply(source=reply(to, long, "Et moi?").as_bytes(), recipients=[to]) == Result.HELD
    deep = b"Content-Type: " + b"(" * 3000 + b"\n" + reply(to, sender, "Non").as_bytes()
    assert receive_reply(source=deep, recipients=[to]) == Result.UNREADABLE
    hostile = reply(to, sender, "", html="Bonjour" + "<![CDATA[" * 40_000)
    assert arrive(hostile) == Result.KEPT


def test_the_other_side_never_reads_the_address_that_one_answers_at(asked):
    """It would let a buyer write its supplier's answer, for the file."""
    to = answer_to(asked)
    text = f"Oui.\n\nLe 30 nov. 2026 à 10:12, Ville de Zacharie <{to}> a écrit :\n> Êtes-vous là?\n"
    assert arrive(reply(to, "lise@exemple.test", text)) == Result.KEPT
    [kept] = asked.messages.all()
    assert kept.body == "Oui."
    assert "a écrit" in kept.whole
    assert to.partition("@")[0] not in kept.whole
