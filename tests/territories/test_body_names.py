"""The territory that a public body's name says."""

import pytest

from marketplace.territories.body_names import find_place_in_name
from marketplace.territories.places import NOWHERE


@pytest.mark.parametrize(
    ("name", "municipality"),
    [
        ("Ville de Québec", "Québec"),
        ("Ville de Lachute", "Lachute"),
        ("Municipalité de Saint-Ambroise.", "Saint-Ambroise"),
        ("Municipalité de la Paroisse de Saint-Roch-de-l'Achigan", "Saint-Roch-de-l’Achigan"),
        ("Municipalité du Village de Val-David", "Val-David"),
        ("Municipalité des Îles-de-la-Madeleine", "Les Îles-de-la-Madeleine"),
        ("Cantons-Unis de Stoneham-et-Tewkesbury", "Stoneham-et-Tewkesbury"),
        ("Ville de la Malbaie.", "La Malbaie"),
        ("Cité de Dorval", "Dorval"),
        ("Ville d'Hudson.", "Hudson"),
        ("Ville Asbestos", "Val-des-Sources"),
        ("Ville de Montréal-Est", "Montréal-Est"),
        ("Ville de Montréal - Arrondissement de Ville-Marie", "Montréal"),
        ("Ville de Ville-Marie .", "Ville-Marie"),
        ("Ville de Sorel-Tracy (approvisionnement)", "Sorel-Tracy"),
        ("CÉGEP de Jonquière.", "Saguenay"),
        ("Université du Québec à Rimouski.", "Rimouski"),
        ("Cégep Limoilou", "Québec"),
    ],
)
def test_find_place_in_name_reads_a_town(places, name, municipality):
    place = find_place_in_name(places, name)
    assert places.towns[place.municipality].name == municipality


@pytest.mark.parametrize(
    ("name", "mrc"),
    [
        ("MRC de Rouville", "55"),
        ("MRC du Haut-Richelieu.", "56"),
        ("MRC des Maskoutains", "54"),
        ("MRC Haute-Yamaska", "47"),
        ("MRC de D'Autray", "52"),
        ("MRC d'Antoine-Labelle .", "79"),
        ("MRC de Montcalm", "63"),
        ("MRC des Laurentides", "78"),
        ("Régie intermunicipale de police Thérèse-de-Blainville", "73"),
        ("Régie régionale de gestion des matières résiduelles de Portneuf", "34"),
        ("Société de transport de Montréal", "66"),
        ("Université Laval", "23"),
        ("CHU de Québec-Université Laval", "23"),
        ("CHU Ste-Justine", "66"),
        ("CIUSSS du Nord-de-l'Île-de-Montréal / Hôpital du Sacré-Coeur de Montréal..", "66"),
        ("Régie régionale de la santé et des services sociaux du Nunavik", "992"),
    ],
)
def test_find_place_in_name_reads_an_mrc(places, name, mrc):
    assert find_place_in_name(places, name).mrc == mrc


@pytest.mark.parametrize(
    ("name", "region"),
    [
        ("Centre de services scolaire du Chemin-du-Roy", "04"),
        ("Centre de services scolaire de l’Énergie", "04"),
        ("CISSS de Chaudière-Appalaches, secteur Beauce", "12"),
        ("Centre intégré de santé et de services sociaux (CISSS) des Laurentides", "15"),
        ("Centre intégré de santé et de services sociaux de la Montérégie-Est", "16"),
        ("CISSS de la Côte-Nord.", "09"),
        ("Université du Québec en Outaouais", "07"),
        ("Régie intermunicipale d'Acton et des Maskoutains", "16"),
        ("Centre de services scolaire des Hauts-Cantons.", "05"),
    ],
)
def test_find_place_in_name_reads_a_region(places, name, region):
    place = find_place_in_name(places, name)
    assert (place.region, place.mrc, place.municipality) == (region, None, None)


@pytest.mark.parametrize(
    "name",
    [
        "Hydro-Québec",
        "Revenu Québec -",
        "Sûreté du Québec",
        "Société québécoise des infrastructures",
        "Ministère des Transports (Direction des contrats de construction et de services)",
        "Ministère de la Famille",
        "Bibliothèque et Archives nationales du Québec",
        "Direction de la conception et de la plaine",
        "Fonds Bonaventure",
        "Champlain Regional College",
        "",
        "   ",
    ],
)
def test_find_place_in_name_of_a_body_of_all_quebec_is_nowhere(places, name):
    assert find_place_in_name(places, name) == NOWHERE


@pytest.mark.parametrize(
    "name",
    [
        "Centre intégré universitaire de santé et de services sociaux de la Mauricie-et-du-Centre-du-Québec",
        "SQI-DI de Laval, des Laurentides et de Lanaudière",
        "SQI-Direction immobilière Abitibi-Témiscamingue, Nord-du-Québec",
    ],
)
def test_find_place_in_name_of_several_regions_is_nowhere(places, name):
    assert find_place_in_name(places, name) == NOWHERE


def test_find_place_in_name_lets_a_town_break_the_tie_of_its_regions(places):
    place = find_place_in_name(places, "CIUSSS de la Mauricie et du Centre-du-Québec (Drummondville)")
    assert (place.region, place.mrc) == ("17", "49")


def test_find_place_in_name_heeds_the_designation_and_the_postal_code(places):
    paroisse = find_place_in_name(places, "Paroisse de Saint-Lambert")
    assert paroisse.mrc == "87"
    assert find_place_in_name(places, "Municipalité de Saint-Elzéar") == NOWHERE
    assert find_place_in_name(places, "Municipalité de Saint-Elzéar", "G0S2J1").mrc == "26"
