"""Suppliers new in what an institution buys: found with their reasons, mailed once on Mondays, stopped without an account."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Consent
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.matching.buyer_suggestions.digests import SHOWN, write_due_new_supplier_emails
from marketplace.matching.buyer_suggestions.verbs import (
    alert_from_token,
    ask_new_suppliers,
    stop_new_suppliers,
    stop_path,
    suggest_to_buyer,
    suggest_to_buyers,
)
from marketplace.matching.models import BuyerSuggestion, NewSupplierAlert, ToldSupplier
from marketplace.matching.slots import HOME
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.models import Supplier
from tests.factories import (
    AwardFactory,
    BuyerFactory,
    MembershipFactory,
    NeedFactory,
    SupplierFactory,
    TenderFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
FRIDAY = timezone.datetime(2026, 11, 27, 12, 0, tzinfo=HOME)
MONDAY = timezone.datetime(2026, 11, 30, 6, 31, tzinfo=HOME)
PAGE = "/mon-espace/nouveaux-fournisseurs/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(FRIDAY, tick=False) as travel:
        yield travel


@pytest.fixture
def buyer():
    return BuyerFactory(name="Ville de Zacharie", verified_at=[])


@pytest.fixture
def shopper(buyer):
    return MembershipFactory(organisation=buyer.organisation).user


def cleaner(days: int = 3, **fields):
    """A supplier that entered the directory so many days ago."""
    defaults = {"offers": [("Entretien ménager", "76111500")], "serves": ["R04"]}
    row = SupplierFactory(**(defaults | fields))
    Supplier.objects.filter(pk=row.pk).update(status_changed_at=timezone.now() - timedelta(days=days))
    return row


def asked_for(user, buyer):
    return ask_new_suppliers(user=user, buyer=buyer, consent_wording="Oui.", by=user)


def mails(user):
    return Message.objects.filter(recipient=user, kind="suggestions.new_suppliers").order_by("pk")


def test_new_suppliers_are_found_by_needs_notices_and_awards(buyer, shopper, pole_staff):
    need = NeedFactory(buyer=buyer)
    tender = TenderFactory(buyer=buyer, title="Location de tentes", unspsc=["95131600"], awarded="whole")
    new = cleaner()
    tents = cleaner(offers=[("Location de tentes", "95131600")], activity="Tentes et chapiteaux")
    cleaner(days=120)  # no longer new
    cleaner(status="archived")
    cleaner(serves=["R13"])
    cleaner(offers=[("Traiteur", "90101600")], activity="Repas")
    known = cleaner()
    bought = TenderFactory(buyer=buyer, title="Bancs de parc", unspsc=["56101600"])
    AwardFactory(tender=bought, neq=known.organisation.neq)
    assert suggest_to_buyers() == 2
    found = {row.supplier: row.purchase for row in BuyerSuggestion.objects.visible_to(shopper)}
    assert found == {new: need, tents: tender}
    assert BuyerSuggestion.objects.visible_to(pole_staff).count() == 2
    assert not BuyerSuggestion.objects.visible_to(UserFactory()).exists()
    since = dict(BuyerSuggestion.objects.values_list("supplier", "since"))
    Supplier.objects.filter(pk=tents.pk).update(status_changed_at=timezone.now() - timedelta(days=200))
    assert suggest_to_buyer(buyer=buyer, by=None) == 1
    [kept] = BuyerSuggestion.objects.all()
    assert kept.since == since[new.pk]


def test_a_mail_on_mondays_names_each_supplier_once_whatever_runs_twice(buyer, shopper, clock):
    NeedFactory(buyer=buyer, title="Entretien ménager de la bibliothèque")
    other = BuyerFactory(name="MRC de Zacharie", verified_at=[])
    MembershipFactory(user=shopper, organisation=other.organisation)
    NeedFactory(buyer=other)
    people = [cleaner(name=f"Propreté {n}") for n in range(SHOWN + 2)]
    suggest_to_buyers()
    alerts = [asked_for(shopper, one) for one in (buyer, other)]
    assert write_due_new_supplier_emails() == 0, "not before Monday"
    clock.move_to(MONDAY)
    assert write_due_new_supplier_emails() == 2, "the second institution names those that remain"
    assert write_due_new_supplier_emails() == 0
    NewSupplierAlert.objects.update(written_until=FRIDAY)  # as where a worker died before it said so
    assert write_due_new_supplier_emails() == 0
    assert sorted(ToldSupplier.objects.values_list("supplier", flat=True)) == [one.pk for one in people]
    first, second = mails(shopper)
    assert "5 nouveaux fournisseurs pour Ville de Zacharie" in first.title
    named = [[one for one in people if one.organisation.name in mail.html] for mail in (first, second)]
    assert len(named[0]) == SHOWN
    assert not set(named[0]) & set(named[1])
    assert "Pour votre besoin" in first.text
    assert "Offre sous le même code UNSPSC" in first.text
    assert stop_path(alerts[0]) in first.headers["List-Unsubscribe"]
    assert first.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    clock.move_to(MONDAY + timedelta(days=7))
    assert write_due_new_supplier_emails() == 0, "nothing new: no mail"
    cleaner(days=1)
    suggest_to_buyers()
    assert write_due_new_supplier_emails() == 0, "already looked this week"
    clock.move_to(MONDAY + timedelta(days=14))
    assert write_due_new_supplier_emails() == 1


def test_only_who_asked_and_still_belongs_is_written_to(client, buyer, shopper, clock):
    NeedFactory(buyer=buyer)
    cleaner()
    suggest_to_buyers()
    stranger = UserFactory()
    with pytest.raises(NotAllowed):
        ask_new_suppliers(user=stranger, buyer=buyer, consent_wording="Oui.", by=stranger)
    with pytest.raises(NotAllowed):
        ask_new_suppliers(user=shopper, buyer=buyer, consent_wording="Oui.", by=stranger)
    with pytest.raises(WrongMove):
        ask_new_suppliers(user=shopper, buyer=buyer, consent_wording=" ", by=shopper)
    alert = asked_for(shopper, buyer)
    colleague = MembershipFactory(organisation=buyer.organisation)
    asked_for(colleague.user, buyer)
    colleague.delete()
    clock.move_to(MONDAY)
    assert write_due_new_supplier_emails() == 1
    [mail] = mails(shopper)
    token = stop_path(alert)
    assert client.get(token).status_code == 200
    assert not NewSupplierAlert.objects.get(pk=alert.pk).stopped_at, "a link that is opened stops nothing"
    assert client.post(token).status_code == 200
    mail.refresh_from_db()
    assert mail.status == "cancelled"
    assert not Consent.objects.standing().filter(user=shopper, purpose="new_suppliers").exists()
    assert client.post(token).status_code == 200
    assert client.post(token[:-3] + "xx/").status_code == 404
    assert alert_from_token("12.abc") is None
    with pytest.raises(NotAllowed):
        stop_new_suppliers(alert=alert, by=stranger)


def test_the_page_shows_what_the_mail_would_and_turns_it_on_and_off(
    client, buyer, shopper, django_assert_max_num_queries
):
    client.force_login(UserFactory())
    assert "Aucune institution à votre nom" in client.get(PAGE).text
    client.force_login(shopper)
    assert "Aucune entreprise nouvelle" in client.get(PAGE).text
    NeedFactory(buyer=buyer)
    suppliers = [cleaner(name=f"Propreté <b>{n}") for n in range(3)]
    suggest_to_buyers()
    with django_assert_max_num_queries(11):
        page = client.get(PAGE).text
    assert "Voici ce que vous recevriez lundi" in page
    assert "Propreté &lt;b&gt;0" in page
    client.post(PAGE, {"buyer": buyer.pk})
    assert not NewSupplierAlert.objects.exists(), "the box was not ticked"
    client.post(PAGE, {"buyer": buyer.pk, "consent": "1"})
    client.post(PAGE, {"buyer": buyer.pk, "consent": "1"})
    alert = NewSupplierAlert.objects.get()
    ToldSupplier.objects.create(user=shopper, supplier=suppliers[0])
    page = client.get(PAGE).text
    assert "Dans votre prochain courriel" in page
    assert "Déjà nommée dans un courriel" in page
    exported = str(export_personal_data(shopper))
    assert "Propreté <b>0" in exported
    client.post(PAGE, {"buyer": BuyerFactory().pk, "stop": "1"})
    alert.refresh_from_db()
    assert alert.stopped_at is None
    client.post(PAGE, {"buyer": buyer.pk, "stop": "1"})
    alert.refresh_from_db()
    assert alert.stopped_at
    erase_personal_data(user=shopper, by=None)
    assert not NewSupplierAlert.objects.exists()
    assert not ToldSupplier.objects.exists()


def test_administrators_read_and_stop(client, buyer, shopper, platform_admin):
    NeedFactory(buyer=buyer)
    cleaner()
    suggest_to_buyers()
    alert = asked_for(shopper, buyer)
    client.force_login(platform_admin)
    row = BuyerSuggestion.objects.get()
    page = client.get(reverse("admin:matching_buyersuggestion_change", args=[row.pk])).text
    assert "Offre sous le même code UNSPSC" in page
    data = {"action": "stop_selected_new_suppliers", "_selected_action": [alert.pk]}
    client.post(reverse("admin:matching_newsupplieralert_changelist"), data)
    alert.refresh_from_db()
    assert alert.stopped_at
