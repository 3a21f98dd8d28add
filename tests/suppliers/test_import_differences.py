"""What a file says otherwise of a listing that a person keeps: counted apart, kept, taken field by field or settled."""

import pytest
from django.urls import reverse

from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.editing import update_supplier
from suppliers.importing.differences import keep_our_values, open_differences, take_file_value
from suppliers.models import RegistryRecord
from tests import factories
from tests.suppliers.import_files import GOOD, counts, load, supplier

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(listing):
    """A listing that a person keeps, of which a file then says other things."""
    load(listing({}))
    update_supplier(supplier=supplier(), by=None, changes={"activity": "Écrite par quelqu’un"})
    report = load(
        listing({"nom": "Autre nom", "telephone": "", "ville": "La Tuque", "code_postal": "G9X 1A1"})
    )
    assert (counts(report), report.held) == ((0, 0, 0, 0), 1)
    return supplier()


def test_differences_of_a_held_listing_are_kept_by_field(held):
    said = {found.column: (found.ours, found.theirs) for found in open_differences(held)}

    assert said["name"] == (GOOD["nom"], "Autre nom")
    assert said["activity"] == ("Écrite par quelqu’un", GOOD["activite"])
    assert said["town"] == ("Shawinigan", "La Tuque")
    assert "phone" not in said  # a blank cell says nothing
    assert "email" not in said


def test_the_value_of_a_file_is_taken_with_its_place(held, pole_staff):
    take_file_value(supplier=held, column="town", by=pole_staff)

    seat = supplier().organisation
    assert (seat.town, seat.mrc_id, seat.name) == ("La Tuque", "90", GOOD["nom"])
    assert "town" not in RegistryRecord.objects.get().differs
    with pytest.raises(WrongMove):
        take_file_value(supplier=supplier(), column="town", by=pole_staff)


def test_what_is_kept_is_settled_until_a_file_says_something_else(held, pole_staff, listing):
    again = {"nom": "Autre nom", "telephone": "", "ville": "La Tuque", "code_postal": "G9X 1A1"}
    keep_our_values(supplier=held, by=pole_staff)

    load(listing(again))
    assert open_differences(supplier()) == []

    load(listing({**again, "effectif": "19"}))
    assert "staff_count" in {found.column for found in open_differences(supplier())}


def test_only_staff_of_the_territory_settle(held):
    stranger = factories.UserFactory()
    with pytest.raises(NotAllowed):
        keep_our_values(supplier=held, by=stranger)
    with pytest.raises(NotAllowed):
        take_file_value(supplier=held, column="name", by=stranger)


def test_the_capitals_of_the_registry_are_no_difference(registry):
    path = "1160000001,COOP A,,Shawinigan (Québec),,G9N1A1,MENAGE,COP,46.5,-72.7"
    load(registry(path), "req")
    update_supplier(supplier=supplier(), by=None, changes={"name": "Coop A", "activity": "Ménage"})

    load(registry(path.replace("46.5", "46.6")), "req")

    assert RegistryRecord.objects.get().differs == []


def test_staff_see_settle_and_count_what_a_file_says(held, pole_staff, client):
    client.force_login(pole_staff)
    page = reverse("admin:suppliers_supplier_change", args=[held.pk])

    text = client.get(page).content.decode()
    assert "Le fichier diffère" in text
    assert "Autre nom" in text
    listed = reverse("admin:suppliers_supplier_changelist") + "?fichier=autre"
    assert listed in client.get(reverse("admin:index")).content.decode()
    assert GOOD["nom"] in client.get(listed).content.decode()

    send = reverse("suppliers_admin:difference", args=[held.pk])
    client.post(send, {"column": "name"})
    assert supplier().organisation.name == "Autre nom"
    client.post(send)
    assert "Le fichier diffère</h2>" not in client.get(page).content.decode()
