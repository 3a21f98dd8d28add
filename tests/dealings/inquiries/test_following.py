"""Limits, reminders, colleagues at once, reports, and what is forgotten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.dealings.inquiries import asking
from marketplace.dealings.inquiries.answering import SomeoneWrote, Words, write_message
from marketplace.dealings.inquiries.following import (
    close_forgotten_inquiries,
    close_inquiry,
    forget_inquiries,
    move_deadline,
    remind_silent_suppliers,
    reminder_day,
    send_due_reminders,
)
from marketplace.dealings.inquiries.reporting import handle_report, report_message
from marketplace.dealings.models import Inquiry, InquiryMessage, InquiryRecipient, InquiryReport
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, Refused, WrongMove
from suppliers.models import Status, Supplier
from tests.factories import MembershipFactory, SupplierFactory, UserFactory

from .builders import ask, exchange, seller, shopper

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 30, 14, tzinfo=UTC)


def titles(kind: str) -> list[str]:
    return sorted(Message.objects.filter(kind=f"inquiry.{kind}").values_list("address", flat=True))


def test_same_form_sends_once_and_limits_hold(monkeypatch):
    buyer, supplier, key = shopper(), seller("Un", email="un@exemple.test"), uuid4()
    assert ask(supplier, by=buyer, key=key) == ask(supplier, by=buyer, key=key)
    with pytest.raises(NotAllowed):
        ask(supplier, by=shopper("Ville de Zoé"), key=key)
    monkeypatch.setattr(asking, "MOST_A_DAY", 2)
    ask(supplier, by=buyer)
    with pytest.raises(WrongMove, match="limite"):
        ask(supplier, by=buyer)
    alone = UserFactory()
    with pytest.raises(WrongMove, match="5"):
        ask(*(SupplierFactory() for _ in range(6)), by=alone)
    with pytest.raises(WrongMove, match="vôtre"):
        ask(supplier, by=supplier.organisation.memberships.get().user)
    for day in (0, -1, 91):
        with pytest.raises(Refused):
            ask(supplier, by=alone, days=day)


def test_suppliers_that_left_or_have_no_address_are_named_and_the_others_get_it():
    buyer = shopper()
    here, gone, mute = (
        seller("Ici", email="ici@exemple.test"),
        SupplierFactory(name="Partie", status=Status.SUSPENDED),
        SupplierFactory(name="Muette"),
    )
    hidden = SupplierFactory(name="Cachée", status=Status.DRAFT)
    inquiry = ask(here, gone, mute, hidden, by=buyer)
    rows = {row.supplier.organisation.name: row.reason for row in inquiry.recipients.all()}
    assert rows == {"Ici": "", "Partie": "unpublished", "Muette": "no_address"}
    assert titles("question") == ["ici@exemple.test"]
    client = Client()
    client.force_login(buyer)
    address = f"/demandes/nouvelle/?fournisseur={here.slug}&fournisseur={gone.slug}&fournisseur={hidden.slug}&fournisseur=x"
    page = client.get(address).content.decode()
    assert "« Partie » n’est plus au répertoire".replace("« ", "«\xa0").replace(" »", "\xa0»") in page
    assert "2 des fiches choisies ne sont pas au répertoire" in page
    assert "Cachée" not in page


def test_reminders_go_two_working_days_before_once_and_by_hand_once_a_day():
    assert reminder_day(date(2026, 12, 7)) == date(2026, 12, 3)  # Monday: the Thursday before
    with time_machine.travel(MONDAY, tick=False) as clock:
        buyer = shopper()
        silent, quick = seller("Un", email="un@exemple.test"), seller("Deux", email="deux@exemple.test")
        inquiry = ask(silent, quick, by=buyer, days=7)
        write_message(
            recipient=exchange(inquiry, quick),
            words=Words(body="Oui"),
            by=quick.organisation.memberships.get().user,
        )
        with pytest.raises(WrongMove):
            remind_silent_suppliers(inquiry=inquiry, by=buyer)
        clock.shift(timedelta(days=1))
        assert send_due_reminders(by=None) == 0
        assert remind_silent_suppliers(inquiry=inquiry, by=buyer) == 1
        with pytest.raises(WrongMove):
            remind_silent_suppliers(inquiry=inquiry, by=buyer)
        clock.shift(timedelta(days=2))
        assert [send_due_reminders(by=None) for _ in range(2)] == [1, 0]
        assert titles("reminder") == ["un@exemple.test"] * 2
        move_deadline(inquiry=inquiry, answer_by=date(2026, 12, 14), was=date(2026, 12, 7), by=buyer)
        assert titles("extended") == ["un@exemple.test"]
        with pytest.raises(WrongMove, match="autre personne"):
            move_deadline(inquiry=inquiry, answer_by=date(2026, 12, 16), was=date(2026, 12, 7), by=buyer)
        move_deadline(inquiry=inquiry, answer_by=date(2026, 12, 15), was=date(2026, 12, 14), by=buyer)
        with pytest.raises(WrongMove, match="2 fois"):
            move_deadline(inquiry=inquiry, answer_by=date(2026, 12, 16), was=date(2026, 12, 15), by=buyer)
        move_deadline(inquiry=inquiry, answer_by=date(2026, 12, 14), was=date(2026, 12, 15), by=buyer)
        Supplier.objects.filter(pk=silent.pk).update(status=Status.ARCHIVED)
        clock.shift(timedelta(days=7))
        assert send_due_reminders(by=None) == 0  # nothing more is asked of who left the directory


def test_two_colleagues_answering_at_once_see_each_other_first():
    supplier = seller("Un", email="un@exemple.test")
    colleague = MembershipFactory(organisation=supplier.organisation).user
    first = supplier.organisation.memberships.first().user
    recipient = exchange(ask(supplier, by=shopper()), supplier)
    write_message(recipient=recipient, words=Words(body="Oui", seen=0), by=first)
    with pytest.raises(SomeoneWrote):
        write_message(recipient=recipient, words=Words(body="Non", seen=0), by=colleague)
    client = Client()
    client.force_login(colleague)
    page = client.post(f"/demandes/echanges/{recipient.pk}/", {"body": "Non, désolés", "seen": "0"})
    text = page.content.decode()
    assert "relisez l’échange" in text
    assert "Non, désolés" in text
    assert InquiryMessage.objects.count() == 1
    client.post(f"/demandes/echanges/{recipient.pk}/", {"body": "J’ajoute", "seen": page.context["seen"]})
    assert InquiryMessage.objects.count() == 2


def test_closed_question_tells_the_silent_and_takes_no_more():
    buyer, supplier = shopper(), seller("Un", email="un@exemple.test")
    inquiry = ask(supplier, by=buyer)
    close_inquiry(inquiry=inquiry, by=buyer)
    assert titles("closed") == ["un@exemple.test"]
    with pytest.raises(WrongMove):
        write_message(
            recipient=exchange(inquiry, supplier),
            words=Words(body="Oui"),
            by=supplier.organisation.memberships.get().user,
        )


def test_pole_reads_what_a_party_reports_and_nothing_else(pole_staff, foreign_staff):
    buyer, supplier = shopper(), seller("Un", email="un@exemple.test")
    member = supplier.organisation.memberships.get().user
    recipient = exchange(ask(supplier, by=buyer), supplier)
    bad = write_message(recipient=recipient, words=Words(body="Achetez mes billets"), by=buyer)
    with pytest.raises(WrongMove):
        report_message(recipient=recipient, message=bad, why="…", by=buyer)
    with pytest.raises(NotAllowed):
        report_message(recipient=recipient, message=bad, why="…", by=UserFactory())
    client = Client()
    client.force_login(pole_staff)
    listed = client.get("/gestion/dealings/inquiryrecipient/").content.decode()
    assert "Ville de Zacharie" in listed
    assert recipient.inquiry.subject not in listed
    report = report_message(recipient=recipient, message=bad, why="Publicité", by=member)
    page = client.get(f"/gestion/dealings/inquiryreport/{report.pk}/change/").content.decode()
    assert "Achetez mes billets" in page
    assert recipient.inquiry.body not in page
    with pytest.raises(NotAllowed):
        handle_report(report=report, outcome="blocked", note="", by=foreign_staff)
    handle_report(report=report, outcome="blocked", note="Averti", by=pole_staff)
    with pytest.raises(WrongMove):
        write_message(recipient=recipient, words=Words(body="Encore"), by=buyer)
    assert not InquiryReport.objects.unhandled().exists()


def test_what_is_written_follows_the_law():
    """A copy holds it, an erasure takes the name or the whole, and three years after closing nothing is left."""
    buyer, alone, supplier = shopper(), UserFactory(), seller("Un", email="un@exemple.test")
    kept, own = ask(supplier, by=buyer), ask(supplier, by=alone)
    write_message(recipient=exchange(kept, supplier), words=Words(body="Et en mars?"), by=buyer)
    copy = export_personal_data(buyer)["inquiries"]
    assert [copy["inquiries"][0]["message"], copy["messages"][0]["message"]] == [kept.body, "Et en mars?"]
    for person in (buyer, alone):
        erase_personal_data(user=person, by=None)
    assert list(Inquiry.objects.all()) == [kept]
    assert InquiryMessage.objects.get().author_name == ""
    for history in set(InquiryRecipient.pgh_event_models.values()):
        assert not history.objects.filter(inquiry_id=own.pk).exists()
    with time_machine.travel(timezone.now() + timedelta(days=80)):
        assert close_forgotten_inquiries(by=None) == 1
        assert forget_inquiries(by=None) == 0
    with time_machine.travel(timezone.now() + timedelta(days=80 + 1100)):
        assert forget_inquiries(by=None) == 1
    assert not InquiryRecipient.objects.exists()
