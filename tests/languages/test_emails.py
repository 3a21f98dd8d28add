"""Mail speaks its reader's language, whatever the language of who or what caused it."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from buyers.registration import join_institution
from marketplace.accounts.tasks import tell_members
from marketplace.matching import sentences
from marketplace.outbox.models import Message
from suppliers.claims import claim_supplier
from suppliers.emails import send_registration_received, send_supplier_returned
from suppliers.invitations import invite_first_member
from suppliers.models import Decision, Status, Supplier
from suppliers.registration.retention import remind_unfinished_registrations
from tests import factories
from tests.matching.factories import alert_for, alert_mail, member_of, suggestion
from tests.matching.test_sentences import EVERY
from tests.suppliers.registration.builders import begun
from tests.web import english

from .reading import FRENCH_WORDS, french_left

pytestmark = pytest.mark.django_db
NAME = "Les Ateliers de la Rive"
TITLE = "Entretien des parcs de la ville"
MESSAGE = "Il manque le règlement de la coopérative."


@pytest.fixture
def supplier(db):
    return factories.SupplierFactory(name=NAME, status=Status.SUBMITTED)


@pytest.fixture
def anglophone(supplier):
    return member_of(supplier, language="en", email="reader@example.test", first_name="Ann")


def _in_english(message: Message) -> None:
    assert message.headers["Content-Language"] == "en-CA"
    assert '<html lang="en-CA">' in message.html
    # what signs a mail: a name and an address, as they are
    signature = message.text.rpartition("\n-- ")[2] if "\n-- " in message.text else ""
    names = {
        NAME,
        message.sender_name,
        message.sender_name.partition(", ")[2] or NAME,
        "Pôle",
        *re.findall(r".*Québec\).*", message.text),
    }
    assert french_left(message.html, names=names, rows={TITLE}) == []
    said = message.text.replace(signature, "")
    for name in sorted((*names, TITLE, MESSAGE), key=len, reverse=True):  # the whole before its parts
        said = said.replace(name, "")
    said = re.sub(r"\S+@\S+|https?://\S+|Pôle d’économie sociale.*", "", said)
    assert FRENCH_WORDS.findall(said) == []
    assert not FRENCH_WORDS.search(message.title.replace(NAME, "").replace(TITLE, ""))


@pytest.mark.parametrize("reason", EVERY, ids=str)
def test_every_reason_is_said_in_english(reason):
    with translation.override("en"):
        sentence = sentences.reason_sentence(reason)
        said = [sentence.asks, sentence.answers, sentences.short_reason(reason)]
    for text in said:
        own = str(text)
        for proper in ("Ville de Longueuil", "Bancs de parc", "Les Chenaux"):
            own = own.replace(proper, "X")
        assert not FRENCH_WORDS.search(own), text
        assert not english.faults(own), text


def _french_links(message: Message) -> list[str]:
    """Links of ours that lead to a French page."""
    return [
        link
        for link in re.findall(r"https?://[^/\s]+(/[^\s\"<]*)", message.text)
        if not link.startswith("/en/")
    ]


def test_alert_speaks_the_readers_language(supplier, anglophone):
    alert = alert_for(supplier, user=anglophone)
    fit = suggestion(supplier, factories.TenderFactory(title=TITLE, url=""), reasons=EVERY[:2] + EVERY[-2:])
    message = alert_mail(alert, [fit])
    _in_english(message)
    assert not _french_links(message)


def test_returned_listing_speaks_each_members_language(supplier, anglophone, pole_staff):
    member_of(supplier, language="fr", email="lecteur@exemple.test")
    decision = Decision.objects.create(
        supplier=supplier, verb="return_for_changes", to_status=Status.DRAFT, by=pole_staff, message=MESSAGE
    )
    with translation.override("en"):  # staff may read English
        send_supplier_returned(supplier=supplier, decision=decision, pole=None)
    _in_english(Message.objects.get(address="reader@example.test"))
    french = Message.objects.get(address="lecteur@exemple.test")
    assert french.headers["Content-Language"] == "fr-CA"
    assert "un complément" in french.title
    assert not _french_links(Message.objects.get(address="reader@example.test"))


def test_invitation_speaks_the_language_of_the_account_invited(supplier, pole_staff):
    factories.UserFactory(email="known@example.test", language="en")
    invite_first_member(supplier=supplier, email="known@example.test", by=pole_staff)
    _in_english(Message.objects.get(address="known@example.test"))
    with translation.override("en"):
        invite_first_member(supplier=supplier, email="inconnue@exemple.test", by=pole_staff)
    assert Message.objects.get(address="inconnue@exemple.test").headers["Content-Language"] == "fr-CA"


@pytest.mark.parametrize("page", ["fr", "en"])
def test_account_mail_speaks_the_accounts_language_else_the_pages(client, page):
    reader = factories.UserFactory(email="reader@example.test", language="en")
    with translation.override(page):
        address = reverse("account_reset_password")
    client.post(address, {"email": reader.email})
    _in_english(Message.objects.get(recipient=reader))
    client.post(address, {"email": "nobody@example.test"})
    unknown = Message.objects.get(address="nobody@example.test")
    assert unknown.headers["Content-Language"] == ("fr-CA" if page == "fr" else "en-CA")


def test_receipts_and_reminders_speak_the_readers_language(supplier, anglophone):
    reader = factories.UserFactory(
        email="second@example.test", language="en", first_name="Ann", last_name="Lee"
    )
    claim_supplier(supplier=supplier, title="Treasurer", message="Call the office.", by=reader)
    buyer = factories.BuyerFactory(name=NAME)
    join_institution(buyer=buyer, title="Clerk", by=reader)
    tell_members()
    with translation.override("fr"):
        sheet = begun(anglophone)
        sheet.organisation.name = NAME
        sheet.organisation.save()
        Supplier.objects.filter(pk=sheet.pk).update(curated_at=timezone.now() - timedelta(days=360))
        remind_unfinished_registrations(by=None)
        decision = Decision.objects.filter(supplier=sheet).latest("pk")
        send_registration_received(supplier=sheet, decision=decision, by=anglophone)
    kinds = {
        "claim.received",
        "claim.told",
        "enrolment.received",
        "registration.lapsing",
        "registration.received",
    }
    written = Message.objects.filter(kind__in=kinds)
    assert set(written.values_list("kind", flat=True)) == kinds
    for message in written:
        _in_english(message)
        assert not _french_links(message)
