"""Undoing from /gestion/: the link of a bulk gesture, the list of gestures, a line of the history."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from marketplace.outbox.models import Message
from suppliers.curation import DecisionNote, publish_supplier, suspend_supplier
from suppliers.models import Decision, DirectoryEntry, Supplier
from tests import factories
from tests.admin.conftest import signed_in
from tests.admin.test_actions import confirm
from tests.outbox.running import send_message

pytestmark = pytest.mark.django_db

BATCHES = "/gestion/suppliers/decision/lots/"


def undo_path(decision: Decision) -> str:
    return f"/gestion/suppliers/decision/{decision.pk}/annuler/"


def send_everything(later: timedelta) -> int:
    with time_machine.travel(timezone.now() + later):
        for pk in Message.objects.due().values_list("pk", flat=True):
            send_message(message_id=pk)
    return len(mail.outbox)


def test_bulk_publication_is_undone_in_one_gesture_and_no_letter_leaves(pole_staff):
    rows = [factories.SupplierFactory(status="submitted") for _ in range(42)]
    for row in rows:
        factories.MembershipFactory(organisation=row.organisation)
    client = signed_in(pole_staff)
    with time_machine.travel("2026-12-08T19:22:00Z"):
        page = confirm(client, "publish_selected_suppliers", rows)
        assert "42 publiées." in page
        assert "42 courriels partiront à 14\u00a0h\u00a032" in page
        [link] = set(re.findall(rf'href="({BATCHES}[0-9a-f-]+/)"', page))
        assert send_everything(timedelta(minutes=9)) == 0
        assert "Annuler 42 décisions" in client.get(link).content.decode()
        undone = client.post(link, {"message": "Mauvaise sélection."}, follow=True).content.decode()
    assert "42 décisions annulées." in undone
    assert "Tout est annulé." in undone
    assert set(Supplier.objects.values_list("status", "verified_on")) == {("submitted", None)}
    assert not DirectoryEntry.objects.exists()
    assert send_everything(timedelta(days=2)) == 0
    assert set(Message.objects.values_list("status", flat=True)) == {"cancelled"}
    assert Decision.objects.filter(verb="undo", message="Mauvaise sélection.", by=pole_staff).count() == 42


def test_bulk_undo_keeps_what_was_decided_since_and_says_which(pole_staff):
    rows = [factories.SupplierFactory(status="submitted", name=f"Coop {n}") for n in range(3)]
    client = signed_in(pole_staff)
    confirm(client, "publish_selected_suppliers", rows)
    suspend_supplier(supplier=rows[1], by=pole_staff)
    batch = Decision.objects.filter(batch__isnull=False).first().batch
    page = client.post(f"{BATCHES}{batch}/", follow=True).content.decode()
    assert "2 décisions annulées." in page
    assert "1 décision n’a pas pu être annulée. Coop 1" in page
    assert sorted(Supplier.objects.values_list("status", flat=True)) == [
        "submitted",
        "submitted",
        "suspended",
    ]


def test_gestures_are_listed_for_whoever_curates_them(pole_staff, foreign_staff):
    confirm(
        signed_in(pole_staff), "publish_selected_suppliers", [factories.SupplierFactory(status="submitted")]
    )
    batch = Decision.objects.get().batch
    assert f"{BATCHES}{batch}/" in signed_in(pole_staff).get(BATCHES).content.decode()
    assert "Aucune décision en lot" in signed_in(foreign_staff).get(BATCHES).content.decode()
    assert signed_in(foreign_staff).get(f"{BATCHES}{batch}/").status_code == 404
    assert signed_in(foreign_staff).post(undo_path(Decision.objects.get())).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_gestures_take_the_same_statements_whatever_their_number(
    n, pole_staff, django_assert_max_num_queries
):
    client = signed_in(pole_staff)
    for _ in range(n):
        rows = [factories.SupplierFactory(status="submitted") for _ in range(n)]
        confirm(client, "publish_selected_suppliers", rows)
    batch = Decision.objects.first().batch
    for path, most in ((BATCHES, 8), (f"{BATCHES}{batch}/", 8)):
        client.get(path)
        with django_assert_max_num_queries(most):
            client.get(path)


def test_a_decision_is_undone_from_the_page_and_stays_in_the_history(pole_staff, platform_admin):
    supplier = factories.SupplierFactory(status="submitted")
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    decision = publish_supplier(supplier=supplier, by=platform_admin, note=DecisionNote("Bravo."))
    client = signed_in(pole_staff)
    history = f"/gestion/suppliers/supplier/{supplier.pk}/history/"
    for page in (history, f"/gestion/suppliers/supplier/{supplier.pk}/change/"):
        assert undo_path(decision) in client.get(page).content.decode()
    asked = client.get(undo_path(decision)).content.decode()
    assert "à vérifier" in asked
    assert "vous pouvez encore annuler" in asked
    assert "Décision annulée" in client.post(undo_path(decision), follow=True).content.decode()
    shown = client.get(history).content.decode()
    assert "Nadia Bélanger" in shown
    assert "Annulée" in shown
    assert undo_path(decision) not in shown
    assert "déjà annulée" in client.post(undo_path(decision)).content.decode()
    send_everything(timedelta(hours=1))
    assert [sent.to for sent in mail.outbox if member.email in sent.to] == []


def test_what_came_after_is_said_with_the_way_to_the_history(pole_staff):
    supplier = factories.SupplierFactory(status="submitted")
    decision = publish_supplier(supplier=supplier, by=pole_staff)
    suspend_supplier(supplier=supplier, by=pole_staff)
    page = signed_in(pole_staff).get(undo_path(decision)).content.decode()
    assert "Fiche suspendue" in page
    assert f"/gestion/suppliers/supplier/{supplier.pk}/history/" in page


def test_no_way_back_is_offered_where_there_is_none(pole_staff):
    """A reminder that was written cannot be taken back: its sentence has no « Annuler »."""
    until = timezone.localdate() + timedelta(days=10)
    row = factories.SupplierFactory(proved=6, proved__on=until - timedelta(days=300), proved__until=until)
    factories.MembershipFactory(organisation=row.organisation)
    page = confirm(signed_in(pole_staff), "remind_selected_suppliers", [row])
    assert "1 rappel envoyé." in page
    assert not re.findall(rf'href="{BATCHES}[0-9a-f-]+/"', page)
