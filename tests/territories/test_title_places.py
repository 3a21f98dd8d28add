"""The place that a notice's title names."""

import pytest

from marketplace.territories.title_places import TitlePlace, TitleReader


@pytest.fixture
def read(places):
    return TitleReader(places).read


@pytest.mark.parametrize(
    ("title", "municipality"),
    [
        ("Entretien ménager au 100, rue Laviolette à Trois-Rivières", "Trois-Rivières"),
        ("Réfection du boulevard Laval à Sherbrooke", "Sherbrooke"),
        ("Travaux rue de Montréal (Val-d'Or)", "Val-d’Or"),
        ("Déneigement, routes 138 et 172 (Baie-Comeau et diverses)", "Baie-Comeau"),
        ("ENTRETIEN PAYSAGER À SAINT-HYACINTHE", "Saint-Hyacinthe"),
        ("entretien paysager à shawinigan", "Shawinigan"),
        ("Toiture, ville de Ste-Julie", "Sainte-Julie"),
        ("Bureaux à louer à St. Jérôme", "Saint-Jérôme"),
        ("Réparation d’un quai au Bic", "Rimouski"),
        ("Location d’espaces à Lévis (Québec)", "Lévis"),
        ("Gardiennage à Montréal, Québec", "Montréal"),
        ("Travaux dans l'arrondissement de Jonquière", "Saguenay"),
        ("Cleaning services in Gatineau", "Gatineau"),
        ("Ponceaux sur la route 138 (Trois-Rivières-Ouest)", "Trois-Rivières"),
    ],
)
def test_title_names_a_town(read, places, title, municipality):
    assert places.towns[read(title).sure.municipality].name == municipality


@pytest.mark.parametrize(
    ("title", "region", "mrc"),
    [
        ("Recherche d’un espace de bureaux à Mascouche, Terrebonne et secteurs environnants", "14", "64"),
        ("Pavage (Lévis, Scott et diverses)", "12", None),
        ("Vidange de fosses septiques, MRC de Maskinongé", "04", "51"),
        ("Inventaire forestier, région du Bas-Saint-Laurent", "01", None),
        ("Fauchage des abords de routes (Chaudière-Appalaches)", "12", None),
        ("Signalisation, territoire de la Direction de l’Outaouais", "07", None),
        ("Marquage de la chaussée (Saguenay-Lac-St-Jean)", "02", None),
        # A town in one of two regions decides, and so does the one region that stands alone.
        ("Fossés du Centre de services de Nicolet (Mauricie-Centre-du-Québec)", "17", "50"),
        ("Glissières sur le territoire du Bas-Saint-Laurent (Bas-Saint-Laurent-Gaspésie)", "01", None),
        # A name that many towns bear is read with those beside it.
        ("Pavage (Saint-Elzéar et Sainte-Marie)", "12", "26"),
        ("Transport de neige à Québec", "03", "23"),
    ],
)
def test_title_names_an_area(read, title, region, mrc):
    place = read(title).sure
    assert (place.region, place.mrc) == (region, mrc)


@pytest.mark.parametrize(
    ("title", "region"),
    [
        ("Ascenseurs du palais de justice de Rimouski", "01"),
        ("Matane - Réfection de la toiture", "01"),
        ("Entretien ménager, Val-d’Or", "08"),
        ("Lignage de diverses routes de la Mauricie", "04"),
    ],
)
def test_title_names_a_place_less_openly(read, title, region):
    said = read(title)
    assert not said.sure
    assert said.likely.region == region


@pytest.mark.parametrize(
    "title",
    [
        "Réfection de la rue Sherbrooke et du boulevard de Montréal",
        "Travaux boulevards Saint-Elzéar, Lévis et Dagenais",
        "Réparation du pont de Trois-Rivières",
        "Toiture de l’école Saint-Hyacinthe",
        "Pavillon Abitibi-Price, mise à niveau des serres",
        "Parc national de la Yamaska, bloc sanitaire",
        "Rénovation de la salle Louis-Fréchette",
        "Tourisme sur le Saint-Laurent",
        "Archives nationales du Québec",
        "Services pour le gouvernement du Québec",
        "Main-d’œuvre partout au Québec",
        "Nouvelle buanderie",
        "Achat de camions",
        "Aide à la décision pour l’avenir",
        "Voirie dans l’arrondissement de Mercier",
        "",
    ],
)
def test_title_that_names_no_place_says_none(read, title):
    assert read(title) == TitlePlace()


@pytest.mark.parametrize(
    "title",
    [
        "Inspection de structures (Laval, Laurentides et Lanaudière)",
        "Glissières (Laurentides-Lanaudière)",
        "Éclairage (Communauté métropolitaine de Montréal)",
        "Navette entre les villes de Bécancour et de Trois-Rivières",
    ],
)
def test_title_of_several_regions_says_none_of_them(read, title):
    said = read(title)
    assert (said.sure.region, said.likely.region) == (None, None)
    assert len(said.regions) > 1


def test_title_of_a_name_that_several_regions_share_says_none(read):
    assert not read("Aménagement d’un parc à Saint-Elzéar").sure


def test_title_of_ten_thousand_names_is_read_at_once(read):
    assert read("à Lévis, " * 10_000).sure.region == "12"
