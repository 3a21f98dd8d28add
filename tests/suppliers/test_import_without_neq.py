"""A pôle's own list, without NEQ nor legal form: every row enters as a prospect, once."""

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.models import Organisation
from suppliers.curation import missing_for_publication
from suppliers.models import ListedRow, Status, Supplier
from tests import factories
from tests.suppliers.import_files import counts, load, load_pole_list, named

pytestmark = pytest.mark.django_db

ROWS = [
    "Coopérative du Rivage,12 rue X,Shawinigan,G9N1A1,www.rivage.example,819 555-0101,Maude A.,Cuisine collective",
    "Atelier Tournesol (CAFRSG),,Trois-Rivieres,,,819 555-0102,,Meubles",
    "Atelier Tournesol (CAFRSG),,La Tuque,,,819 555-0103,,Meubles",
    "Les Amis du Lac (inc.),3 chemin Y,St-Alexis des Monts,J0K 1V0,,,,",
    "Organisme sans lieu,,,,,,,Aide aux devoirs",
]


def test_every_row_without_a_neq_enters_as_a_prospect_with_what_it_says(pole_list):
    report = load_pole_list(pole_list(*ROWS))

    assert (counts(report), report.held) == ((5, 0, 0, 0), 0)
    sheet = named("Coopérative du Rivage")
    seat = sheet.organisation
    assert (sheet.status, sheet.source, sheet.legal_form, seat.neq) == (Status.PROSPECT, "file", "", None)
    assert (seat.mrc_id, seat.postal_code, seat.website) == ("36", "G9N1A1", "https://www.rivage.example")
    assert (seat.phone, sheet.activity) == ("819 555-0101", "Cuisine collective")
    assert sheet.contacts.get().name == "Maude A."
    assert sheet.awaits_neq
    assert missing_for_publication(sheet)[0] == "une forme juridique"
    assert set(Supplier.objects.values_list("status", flat=True)) == {"prospect"}
    assert named("Organisme sans lieu").organisation.pole_id == "mauricie"
    assert "Maude" not in str(list(ListedRow.objects.values_list("values", flat=True)))


def test_the_same_list_reordered_or_spelt_otherwise_creates_nothing_twice(pole_list):
    load_pole_list(pole_list(*ROWS))
    before = set(Supplier.objects.values_list("pk", flat=True))

    assert counts(load_pole_list(pole_list(*ROWS))) == (0, 0, 5, 0)
    assert counts(load_pole_list(pole_list(*reversed(ROWS)))) == (0, 0, 5, 0)
    respelt = ["ATELIER  TOURNESOL (CAFRSG),,Trois-Rivières (Québec),,,819 555-0102,,Meubles", *ROWS[2:]]
    assert counts(load_pole_list(pole_list(ROWS[0].replace("0101", "0199"), *respelt))) == (0, 2, 3, 0)

    assert set(Supplier.objects.values_list("pk", flat=True)) == before
    assert named("Coopérative du Rivage").organisation.phone == "819 555-0199"
    assert {s.organisation.town for s in Supplier.objects.filter(organisation__name__iexact="Atelier  Tournesol (CAFRSG)")} <= {
        "Trois-Rivières (Québec)", "La Tuque",
    }  # fmt: skip


def test_homonyms_in_two_towns_are_two_and_each_pole_has_its_own(pole_list):
    load_pole_list(pole_list(*ROWS))

    assert Supplier.objects.filter(organisation__name="Atelier Tournesol (CAFRSG)").count() == 2
    slugs = set(Supplier.objects.values_list("slug", flat=True))
    assert {"atelier-tournesol-cafrsg", "atelier-tournesol-cafrsg-la-tuque"} <= slugs
    assert counts(load(pole_list(ROWS[0]), pole=factories.pole("estrie"))) == (1, 0, 0, 0)
    assert counts(load(pole_list(ROWS[0]))) == (1, 0, 0, 0)  # without a pôle: nobody's list
    assert counts(load(pole_list(ROWS[0]))) == (0, 0, 1, 0)


def test_a_row_that_stands_twice_is_unchanged_or_told(pole_list):
    report = load_pole_list(pole_list(ROWS[0], ROWS[0], ROWS[0].replace("0101", "0199")))

    assert counts(report) == (1, 0, 1, 1)
    assert report.rejected[0].row == 4
    assert report.rejected[0].field == "NomEntreprise"
    assert "déjà à la ligne 2" in report.rejected[0].message


def test_a_row_that_gains_its_town_or_its_neq_is_the_same_one(pole_list):
    load_pole_list(pole_list("Organisme sans lieu,,,,,,,Aide aux devoirs"))
    one = Supplier.objects.get()

    assert counts(load_pole_list(pole_list("Organisme sans lieu,,Shawinigan,,,,,Aide aux devoirs"))) == (
        0,
        1,
        0,
        0,
    )
    with_neq = pole_list(
        "Organisme sans lieu,Shawinigan,1160000077,OBNL",
        header="NomEntreprise,Municipalite,NEQ,Forme juridique",
    )
    assert counts(load_pole_list(with_neq)) == (0, 1, 0, 0)
    assert counts(load_pole_list(with_neq)) == (0, 0, 1, 0)

    one.refresh_from_db()
    assert (one.organisation.neq, one.legal_form, one.status) == ("1160000077", "obnl", Status.PROSPECT)
    assert Organisation.objects.count() == 1


def test_a_row_whose_supplier_a_person_keeps_is_held(pole_list):
    load_pole_list(pole_list(*ROWS))
    Supplier.objects.filter(organisation__name="Coopérative du Rivage").update(curated_at="2026-01-01T00:00Z")

    report = load_pole_list(pole_list(ROWS[0].replace("0101", "0199"), *ROWS[1:]))

    assert (counts(report), report.held) == ((0, 0, 4, 0), 1)
    assert named("Coopérative du Rivage").organisation.phone == "819 555-0101"
    kept = ListedRow.objects.get(supplier=named("Coopérative du Rivage"))
    assert kept.values["phone"] == "819 555-0199"  # the difference stays to be read


def test_a_list_enterprise_seated_elsewhere_stays_before_the_pole_that_lists_it(pole_list):
    load_pole_list(pole_list("Coopérative d’en face,,Bécancour,,,,,"))

    staff = factories.PolePostFactory(pole=factories.pole("mauricie")).user
    assert Supplier.objects.curated_by(staff).count() == 1


def test_the_database_refuses_a_published_supplier_without_a_legal_form():
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.SupplierFactory(status=Status.PUBLISHED, legal_form="")
    assert factories.SupplierFactory(status=Status.PROSPECT, legal_form="").form is None


def test_a_list_of_430_rows_enters_whole(pole_list):
    """The shape of a pôle's own directory: name, address, town as people write it, postal code, territory, site."""
    towns = [
        "Shawinigan",
        "Trois-Rivieres",
        "St-Tite",
        "Sainte-Anne-de-la-Pérade",
        "LA TUQUE",
        "Louiseville (Québec)",
        "",
    ]
    rows = [
        f"Entreprise {n} d’économie sociale,{n} rue X,{towns[n % 7]},{'G9N1A1' if n % 3 else ''},,"
        for n in range(430)
    ]
    path = pole_list(*rows, header="NomEntreprise,Adresse,Municipalite,CodePostal,Activite,SiteWeb")

    assert counts(load_pole_list(path)) == (430, 0, 0, 0)
    assert counts(load_pole_list(path)) == (0, 0, 430, 0)
    assert Supplier.objects.filter(status=Status.PROSPECT, organisation__neq=None).count() == 430
