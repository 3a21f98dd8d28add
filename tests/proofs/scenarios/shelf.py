"""Search, selection, comparison, the document for the file: a clerk begins without an account, a colleague shares it."""

from __future__ import annotations

import io

import pikepdf

from marketplace.dealings.models import ShortlistEntry
from marketplace.territories.models import Mrc
from tests import factories
from tests.scenario.test_three_errands import CLEANING

from .people import Stage

TOWNS = (("Trois-Rivières", "371"), ("Shawinigan", "36"), ("Louiseville", "51"))


def test_a_selection_is_filled_shared_compared_and_filed(stage: Stage) -> None:
    for number, (town, mrc) in enumerate(TOWNS):
        factories.SupplierFactory(
            name=f"Propre {number}", mrc=Mrc.objects.get(code=mrc), offers=CLEANING, serves=["R04"],
            organisation__town=town,
        )  # fmt: skip
    town_hall = factories.BuyerFactory(name="Ville de Zacharie", verified_at=[]).organisation
    clerk = stage.visitor(factories.MembershipFactory(organisation=town_hall, user__first_name="Alice").user)
    colleague = stage.member_of(town_hall, "Bruno", "Roy")

    clerk.open("/fournisseurs/")
    clerk.fill("q", "entretien ménager à Trois-Rivières")
    clerk.click(clerk.page.locator("#filtres button[type=submit]").first)
    for number in range(3):
        clerk.keep(f"Propre {number}")
    clerk.open("/selection/")
    clerk.reads("Cette sélection est gardée dans ce navigateur", "3 fournisseurs retenus")
    clerk.click("Connectez-vous", role="link")
    clerk.page.fill("[name=login]", clerk.user.email)
    clerk.page.fill("[name=password]", factories.PASSWORD)
    clerk.click(clerk.page.locator("main button[type=submit]"))
    clerk.reads("Entretien ménager à Trois-Rivières", "Partagée avec les membres")

    # Her colleague sees it at once; both decide about the same supplier, and the second chooses between the two texts.
    colleague.open("/selection/")
    colleague.reads("Entretien ménager à Trois-Rivières", "Propre 2")
    entry = ShortlistEntry.objects.get(supplier_name="Propre 2")
    page = f"/selection/fournisseurs/{entry.pk}/"
    clerk.open(page)
    colleague.open(page)
    colleague.check("state", "aside")
    colleague.fill("reason", "Trop loin pour nous.")
    colleague.click("Enregistrer")
    clerk.check("state", "aside")
    clerk.fill("reason", "Plus loin que les deux autres.")
    clerk.click("Enregistrer")
    clerk.reads("Trop loin pour nous.", "Plus loin que les deux autres.")
    clerk.click("Enregistrer avec ces choix")
    entry.refresh_from_db()
    assert (entry.state, entry.reason) == ("aside", "Plus loin que les deux autres.")

    clerk.open("/selection/")
    clerk.click("Comparer")
    clerk.reads("Propre 0", "Propre 1", "Concorde")
    clerk.does_not_read("Propre 2")
    document = clerk.download("Document pour le dossier (PDF)")
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert "ménager" in str(pdf.docinfo["/Title"])
    colleague.open("/selection/")
    colleague.reads("2 fournisseurs retenus, 1 écarté", "Plus loin que les deux autres.")
