"""The score alone: names and places in, proposals out. What it gives on real names is `dev.py prove neq_proposals`."""

import pytest

from suppliers.neq_proposals import HIGH, LEAST, Because, NamedPlace, RegistryNames, propose_neqs_by_name

SHAWINIGAN, TROIS_RIVIERES = "36033", "37067"
REGISTRY = [
    NamedPlace(1, "CENTRE D'AIDE AUX FAMILLES DU RIVAGE INC. (C.A.F.R.)", TROIS_RIVIERES, "371", "G9A1A1"),
    NamedPlace(2, "COOPÉRATIVE DE SOLIDARITÉ DES BOISÉS DE MÉKINAC", "35035", "35", "G0X1N0"),
    NamedPlace(3, "ASSOCIATION DES PROPRIÉTAIRES DU LAC VERT", SHAWINIGAN, "36", "G9N1A1"),
    NamedPlace(
        4, "SYNDICAT CANADIEN DE LA FONCTION PUBLIQUE, SECTION LOCALE 968", TROIS_RIVIERES, "371", "G9A2B2"
    ),
    NamedPlace(5, "FONDATION DU COLLÈGE LAFLEUR", TROIS_RIVIERES, "371", "G8Z3R8"),
    NamedPlace(6, "LE CLUB DE MUSIQUE TOURNE-SOL (1992) INC.", SHAWINIGAN, "36", "G9N2B2"),
    NamedPlace(7, "MAISON DES JEUNES DE LA RIVE", SHAWINIGAN, "36", "G9N3C3"),
    NamedPlace(8, "MAISON DES JEUNES DE LA RIVE NORD", SHAWINIGAN, "36", "G9N4D4"),
    *(
        NamedPlace(100 + n, f"CLUB SOCIAL NUMÉRO {n} DE LA MAURICIE", TROIS_RIVIERES, "371")
        for n in range(40)
    ),
]


@pytest.fixture(scope="module")
def names():
    return RegistryNames(REGISTRY)


def best(names, name, town="", mrc="", postal_code=""):
    found = names.propose(NamedPlace(0, name, town, mrc, postal_code))
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "town", "key"),
    [
        ("Centre d’aide aux familles du Rivage", TROIS_RIVIERES, 1),
        ("Centre d'aide aux familles du Rivage (CAFR)", "", 1),
        ("CAFR", TROIS_RIVIERES, 1),
        ("Coop de solidarité des Boisés de Mékinac, OBNL", "", 2),
        ("Boisés de Mékinac (Les)", "35035", 2),
        ("ASSOCIATION DES PROPRIETAIRES DU LAC VERT", SHAWINIGAN, 3),
        ("Club de musique Tournesol", SHAWINIGAN, 6),
        ("Le Club de muisque Tourne-Sol", SHAWINIGAN, 6),
    ],
)
def test_a_name_as_lists_write_it_finds_its_row(names, name, town, key):
    found = best(names, name, town)
    assert found.registered == key
    assert found.confidence >= 70


@pytest.mark.parametrize(
    ("name", "town"),
    [
        ("Association des propriétaires du lac Noir", SHAWINIGAN),
        ("Syndicat canadien de la fonction publique, section locale 1800", TROIS_RIVIERES),
        ("Collège Lafleur", TROIS_RIVIERES),
        ("Maison des jeunes", SHAWINIGAN),
        ("Coopérative de solidarité", "35035"),
        ("Bistro Cumulus", SHAWINIGAN),
    ],
)
def test_what_is_another_one_is_never_sure(names, name, town):
    found = best(names, name, town)
    assert found is None or found.confidence < HIGH


def test_the_place_raises_and_lowers(names):
    name = "Boisés de Mékinac"
    alone = best(names, name).confidence
    assert best(names, name, "35035", "35").confidence > alone
    assert best(names, name, "35035", "35", "G0X1N0").confidence > alone + 5
    assert best(names, name, "35040", "35").confidence < alone
    far = best(names, name, "66023", "66")
    assert far is None or far.confidence < best(names, name, "35040", "35").confidence


def test_two_candidates_as_close_are_both_shown_and_neither_sure():
    twins = [
        NamedPlace(1, "ATELIER DU PONT INC.", SHAWINIGAN),
        NamedPlace(2, "L'ATELIER DU PONT", SHAWINIGAN),
    ]
    found = RegistryNames([*twins, *REGISTRY]).propose(NamedPlace(0, "Atelier du Pont", SHAWINIGAN))
    assert {one.registered for one in found} == {1, 2}
    assert all(one.confidence < HIGH and Because.CLOSE_SECOND in one.reasons for one in found)


def test_two_rows_of_a_list_that_want_one_are_not_sure_alike():
    listed = [
        NamedPlace(1, "Centre d’aide aux familles du Rivage", TROIS_RIVIERES),
        NamedPlace(2, "Centre d’aide aux familles du Rivage inc.", TROIS_RIVIERES),
    ]
    found = propose_neqs_by_name(listed, REGISTRY)
    assert {one.listed for one in found} == {1, 2}
    assert all(one.confidence < HIGH for one in found)


@pytest.mark.parametrize("name", ["", "---", "inc.", "L'", "123", "日本", "a" * 255])
def test_a_name_that_says_nothing_proposes_nothing(names, name):
    assert best(names, name) is None


def test_an_empty_registry_proposes_nothing():
    assert propose_neqs_by_name([NamedPlace(1, "Atelier du Pont")], []) == []
    assert LEAST < HIGH
