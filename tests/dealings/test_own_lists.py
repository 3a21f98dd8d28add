"""« Mes fournisseurs »: a list of 400 rows from the file to its share, and what must not be lost or shown."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook, load_workbook

from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.dealings.models import OwnList, OwnListRow
from marketplace.dealings.own_lists import reading
from marketplace.dealings.own_lists.columns import guess_columns, read_money
from marketplace.dealings.own_lists.decisions import confirm_row, reject_row, reopen_row
from marketplace.dealings.own_lists.uploads import forget_own_lists
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import PrivateFile
from tests.factories import BuyerFactory, MembershipFactory, SupplierFactory, UserFactory

pytestmark = pytest.mark.django_db
INDEX = "/mon-espace/mes-fournisseurs/"
State = OwnListRow.State


@pytest.fixture
def town():
    return BuyerFactory(name="Ville de Val-aux-Cèdres").organisation


@pytest.fixture
def buyer(town):
    return MembershipFactory(organisation=town).user


@pytest.fixture
def colleague(town):
    return MembershipFactory(organisation=town, user__first_name="Émile", user__last_name="Caron").user


@pytest.fixture
def directory():
    """Three enterprises of the directory that the list names, each in its own way, and one that it could turn to."""
    return [
        SupplierFactory(name="Buanderie Zénith", organisation__neq="1199000001"),
        SupplierFactory(name="Coopérative de solidarité Le Grand Potager", organisation__neq="1199000002"),
        SupplierFactory(name="Atelier Bois-Franc", organisation__neq="1199000003"),
        SupplierFactory(
            name="Traiteur La Tablée", offers=[("Service de traiteur", "90101600")], serves=["371"]
        ),
    ]


def sent(rows, *, name="fournisseurs.csv", delimiter=";") -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return SimpleUploadedFile(name, text.getvalue().encode("cp1252"))


def deposit(client, upload, **said) -> OwnList:
    response = client.post(INDEX, {"file": upload, **said})
    assert response.status_code == 302, response.content.decode()
    return OwnList.objects.latest("pk")


def read(client, own_list, **columns) -> OwnList:
    """Its columns confirmed as they are shown, then read as a worker does."""
    page = f"{INDEX}{own_list.pk}/colonnes/"
    shown = {name: field.value() for name, field in fields_of(client.get(page)).items()}
    client.post(page, {**{name: value or "" for name, value in shown.items()}, **columns})
    assert reading.read_own_list(own_list.pk)
    own_list.refresh_from_db()
    return own_list


def fields_of(response):
    form = response.context["form"]
    return {name: form[name] for name in form.fields}


def four_hundred() -> list[list[str]]:
    others = [
        ["", f"Entreprise {syllable} inc.", "1 000,00 $", ("Traiteur", "Licornes")[number % 2], "Québec"]
        for number, syllable in enumerate(f"{a}{b}" for a in "bcdfghjklm" for b in range(10, 49))
    ][:390]
    named = [
        ["1199 000 001", "BUANDERIE ZENITH INC", "5 000,00 $", "Buanderie", "Trois-Rivières"],
        ["1199000001", "Buanderie Zénith", "1 000,00 $", "Buanderie", "Trois-Rivières"],
        ["", "Coop Le Grand Potager", "2 500,50 $", "Légumes", "Trois-Rivières"],
        ["1199000003", "Plomberie Lachance", "100", "Plomberie", "Laval"],
        ["12345", "", "20", "Divers", ""],
        ["", "", "40", "Divers", ""],
    ]
    return [["NEQ", "Fournisseur", "Montant payé 2025", "Catégorie", "Ville"], *others, *named, *others[:4]]


def test_list_of_four_hundred_rows_from_its_file_to_its_share(client, buyer, directory):
    _laundry, garden, wood, caterer = directory
    client.force_login(buyer)
    own_list = deposit(client, sent(four_hundred()), name="Achats 2025")
    assert own_list.columns == {"neq": 0, "name": 1, "amount": 2, "category": 3, "city": 4}
    read(client, own_list)

    assert (own_list.state, own_list.rows_total, own_list.rows_read) == (OwnList.State.READY, 400, 400)
    assert (own_list.file, own_list.sample) == (None, [])
    assert not PrivateFile.objects.exists()
    page = client.get(f"{INDEX}{own_list.pk}/")
    shares = page.context["shares"]
    assert (shares.suppliers, shares.by_neq, shares.proposed, shares.others) == (393, 1, 2, 390)
    assert (shares.repeated, shares.unreadable) == (5, 2)
    assert shares.share == "0,3\u00a0%"
    assert (shares.paid_social, shares.paid) == (6000, 6000 + 2500.5 + 100 + 394 * 1000)

    row = own_list.rows.get(supplier=garden)
    assert (row.state, row.confidence >= 50) == (State.PROPOSED, True)
    assert own_list.rows.get(supplier=wood).reasons == ["same_neq", "other_name"]
    text = client.get(f"{INDEX}{own_list.pk}/?etat=a-confirmer").content.decode()
    assert "Coopérative de solidarité Le Grand Potager" in text
    client.post(f"{INDEX}{own_list.pk}/lignes/{row.pk}/", {"supplier": garden.pk})
    client.post(f"{INDEX}{own_list.pk}/lignes/{own_list.rows.get(supplier=wood).pk}/", {"reject": "1"})
    shares = client.get(f"{INDEX}{own_list.pk}/").context["shares"]
    assert (shares.social, shares.proposed, shares.rejected) == (2, 0, 1)
    assert shares.paid_social == 8500.5

    found = {category.key: category for category in own_list.categories.all()}
    assert found["traiteur"].suppliers == [caterer.pk]
    assert (found["traiteur"].rows, found["licornes"].found) == (195, 0)
    assert found["legumes"].rows == 0  # confirmed since
    assert "Traiteur La Tablée" in client.get(f"{INDEX}{own_list.pk}/remplacements/").content.decode()

    book = load_workbook(io.BytesIO(client.get(f"{INDEX}{own_list.pk}/liste.xlsx").content)).active
    rows = list(book.values)
    assert len(rows) == 401
    assert next(row for row in rows if row[1] == "Coop Le Grand Potager")[6:8] == (
        "Économie sociale, confirmée",
        "Coopérative de solidarité Le Grand Potager",
    )
    lines = b"".join(client.get(f"{INDEX}{own_list.pk}/liste.csv").streaming_content).decode()
    assert len(lines.splitlines()) == 401
    client.post(f"{INDEX}{own_list.pk}/effacer/")
    assert not OwnListRow.objects.exists()


def workbook(*tabs) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for name, rows in tabs:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def test_workbook_is_read_below_its_titles_and_in_every_tab_of_the_same_columns(client, buyer, directory):
    client.force_login(buyer)
    header = ["Vendor name", "Amount paid", "Commodity"]
    content = workbook(
        ("2024", [["Ville de Val-aux-Cèdres"], header, ["Buanderie Zénith", 12.5, "Linge"]]),
        ("2025", [header, ["Autre chose inc.", 3, "Linge"]]),
        ("Notes", [["à relire"]]),
    )
    own_list = read(client, deposit(client, SimpleUploadedFile("comptes.xlsx", content)))
    assert own_list.rows_total == 2
    assert "Notes" in own_list.notes[0]


def test_names_alone_without_a_header_are_suppliers_too(client, buyer, directory):
    client.force_login(buyer)
    own_list = deposit(client, sent([["Buanderie Zénith"], ["Garage Bolduc"]]))
    assert not own_list.header_is_known
    page = f"{INDEX}{own_list.pk}/colonnes/"
    assert "Dites quelle colonne" in client.post(page, {"skips_header": "0"}).content.decode()
    read(client, own_list, name="0", skips_header="0")
    assert own_list.rows.count() == 2


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "vide"),
        (b"\n\n", "vide"),
        (b"MZ\x90\x00" + b"\x00\x01" * 400, "ni un CSV"),
        (b"\x7fELF" + b"\x02" * 400, "ni un CSV"),
        (b"%PDF-1.7 rien", "PDF"),
        (b"PK\x03\x04" + b"\x07" * 300, "abîmé"),
        (b"Fournisseur;Montant\n", "en-tête"),
        (b"Fournisseur;Montant\n" + b"x" * (30 * 1024 * 1024), "limite est de 10"),
    ],
    ids=["empty", "blank", "exe", "elf", "pdf", "zip", "header", "30 MB"],
)
def test_file_that_is_no_list_is_refused_with_its_reason_and_leaves_nothing(client, buyer, content, why):
    client.force_login(buyer)
    response = client.post(INDEX, {"file": SimpleUploadedFile("liste.csv", content), "name": "Gardée"})
    text = response.content.decode()
    assert why in text
    assert "Gardée" in text
    assert not OwnList.objects.exists()
    assert not PrivateFile.objects.exists()


@pytest.fixture
def own_list(client, buyer, directory):
    client.force_login(buyer)
    made = deposit(client, sent([["Nom", "NEQ"], ["Le Grand Potager", ""], ["Garage Bolduc", ""]]))
    return read(client, made)


def test_list_is_its_institution_s_alone(client, own_list, colleague, pole_staff):
    row = own_list.rows.get(state=State.PROPOSED)
    for stranger in (UserFactory(), pole_staff, UserFactory(is_superuser=True)):
        client.force_login(stranger)
        for page in ("", "remplacements/", "liste.csv", "liste.xlsx", "effacer/", "colonnes/"):
            assert client.get(f"{INDEX}{own_list.pk}/{page}").status_code == 404
        assert client.post(f"{INDEX}{own_list.pk}/lignes/{row.pk}/", {"reject": 1}).status_code == 404
        with pytest.raises(NotAllowed):
            reject_row(row=row, by=stranger)
    shown = client.get(f"/gestion/dealings/ownlist/{own_list.pk}/change/").content.decode()
    assert "Val-aux-Cèdres" in shown
    assert own_list.name not in shown
    client.force_login(colleague)
    assert client.get(f"{INDEX}{own_list.pk}/").status_code == 200


def test_of_two_colleagues_who_decide_the_second_learns_of_the_first(own_list, buyer, colleague, directory):
    row = own_list.rows.get(state=State.PROPOSED)
    confirm_row(row=row, supplier_id=directory[1].pk, by=colleague)
    with pytest.raises(WrongMove, match="Émile Caron"):
        reject_row(row=row, by=buyer)
    reopen_row(row=row, by=buyer)
    with pytest.raises(WrongMove, match="parmi celles"):
        confirm_row(row=row, supplier_id=directory[0].pk, by=buyer)
    assert reject_row(row=row, by=buyer).decided_by == buyer


def test_reader_that_dies_loses_nothing_and_two_do_not_read_at_once(client, buyer, directory, monkeypatch):
    client.force_login(buyer)
    own_list = deposit(client, sent([["Nom"], *([f"Garage {n}{n + 1}"] for n in range(7))]))
    monkeypatch.setattr(reading, "BATCH", 3)
    write, written = reading._write, []

    def dying(own, batch):
        if len(written) == 1:
            raise MemoryError
        written.append(1)
        return write(own, batch)

    monkeypatch.setattr(reading, "_write", dying)
    with pytest.raises(MemoryError):
        read(client, own_list)
    own_list.refresh_from_db()
    assert (own_list.state, own_list.rows_read, own_list.rows_total) == (OwnList.State.READING, 3, 7)
    assert "3 lignes lues sur 7" in client.get(f"{INDEX}{own_list.pk}/").content.decode()
    assert not reading.read_own_list(own_list.pk)  # still held
    OwnList.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    monkeypatch.setattr(reading, "_write", write)
    assert reading.read_own_list(own_list.pk)
    assert own_list.rows.filter(state=State.OTHER).count() == 7


def test_lists_go_when_their_time_has_come_and_with_the_last_of_their_people(own_list, buyer, colleague):
    assert export_personal_data(buyer)["own_lists"]["lists"][0]["rows"] == 2
    erase_personal_data(user=buyer, by=None)
    own_list.refresh_from_db()
    assert own_list.created_by is None
    OwnList.objects.update(erase_at=timezone.now())
    assert forget_own_lists(by=None) == 1
    assert not OwnList.objects.exists()


def test_last_person_of_an_institution_takes_its_lists_along(own_list, buyer):
    erase_personal_data(user=buyer, by=None)
    assert not OwnList.objects.exists()


def test_columns_are_recognised_in_french_and_in_english():
    assert guess_columns(["No", "Supplier", "Total spend", "City", "Spend category"]) == {
        "name": 1, "amount": 2, "city": 3, "category": 4,
    }  # fmt: skip
    assert guess_columns(["Dépenses 2025-2026", "Nom du fournisseur (légal)", "NEQ"])["amount"] == 0


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1 234,56 $", "1234.56"), ("$1,234.56", "1234.56"), ("(1 200)", "-1200"), ("12,5", "12.5"),
     ("1,234", "1234"), ("1.2E+5", "120000"), ("douze", None), ("1" * 30, None)],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, amount):
    assert (read_money(text) is None) if amount is None else (read_money(text) == Decimal(amount))
