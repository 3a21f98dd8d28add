"""The official list of municipalities, brought in by `import_territories`."""

import pytest

from marketplace.territories.importing import import_municipalities
from marketplace.territories.models import Mrc, Municipality
from marketplace.web.tabular import TableError

pytestmark = pytest.mark.django_db

HEADER = "code,nom,designation,region_code,mrc_code,population,code_postal,lat,lon"
SHAWINIGAN = "36033,Shawinigan,Ville,04,36,51561,G9N6V3,46.5668,-72.7449"


@pytest.fixture
def bring(tmp_path):
    """Write a list and import it."""

    def bring(*lines, header=HEADER, name="municipalites.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes("\n".join([header, *lines]).encode(encoding))
        return import_municipalities(path=path, by=None)

    return bring


def outcome(report):
    return report.created, report.updated, report.unchanged, len(report.rejected)


def test_import_adds_and_corrects_and_leaves_the_rest(bring):
    standing = Municipality.objects.count()
    report = bring(
        "36999,Nouvelle-Ville,Ville,04,36,1200,g9n 1a1,46.5,-72.7",
        "37067,Trois-Rivières,Ville,04,371,150000,G9A5H3,46.3499,-72.5501",
    )
    assert outcome(report) == (1, 1, 0, 0)
    assert Municipality.objects.count() == standing + 1
    new = Municipality.objects.get(code="36999")
    assert (new.name, new.mrc_id, new.population, new.postal_code) == ("Nouvelle-Ville", "36", 1200, "G9N1A1")
    assert new.folded == "nouvelle ville"
    assert Municipality.objects.get(code="37067").population == 150000


def test_import_twice_changes_nothing(bring):
    line = "37067,Trois-Rivières,Ville,04,371,150000,G9A5H3,46.34991,-72.55012"
    assert outcome(bring(line)) == (0, 1, 0, 0)
    assert outcome(bring(line)) == (0, 0, 1, 0)


def test_import_recounts_the_mrc_of_what_changed(bring):
    other = Mrc.objects.get(code="51")
    before = Mrc.objects.get(code="36").population
    bring("36999,Nouvelle-Ville,Ville,04,36,1000,,47.0,-72.0")
    after = Mrc.objects.get(code="36")
    assert after.population == before + 1000
    assert 46.5 < after.lat < 46.7
    assert Mrc.objects.get(code="51").population == other.population


def test_import_reads_the_headers_of_the_ministry(bring):
    report = bring(
        '"1999","Essai-des-Îles","M","Gaspésie--Îles-de-la-Madeleine (11)",'
        '"Communauté maritime des Îles-de-la-Madeleine (01)","G4T 1A1","1 234"',
        '"06999","Essai","R","Gaspésie--Îles-de-la-Madeleine (11)","","",""',
        header='"mcode","munnom","mdes","regadm","mrc","mcodpos","mpopul"',
        name="MUN.csv",
    )
    assert outcome(report) == (2, 0, 0, 0)
    town = Municipality.objects.get(code="01999")
    assert (town.designation, town.mrc_id, town.region_id) == ("Municipalité", "01", None)
    assert (town.population, town.postal_code, town.lat) == (1234, "G4T1A1", None)
    community = Municipality.objects.get(code="06999")
    assert (community.designation, community.mrc_id, community.region_id) == ("Réserve indienne", None, "11")


def test_import_without_points_keeps_those_that_are_known(bring):
    before = Municipality.objects.get(code="36033")
    report = bring("36033,Shawinigan,36,52000", header="code,nom,mrc,population")
    assert report.updated == 1
    after = Municipality.objects.get(code="36033")
    assert (after.population, after.lat, after.lon) == (52000, before.lat, before.lon)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_import_reads_any_encoding_and_separator(bring, encoding, separator):
    report = bring(
        "36999,Saint-Élie-des-Prés,Municipalité,04,36,10,,,".replace(",", separator),
        header=HEADER.replace(",", separator),
        encoding=encoding,
    )
    assert outcome(report) == (1, 0, 0, 0)
    assert Municipality.objects.get(code="36999").name == "Saint-Élie-des-Prés"


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ("12,Court,Ville,04,999,10,,,", "mrc_code", "MRC «\u00a0999\u00a0»"),
        ("abc,Lettres,Ville,04,36,10,,,", "code", "cinq chiffres"),
        ("3603345,Long,Ville,04,36,10,,,", "code", "cinq chiffres"),
        ("36998,,Ville,04,36,10,,,", "nom", "manque"),
        (f"36998,{'a' * 81},Ville,04,36,10,,,", "nom", "80"),
        ("36998,Essai,Ville,04,36,beaucoup,,,", "population", "habitants"),
        ("36998,Essai,Ville,04,36,-5,,,", "population", "habitants"),
        ("36998,Essai,Ville,04,36,10,K1,,", "code_postal", "code postal"),
        ("36998,Essai,Ville,04,36,10,,48.8,2.3", "lon", "Québec"),
        ("36998,Essai,Ville,04,36,10,,nord,-72", "lat", "Québec"),
        ("36998,Essai,Ville,04,36,10,,nan,-72", "lat", "Québec"),
        ("36998,Essai,Réserve indienne,,,10,,,", "mrc_code", "région"),
        ("36998,Essai,Réserve indienne,42,,10,,,", "region_code", "région «\u00a042\u00a0»"),
        ("36998,Essai,Ville,04,36,10,,,,x,y", "", "cellules"),
    ],
)
def test_import_rejects_a_bad_row_and_keeps_the_others(bring, line, field, says):
    report = bring(line, "36999,Bonne-Ligne,Ville,04,36,10,,,")
    assert outcome(report) == (1, 0, 0, 1)
    fault = report.rejected[0]
    assert (fault.row, fault.field) == (2, field)
    assert says in fault.message
    assert Municipality.objects.filter(code="36999").exists()
    assert not Municipality.objects.filter(code="36998").exists()


def test_import_of_a_code_twice_counts_it_once_or_rejects_it(bring):
    report = bring(
        "36999,Essai,Ville,04,36,10,,,", "36999,Essai,Ville,04,36,10,,,", "36999,Autre,Ville,04,36,10,,,"
    )
    assert outcome(report) == (1, 0, 1, 1)
    assert report.rejected[0].row == 4
    assert Municipality.objects.get(code="36999").name == "Essai"


def test_import_keeps_aliases_and_nations(bring):
    bring("90802,Wemotaci,Réserve indienne,04,,1300,G0X3R0,,")
    town = Municipality.objects.get(code="90802")
    assert (town.population, town.nation_id) == (1300, "atikamekw")


@pytest.mark.parametrize(
    ("header", "says"),
    [("nom,mrc_code", "code"), ("code,mrc_code", "nom"), ("code,nom", "mrc"), ("a,b,c", "code, nom, mrc")],
)
def test_import_without_a_needed_column_does_nothing(bring, header, says):
    standing = Municipality.objects.count()
    with pytest.raises(TableError, match=says):
        bring("1,2,3", header=header)
    assert Municipality.objects.count() == standing


@pytest.mark.shared_data
def test_import_of_the_official_file_says_nothing_new(shared):
    report = import_municipalities(path=shared / "territory" / "municipalites.csv", by=None)
    assert outcome(report) == (0, 0, 1285, 0)
