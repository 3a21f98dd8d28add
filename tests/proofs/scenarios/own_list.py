"""A list of 400 rows, from the file to the share of the social economy and to who could replace the others; two colleagues."""

from __future__ import annotations

import csv
import io

from marketplace.dealings.models import OwnList
from marketplace.dealings.own_lists import reading
from tests import factories
from tests.dealings.test_own_lists import four_hundred

from .people import Stage

INDEX = "/mon-espace/mes-fournisseurs/"


def test_a_list_of_four_hundred_is_read_confirmed_and_completed(stage: Stage) -> None:
    for name, neq in (
        ("Buanderie Zénith", "1199000001"),
        ("Coopérative de solidarité Le Grand Potager", "1199000002"),
        ("Atelier Bois-Franc", "1199000003"),
    ):
        factories.SupplierFactory(name=name, organisation__neq=neq)
    factories.SupplierFactory(
        name="Traiteur La Tablée", offers=[("Service de traiteur", "90101600")], serves=["371"]
    )
    town_hall = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[]).organisation
    clerk, colleague = (stage.member_of(town_hall, *name) for name in (("Alice", "Roy"), ("Émile", "Caron")))

    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(four_hundred())
    clerk.open(INDEX)
    clerk.page.locator("main [name=file]").set_input_files(
        {"name": "fournisseurs.csv", "mimeType": "text/csv", "buffer": text.getvalue().encode("cp1252")}
    )
    clerk.fill("name", "Achats 2025")
    clerk.click("Déposer la liste")
    clerk.reads("Que contient chaque colonne?", "Montant payé 2025")
    clerk.click("Lire la liste")
    own_list = OwnList.objects.get()
    colleague.open(f"{INDEX}{own_list.pk}/")
    assert reading.read_own_list(own_list.pk)

    clerk.open(f"{INDEX}{own_list.pk}/")
    clerk.reads("393", "0,3 %", "À confirmer", "Traiteur La Tablée")
    for person in (clerk, colleague):
        person.open(f"{INDEX}{own_list.pk}/?etat=a-confirmer")
        person.reads("Coop Le Grand Potager", "Confiance")
    colleague.click("C’est elle : Coopérative de solidarité Le Grand Potager")
    clerk.click("Ce n’est pas elle : Coop Le Grand Potager")
    clerk.reads("Émile Caron")
    assert own_list.rows.get(name="Coop Le Grand Potager").state == "confirmed"
    clerk.open(f"{INDEX}{own_list.pk}/")
    clerk.reads("0,5 %")
    assert clerk.download("Télécharger en XLSX").startswith(b"PK")
    clerk.click("Effacer la liste", role="link")
    clerk.click(clerk.page.locator("main form button[type=submit]").last)
    assert not OwnList.objects.exists()
