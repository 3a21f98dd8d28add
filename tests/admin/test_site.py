"""The back room as a place: its header, its pages without inline code, its history."""

import pytest
from django.test import RequestFactory
from django.urls import reverse

from marketplace.web.admin_pages import render_admin_page
from suppliers.curation import assign_supplier, submit_supplier
from suppliers.editing import update_supplier
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db


def pages(secret):
    pk = secret.supplier.pk
    return {
        "index": reverse("admin:index"),
        "queue": reverse("suppliers_admin:queue"),
        "list": reverse("admin:suppliers_supplier_changelist"),
        "search": reverse("admin:suppliers_supplier_changelist") + "?q=rien&etat=draft",
        "sheet": reverse("admin:suppliers_supplier_change", args=[pk]),
        "history": reverse("admin:suppliers_supplier_history", args=[pk]),
        "add": reverse("admin:suppliers_supplier_add"),
        "organisation": reverse("admin:accounts_organisation_change", args=[secret.organisation.pk]),
        "tender": reverse("admin:buyers_tender_change", args=[secret.tender.pk]),
        "message": reverse("admin:outbox_message_change", args=[secret.message.pk]),
    }


@pytest.mark.parametrize(
    "page",
    ["index", "queue", "list", "search", "sheet", "history", "add", "organisation", "tender", "message"],
)
def test_page_is_clean_for_the_strict_policy(secret, pole_staff, page):
    response = signed_in(pole_staff).get(pages(secret)[page])
    assert response.status_code == 200
    assert "script-src 'self'" in response["Content-Security-Policy"]
    assert_clean(response)


def test_second_page_of_a_bulk_move_is_clean(secret, pole_staff):
    posted = {"action": "return_selected_suppliers", "index": "0", "_selected_action": [secret.supplier.pk]}
    assert_clean(signed_in(pole_staff).post(reverse("admin:suppliers_supplier_changelist"), posted))


def test_header_names_the_pole_and_marks_the_page(pole_staff):
    page = signed_in(pole_staff).get(reverse("suppliers_admin:queue")).content.decode()
    header = page.split("</header>")[0]
    assert "Mauricie" in header
    assert header.count('aria-current="page"') == 2  # once in the bar, once in the phone's menu
    assert "Personnes" not in header


def test_header_keeps_its_links_beside_rows_of_the_page(secret, pole_staff):
    addresses = [
        reverse("outreach_admin:organisation_log", args=[secret.organisation.pk]),
        reverse("outreach_admin:calls"),
    ]
    for address in addresses:
        header = signed_in(pole_staff).get(address).content.decode().split("</header>")[0]
        assert header.count(f'href="{reverse("suppliers_admin:queue")}"') == 2, address
    request = RequestFactory().get("/gestion/")
    request.user = pole_staff
    with pytest.raises(ValueError, match="header_links"):
        render_admin_page(request, "admin/page.html", title="", header_links=[])


def test_header_of_a_platform_admin_leads_to_people(platform_admin):
    page = signed_in(platform_admin).get("/gestion/").content.decode()
    assert reverse("admin:accounts_user_changelist") in page
    assert "Toute la plateforme" in page


def test_rooms_have_no_index_of_their_own(pole_staff):
    assert signed_in(pole_staff).get("/gestion/suppliers/").url == "/gestion/"


def test_password_is_changed_where_everyone_changes_it(pole_staff):
    assert signed_in(pole_staff).get("/gestion/password_change/").url == reverse("account_change_password")


def test_signing_out_needs_a_post(pole_staff):
    client = signed_in(pole_staff)
    assert client.get("/gestion/logout/").status_code == 405
    client.post("/gestion/logout/")
    assert "_auth_user_id" not in client.session


def test_bodies_of_mails_stay_closed(secret, platform_admin):
    """A link in a mail may sign someone in."""
    page = signed_in(platform_admin).get(reverse("admin:outbox_message_change", args=[secret.message.pk]))
    assert "Corps" not in page.content.decode()


def test_history_says_what_changed_in_words(pole_staff):
    supplier = factories.SupplierFactory(status="draft", name="Avant")
    assign_supplier(supplier=supplier, by=pole_staff, pole=factories.pole("mauricie"))
    update_supplier(supplier=supplier, by=pole_staff, changes={"name": "Après", "mrc_id": None})
    submit_supplier(supplier=supplier, by=pole_staff)
    url = reverse("admin:suppliers_supplier_history", args=[supplier.pk])
    response = signed_in(pole_staff).get(url)
    page = response.content.decode()
    changes = {(c.label, c.before, c.after) for line in response.context["lines"] for c in line.changes}
    assert ("Nom", "Avant", "Après") in changes
    assert ("MRC", "Trois-Rivières", "–") in changes
    assert ("État", "brouillon", "à vérifier") in changes
    assert "Nadia Bélanger" in page
    assert "Fiche soumise" in page


def test_a_library_registers_nothing_here():
    from django.contrib import admin
    from django.contrib.auth.models import Group

    admin.site.register(Group, admin.ModelAdmin)
    assert not admin.site.is_registered(Group)
