"""« NEQ à confirmer » as staff use it: the list, the page of a supplier, confirming, setting aside, taking back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.models import Organisation
from suppliers.models import NeqProposal, Status, Supplier
from tests import factories
from tests.admin.conftest import press, signed_in
from tests.suppliers.import_files import POLE_HEADER, REGISTRY, load, load_pole_list, named

pytestmark = pytest.mark.django_db

LIST = "suppliers_admin:neqs"
KNOWN = (
    "1149000011,COOPÉRATIVE DE SOLIDARITÉ DU RIVAGE,12 rue X,Shawinigan (Québec),,G9N1A1,CUISINE,COP,46.5,-72.7",
    "1149000012,ATELIER ZÉNITH INC.,1 rue Y,La Tuque (Québec),,G9X1A1,BOIS,APE,47.4,-72.8",
)
LISTED = (
    "Coop du Rivage,,Shawinigan,,,,,Cuisine",
    "Atelier Zénith,,La Tuque,,,,,Bois",
    "Bistro Cumulus,,Saint-Tite,,,,,Repas",
)


@pytest.fixture
def rows(tmp_path):
    registry, listed = tmp_path / "registre.csv", tmp_path / "liste.csv"
    registry.write_text("\n".join([REGISTRY, *KNOWN]), encoding="utf-8")
    listed.write_text("\n".join([POLE_HEADER, *LISTED]), encoding="utf-8")
    load(registry, "req")
    load_pole_list(listed)


def test_the_list_shows_both_sides_the_surest_first(rows, pole_staff):
    page = signed_in(pole_staff).get(reverse(LIST))

    html = page.content.decode()
    assert [row.supplier.organisation.name for row in page.context["rows"]][-1] == "Bistro Cumulus"
    assert "COOPÉRATIVE DE SOLIDARITÉ DU RIVAGE" in html
    assert "12 rue X, Shawinigan, G9N1A1" in html
    assert "Même ville" in html
    assert "Le registre n’a aucune ligne qui ressemble à celle-ci." in html
    assert [(count, current) for _v, _l, count, current in page.context["shares"]] == [
        (3, True), (2, False), (0, False), (1, False),
    ]  # fmt: skip
    alone = signed_in(pole_staff).get(reverse(LIST), {"confiance": "aucune"})
    assert [row.supplier.organisation.name for row in alone.context["rows"]] == ["Bistro Cumulus"]


def test_one_press_confirms_and_the_history_takes_it_back(rows, pole_staff):
    client = signed_in(pole_staff)
    proposal = NeqProposal.objects.get(neq="1149000011")

    answer = client.post(
        reverse("suppliers_admin:neq_decision", args=[proposal.pk]), {"decision": "confirm"}, follow=True
    )

    assert "NEQ confirmé" in answer.content.decode()
    sheet = named("Coop du Rivage")
    assert sheet.organisation.neq == "1149000011"
    undo = reverse("suppliers_admin:neq_undo", args=[proposal.pk])
    history = client.get(reverse("admin:suppliers_supplier_history", args=[sheet.pk])).content.decode()
    assert undo in history
    assert undo in client.get(reverse("admin:suppliers_supplier_change", args=[sheet.pk])).content.decode()
    assert undo in client.get(reverse(LIST)).content.decode()
    assert "Les deux fiches reviennent" in client.get(undo).content.decode()
    client.post(undo)
    assert named("Coop du Rivage").organisation.neq is None
    assert named("COOPÉRATIVE DE SOLIDARITÉ DU RIVAGE").organisation.neq == "1149000011"


def test_the_sure_ones_of_the_page_are_confirmed_together(rows, pole_staff):
    client = signed_in(pole_staff)
    page = client.get(reverse(LIST))
    sure = [proposal.pk for proposal in page.context["sure"]]
    assert len(sure) == 2
    foreign = NeqProposal.objects.create(
        supplier=factories.SupplierFactory(status=Status.PROSPECT), neq="1149000099", confidence=99
    )

    answer = client.post(
        reverse("suppliers_admin:confirm_neqs"), {"proposal": [*sure, foreign.pk, "x", "9" * 40]}, follow=True
    )

    assert "2 NEQ confirmés." in answer.content.decode()
    assert Supplier.objects.awaiting_neq().count() == 1
    assert NeqProposal.objects.get(pk=foreign.pk).state == "proposed"


def test_a_neq_is_typed_or_none_is_retained(rows, pole_staff):
    client = signed_in(pole_staff)
    bistro = named("Bistro Cumulus")
    address = reverse("suppliers_admin:neq_of_supplier", args=[bistro.pk])

    refused = client.post(address, {"neq": "114900", "decision": "type"}).content.decode()
    assert "il en faut dix" in refused
    assert 'value="114900"' in refused
    client.post(address, {"neq": "1149 000 055", "decision": "type", "from": "sheet"})
    assert named("Bistro Cumulus").organisation.neq == "1149000055"

    zenith = named("Atelier Zénith")
    client.post(reverse("suppliers_admin:neq_of_supplier", args=[zenith.pk]), {"decision": "none"})
    assert zenith.neq_proposals.get().state == "rejected"
    again = client.get(reverse("suppliers_admin:neq_undo", args=[zenith.neq_proposals.get().pk]))
    assert "attendra de nouveau" in again.content.decode()


def test_a_registry_row_of_elsewhere_shows_nothing_of_itself(rows, pole_staff):
    Organisation.objects.filter(neq="1149000011").update(mrc="66", region="06", town="Montréal")

    client = signed_in(pole_staff)
    html = client.get(reverse(LIST), {"confiance": "haute"}).content.decode()

    assert "Une ligne hors de votre territoire." in html
    assert "COOPÉRATIVE DE SOLIDARITÉ DU RIVAGE" not in html
    assert "12 rue X" not in html
    assert "1149" not in html.split("Coop du Rivage")[1].split("Atelier Zénith")[0]
    proposal = NeqProposal.objects.get(neq="1149000011")
    answer = client.post(
        reverse("suppliers_admin:neq_decision", args=[proposal.pk]), {"decision": "confirm"}, follow=True
    )
    assert "hors de votre territoire" in answer.content.decode()
    assert named("Coop du Rivage").organisation.neq is None


def test_the_page_of_a_row_without_a_neq_says_what_to_do_and_saves(rows, pole_staff):
    client = signed_in(pole_staff)
    sheet = named("Coop du Rivage")

    page = client.get(reverse("admin:suppliers_supplier_change", args=[sheet.pk])).content.decode()

    assert "Forme juridique inconnue" in page
    assert "Selon la liste du pôle" in page
    alone = reverse("suppliers_admin:neq_of_supplier", args=[sheet.pk])
    assert alone in page
    assert "C’est cette entreprise" in client.get(alone).content.decode()
    refused = press(client, sheet, move="publish").content.decode()
    assert "Confirmez d’abord son NEQ" in refused
    assert client.get(reverse("admin:index")).content.decode().count("NEQ à confirmer") >= 1


def test_the_list_costs_the_same_with_one_and_three_rows(rows, pole_staff):
    client = signed_in(pole_staff)
    client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as three:
        client.get(reverse(LIST))
    Supplier.objects.exclude(organisation__name="Coop du Rivage").filter(organisation__neq=None).delete()
    with CaptureQueriesContext(connection) as one:
        client.get(reverse(LIST))
    assert len(one) == len(three) <= 15
