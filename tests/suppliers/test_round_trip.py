"""Listings leave as a workbook and come back: what changed is written, what changed meanwhile is asked, nothing else moves."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from marketplace.accounts.models import PersonalDataRead
from marketplace.accounts.personal_data import erase_personal_data
from marketplace.web.private_files import PrivateFile
from suppliers.editing import update_supplier
from suppliers.import_jobs.standing import standing_of
from suppliers.models import Contact, ReturnedSheet, Status, Supplier
from tests import factories
from tests.admin.conftest import signed_in

pytestmark = pytest.mark.django_db
SHEETS = reverse("suppliers_admin:sheets")
ROWS, EDITS, CONFLICTS = 12, 5, 3


def exported(client, **filters):
    answer = client.get(reverse("suppliers_admin:sheet_export"), filters)
    return load_workbook(io.BytesIO(answer.content))


def sent_back(client, book):
    out = io.BytesIO()
    book.save(out)
    return client.post(SHEETS, {"file": SimpleUploadedFile("fiches.xlsx", out.getvalue())}, follow=True)


def column(tab, header):
    return next(cell.column for cell in tab[1] if str(cell.value).startswith(header))


def edit(book, title, pk, header, value):
    """Type in the cell of a row, known by its own number."""
    tab = book[title]
    own = 2 if title == "Fiches" else 3
    row = next(row for row in range(2, tab.max_row + 1) if tab.cell(row, own).value == pk)
    tab.cell(row, column(tab, header)).value = value


def chosen(answer, conflicts=()):
    """What the page posts with everything ticked but the conflicts that are not named."""
    said = {"apply": "1", "change": []}
    for one in answer.context["compared"].of:
        for change in (*one.changes, *one.additions):
            said[f"seen-{change.key}"] = getattr(change, "seen", "")
            if not getattr(change, "is_conflict", False) or change.key in conflicts:
                said["change"].append(change.key)
    return said


def test_edits_come_back_conflicts_are_asked_and_nothing_else_moves(pole_staff):
    client = signed_in(pole_staff)
    rows = [
        factories.SupplierFactory(name=f"Coop {n:03}", slug=f"coop-{n}", offers=[(f"Offre {n}", "76111500")])
        for n in range(ROWS)
    ]
    for supplier in rows:
        factories.ContactFactory(supplier=supplier, name="Maude Archambault")
    stood = standing_of([supplier.pk for supplier in rows])
    book = exported(client, etat="published")
    assert [len(list(book[title].values)) for title in ("Fiches", "Offres", "Personnes-ressources")] == [
        ROWS + 1
    ] * 3
    answer = sent_back(client, book)
    assert "Aucune différence" in answer.content.decode()  # as it left

    for n in range(EDITS):
        edit(book, "Fiches", rows[n].pk, "Téléphone", f"819 555-01{n:02}")
    for n in range(CONFLICTS):  # a colleague, meanwhile
        update_supplier(supplier=rows[n], by=pole_staff, changes={"phone": "418 555-0100"})
    update_supplier(supplier=rows[-1], by=pole_staff, changes={"activity": "Écrit entretemps"})
    offer = rows[EDITS].offers.get()
    edit(book, "Offres", offer.pk, "Délai", "12")
    edit(book, "Fiches", rows[EDITS + 1].pk, "Territoires", "Tout le Québec")
    edit(book, "Fiches", rows[EDITS + 2].pk, "Courriel", "pas un courriel")
    book["Personnes-ressources"].append(
        [None, rows[EDITS + 3].pk, None, None, "Zoé Tremblay", "", "zoe@exemple.test", "", "non"]
    )
    answer = sent_back(client, book)

    text = answer.content.decode()
    changes = {change.key: change for one in answer.context["compared"].of for change in one.changes}
    conflicts = [key for key, change in changes.items() if change.is_conflict]
    assert (len(changes), len(conflicts)) == (EDITS + 3, CONFLICTS)
    assert "418 555-0100" in text
    assert "Ce courriel n’est pas valable." in text
    assert "Écrit entretemps" not in text
    here = answer.request["PATH_INFO"]
    answer = client.post(here, chosen(answer, conflicts=conflicts[:1]), follow=True)
    assert f"{EDITS - CONFLICTS + 4} changements écrits." in answer.content.decode()
    now = {one.pk: one for one in Supplier.objects.select_related("organisation")}
    phones = [now[supplier.pk].organisation.phone for supplier in rows[:EDITS]]
    assert phones[CONFLICTS:] == [f"819 555-01{n:02}" for n in range(CONFLICTS, EDITS)]
    assert sorted(phones[:CONFLICTS])[:2] == ["418 555-0100"] * 2
    assert now[rows[-1].pk].activity == "Écrit entretemps"
    offer.refresh_from_db()
    assert (offer.lead_days, offer.title) == (12, f"Offre {EDITS}")
    assert [area.token for area in now[rows[EDITS + 1].pk].served_areas.all()] == ["Q"]
    assert Contact.objects.filter(name="Zoé Tremblay", supplier=rows[EDITS + 3]).count() == 1
    moved = standing_of([supplier.pk for supplier in rows[EDITS + 4 : -1]])
    assert all(moved[pk] == stood[pk] for pk in moved)
    assert PersonalDataRead.objects.filter(what="supplier.export").count() == ROWS


def test_an_old_page_writes_nothing_over(pole_staff):
    client = signed_in(pole_staff)
    supplier = factories.SupplierFactory()
    book = exported(client)
    edit(book, "Fiches", supplier.pk, "Téléphone", "819 555-0111")
    answer = sent_back(client, book)
    said = chosen(answer)
    update_supplier(supplier=supplier, by=pole_staff, changes={"phone": "418 555-0100"})

    answer = client.post(answer.request["PATH_INFO"], said, follow=True)

    assert "regardez les deux valeurs" in answer.content.decode()
    supplier.organisation.refresh_from_db()
    assert supplier.organisation.phone == "418 555-0100"
    # A workbook whose versions were lost asks about each difference.
    book["Fiches"].cell(2, 1).value = "perdu"
    answer = sent_back(client, book)
    assert [change.is_conflict for change in answer.context["compared"].of[0].changes] == [True]


def test_a_page_sent_twice_adds_a_row_once(pole_staff):
    client, supplier = signed_in(pole_staff), factories.SupplierFactory(name="Coop 1", slug="coop-1")
    book = exported(client)
    book["Offres"].append([None, supplier.pk, None, None, "service", "Lavage", "", "76111500"])
    book["Personnes-ressources"].append([None, supplier.pk, None, None, "Zoé Roy", "", "", "819-555 0101"])
    answer = sent_back(client, book)
    said = chosen(answer)
    for _time in range(2):
        answer = client.post(answer.request["PATH_INFO"], said, follow=True)
    assert (supplier.offers.count(), supplier.contacts.count()) == (1, 1)
    assert not answer.context["compared"].of, "what was written is no difference any more"


def test_only_ones_own_territory_leaves_and_comes_back(pole_staff, foreign_staff):
    mine = factories.SupplierFactory(name='=HYPERLINK("https://x")', status=Status.DRAFT)
    client = signed_in(pole_staff)
    book = exported(client, etat="draft")
    assert [row[2] for row in list(book["Fiches"].values)[1:]] == ['\'=HYPERLINK("https://x")']
    assert book["Fiches"].column_dimensions["A"].hidden
    assert "Aucune différence" in sent_back(client, book).content.decode()  # the apostrophe is no change

    stranger = signed_in(foreign_staff)
    assert len(list(exported(stranger)["Fiches"].values)) == 1
    edit(book, "Fiches", mine.pk, "Nom", "Prise")
    answer = sent_back(stranger, book)
    assert "pas dans votre territoire" in answer.content.decode()
    assert "HYPERLINK" not in answer.content.decode()
    sheet = ReturnedSheet.objects.filter(created_by=pole_staff).first()
    assert stranger.get(reverse("suppliers_admin:sheet", args=[sheet.pk])).status_code == 404
    assert (
        "n’est pas un classeur exporté"
        in client.post(SHEETS, {"file": SimpleUploadedFile("l.xlsx", _other_book())}).content.decode()
    )


def _other_book():
    from tests.suppliers.real_lists import real_list

    return real_list(rows=1)


def test_the_workbooks_of_an_account_go_with_it(pole_staff):
    client = signed_in(pole_staff)
    factories.ContactFactory(supplier=factories.SupplierFactory())
    sent_back(client, exported(client))
    assert PrivateFile.objects.count() == 1
    erase_personal_data(user=pole_staff, by=pole_staff)
    assert not ReturnedSheet.objects.exists()
    assert not PrivateFile.objects.exists()
