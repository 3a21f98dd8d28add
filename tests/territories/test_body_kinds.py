"""How far a public body's territory goes."""

import pytest

from marketplace.territories.body_kinds import body_reach


@pytest.mark.parametrize(
    "name",
    [
        "Ville de Québec",
        "Municipalité du Village de Val-David",
        "MRC de Rouville",
        "Régie intermunicipale d’Acton et des Maskoutains",
        "Régie régionale de gestion des matières résiduelles de Portneuf",
        "Centre de services scolaire du Chemin-du-Roy",
        "Commission scolaire English-Montréal",
        "Cégep de Matane",
        "Collège Ahuntsic",
        "CIUSSS de l’Estrie - CHUS",
        "Santé Québec - CISSS de la Côte-Nord",
        "CHU de Québec-Université Laval",
        "Office municipal d’habitation de Trois-Rivières",
        "Société de transport de l’Outaouais",
        "Université du Québec à Rimouski",
        "Université Laval",
    ],
)
def test_body_reach_is_local(name):
    assert body_reach(name) == "local"


@pytest.mark.parametrize(
    "name",
    [
        "Ministère des Transports (Direction des contrats de construction et de services)",
        "MTQ - Direction de l’approvisionnement",
        "Hydro-Québec",
        "Revenu Québec -",
        "SQI-Direction du soutien aux activités en espaces",
        "Société québécoise des infrastructures",
        "Société des alcools du Québec",
        "Loto-Québec",
        "Sûreté du Québec",
        "Santé Québec",
        "Retraite Québec",
        "Université du Québec (Siège social)",
        "Société des établissements de plein air du Québec (Sépaq).",
        "Centre d’acquisitions gouvernementales",
        "Bibliothèque et Archives nationales du Québec",
        "Commission des normes, de l’équité, de la santé et de la sécurité du travail",
        "Régie de l’assurance maladie du Québec",
    ],
)
def test_body_reach_is_all_of_quebec(name):
    assert body_reach(name) == "quebec"


@pytest.mark.parametrize("name", ["Fondation des Essais", "Port de Québec et associés inc.", "SigmaPlus", ""])
def test_body_reach_of_another_name_is_not_guessed_to_be_all_of_quebec(name):
    assert body_reach(name) != "quebec"
