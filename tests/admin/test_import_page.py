"""« Importer une liste »: tried first, asked what the file does not say, every row told, counted truly."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from suppliers.models import ServedArea, Status, Supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(client, platform_admin):
    client.force_login(platform_admin)

    def send(content="", **said):
        if not content:
            return client.get(reverse("suppliers_admin:import"))
        said["file"] = SimpleUploadedFile("liste.csv", content.encode())
        return client.post(reverse("suppliers_admin:import"), said)

    return send


def test_a_trial_tells_every_row_and_writes_nothing(page):
    html = page(
        "neq;nom;forme;site\n" + "12;Coop;OBNL;NA\n" * 150 + "1199940001;Coop;OBNL;NA\n", **{"try": "1"}
    )

    text = html.content.decode()
    assert "rien n’est enregistré" in text
    assert text.count("il en faut dix") == 150
    assert "« NA »".replace(" ", "\u00a0") in text
    assert not Supplier.objects.exists()


def test_an_import_counts_what_changed_and_what_did_not(page):
    content = "neq;nom;forme\n1199940001;Coop A;OBNL\n1199940002;Coop B;OBNL\n"
    assert "2 fournisseurs importés." in page(content, **{"import": "1"}).content.decode()
    Supplier.objects.update(status=Status.SUBMITTED)

    text = page(content.replace("Coop", "Autre"), **{"import": "1"}).content.decode()

    assert "2 fiches gérées par une personne" in text
    assert "importé" not in text.split("import-report")[2].split("</section>")[0]


def test_territoire_is_asked_before_anything_is_written(page):
    content = "neq;nom;forme;Territoire\n1199940001;Coop;OBNL;Mauricie\n"

    text = page(content, **{"import": "1"}).content.decode()
    assert "Dites ce qu’elle contient" in text
    assert not Supplier.objects.exists()

    page(content, **{"import": "1", "territory": "sans"})
    assert not ServedArea.objects.exists()
    page(content, **{"import": "1", "territory": "desservi"})
    assert ServedArea.objects.get().token == "R04"


def test_a_registry_file_is_asked_about(page):
    content = "NEQ,NomEntreprise,FormeJuridique,Adresse_Lign3\n1199940001,CLUB,APE,\n"

    assert "registre" in page(content, **{"import": "1"}).content.decode()
    assert not Supplier.objects.exists()

    page(content, **{"import": "1", "mapping": "req"})
    assert Supplier.objects.get().status == Status.PROSPECT


def test_staff_of_a_pole_do_not_import(client, pole_staff):
    client.force_login(pole_staff)

    assert client.get(reverse("suppliers_admin:import")).status_code == 403


def test_without_a_file_the_page_asks_for_one(page, client):
    assert page().status_code == 200
    assert (
        "Choisissez un fichier."
        in client.post(reverse("suppliers_admin:import"), {"try": "1"}).content.decode()
    )
