"""Files as people send them: what is read, what is refused, and what a broken row costs (itself, no other)."""

import io
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from marketplace.web.tabular import Limits, Row, TableError, open_table


def read(path: Path, **limits: int) -> tuple[list[str], list[Row]]:
    with open_table(path, limits=Limits(**limits)) as table:
        return table.header.cells, list(table.rows)


def cells(rows: list[Row]) -> list[list[str]]:
    return [row.cells for row in rows]


@pytest.fixture
def sent(tmp_path):
    """Write a file as sent, return its path."""

    def send(content: bytes, name: str = "envoi.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return send


def workbook(rows: list[list[object]], **sheets: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for title, others in sheets.items():
        sheet = book.create_sheet(title)
        for row in others:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rezipped(content: bytes, change) -> bytes:
    """The same workbook with parts changed by `change(name, data) -> data`."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, change(part.filename, old.read(part)))
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_csv_is_read_in_every_usual_form(sent, encoding, separator, newline):
    lines = [["neq", "nom"], ["1140000001", "Les Aînés de l'Île"], ["1140000002", "Café Été"]]
    path = sent(newline.join(separator.join(line) for line in lines).encode(encoding))

    header, rows = read(path)

    assert header == lines[0]
    assert cells(rows) == lines[1:]
    assert [row.number for row in rows] == [2, 3]


def test_cp1252_punctuation_is_not_taken_for_latin_1(sent):
    _, rows = read(sent("neq;nom\n1;L’œuvre – « Été »\n".encode("cp1252")))

    assert cells(rows) == [["1", "L’œuvre – « Été »"]]


def test_one_line_pasted_from_another_program_keeps_its_accents(sent):
    content = "nom\nÉcole\nForêt\nHôtel\n".encode() + "Théâtre\n".encode("cp1252")

    assert cells(read(sent(content))[1]) == [["École"], ["Forêt"], ["Hôtel"], ["Théâtre"]]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n", b";;;\n"])
def test_an_empty_file_says_so(sent, content):
    with pytest.raises(TableError, match="vide"):
        read(sent(content))


@pytest.mark.parametrize("content", [b"%PDF-1.7 ...", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08abc"])
def test_what_is_no_table_is_refused(sent, content):
    with pytest.raises(TableError, match=r"un CSV (ni|ou) un classeur"):
        read(sent(content))


def test_rows_are_numbered_as_a_spreadsheet_shows_them(sent):
    content = b'\na,b\n\n1,"two\nlines"\n\n3,4\n'

    _, rows = read(sent(content))

    assert rows == [Row(4, ["1", "two\nlines"]), Row(6, ["3", "4"])]


def test_excel_separator_line_is_obeyed(sent):
    header, rows = read(sent(b"sep=;\na,b;c\n1,5;2\n"))

    assert header == ["a,b", "c"]
    assert cells(rows) == [["1,5", "2"]]


def test_a_stray_quote_costs_one_row(sent):
    content = b'neq,nom\n1,"Club\n2,Bon\n3,"Autre ""fin"""\n4,Dernier\n'

    _, rows = read(sent(content))

    assert [row.number for row in rows if row.fault] == [2]
    assert cells([row for row in rows if not row.fault]) == [
        ["2", "Bon"],
        ["3", 'Autre "fin"'],
        ["4", "Dernier"],
    ]


def test_an_unclosed_quote_at_the_end_costs_one_row(sent):
    _, rows = read(sent(b'a,b\n1,2\n3,"4\n5,6\n'))

    assert [(row.number, bool(row.fault)) for row in rows] == [(2, False), (3, True), (4, False)]


def test_a_row_with_too_many_cells_has_a_fault_and_a_short_one_is_filled(sent):
    _, rows = read(sent(b"a,b,c\n1,2,3,4\n1\n1,2,3,,\n"))

    assert "4 cellules" in rows[0].fault
    assert cells(rows[1:]) == [["1", "", ""], ["1", "2", "3"]]


def test_an_endless_line_costs_one_row(sent):
    _, rows = read(sent(b"a,b\n" + b"x" * 5000 + b",2\n3,4\n"), line=1000)

    assert [(row.number, bool(row.fault)) for row in rows] == [(2, True), (3, False)]


def test_reading_stops_with_a_word_past_the_row_limit(sent):
    _, rows = read(sent(b"a\n" + b"1\n" * 10), rows=4)

    assert [bool(row.fault) for row in rows] == [False] * 4 + [True]


def test_a_file_at_the_size_limit_is_read_and_one_byte_more_is_refused(sent):
    content = b"a\n" + b"12345678\n" * 100
    path = sent(content)

    assert len(read(path, bytes=len(content))[1]) == 100
    with pytest.raises(TableError, match="Mo; la limite"):
        read(path, bytes=len(content) - 1)


def test_the_limit_comes_from_the_settings(sent, settings):
    settings.IMPORT_MAX_BYTES = 3

    with pytest.raises(TableError), open_table(sent(b"a\n1\n2\n")):
        pass


def test_workbook_cells_read_as_a_person_sees_them(sent):
    content = workbook(
        [["neq", "nom", "n", "vrai"], [1140000001, "Été", 46.5, True], [None], ["2", None, 3.0, False]]
    )

    header, rows = read(sent(content, "envoi.xlsx"))

    assert header == ["neq", "nom", "n", "vrai"]
    assert rows == [Row(2, ["1140000001", "Été", "46.5", "oui"]), Row(4, ["2", "", "3", "non"])]


def test_a_workbook_is_known_by_its_content_not_its_name(sent):
    assert cells(read(sent(workbook([["a"], ["1"]]), "envoi.csv"))[1]) == [["1"]]


def test_formulas_are_not_computed(sent):
    _, rows = read(sent(workbook([["a", "b"], ["=1+1", "reste"]])))

    assert cells(rows) == [["=1+1", "reste"]]  # the formula itself: no value of it was saved


def test_a_hidden_first_sheet_is_passed_over(sent):
    book = Workbook()
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    shown = book.create_sheet("Liste")
    shown.append(["neq"])
    shown.append(["1"])
    out = io.BytesIO()
    book.save(out)

    assert read(sent(out.getvalue()))[0] == ["neq"]


def test_an_old_or_locked_workbook_says_what_to_do(sent):
    with pytest.raises(TableError, match="mot de passe"):
        read(sent(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "envoi.xls"))


@pytest.mark.parametrize("keep", [30, 2000, -40])
def test_a_cut_workbook_is_refused(sent, keep):
    with pytest.raises(TableError):
        read(sent(workbook([["a"], ["1"]])[:keep]))


def test_a_zip_that_is_no_workbook_is_refused(sent):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("lisezmoi.txt", "bonjour")

    with pytest.raises(TableError, match="XLSX"):
        read(sent(out.getvalue()))


@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/styles.xml", "xl/sharedStrings.xml", "xl/media/a.png"]
)
def test_a_bomb_is_refused_before_it_is_unpacked(sent, part, monkeypatch):
    content = rezipped(workbook([["a"], ["1"]]), lambda name, data: data)
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        if part in archive.namelist():
            archive.getinfo(part).file_size = 500_000_000  # as a bomb declares it
            archive._didModify = True
        else:
            archive.writestr(part, b"0" * 200_000_000)
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *a, **k: pytest.fail("unpacked"))

    with pytest.raises(TableError, match="Une fois ouvert"):
        read(sent(out.getvalue()))


def test_a_row_that_never_ends_is_refused(sent):
    def grow(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        cell = b'<c r="A2" t="inlineStr"><is><t>x</t></is></c>'
        return data.replace(b"</sheetData>", b'<row r="2">' + cell * 100_000 + b"</row></sheetData>")

    with pytest.raises(TableError, match="Une fois ouvert"):
        read(sent(rezipped(workbook([["a"]]), grow)), line=100_000)


def test_far_cells_and_false_dimensions_cost_nothing(sent):
    def spread(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        far = b'<row r="2"><c r="A2" t="n"><v>7</v></c><c r="XFD2" t="n"><v>1</v></c></row>'
        return data.replace(b"</sheetData>", far + b"</sheetData>").replace(
            b'ref="A1"', b'ref="A1:XFD1048576"'
        )

    assert cells(read(sent(rezipped(workbook([["a"]]), spread)))[1]) == [["7"]]


def test_entities_are_not_expanded(sent):
    def bomb(name: str, data: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return data
        start = data.index(b"<worksheet")
        return b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>' + data[start:]

    with pytest.raises(TableError):
        read(sent(rezipped(workbook([["a"], ["1"]]), bomb)))


def test_damage_inside_a_sheet_keeps_the_rows_before_it(sent):
    def cut(name: str, data: bytes) -> bytes:
        return data[: data.index(b'<row r="4"')] if name == "xl/worksheets/sheet1.xml" else data

    _, rows = read(sent(rezipped(workbook([["a"], ["1"], ["2"], ["3"]]), cut)))

    assert cells(rows[:-1]) == [["1"], ["2"]]
    assert "abîmé" in rows[-1].fault


def test_too_many_cells_stop_the_reading(sent):
    _, rows = read(sent(workbook([["a", "b"], *[["1", "2"]] * 10])), cells=12)

    assert rows[-1].fault
    assert len(rows) < 10


def test_too_many_columns_are_refused(sent):
    for content in (
        b",".join(b"c%d" % n for n in range(300)) + b"\n",
        workbook([[f"c{n}" for n in range(300)]]),
    ):
        with pytest.raises(TableError, match="colonnes"):
            read(sent(content))
