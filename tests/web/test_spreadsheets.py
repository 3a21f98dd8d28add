"""What leaves in a table is data, whatever someone typed into it."""

import csv
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from marketplace.web.spreadsheets import neutralise, write_csv, write_xlsx


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1+1",
        "\n=1",
        "＝1+1",
        "=cmd\n",
        "-",
    ],
)
def test_neutralise_disarms_what_a_spreadsheet_would_run(value):
    assert neutralise(value) == f"'{value}"


@pytest.mark.parametrize("value", ["Coop", "a=b", "-12", "-12,5", "-3.25", "1140000001", "", "Pain @ l’ail"])
def test_neutralise_leaves_plain_text_and_numbers(value):
    assert neutralise(value) == value


def test_neutralise_leaves_numbers_and_empties_nothing():
    assert neutralise(-5) == -5
    assert neutralise(None) == ""


def test_write_csv_is_opened_in_columns_by_a_french_excel():
    content = write_csv([["nom", "note"], ["L’Été; l’hiver", "=1+1"]])

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows == [["nom", "note"], ["L’Été; l’hiver", "'=1+1"]]


def test_write_xlsx_keeps_numbers_as_numbers_and_runs_nothing():
    rows = [["nom", "montant"], ["=1+1\x0b", Decimal("12.50")], ["L’Été", None]]
    book = load_workbook(io.BytesIO(write_xlsx(rows, title="Mes fournisseurs: 2026/27")))

    sheet = book.active
    assert sheet.title == "Mes fournisseurs  2026 27"
    assert [[cell.value for cell in row] for row in sheet] == [
        ["nom", "montant"],
        ["'=1+1", 12.5],
        ["L’Été", None],
    ]
    assert sheet["A2"].data_type == "s"
