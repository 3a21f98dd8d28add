"""Rows and columns of a file: what is accepted as people write it, what is set aside, and with which words."""

import io

import pytest
from openpyxl import Workbook

from marketplace.accounts.models import Organisation
from tests.suppliers.import_files import GOOD, counts, load, supplier

pytestmark = pytest.mark.django_db

REFUSED_CELLS = [
    ({"neq": "116000001"}, "neq", "Il y a 9 chiffres; il en faut dix."),
    ({"neq": "11600000O1"}, "neq", "que des chiffres"),
    ({"neq": "١١٦٠٠٠٠٠٠١"}, "neq", "que des chiffres"),
    ({"nom": " \u00a0 "}, "nom", "Il faut un nom"),
    ({"nom": "x" * 256}, "nom", "256 caractères"),
    ({"nom": "Coop\0Nul"}, "nom", "caractère illisible"),
    ({"forme": "société par actions"}, "forme", "n’est pas une forme"),
]
LEFT_OUT_CELLS = [
    ({"code_postal": "G9A"}, "code_postal", "code postal"),
    ({"courriel": "pas un courriel"}, "courriel", "n’est pas valable"),
    ({"site": "javascript:alert(1)"}, "site", "adresse Web"),
    ({"site": "ftp://exemple.ca"}, "site", "adresse Web"),
    ({"site": "https://"}, "site", "adresse Web"),
    ({"telephone": "555"}, "telephone", "incomplet"),
    ({"effectif": "douze"}, "effectif", "nombre entier"),
    ({"effectif": "-3"}, "effectif", "nombre entier"),
    ({"capacite": "99999999999"}, "capacite", "trop grand"),
    ({"latitude": "nord", "longitude": "-72"}, "latitude", "coordonnée"),
    ({"latitude": "inf", "longitude": "-72"}, "latitude", "coordonnée"),
    ({"latitude": "146", "longitude": "-72"}, "latitude", "coordonnée"),
    ({"latitude": "46.3", "longitude": ""}, "longitude", "latitude et la longitude"),
    ({"latitude": "40.7", "longitude": "14.2"}, "latitude", "pas au Québec"),
    ({"secteur": "99"}, "secteur", "SCIAN"),
    ({"codes_unspsc": "561"}, "codes_unspsc", "UNSPSC"),
    ({"codes_unspsc": "56101500 | 56101600 | 56101700"}, "codes_unspsc", "3 groupes"),
    ({"offres": "", "codes_unspsc": "56101500"}, "codes_unspsc", "n’ont pas d’offre"),
    ({"offres": "x" * 161, "codes_unspsc": ""}, "offres", "161 caractères"),
    ({"territoires": "Ontario"}, "territoires", "ni une région ni une MRC"),
    ({"finalites": "sauver le monde"}, "finalites", "pas dans la liste"),
    ({"contact_nom": ""}, "contact_nom", "nom de la personne"),
    ({"courriel": "a@exemple.example; b@exemple.example"}, "courriel", "plusieurs courriels"),
    ({"site": "exemple.example / facebook.example/exemple"}, "site", "adresse Web"),
    ({"site": "info@exemple.example"}, "site", "courriel, pas une adresse"),
    ({"effectif": "12 à 15"}, "effectif", "nombre entier"),
    ({"telephone": "8,19555E+09"}, "telephone", "perdu des chiffres"),
    ({"ville": "#REF!"}, "ville", "erreur de votre tableur"),
    ({"adresse": "Rue de la For\ufffdt"}, "adresse", "caractères"),
]


@pytest.mark.parametrize(("cell", "field", "message"), REFUSED_CELLS, ids=lambda value: str(value)[:30])
def test_a_bad_needed_cell_rejects_its_row_with_its_column_and_keeps_the_others(
    listing, cell, field, message
):
    report = load(listing({"neq": "1160000009"}, cell, {"neq": "1160000008"}))

    assert counts(report) == (2, 0, 0, 1)
    [rejected] = report.rejected
    assert (rejected.row, rejected.field) == (3, field)
    assert message in rejected.message


@pytest.mark.parametrize(("cell", "field", "message"), LEFT_OUT_CELLS, ids=lambda value: str(value)[:30])
def test_a_bad_optional_cell_is_left_out_with_a_warning_and_the_row_enters(listing, cell, field, message):
    report = load(listing({"neq": "1160000009"}, cell, {"neq": "1160000008"}))

    assert counts(report) == (3, 0, 0, 0)
    [warning] = report.warnings
    assert (warning.row, warning.field) == (3, field)
    assert message in warning.message


def test_a_bad_cell_leaves_what_the_supplier_already_says(listing):
    load(listing({}))

    report = load(listing({"courriel": "maude chez exemple", "effectif": "environ 20"}))

    assert (supplier().organisation.email, supplier().staff_count) == (GOOD["courriel"], 18)
    assert [told.field for told in report.warnings] == ["courriel", "effectif"]


def test_messages_never_repeat_an_address_of_a_person(listing):
    report = load(
        listing(
            {"courriel": "maude chez exemple"}, {"neq": "1160000002", "contact_courriel": "maude@@exemple"}
        )
    )

    assert (report.created, len(report.warnings)) == (2, 2)
    assert not any("maude" in told.message for told in report.warnings)


@pytest.mark.parametrize("neq", ["1160 000 001", "1160\u00a0000\u202f001", "1160-000-001", " 1160000001 "])
def test_a_neq_is_accepted_with_spaces(listing, neq):
    load(listing({"neq": neq}))

    assert Organisation.objects.get().neq == "1160000001"


def test_an_unusual_neq_prefix_warns_and_is_kept(listing):
    report = load(listing({"neq": "4460000001"}, {"neq": "8860000001"}))

    assert report.created == 2
    assert [(w.row, w.field) for w in report.warnings] == [(2, "neq")]


def test_a_neq_twice_in_a_file_counts_unchanged_if_identical_else_rejected(listing):
    report = load(listing({}, {"neq": "1160 000 001", "nom": f" {GOOD['nom']} "}, {"nom": "Autre"}))

    assert counts(report) == (1, 0, 1, 1)
    assert report.read == 3
    assert "ligne 2" in report.rejected[0].message


def test_unknown_columns_are_told_and_passed_over(listing):
    report = load(listing({"couleur": "vert"}))

    assert report.created == 1
    assert [(w.row, w.field) for w in report.warnings] == [(1, "couleur")]


def test_headers_are_known_with_accents_capitals_and_spaces(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("NEQ\tNom de l’entreprise\tForme juridique\tCode postal\tTéléphone\n"
                    "1160000001\tCoop\tOBNL\tG9A 1A1\t819 555-0100\n", encoding="utf-8")  # fmt: skip

    report = load(path)

    assert (report.created, report.warnings) == (1, [])
    assert supplier().organisation.phone == "819 555-0100"


def test_a_workbook_gives_what_a_csv_gives(listing, tmp_path):
    book = Workbook()
    book.active.append(["neq", "nom", "forme", "capacite", "couleur"])
    book.active.append([1160000001, "Coop", "coopérative", 125000.0, "vert"])
    book.active.append(["1160000002", "Texte", "obnl", None, None])
    out = io.BytesIO()
    book.save(out)
    path = tmp_path / "pole.xlsx"
    path.write_bytes(out.getvalue())

    report = load(path)

    assert (report.created, report.rejected) == (2, [])
    assert supplier().capacity == 125_000
