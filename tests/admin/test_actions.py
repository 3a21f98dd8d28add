"""Bulk moves: a second page first, then each row on its own; and the export."""

import csv
import io

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME

from marketplace.outbox.models import Message
from marketplace.territories.models import Mrc
from marketplace.web import admin_lists
from suppliers.models import Supplier
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db

LIST = "/gestion/suppliers/supplier/"


def run(client, action, suppliers, **extra):
    posted = {"action": action, ACTION_CHECKBOX_NAME: [s.pk for s in suppliers], **extra}
    return client.post(LIST, posted, follow=True)


def ask(client, action, suppliers):
    return run(client, action, suppliers, index="0")


def confirm(client, action, suppliers, **extra):
    return run(client, action, suppliers, confirmed="1", **extra).content.decode()


def statuses():
    return sorted(Supplier.objects.values_list("status", flat=True))


def test_first_post_asks_and_changes_nothing(pole_staff):
    rows = [factories.SupplierFactory(status="submitted") for _ in range(2)]
    response = ask(signed_in(pole_staff), "publish_selected_suppliers", rows)
    assert "2 fiches choisies" in response.content.decode()
    assert statuses() == ["submitted", "submitted"]


def test_publish_tells_the_accepted_from_the_refused(pole_staff):
    good = [factories.SupplierFactory(status="prospect") for _ in range(2)]
    empty = factories.SupplierFactory(status="prospect", activity="", name="Sans rien")
    done = factories.SupplierFactory(status="published", name="Déjà là")
    page = confirm(signed_in(pole_staff), "publish_selected_suppliers", [*good, empty, done])
    assert "2 publiées." in page
    assert "2 refusées." in page
    assert "Sans rien" in page
    assert "une activité ou une offre" in page
    assert "Déjà là" in page
    assert statuses() == ["prospect", "published", "published", "published"]


def test_return_needs_one_message_for_all(pole_staff):
    rows = [factories.SupplierFactory(status="submitted") for _ in range(2)]
    for row in rows:
        factories.ContactFactory(supplier=row)
    client = signed_in(pole_staff)
    confirm(client, "return_selected_suppliers", rows, message="")
    assert statuses() == ["submitted", "submitted"]
    page = confirm(client, "return_selected_suppliers", rows, message="Il manque la charte.")
    assert "2 demandes envoyées." in page
    assert Message.objects.filter(kind="curation.returned").count() == 2


def test_archive_as_not_social_economy(pole_staff):
    rows = [factories.SupplierFactory(status="prospect") for _ in range(2)]
    assert "2 archivées." in confirm(signed_in(pole_staff), "archive_selected_suppliers", rows)
    assert set(Supplier.objects.values_list("status", "reason")) == {("archived", "not_social_economy")}


def test_assign_to_a_pole_shows_the_rows_there(platform_admin, foreign_staff):
    rows = [factories.SupplierFactory(status="prospect", mrc=None) for _ in range(2)]
    page = confirm(signed_in(platform_admin), "assign_selected_suppliers", rows, pole="laval")
    assert "2 confiées." in page
    assert Supplier.objects.curated_by(foreign_staff).count() == 2


def test_unknown_pole_is_said(platform_admin):
    row = factories.SupplierFactory(mrc=None)
    page = confirm(signed_in(platform_admin), "assign_selected_suppliers", [row], pole="zz")
    assert "liste" in page
    assert Supplier.objects.get().organisation.pole is None


def test_too_many_at_once_change_nothing(pole_staff, monkeypatch):
    monkeypatch.setattr(admin_lists, "BULK_LIMIT", 1)
    rows = [factories.SupplierFactory(status="prospect") for _ in range(2)]
    assert "au plus 1 fiches" in confirm(signed_in(pole_staff), "publish_selected_suppliers", rows)
    assert statuses() == ["prospect", "prospect"]


def test_all_pages_at_once_stop_at_the_territory(pole_staff):
    factories.SupplierFactory(status="prospect")
    other = factories.SupplierFactory(status="prospect", mrc=Mrc.objects.get(code="65"))
    response = run(signed_in(pole_staff), "publish_selected_suppliers", [other], index="0", select_across="1")
    assert response.context["count"] == 1


def test_export_holds_the_chosen_rows_and_neutralises_formulas(pole_staff):
    chosen = factories.SupplierFactory(name="=HYPERLINK(1)", activity="+1 819", status="submitted")
    factories.SupplierFactory(name="Non choisie")
    elsewhere = factories.SupplierFactory(name="Ailleurs", mrc=Mrc.objects.get(code="65"))
    response = run(signed_in(pole_staff), "export_selected_suppliers", [chosen, elsewhere], index="0")
    assert response["Content-Disposition"].startswith("attachment")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 1
    assert rows[0]["Nom"] == "'=HYPERLINK(1)"
    assert rows[0]["Activité"] == "'+1 819"
    assert rows[0]["État"] == "à vérifier"
    assert rows[0]["NEQ"] == chosen.organisation.neq


def test_action_without_rows_says_so(pole_staff):
    page = ask(signed_in(pole_staff), "publish_selected_suppliers", []).content.decode()
    assert "sélectionné" in page


def test_failed_mail_is_tried_again(secret, pole_staff):
    posted = {"action": "retry_selected", "index": "0", ACTION_CHECKBOX_NAME: [secret.message.pk]}
    page = signed_in(pole_staff).post("/gestion/outbox/message/", posted, follow=True).content.decode()
    assert "dans la file d’envoi" in page
    secret.message.refresh_from_db()
    assert secret.message.status == "queued"
