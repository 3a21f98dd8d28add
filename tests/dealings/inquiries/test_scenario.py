"""A buyer asks five: two answer by mail through a real SMTP server, one refuses on the site, two stay silent."""

from __future__ import annotations

import smtplib
import socket

import pytest
from django.db import connection, connections
from django.test import Client

from marketplace.dealings.inquiries.listener import ReplyHandler, reply_server, take_in
from marketplace.dealings.models import Inquiry, InquiryMessage
from marketplace.outbox.models import Message
from tests.factories import UserFactory

from .builders import BODY, DOMAIN, SUBJECT, answer_to, exchange, reply, seller, shopper

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_comes_in(settings):
    settings.INBOUND_MAIL_DOMAIN = DOMAIN


@pytest.fixture
def mail_server():
    """The listener that `manage receive_mail` runs, on a port of its own, on this test's connection."""
    ours = connections["default"]

    def receive(envelope):
        connections["default"] = ours
        ours.inc_thread_sharing()
        try:
            return take_in(envelope)
        finally:
            ours.dec_thread_sharing()

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = reply_server(host="127.0.0.1", port=port, handler=ReplyHandler(receive))
    server.start()
    yield port
    server.stop()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response) -> str:
    return response.content.decode()


def test_buyer_asks_five_two_answer_by_mail_and_one_refuses_on_the_site(mail_server, monkeypatch, caplog):
    monkeypatch.setattr("marketplace.dealings.inquiries.listener.close_old_connections", lambda: None)
    sellers = [
        seller("Traiteur Un", email="un@exemple.test"),
        seller("Traiteur Deux", contact="deux@exemple.test"),
        seller("Traiteur Trois", email="trois@exemple.test"),
        seller("Traiteur Quatre", email="quatre@exemple.test"),
        seller("Traiteur Cinq", contact="cinq@exemple.test"),
    ]
    buyer = shopper()
    site = signed_in(buyer)
    for one in sellers:
        site.post("/selection/retenir/", {"keep": one.slug}, headers={"sec-fetch-site": "same-origin"})
    kept = text_of(site.get("/selection/"))
    assert 'formaction="/demandes/nouvelle/"' in kept
    assert all(f'value="{one.slug}"' in kept for one in sellers)
    query = "&".join(f"fournisseur={one.slug}" for one in sellers)
    page = site.get(f"/demandes/nouvelle/?{query}")
    form = page.context["form"]
    data = {
        "fournisseur": [one.slug for one in sellers],
        "chosen": [one.slug for one in sellers],
        "kind": "availability",
        "subject": SUBJECT,
        "body": BODY,
        "answer_by": str(form["answer_by"].value()),
        "key": str(form["key"].value()),
    }
    preview = text_of(site.post("/demandes/nouvelle/", data))
    assert "Rien n’est encore parti" in preview
    assert not Inquiry.objects.exists()
    for _click in range(2):
        response = site.post("/demandes/nouvelle/", {**data, "send": "1"})
    inquiry = Inquiry.objects.get()
    assert response.url == f"/demandes/{inquiry.pk}/"
    mails = {mail.address: mail for mail in Message.objects.filter(kind="inquiry.question")}
    assert set(mails) == {f"{name}@exemple.test" for name in ("un", "deux", "trois", "quatre", "cinq")}
    assert not any(buyer.email in mail.html + mail.text for mail in mails.values())
    assert "Traiteur Deux" not in mails["un@exemple.test"].html
    assert "Pour écrire à Maillage" in mails["un@exemple.test"].text  # answering the mail reaches the buyer

    with smtplib.SMTP("127.0.0.1", mail_server) as smtp:
        for name, words in (("un", "Oui, 24 $ par personne."), ("deux", "Libre ce jour-là.")):
            address = mails[f"{name}@exemple.test"].reply_to
            quoted = f"{words}\n\nLe lun. 30 nov. 2026 à 10:12, Maillage <{address}> a écrit :\n> {BODY}\n"
            smtp.send_message(reply(address, f"{name}@exemple.test", quoted))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.send_message(reply(f"quelqu.un@{DOMAIN}", "un@exemple.test", "Bonjour"))
        with pytest.raises(smtplib.SMTPRecipientsRefused):  # relays nothing
            smtp.send_message(reply("autre@ailleurs.test", "un@exemple.test", "Bonjour"))
    assert "exemple.test" not in caplog.text  # no address in a log
    assert [message.body for message in InquiryMessage.objects.order_by("pk")] == [
        "Oui, 24 $ par personne.",
        "Libre ce jour-là.",
    ]
    assert BODY in InquiryMessage.objects.first().whole
    told = Message.objects.filter(kind="inquiry.answered", address=buyer.email)
    assert {mail.title for mail in told} == {
        "Traiteur Un répond à votre question",
        "Traiteur Deux répond à votre question",
    }

    third = exchange(inquiry, sellers[2])
    refusing = signed_in(sellers[2].organisation.memberships.get().user)
    assert BODY in text_of(refusing.get(f"/demandes/echanges/{third.pk}/"))
    refusing.post(f"/demandes/echanges/{third.pk}/refuser/", {"reason": "dates", "body": "En mars, oui."})

    seen = text_of(site.get(f"/demandes/{inquiry.pk}/"))
    assert "2 réponses sur 5" in seen
    assert seen.count("réponse reçue".capitalize()) == 2
    assert "pas disponible à ces dates" in seen
    assert "Lue sur le site le" in seen
    first = text_of(site.get(f"/demandes/echanges/{exchange(inquiry, sellers[0]).pk}/"))
    assert "Oui, 24 $ par personne." in first
    assert "un@exemple.test" in first  # known now that they have answered
    assert "quatre@exemple.test" not in text_of(
        site.get(f"/demandes/echanges/{exchange(inquiry, sellers[3]).pk}/")
    )
    # Nobody else reads a word: another supplier of the same question, a stranger, the pôle.
    for other in (
        sellers[3].organisation.memberships.get().user,
        UserFactory(),
        UserFactory(is_superuser=True),
    ):
        assert signed_in(other).get(f"/demandes/echanges/{third.pk}/").status_code == 404
        assert signed_in(other).get(f"/demandes/{inquiry.pk}/").status_code == 404
    for name in ("demande.pdf", "demande.csv"):
        assert site.get(f"/demandes/{inquiry.pk}/{name}").status_code == 200
    assert connection.in_atomic_block
    assert answer_to(third).endswith(DOMAIN)
