"""The page where staff answer a person who has no account."""

import json

import pytest

from marketplace.accounts.models import PersonalDataRead, PersonRequest
from suppliers.models import Contact
from tests import factories

pytestmark = pytest.mark.django_db
URL = "/gestion/accounts/personnes/"
PERSON = {"name": "Zoé O’Ficelle", "email": "zoe.oficelle@exemple.test", "phone": "", "channel": "phone"}


@pytest.fixture
def contact():
    supplier = factories.SupplierFactory(organisation__name="Buanderie des Essais")
    return Contact.objects.create(supplier=supplier, name=PERSON["name"], email=PERSON["email"])


def ask(client, user, step, **more):
    client.force_login(user)
    return client.post(URL, {**PERSON, "step": step, **more})


def test_search_shows_where_someone_is_named_and_records_the_reading(client, pole_staff, contact):
    page = ask(client, pole_staff, "search").content.decode()
    assert f'value="contacts:{contact.pk}" checked' in " ".join(page.split())
    assert "Buanderie des Essais" in page
    assert PersonalDataRead.objects.filter(reader=pole_staff, what="people.search").count() == 1


def test_copy_is_a_file_and_recorded(client, pole_staff, contact):
    response = ask(client, pole_staff, "copy", row=f"contacts:{contact.pk}")
    assert response["Content-Type"].startswith("application/json")
    assert "zoe" not in response["Content-Disposition"]
    (rows,) = json.loads(response.content)["data"].values()
    assert rows[0]["organisation"] == "Buanderie des Essais"
    assert PERSON["email"] in rows[0].values()
    assert PersonRequest.objects.get().kind == "copy"


def test_erasure_asks_first_then_forgets(client, pole_staff, contact):
    page = ask(client, pole_staff, "confirm", row=f"contacts:{contact.pk}").content.decode()
    assert "Effacer 1 ligne, pour toujours" in page
    assert "Ce que la loi fait garder" in page
    assert Contact.objects.exists()

    response = ask(client, pole_staff, "erase", row=f"contacts:{contact.pk}")
    assert response.status_code == 302
    assert "zoe" not in response["Location"]
    assert not Contact.objects.exists()
    request = PersonRequest.objects.get()
    assert (request.kind, request.channel, request.by, request.counts) == (
        "erasure", "phone", pole_staff, {"contacts": 1},
    )  # fmt: skip
    assert "1 ligne effacée" in client.get(URL).content.decode()


def test_nothing_chosen_is_said_and_nothing_goes(client, pole_staff, contact):
    for step in ("confirm", "copy", "erase"):
        assert "Cochez au moins une ligne" in ask(client, pole_staff, step).content.decode()
    assert Contact.objects.exists()
    assert not PersonRequest.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"name": "Zoé", "email": ""}, {"phone": "12"}, {"email": "@"}, {"channel": "pigeon"}]
)
def test_what_says_too_little_is_asked_again(client, pole_staff, contact, wrong):
    client.force_login(pole_staff)
    response = client.post(URL, {**PERSON, **wrong, "step": "search"})
    assert response.status_code == 200
    assert 'class="err"' in response.content.decode()
    assert not PersonalDataRead.objects.exists()


def test_people_of_another_territory_are_not_shown(client, pole_staff):
    elsewhere = factories.SupplierFactory(organisation__mrc_id="23")
    Contact.objects.create(supplier=elsewhere, name=PERSON["name"], email=PERSON["email"])
    assert "Rien à ce nom" in ask(client, pole_staff, "search").content.decode()


def test_members_have_no_such_page(client, contact):
    member = factories.MembershipFactory(organisation=contact.supplier.organisation, role="owner").user
    client.force_login(member)
    assert client.get(URL).status_code == 302


def test_exports_with_peoples_data_are_recorded(client, platform_admin, contact):
    contact.supplier.organisation.email = "info@exemple.test"
    contact.supplier.organisation.save()
    client.force_login(platform_admin)
    client.post(
        "/gestion/suppliers/supplier/",
        {"action": "export_selected_suppliers", "_selected_action": [contact.supplier_id]},
    )
    read = PersonalDataRead.objects.get(what="supplier.export")
    assert (read.reader, read.purpose, read.organisation) == (
        platform_admin,
        "export",
        contact.supplier.organisation,
    )


def test_a_file_does_not_bring_back_who_asked_to_be_forgotten(client, pole_staff, contact, tmp_path):
    from suppliers.importing.importer import import_suppliers

    organisation = contact.supplier.organisation
    ask(client, pole_staff, "erase", row=f"contacts:{contact.pk}")
    path = tmp_path / "liste.csv"
    path.write_text(
        "neq,nom,forme,ville,courriel,contact_nom,contact_courriel\n"
        f"{organisation.neq},Buanderie des Essais,OBNL,Shawinigan,{PERSON['email']},Zoe OFicelle,{PERSON['email']}\n"
        f"1199000999,Atelier des Essais,OBNL,Shawinigan,atelier@exemple.test,Paul Autre,paul@exemple.test\n",
        encoding="utf-8",
    )
    report = import_suppliers(path=path, mapping="maillage", by=None)
    assert list(Contact.objects.values_list("name", flat=True)) == ["Paul Autre"]
    assert [w.row for w in report.warnings if "effacement" in w.message] == [2]
    organisation.refresh_from_db()
    assert organisation.email != PERSON["email"]
    again = import_suppliers(path=path, mapping="maillage", by=None)
    assert (again.created, again.updated) == (0, 0)
    assert Contact.objects.count() == 1
