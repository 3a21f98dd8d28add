"""Lists as offices make them: titles, tabs, headers, forms and cells that a spreadsheet or a habit left there."""

import io
import zipfile

import pytest
from openpyxl import Workbook

from marketplace.web.tabular import TableError
from suppliers.models import ServedArea
from tests.suppliers.import_files import counts, load, supplier
from tests.web.test_tabular import rezipped

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(tmp_path):
    def send(content, name="liste.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return send


def workbook(**tabs):
    """A workbook of these tabs, in order; a title that ends with « _hidden » is hidden."""
    book = Workbook()
    book.remove(book.active)
    for title, rows in tabs.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title.endswith("_hidden") else "visible"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def told(report):
    return " / ".join(
        [*report.notes, *(w.message for w in report.warnings), *(r.message for r in report.rejected)]
    )


HEADER = ["neq", "nom", "forme", "ville"]


def row(n, name="Coop exemple", form="OBNL", town="Shawinigan"):
    return [f"11999400{n:02d}", name, form, town]


# -- where the list is ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "titles",
    [
        "Répertoire 2026;;;\n;;;\n",
        "Répertoire, version de novembre, pôle de la Mauricie\n\n",
        '"Liste; à jour\nle 3 novembre";;;\nSource : le pôle\n\n;;;\n',
        "sep=;\n",
        "\n" * 10,
    ],
)
def test_a_header_below_titles_is_found(sent, titles):
    report = load(sent(titles + "neq;nom;forme;ville\n1199940001;Coop A;OBNL;Shawinigan\n"))

    assert (counts(report), report.warnings) == ((1, 0, 0, 0), [])


def test_where_no_header_is_found_the_message_says_where_it_was_looked_for(sent):
    with pytest.raises(TableError, match="20 premières lignes"):
        load(sent("Titre\n" * 30 + "neq;nom;forme\n1199940001;Coop;OBNL\n"))


def test_each_tab_with_the_same_header_is_read_and_the_others_are_named(sent):
    path = sent(
        workbook(
            Lisez_moi=[["Comment remplir ce classeur"], ["Une ligne par entreprise"]],
            Mauricie=[["Répertoire"], [], HEADER, row(1), row(2)],
            Vide=[],
            Lanaudiere=[HEADER, row(3), row(1)],
            Personnes=[["nom", "courriel"], ["Maude", "maude@exemple.example"]],
            Listes_hidden=[HEADER, row(9)],
        )
    )

    report = load(path)

    assert counts(report) == (3, 0, 1, 0)
    said = " / ".join(report.notes)
    assert "« Lanaudiere » est lu aussi" in said
    assert all(f"« {tab} » n’est pas lu" in said for tab in ("Lisez_moi", "Personnes", "Listes_hidden"))
    assert "Vide" not in said
    assert "Maude" not in said


def test_a_row_of_a_second_tab_is_told_with_its_tab(sent):
    report = load(sent(workbook(A=[HEADER, row(1)], B=[HEADER, ["12", "Coop", "OBNL", ""]])))

    [rejected] = report.rejected
    assert (rejected.row, rejected.message.startswith("Onglet « B »")) == (2, True)


def test_merged_cells_blank_rows_and_formulas_without_a_value(sent):
    book = Workbook()
    sheet = book.active
    for values in (
        HEADER,
        row(1, town="La Tuque"),
        [],
        row(2, town=None),
        row(3, town="=A1"),
        row(4, name="=B9"),
    ):
        sheet.append(values)
    sheet.merge_cells("D2:D4")
    out = io.BytesIO()
    book.save(out)

    report = load(sent(out.getvalue()))

    assert counts(report) == (3, 0, 0, 1)
    assert supplier("1199940002").organisation.town == "La Tuque"
    assert [(w.row, w.field) for w in report.warnings] == [(5, "ville")]
    assert "formule sans résultat" in report.rejected[0].message


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["content.xml", "META-INF/manifest.xml"], "OpenDocument"),
        (["Index/Document.iwa"], "Numbers"),
        (["word/document.xml"], "Word"),
        (["xl/workbook.bin"], "binaire"),
    ],
)
def test_another_program_s_file_says_what_to_do(sent, names, message):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    with pytest.raises(TableError, match=message):
        load(sent(out.getvalue(), "liste.xlsx"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html><table><tr><td>neq", "page Web"),
        (b"<?xml version='1.0'?><Workbook", "page Web"),
        (b"%PDF-1.7", "PDF"),
    ],
)
def test_a_page_or_a_pdf_under_the_name_of_a_workbook_is_refused(sent, content, message):
    with pytest.raises(TableError, match=message):
        load(sent(content, "liste.xls"))


# -- headers -------------------------------------------------------------------------------------------------------

SAID = {
    "neq": ["N° d’entreprise du Québec (NEQ)", "NEQ *", "Numéro d'entreprise (obligatoire)", "Enterprise number"],
    "nom": ["Nom de l’organisme", "RAISON SOCIALE", "Company name", "Organisme :", "Name / Nom"],
    "forme": ["Forme juridique (obligatoire)", "Statut juridique", "Legal form", "Type d'organisation"],
    "ville": ["Municipalité", "City", "Ville / Municipalité", "Town"],
    "courriel": ["E-mail", "Adresse courriel", "Email address", "courriel (général)"],
    "telephone": ["Tél.", "No de téléphone", "Phone", "TÉLÉPHONES"],
    "site": ["Site Web", "URL", "Website", "site internet"],
    "code_postal": ["Code Postal", "Postal code", "C.P."],
    "activite": ["Description, produits et services", "Mission", "Services offerts"],
}  # fmt: skip


@pytest.mark.parametrize("nth", range(5))
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_headers_are_known_in_both_languages(sent, nth, delimiter):
    cells = {
        "neq": "1199940001", "nom": "Coop, A", "forme": "OBNL", "ville": "Shawinigan", "courriel": "a@exemple.example",
        "telephone": "819 555-0101", "site": "exemple.example", "code_postal": "G9N 1A1", "activite": "Traiteur; location",
    }  # fmt: skip
    header = delimiter.join(f'"{SAID[key][nth % len(SAID[key])]}"' for key in cells)

    report = load(sent(header + "\n" + delimiter.join(f'"{text}"' for text in cells.values()) + "\n"))

    assert (counts(report), report.warnings) == ((1, 0, 0, 0), [])
    seat = supplier("1199940001").organisation
    assert (seat.name, seat.email, seat.phone) == ("Coop, A", cells["courriel"], cells["telephone"])
    assert (seat.website, seat.postal_code, seat.mrc_id) == ("https://exemple.example", "G9N1A1", "36")
    assert supplier("1199940001").activity == cells["activite"]


def test_two_columns_for_one_field_are_told_by_their_names(sent):
    report = load(
        sent("neq;nom;forme;E-mail;courriel\n1199940001;Coop;OBNL;b@exemple.example;a@exemple.example\n")
    )

    assert supplier("1199940001").organisation.email == "a@exemple.example"
    assert "« courriel »" in told(report)
    assert "« E-mail »" in told(report)


def test_a_header_cell_with_line_breaks_and_delimiters_is_one_cell(sent):
    report = load(
        sent('"NEQ\n(10 chiffres; obligatoire)";"Nom, raison sociale";Forme\n1199940001;Coop;OBNL\n')
    )

    assert (counts(report), report.warnings) == ((1, 0, 0, 0), [])


# -- cells that a spreadsheet made ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "neq",
    [
        "1199940101.0", "1199940101,00", '="1199940101"', "'1199940101", "NEQ 1199940101", "NEQ : 1199 940 101",
        "N.E.Q. 1199-940-101", "1199\u00a0940\u202f101", "no 1199940101", "1,199940101E+09", "\u200b1199940101",
    ],
)  # fmt: skip
def test_a_neq_is_read_as_spreadsheets_and_people_write_it(sent, neq):
    report = load(sent(f"neq\tnom\tforme\ttelephone\n{neq}\tCoop\tOBNL\t8195550101.0\n"))

    assert counts(report) == (1, 0, 0, 0)
    assert supplier("1199940101").organisation.phone == "8195550101"


@pytest.mark.parametrize("neq", ["1,19994E+09", "1.1994E+09", "1,2E9", "1.19994e9"])
def test_a_neq_that_lost_digits_is_refused_with_the_reason(sent, neq):
    report = load(sent(f"neq;nom;forme\n{neq};Coop;OBNL\n"))

    assert "perdu des chiffres" in report.rejected[0].message


def test_numbers_of_a_workbook_are_whole_or_refused(sent):
    content = workbook(
        A=[
            [*HEADER, "telephone"],
            [1199940001, "A", "OBNL", "", 8195550101],
            [1199940002.5, "B", "OBNL"],
            [1199940003, "C", "OBNL"],
        ]
    )
    # As programs other than Excel store them.
    stored = {b">1199940002.5<": b">1199940002.0<", b">1199940003<": b">1.19994E+9<"}

    def change(name, data):
        for old, new in stored.items():
            data = data.replace(old, new)
        return data

    report = load(sent(rezipped(content, change)))

    assert counts(report) == (2, 0, 0, 1)
    assert supplier("1199940001").organisation.phone == "8195550101"
    assert "perdu des chiffres" in report.rejected[0].message


@pytest.mark.parametrize(
    "error", ["#REF!", "#NOM?", "#NAME?", "#VALEUR!", "#VALUE!", "#N/A", "#DIV/0!", "#NUL!", "###"]
)
def test_an_error_cell_is_refused_where_needed_and_left_out_elsewhere(sent, error):
    report = load(
        sent(
            f"neq;nom;forme;ville\n{error};A;OBNL;\n1199940002;{error};OBNL;\n1199940003;C;{error};\n"
            f"1199940004;D;OBNL;{error}\n"
        )
    )

    assert counts(report) == (1, 0, 0, 3)
    assert [r.field for r in report.rejected] == ["neq", "nom", "forme"]
    assert [(w.row, w.field) for w in report.warnings] == [(5, "ville")]
    assert "tableur" in told(report)


@pytest.mark.parametrize("nothing", ["NA", "N/A", "n/d", "-", "–", "s. o.", "S/O", "aucun", "Aucune", "à venir", "inconnu", "nil", "none", "?", "x", "…"])  # fmt: skip
def test_a_cell_that_means_nothing_is_blank(sent, nothing):
    report = load(
        sent(
            f"neq;nom;forme;courriel;site;telephone;effectif;territoires;ville\n"
            f"1199940011;Coop;OBNL;{nothing};{nothing};{nothing};{nothing};{nothing};{nothing}\n"
        )
    )

    seat = supplier("1199940011").organisation
    assert counts(report) == (1, 0, 0, 0)
    assert (seat.email, seat.website, seat.phone, seat.town) == ("", "", "", "")
    assert len(report.warnings) == 6


def test_all_that_is_wrong_in_a_row_is_told_at_once(sent):
    report = load(
        sent(
            "neq;nom;forme;ville;code_postal;courriel;site;secteur;effectif\n"
            "12;;par actions;Shawinigan;XX;chez nous;pas un site;Culture;environ 5\n"
            "1199940103;Coop;OBNL;Shawinigan;x;à venir;N/A;Culture;environ 5\n"
        )
    )

    assert counts(report) == (1, 0, 0, 1)
    [rejected] = report.rejected
    wrong = ["neq", "nom", "forme", "code_postal", "courriel", "site", "secteur", "effectif"]
    assert all(f"{field}\u00a0: " in rejected.message for field in wrong)
    assert {w.field for w in report.warnings if w.row == 3} == set(wrong[3:])
    assert report.read == 2


def test_every_row_is_in_the_report(sent):
    report = load(sent("neq;nom;forme\n" + "12;Coop;OBNL\n" * 350))

    assert len(report.as_json()["rejected"]) == 350


# -- words ---------------------------------------------------------------------------------------------------------

FORMS = {
    "obnl": "OBNL|O.B.N.L.|OSBL|Organisme à but non lucratif (OBNL)|organisme sans but lucratif|org. sans but lucratif|NPO|"
    "non-profit|Not-for-profit organization|personne morale sans but lucratif|association personnifiée|Fondation|CPE|APE|ASS|"
    "Entreprise d’insertion|Organisme communautaire|Corporation sans but lucratif|OBNL (Partie III)",
    "coop": "COOP|Co-op|Coopérative|Coopérative d’habitation|COP|Coopérative sans but lucratif|Association coopérative|Housing co-op",
    "coop_travail": "coop de travail|Coopérative de trav.|Worker co-op|Coopérative (travail)|coop_travail",
    "coop_solidarite": "coopérative de solidarité|Coop solidarité|Solidarity cooperative",
    "coop_producteurs": "Coopérative - producteurs|Coop de producteurs",
    "coop_consommateurs": "Coop de consommateurs|Consumers’ cooperative",
    "coop_actionnaires": "CTA|coop. de travailleurs actionnaire (CTA)|Coopérative de travailleurs actionnaire",
    "mutuelle": "mutuelle|Mutuelle d’assurance|MUT|Mutual",
}


def test_legal_forms_are_understood_as_poles_write_them(sent):
    said = [(spelling, form) for form, spellings in FORMS.items() for spelling in spellings.split("|")]
    path = sent(
        "neq;nom;forme\n" + "".join(f"11999410{n:02d};E{n};{text}\n" for n, (text, _) in enumerate(said))
    )

    assert counts(load(path)) == (len(said), 0, 0, 0)
    assert {text: supplier(f"11999410{n:02d}").legal_form for n, (text, _) in enumerate(said)} == dict(said)


@pytest.mark.parametrize("form", ["Société par actions", "inc.", "OBNL ou coop", "Municipalité", "S.E.N.C."])
def test_an_unknown_form_is_refused_with_those_that_are_taken(sent, form):
    report = load(sent(f"neq;nom;forme\n1199940001;Coop;{form}\n"))

    assert "OBNL (ou OSBL" in report.rejected[0].message


AREAS = {
    "Tout le Québec": ["Q"], "partout au Québec": ["Q"], "province": ["Q"], "Toute la province": ["Q"],
    "Quebec-wide": ["Q"], "Mauricie et Centre-du-Québec": ["R04", "R17"], "04, 17": ["R04", "R17"],
    "MRC de Maskinongé; Shawinigan": ["36", "51"], "région 04": ["R04"], "Mauricie (04)": ["R04"],
    "Des Chenaux": ["372"], "MRC des Chenaux, Mékinac": ["35", "372"], "Haute-Yamaska": ["47"], "MRC des Laurentides": ["78"],
    "Laurentides": ["R15"], "Saguenay-Lac-St-Jean": ["R02"], "Régions : Mauricie / Estrie": ["R04", "R05"],
    "Région administrative de la Mauricie": ["R04"],
}  # fmt: skip


def test_areas_are_understood_as_poles_write_them(sent):
    rows = "".join(f"11999420{n:02d}\tE{n}\tOBNL\t{text}\n" for n, text in enumerate(AREAS))

    report = load(sent("neq\tnom\tforme\tTerritoires desservis\n" + rows))

    assert (report.created, report.warnings) == (len(AREAS), [])
    said = {
        text: sorted(area.token for area in ServedArea.objects.filter(supplier=supplier(f"11999420{n:02d}")))
        for n, text in enumerate(AREAS)
    }
    assert said == AREAS


# -- what is asked, never guessed ----------------------------------------------------------------------------------

TERRITORY = (
    "NEQ,NomEntreprise,forme,Municipalite,Territoire\n1199940108,T,OBNL,Trois-Rivières,Trois-Rivières\n"
    "1199940109,C,OBNL,Saint-Tite,Mékinac\n1199940110,D,OBNL,,Des Chenaux\n"
)


def test_territoire_is_asked_never_guessed(sent):
    report = load(sent(TERRITORY))

    assert report.created == 3
    assert not ServedArea.objects.exists()
    assert report.asked == {"territory": "Territoire"}
    assert "--territoire siege" in told(report)


def test_territoire_is_read_as_it_was_answered(sent):
    load(sent(TERRITORY), territory="siege")
    assert not ServedArea.objects.exists()
    assert supplier("1199940110").organisation.mrc_id == "372"

    load(sent(TERRITORY), territory="desservi")
    assert {area.token for area in ServedArea.objects.all()} == {"371", "35", "372"}


def test_an_mrc_tells_namesakes_apart_and_a_wrong_one_is_told(sent):
    report = load(
        sent(
            "neq;nom;forme;ville;MRC\n1199940001;A;OBNL;;Maskinongé\n1199940002;B;OBNL;Shawinigan;Portneuf\n"
        )
    )

    assert supplier("1199940001").organisation.mrc_id == "51"
    assert supplier("1199940002").organisation.mrc_id == "36"
    assert [(w.row, w.field) for w in report.warnings] == [(3, "MRC")]


REGISTRY = (
    "NEQ,NomEntreprise,Adresse,Municipalite,Adresse_Lign3,CodePostal,SecteurActivite,FormeJuridique\n"
    "1199940001,CLUB A,,Shawinigan (Québec),,G9N1A1,CLUB,APE\n"
)


def test_a_registry_file_is_never_read_as_a_list_without_asking(sent):
    with pytest.raises(TableError, match="--mapping req"):
        load(sent(REGISTRY), mapping="")

    assert counts(load(sent(REGISTRY), mapping="req")) == (1, 0, 0, 0)
    assert supplier("1199940001").status == "prospect"


def test_a_list_whose_author_says_so_is_read_as_one(sent):
    report = load(sent(REGISTRY), mapping="maillage")

    assert (report.created, supplier("1199940001").status) == (1, "draft")
    assert "registre" in " ".join(report.notes)
