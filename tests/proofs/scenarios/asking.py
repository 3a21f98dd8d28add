"""One question to five: two answer by mail through a real SMTP server, one refuses on the site, two stay silent."""

from __future__ import annotations

import smtplib
import socket
from collections.abc import Iterator

import pytest

from marketplace.dealings.inquiries.listener import reply_server
from marketplace.dealings.models import InquiryMessage
from marketplace.outbox.models import Message
from suppliers.models import Contact
from tests import factories
from tests.dealings.inquiries.builders import DOMAIN, reply
from tests.scenario.test_three_errands import CATERING

from .people import Stage

NAMES = ("Un", "Deux", "Trois", "Quatre", "Cinq")


@pytest.fixture
def mail_port(settings) -> Iterator[int]:
    """The listener that `manage receive_mail` runs."""
    settings.INBOUND_MAIL_DOMAIN = DOMAIN
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    server = reply_server(host="127.0.0.1", port=port)
    server.start()
    yield port
    server.stop()


def test_five_are_asked_and_two_answer_by_mail(stage: Stage, mail_port: int) -> None:
    sellers = [
        factories.SupplierFactory(name=f"Traiteur {name}", offers=CATERING, serves=["R04"]) for name in NAMES
    ]
    for name, supplier in zip(NAMES, sellers, strict=True):
        if name != "Trois":
            Contact.objects.create(
                supplier=supplier, name=f"Lise {name}", email=f"{name.lower()}@exemple.test"
            )
    town_hall = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[]).organisation
    buyer = stage.member_of(town_hall, "Alice", "Roy")
    third = stage.member_of(sellers[2].organisation, "Chloé", "Caron")

    buyer.open("/fournisseurs/?q=traiteur")
    for name in NAMES:
        buyer.keep(f"Traiteur {name}")
    buyer.open("/selection/")
    for box in buyer.page.locator("main [name=fournisseur]").all():
        box.check()
    buyer.click("Poser une question")
    buyer.check("kind", "availability")
    buyer.fill("subject", "Repas pour 120 personnes")
    buyer.fill("body", "Êtes-vous libres le 14 février? Quel serait le prix par personne?")
    buyer.click("Vérifier avant d’envoyer")
    buyer.reads("Rien n’est encore parti", "Traiteur Cinq")
    buyer.click("Envoyer à 5 fournisseurs")
    asked = {mail.address: mail for mail in Message.objects.filter(kind="inquiry.question")}
    assert len(asked) == 5

    answers = {"un@exemple.test": "Oui, à 22 $ par personne.", "deux@exemple.test": "Oui, dès 10 h."}
    for address, text in answers.items():
        letter = reply(asked[address].reply_to, address, text)
        for _delivered_twice in range(2):
            with smtplib.SMTP("127.0.0.1", mail_port, timeout=10) as server:
                server.send_message(letter, address, [asked[address].reply_to])
    assert InquiryMessage.objects.count() == 2

    third.open("/mon-espace/")
    third.click(third.page.locator("main").get_by_role("link", name="Répondre").first)
    third.reads("Repas pour 120 personnes")
    third.click("Nous ne pouvons pas", role="link")
    third.check("reason", "dates")
    third.click("Envoyer cette réponse")

    buyer.page.reload()
    buyer.reads("Traiteur Un", "Traiteur Cinq", "pas disponible à ces dates")
    buyer.click("Traiteur Un", role="link")
    buyer.reads("Oui, à 22 $ par personne.", "un@exemple.test", "Expéditeur non vérifié", "par courriel")
    assert buyer.download("Cet échange, en PDF").startswith(b"%PDF")
    buyer.fill("body", "Merci. Pouvez-vous aussi servir le café?")
    buyer.click("Envoyer")
    told = Message.objects.filter(address="un@exemple.test").latest("pk")
    assert "Pouvez-vous aussi servir le café?" in told.text
