"""A search is saved from its list, tells what is new once, says which search found it, and stops from the mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Consent
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.matching.models import SavedSearch
from marketplace.matching.saved_searches import digests, verbs
from marketplace.matching.saved_searches.digests import write_due_search_emails
from marketplace.matching.saved_searches.sources import SUPPLIERS
from marketplace.matching.slots import HOME, MONDAY, MORNING, count_mails
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed
from suppliers.models import Status
from tests.factories import OfferFactory, SupplierFactory, UserFactory

pytestmark = pytest.mark.django_db
Frequency = SavedSearch.Frequency
NOON = timezone.datetime(2026, 11, 24, 12, 0, tzinfo=HOME)
SAVE = "/mon-espace/recherches/enregistrer/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as travel:
        yield travel


@pytest.fixture
def reader():
    return UserFactory()


def saved(user, query="region=04", *, name="Ma recherche", frequency=Frequency.DAILY):
    return verbs.save_search(
        user=user, query=query, name=name, frequency=frequency, consent_wording="Oui.", by=user
    )


def next_morning(clock, days=1):
    clock.move_to((NOON + timedelta(days=days)).replace(hour=6, minute=31))


def test_search_is_saved_from_its_list_by_who_is_signed_in(client, reader):
    SupplierFactory(name="Traiteur La Tablée", offers=[("Service de traiteur", "90101600")])
    page = client.get("/fournisseurs/?q=traiteur&region=04&page=1").content.decode()
    address = f"{SAVE}?liste=fournisseurs&amp;q=traiteur&amp;region=04"
    assert address in page
    assert "next=" in client.get(address.replace("&amp;", "&"))["Location"]
    client.force_login(reader)
    address = f"{SAVE}?liste=fournisseurs&q=traiteur&region=04&region=99"
    shown = client.get(address).content.decode()
    assert "Traiteur La Tablée" in shown  # of the last thirty days
    assert "ne connaît pas" in shown
    form = {"name": "Traiteurs", "frequency": "weekly"}
    assert "Cochez la case" in client.post(address, form).content.decode()
    client.post(address, {**form, "consent": "on"})
    search = SavedSearch.objects.get()
    assert (search.query, search.frequency) == ("q=traiteur&region=04", "weekly")
    assert Consent.objects.standing().get().purpose == Consent.Purpose.SUPPLIER_SEARCHES
    client.post(address, {**form, "name": "Encore"})
    assert SavedSearch.objects.get().name == "Encore"
    listed = client.get("/mon-espace/recherches/").content.decode()
    assert "traiteur" in listed
    assert "Mauricie" in listed


def test_new_suppliers_come_in_one_mail_that_says_which_search_found_them(clock, reader):
    SupplierFactory(name="Déjà là", offers=[("Entretien ménager", "76111500")])
    saved(reader, query="region=04", name="Mauricie")
    saved(reader, query="q=entretien", name="Ménage")
    edited = SupplierFactory(
        name="Ailleurs jusqu’ici", organisation__region_id="13", organisation__mrc_id="65"
    )
    next_morning(clock)
    assert write_due_search_emails() == 1  # « Ailleurs jusqu’ici » cleans too
    new = SupplierFactory(name="Nouvelle venue", offers=[("Entretien ménager", "76111500")])
    next_morning(clock, 2)
    assert write_due_search_emails() == 1
    assert write_due_search_emails() == 0
    message = Message.objects.latest("pk")
    assert "Nouvelle venue" in message.text
    assert "Trouvée par «\u00a0Mauricie\u00a0» et «\u00a0Ménage\u00a0»" in message.text
    assert "Déjà là" not in message.text
    assert edited.organisation.name not in message.text
    new.status = Status.SUSPENDED
    new.save()
    next_morning(clock, 3)
    assert write_due_search_emails() == 0


def test_supplier_that_newly_answers_is_news_and_one_that_only_the_search_reads_otherwise_is_not(
    clock, reader
):
    old = SupplierFactory(name="Atelier Bois-Franc", activity="Menuiserie")
    still = SupplierFactory(name="Ferme du Rang", activity="Maraîchage")
    search = saved(reader, query="q=traiteur")
    assert search.seen == []
    next_morning(clock, 5)
    OfferFactory(supplier=old, title="Service de traiteur", codes=["90101600"])
    old.save()
    SUPPLIERS_ANSWERS = SUPPLIERS.answers
    SupplierFactory._meta.model.objects.filter(pk=still.pk).update(
        updated_at=NOON - timedelta(days=90), status_changed_at=NOON - timedelta(days=90)
    )
    from suppliers.directory_index import reindex_suppliers

    reindex_suppliers(supplier_ids=[old.pk])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(SUPPLIERS), "answers", lambda self, asked: [*SUPPLIERS_ANSWERS(asked), still.pk])
        assert write_due_search_emails() == 1
    text = Message.objects.get().text
    assert "Atelier Bois-Franc" in text
    assert "Ferme du Rang" not in text
    search.refresh_from_db()
    assert still.pk in search.seen


def test_searches_stop_from_the_mail_without_signing_in(client, clock, reader):
    first, second = (
        saved(reader, name="Une", query="region=04"),
        saved(reader, name="Deux", query="region=06"),
    )
    SupplierFactory(name="Nouvelle venue")
    next_morning(clock)
    write_due_search_emails()
    message = Message.objects.get()
    assert message.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message.headers["List-Unsubscribe"].split(">")[0].removeprefix("<https://maillage.example")
    assert "Une" in client.get(link).content.decode()
    first.refresh_from_db()
    assert first.stopped_at is None
    client.post(link, {"List-Unsubscribe": "One-Click"})
    first.refresh_from_db()
    second.refresh_from_db()
    assert (bool(first.stopped_at), bool(second.stopped_at)) == (True, False)
    assert Consent.objects.standing().exists()
    client.post(verbs.stop_path([second.pk]))
    assert not Consent.objects.standing().exists()
    assert client.get(reverse("matching:stop_searches", args=["faux"])).status_code == 404


def test_a_mail_that_waits_does_not_name_a_search_that_was_stopped(clock, reader):
    stopped, kept = saved(reader, name="Arrêtée"), saved(reader, name="Gardée", query="")
    SupplierFactory(name="Nouvelle venue")
    next_morning(clock)
    write_due_search_emails()
    assert "Arrêtée" in Message.objects.get().text
    verbs.stop_searches(searches=[stopped], by=reader)
    assert Message.objects.get().status == "cancelled"
    clock.shift(60)
    assert write_due_search_emails() == 1
    message = Message.objects.get(status="queued")
    assert ("Nouvelle venue" in message.text, "Gardée" in message.text) == (True, True)
    assert "Arrêtée" not in message.text
    kept.refresh_from_db()
    assert write_due_search_emails() == 0


def test_paused_search_sends_nothing_and_what_came_meanwhile_is_no_news(client, clock, reader):
    search = saved(reader)
    client.force_login(reader)
    page = f"/mon-espace/recherches/{search.pk}/"
    client.post(page, {"pause": "1"})
    SupplierFactory(name="Pendant la pause")
    next_morning(clock)
    assert write_due_search_emails() == 0
    client.post(page, {"resume": "1"})
    next_morning(clock, 2)
    assert write_due_search_emails() == 0
    client.post(page, {"save": "1", "name": "Autrement", "frequency": "weekly"})
    search.refresh_from_db()
    assert (search.name, search.frequency, search.is_running) == ("Autrement", "weekly", True)
    client.post(page, {"stop": "1"})
    assert "Cochez la case" in client.post(page, {"resume": "1"}, follow=True).content.decode()
    client.post(page, {"delete": "1"})
    assert not SavedSearch.objects.exists()


def test_filter_that_the_list_no_longer_knows_holds_the_search_back_and_its_person_is_told_once(
    clock, reader, client
):
    search = saved(reader)
    SavedSearch.objects.update(query="region=04&certification=disparue")
    SupplierFactory(name="Nouvelle venue")
    for days in (1, 2):
        next_morning(clock, days)
        assert write_due_search_emails() == 0
    message = Message.objects.get()
    assert message.kind == "searches.fault"
    assert "disparue" in message.text
    client.force_login(reader)
    assert "Recherche à corriger" in client.get("/mon-espace/").content.decode()
    client.post(f"/mon-espace/recherches/{search.pk}/", {"resume": "1"})
    search.refresh_from_db()
    assert (search.query, search.is_running) == ("region=04", True)


def test_only_its_person_reads_and_changes_a_search(client, reader):
    search = saved(reader, name="Secret d’achat")
    stranger, admin = UserFactory(), UserFactory(is_superuser=True)
    for person in (stranger, admin):
        client.force_login(person)
        assert client.get(f"/mon-espace/recherches/{search.pk}/").status_code == 404
    with pytest.raises(NotAllowed):
        verbs.stop_searches(searches=[search], by=stranger)
    shown = client.get(f"/gestion/matching/savedsearch/{search.pk}/change/").content.decode()
    assert "Secret d’achat" not in shown
    assert verbs.stop_searches(searches=[search], by=admin) == 1
    assert export_personal_data(reader)["saved_searches"][0]["name"] == "Secret d’achat"
    erase_personal_data(user=reader, by=None)
    assert not SavedSearch.objects.exists()


def test_instant_search_waits_ten_minutes_looks_only_where_something_changed_and_survives_a_fault(
    clock, reader, monkeypatch
):
    saved(reader, frequency=Frequency.INSTANT)
    SupplierFactory(name="Nouvelle venue")
    assert write_due_search_emails() == 0
    clock.shift(timedelta(minutes=11))
    send = digests.send_suppliers
    monkeypatch.setattr(digests, "send_suppliers", lambda **said: send(**said) and 1 / 0)
    assert write_due_search_emails() == 0
    assert not Message.objects.exists()
    monkeypatch.setattr(digests, "send_suppliers", send)
    assert write_due_search_emails() == 1
    clock.shift(timedelta(minutes=11))
    monkeypatch.setattr(digests, "write_search_email", lambda **_said: pytest.fail("nothing has changed"))
    assert write_due_search_emails() == 0


def test_preview_counts_the_mails_that_a_rhythm_would_have_made():
    monday = timezone.datetime(2026, 11, 23, 9, 0, tzinfo=HOME)
    moments = [monday, monday + timedelta(minutes=5), monday + timedelta(hours=3), monday + timedelta(days=2)]
    counts = [count_mails(one, moments, at=MORNING, weekday=MONDAY) for one in Frequency.values]
    assert counts == [3, 2, 1]
