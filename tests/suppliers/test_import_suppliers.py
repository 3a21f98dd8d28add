"""`import_suppliers`: what a file becomes, and what it never touches."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pghistory.models import Context

from marketplace.accounts.models import Organisation
from marketplace.territories.models import Municipality
from marketplace.web import process_cache
from suppliers.curation import archive_not_social_economy
from suppliers.editing import update_supplier
from suppliers.importing import listing as listing_mapping
from suppliers.importing.writer import merge_columns
from suppliers.models import Contact, Decision, LegalForm, Offer, RegistryRecord, ServedArea, Status, Supplier
from tests import factories
from tests.suppliers.import_files import GOOD, counts, load, supplier

pytestmark = pytest.mark.django_db


def test_a_listing_row_becomes_a_whole_draft(listing):
    report = load(listing({}))

    sheet = supplier()
    seat = sheet.organisation
    assert counts(report) == (1, 0, 0, 0)
    assert (sheet.status, sheet.source, sheet.slug) == (Status.DRAFT, "file", "ressourcerie-de-l-energie")
    assert (sheet.legal_form, sheet.sector_id, sheet.staff_count, sheet.capacity) == (
        LegalForm.COOP_SOLIDARITY, "44", 18, 120_000,
    )  # fmt: skip
    assert (seat.mrc_id, seat.region_id, seat.postal_code) == ("36", "04", "G9N1A1")
    assert seat.website == "https://www.ressourcerie.example"
    assert seat.lat is not None
    offers = [(o.kind, o.title, sorted(c.pk for c in o.codes.all())) for o in sheet.offers.all()]
    assert offers == [
        ("good", "Meubles usagés", ["56101500", "56101700"]),
        ("service", "Collecte à domicile", ["76121500"]),
    ]
    areas = {(a.region_id, a.mrc.name if a.mrc else None) for a in sheet.served_areas.all()}
    assert areas == {("04", None), (None, "Drummond")}
    assert {p.pk for p in sheet.purposes.all()} == {"environnement", "insertion"}
    assert [c.pk for c in sheet.certifications.all()] == ["iso-14001"]
    contact = sheet.contacts.get()
    assert (contact.name, contact.is_public) == ("Maude Archambault", False)
    assert Decision.objects.get(supplier=sheet).channel == "import"


def test_a_contact_stays_out_of_the_kept_row(listing):
    load(listing({}))

    kept = json.dumps(RegistryRecord.objects.get().values, ensure_ascii=False)
    assert "Ressourcerie" in kept
    assert "Maude" not in kept
    assert "maude@" not in kept


def test_the_second_run_changes_nothing(listing):
    path = listing({}, {"neq": "1160000002", "nom": "Autre"})
    load(path)
    before = list(Supplier.objects.values_list("pk", "updated_at", "registry__last_changed_at"))
    offers = set(Offer.objects.values_list("pk", flat=True))

    report = load(path)

    assert counts(report) == (0, 0, 2, 0)
    assert list(Supplier.objects.values_list("pk", "updated_at", "registry__last_changed_at")) == before
    assert set(Offer.objects.values_list("pk", flat=True)) == offers


def test_a_changed_row_changes_the_draft_and_what_hangs_on_it(listing):
    load(listing({}))
    keep = ServedArea.objects.get(region="04").pk

    report = load(listing({"nom": "Ressourcerie du Centre", "offres": "Meubles", "codes_unspsc": "", "contact_nom": "Luc B.",
                           "finalites": "culture"}))  # fmt: skip

    sheet = supplier()
    assert counts(report) == (0, 1, 0, 0)
    assert sheet.organisation.name == "Ressourcerie du Centre"
    assert [o.title for o in sheet.offers.all()] == ["Meubles"]
    assert [c.name for c in sheet.contacts.all()] == ["Luc B."]
    assert [p.pk for p in sheet.purposes.all()] == ["culture"]
    assert ServedArea.objects.filter(pk=keep).exists()  # unchanged columns are not rewritten


def test_a_file_with_fewer_columns_leaves_the_others_as_they_are(listing):
    load(listing({}))

    load(listing({"nom": "Ressourcerie du Centre"}, only=["neq", "nom", "forme"]))

    sheet = supplier()
    assert sheet.organisation.name == "Ressourcerie du Centre"
    assert (sheet.organisation.email, sheet.capacity) == ("info@ressourcerie.example", 120_000)
    assert sheet.offers.count() == 2
    assert sheet.contacts.count() == 1


def test_an_emptied_cell_empties_what_the_import_wrote(listing):
    load(listing({}))

    load(listing({"telephone": "", "capacite": "", "contact_nom": "", "contact_courriel": ""}))

    assert (supplier().organisation.phone, supplier().capacity) == ("", None)
    assert not Contact.objects.exists()


def test_a_field_that_someone_changed_since_is_kept(listing):
    load(listing({}))
    Organisation.objects.update(name="Nom corrigé à la main")

    load(listing({"nom": "Ressourcerie du Centre", "telephone": "819 555-0199"}))

    assert (supplier().organisation.name, supplier().organisation.phone) == (
        "Nom corrigé à la main",
        "819 555-0199",
    )


def test_a_sheet_that_a_person_holds_is_left_alone(listing):
    load(listing({}))
    update_supplier(supplier=supplier(), by=None, changes={"activity": "Écrite par quelqu’un"})

    report = load(
        listing({"activite": "Du fichier", "nom": "Autre nom", "offres": "Autre offre", "codes_unspsc": ""})
    )

    sheet = supplier()
    assert (counts(report), report.held, report.read) == ((0, 0, 0, 0), 1, 1)
    assert (sheet.activity, sheet.organisation.name) == ("Écrite par quelqu’un", GOOD["nom"])
    assert sheet.offers.count() == 2
    assert sheet.registry.values["name"] == "Autre nom"  # what the file says is kept beside
    assert report.sentence() == "1 fiche gérée par une personne, laissée telle quelle."


@pytest.mark.parametrize("status", [s for s in Status if s not in (Status.PROSPECT, Status.DRAFT)])
def test_no_state_changes_and_no_sheet_past_draft_is_written(registry, status):
    path = registry("1160000001,COOP A,,Shawinigan (Québec),,G9N1A1,MENAGE,COP,46.5,-72.7")
    load(path, "req")
    Supplier.objects.update(status=status, reason="other")

    load(registry("1160000001,COOP RENOMMÉE,,Shawinigan (Québec),,G9N1A1,AUTRE,COP,46.5,-72.7"), "req")

    sheet = supplier()
    assert (sheet.status, sheet.reason, sheet.activity, sheet.organisation.name) == (
        status,
        "other",
        "MENAGE",
        "COOP A",
    )


def test_not_social_economy_survives_the_registry_and_the_listing(registry, listing):
    path = registry(f"{GOOD['neq']},CLUB A,,Shawinigan (Québec),,G9N1A1,CLUB,APE,46.5,-72.7")
    load(path, "req")
    archive_not_social_economy(supplier=supplier(), by=None)

    load(path, "req")
    load(listing({}))

    assert (supplier().status, supplier().reason) == (Status.ARCHIVED, "not_social_economy")


def test_the_registry_does_not_overwrite_a_listing(registry, listing):
    load(listing({}))

    report = load(
        registry(f"{GOOD['neq']},RESSOURCERIE,,La Tuque (Québec),,G9X1A1,VENTE,APE,47.4,-72.8"), "req"
    )

    assert counts(report) == (0, 0, 1, 0)
    assert supplier().organisation.name == GOOD["nom"]
    assert supplier().source == "file"
    assert supplier().registry.mapping == "req"


def test_a_listing_takes_over_a_prospect_without_changing_its_state(registry, listing):
    load(registry(f"{GOOD['neq']},RESSOURCERIE,,La Tuque (Québec),,G9X1A1,VENTE,APE,47.4,-72.8"), "req")

    load(listing({}))

    assert (supplier().status, supplier().source) == (Status.PROSPECT, "file")
    assert (supplier().organisation.name, supplier().organisation.mrc_id) == (GOOD["nom"], "36")


def test_a_supplier_that_a_person_opened_is_not_overwritten(listing):
    factories.SupplierFactory(
        organisation__neq=GOOD["neq"], organisation__name="Saisie", status=Status.DRAFT, source="person"
    )

    load(listing({}))

    assert supplier().organisation.name == "Saisie"
    assert supplier().registry.values["name"] == GOOD["nom"]


def test_an_organisation_that_buys_already_is_joined_not_rewritten(listing):
    buyer = factories.BuyerFactory(
        organisation__neq=GOOD["neq"], organisation__name="Ville X", organisation__email=""
    )

    report = load(listing({}))

    assert counts(report) == (1, 0, 0, 0)
    assert supplier().organisation_id == buyer.organisation_id
    assert supplier().organisation.name == "Ville X"
    assert supplier().organisation.email == GOOD["courriel"]  # a blank is filled
    load(listing({"nom": "Encore un autre nom"}))
    assert supplier().organisation.name == "Ville X"


def test_registry_rows_are_prospects_outside_the_queue(registry):
    report = load(
        registry(
            "1160000001,COOPÉRATIVE DE SOLIDARITÉ L'AVENIR,12 rue A,Trois-Rivières (Québec),,G9A4W5,-,COP,46.34,-72.54",
            '3360000002,"CLUB ""LE CAP""",12 rue A,CP 368,Shawinigan (Québec),G9N6V1,LOISIRS,ASS,,',
            "1160000003,COOP DE TRAVAIL B,12 rue A,SAINT-TITE QC,,G0X3H0,BOIS,COP,40.79,14.18",
        ),
        "req",
    )

    assert counts(report) == (3, 0, 0, 0)
    assert not Supplier.objects.waiting().exists()
    first, second, third = (supplier(neq) for neq in ("1160000001", "3360000002", "1160000003"))
    assert {s.status for s in (first, second, third)} == {Status.PROSPECT}
    assert (first.legal_form, first.activity, first.organisation.mrc_id) == (
        LegalForm.COOP_SOLIDARITY,
        "",
        "371",
    )
    assert (second.legal_form, second.organisation.town) == (LegalForm.OBNL, "Shawinigan")
    assert second.organisation.address == "12 rue A, CP 368"
    assert second.organisation.lat is not None  # of the town
    assert third.legal_form == LegalForm.COOP_WORK
    assert (third.organisation.town, third.organisation.mrc_id) == ("SAINT-TITE", "35")
    assert 46 < third.organisation.lat < 47  # not in Italy
    assert [(w.row, w.field) for w in report.warnings] == [(4, "lat")]


def test_places_are_looked_up_again_when_the_list_of_places_grows(registry):
    path = registry("1160000001,COOP A,,Ville-à-Naître (Québec),,,MENAGE,COP,,")
    load(path, "req")
    assert supplier().organisation.mrc_id is None
    Municipality.objects.create(code="99998", name="Ville-à-Naître", mrc_id="36", population=10)
    process_cache.clear_process_caches()

    assert counts(load(path, "req")) == (0, 1, 0, 0)
    process_cache.clear_process_caches()
    assert supplier().organisation.mrc_id == "36"


def test_rows_without_a_place_go_to_the_pole_and_the_others_do_not(registry, mauricie):
    path = registry(
        "1160000001,COOP A,,Nulle-Part-sur-Rien (Québec),,,MENAGE,COP,,",
        "1160000002,COOP B,,Laval (Québec),,H7S1M2,MENAGE,COP,,",
    )
    load(path, "req")
    assert supplier("1160000001").organisation.pole is None

    report = load(path, "req", pole=mauricie)

    assert supplier("1160000001").organisation.pole == mauricie
    assert supplier("1160000002").organisation.pole is None
    assert counts(report) == (0, 1, 1, 0)
    assert counts(load(path, "req", pole=mauricie)) == (0, 0, 2, 0)
    assert counts(load(path, "req")) == (0, 0, 2, 0)


def test_two_enterprises_of_one_name_get_two_addresses(listing):
    factories.SupplierFactory(slug="cafe-l-oeuvre", organisation__name="Café l’Œuvre")

    load(
        listing(
            {"neq": "1160000001", "nom": "Café l'Œuvre"},
            {"neq": "1160000002", "nom": "CAFÉ L’ŒUVRE"},
            {"neq": "1160000003", "nom": "Inscription", "ville": ""},
            {"neq": "1160000004", "nom": "水", "ville": ""},
            {"neq": "1160000005", "nom": "x" * 250},
            {"neq": "1160000006", "nom": "x" * 251},
        )
    )

    slugs = dict(Supplier.objects.values_list("organisation__neq", "slug"))
    assert slugs["1160000001"] == "cafe-l-oeuvre-shawinigan"
    assert slugs["1160000002"] == "cafe-l-oeuvre-1160000002"
    assert slugs["1160000003"] == "inscription-1160000003"
    assert slugs["1160000004"] == "fournisseur"
    assert len(set(slugs.values())) == len(slugs)


def test_a_row_that_the_database_refuses_costs_only_itself(listing, monkeypatch):
    read = listing_mapping.parse_text
    monkeypatch.setattr(
        listing_mapping, "parse_text", lambda column, value, limit, **k: read(column, value, 9999, **k)
    )

    report = load(listing({"neq": "1160000002"}, {"nom": "x" * 300}, {"neq": "1160000003"}))

    assert counts(report) == (2, 0, 0, 1)
    assert report.rejected[0].row == 3


def test_batches_meet_without_a_seam(listing, monkeypatch):
    monkeypatch.setattr("suppliers.importing.importer.BATCH", 2)
    path = listing(*({"neq": f"116000000{n}", "nom": "Coop pareille"} for n in range(7)))

    assert counts(load(path)) == (7, 0, 0, 0)
    assert counts(load(path)) == (0, 0, 7, 0)


def test_history_names_the_import(listing):
    load(listing({}), name="envoi-de-juin.csv")

    assert Context.objects.filter(metadata__import_file="envoi-de-juin.csv").exists()
    assert any("import_suppliers" in context.metadata["verb"] for context in Context.objects.all())


def test_writing_costs_the_same_number_of_queries_for_few_rows_and_many(
    listing, django_assert_max_num_queries
):
    few = listing({"neq": "1160000000"}, {"neq": "1160000001"}, name="few.csv")
    many = listing(*({"neq": f"11600001{n:02d}"} for n in range(40)), name="many.csv")
    load(listing({"neq": "1160000099"}))  # warms what is remembered

    with CaptureQueriesContext(connection) as first:
        load(few)
    with CaptureQueriesContext(connection) as second:
        load(many)

    assert len(second) == len(first)
    assert len(first) < 60


def test_merge_is_named_for_what_it_keeps():
    seat = Organisation(name="Vu par quelqu’un", phone="", email="a@exemple.test")

    changed = merge_columns(
        seat,
        {"name": "Fichier", "phone": "1", "email": "b@exemple.test"},
        {"name": "Avant", "email": "a@exemple.test"},
    )

    assert changed
    assert (seat.name, seat.phone, seat.email) == ("Vu par quelqu’un", "1", "b@exemple.test")
