"""Whatever program saved a list, its letters are the right ones or the file is refused: never others."""

import itertools

import pytest

from marketplace.web.tabular import TableError, open_table
from marketplace.web.tabular.letters import DOS, EIGHT_BIT, LOST, TABLES, undo_double_utf8
from tests.web.test_tabular import cells, read, sent

__all__ = ["sent"]

NAMES = [
    "Les Éditions de la forêt",
    "Coopérative d’habitation L’Île-aux-Noix",
    "CAFÉ THÉÂTRE DE TROIS-RIVIÈRES",
    "Maïs et Œuvres du Cœur",
    "Ça bouge à Québec – « Été »",
    "Où? Chez Noël, à l’hôtel",
    "Garçons et Aînés de Mékinac",
    "La Boîte à Lunch",
]
WIDE = ["utf-16", "utf-16-le", "utf-16-be", "utf-32"]
ENCODINGS = ["utf-8", "utf-8-sig", *WIDE, *EIGHT_BIT, "latin-1"]


def garbled(text, by):
    """UTF-8 that a program took for another page, then saved."""
    table = TABLES[by]
    return "".join(table[byte] if table[byte] != LOST else chr(byte) for byte in text.encode())


def said_or_refused(path):
    """The names of a file, or None where it is refused; a cell with a lost letter is refused further on."""
    try:
        _, rows = read(path)
    except TableError:
        return None
    return [row[1] for row in cells(rows)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_list_gives_the_same_letters_in_every_encoding(sent, encoding):
    names = [name for name in NAMES if name.encode(encoding, "ignore").decode(encoding) == name]
    assert len(names) >= 3
    text = "neq;nom\n" + "".join(f"{n};{name}\n" for n, name in enumerate(names))

    said = said_or_refused(sent(text.encode(encoding)))
    assert said == names or (
        said is None and encoding in DOS
    )  # DOS: taken only where nothing else makes sense


def test_even_one_name_gives_its_letters_or_a_refusal_in_every_encoding(sent):
    names = [
        *NAMES,
        "Forêt",
        "é",
        "L’Atelier",
        "TROIS-RIVIÈRES",
        "Peña",
        "Léo & Cie",
        "Hôtel",
        "Noël",
        "Île",
        "Ça va",
    ]
    wrong = []
    taken = 0
    for name, encoding in itertools.product(names, ENCODINGS):
        try:
            content = f"neq;nom\n1;{name}\n".encode(encoding)
        except UnicodeEncodeError:
            continue
        said = said_or_refused(sent(content))
        taken += said == [name]
        if said not in (None, [name]) and LOST not in said[0]:
            wrong.append((name, encoding, said))

    assert wrong == []
    assert taken > 100


@pytest.mark.parametrize("newline", ["\r", "\r\n", "\n"])
def test_an_old_excel_for_mac_is_read_whatever_ends_its_lines(sent, newline):
    lines = ["neq;nom;ville", "1;Les Éditions de la forêt;Trois-Rivières", "2;L’Œuvre;La Tuque"]

    _, rows = read(sent(newline.join(lines).encode("mac_roman")))

    assert cells(rows) == [line.split(";") for line in lines[1:]]


@pytest.mark.parametrize("by", ["cp1252", "mac_roman", "cp850"])
def test_utf8_misread_and_saved_again_is_undone(sent, by):
    text = "neq;nom\n" + "".join(f"{n};{garbled(name, by)}\n" for n, name in enumerate(NAMES))

    assert said_or_refused(sent(text.encode())) == NAMES


def test_utf8_misread_twice_is_undone_twice():
    assert (
        undo_double_utf8(garbled(garbled("Trois-Rivières, l’été", "cp1252"), "cp1252"))
        == "Trois-Rivières, l’été"
    )


@pytest.mark.parametrize(
    "name", [*NAMES, "CAFÉ\u00a0» et FORÊT\u00a0!", "São Paulo", "Âge d’Or", "Ãlvaro", "Łódź, Ελλάδα"]
)
def test_good_letters_are_left_as_they_are(name):
    assert undo_double_utf8(name) == name


def test_what_lost_a_byte_on_the_way_is_told_not_guessed():
    assert LOST in undo_double_utf8("lâ€ atelier")
    assert undo_double_utf8("Ã  la ferme") == "à la ferme"


def test_one_line_of_another_encoding_costs_nothing_or_is_told(sent):
    content = (
        "neq;nom\n1;École\n2;Forêt\n".encode()
        + "3;Trois-Rivières\n".encode("mac_roman")
        + b"4;\xa5\xb5\xd7\n"
    )

    _, rows = read(sent(content))

    assert cells(rows) == [["1", "École"], ["2", "Forêt"], ["3", "Trois-Rivières"], ["4", LOST * 3]]


def test_what_no_reading_explains_is_refused_with_what_to_do(sent):
    with pytest.raises(TableError, match="CSV UTF-8"), open_table(sent(b"neq;nom\n1;\xa5\xb5\xd7\n")):
        pass
