"""Two people on one page of the admin: the second save changes nothing, shows both values, and merges what is chosen."""

import pytest
from django.urls import reverse

from suppliers.models import Contact, Offer, ServedArea
from tests import factories
from tests.admin.conftest import signed_in
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db


def change(supplier):
    return reverse("admin:suppliers_supplier_change", args=[supplier.pk])


@pytest.fixture
def sheet(db):
    supplier = factories.SupplierFactory(
        status="draft", name="Cuisine du Cap", activity="Repas", capacity=50_000, serves=["371"],
        offers=[("Traiteur", "90101600"), ("Boîtes à lunch", "90101600")],
    )  # fmt: skip
    factories.ContactFactory(supplier=supplier, name="Sylvain Tremblay", email="sylvain@exemple.test")
    return supplier


@pytest.fixture
def colleague(db):
    return factories.PolePostFactory(
        user__first_name="Odile", user__last_name="Gagnon", pole=factories.pole("mauricie")
    ).user


def save(client, supplier, data):
    return client.post(change(supplier), data | {"_continue": "1"})


def row(data, prefix, **values):
    """The index of the row of a formset whose posted values are these."""
    ((name, value),) = values.items()
    return next(n for n in range(20) if data.get(f"{prefix}-{n}-{name}") == [value])


def chosen(response, **choices):
    """The page of choices as it would be posted; `choices` by key, the others as they are preselected."""
    return posted_back(response) | {f"choice:{key}": [value] for key, value in choices.items()}


def test_stale_save_changes_nothing_and_shows_both_values(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    theirs |= {"activity": ["Repas chauds"], "capacity": ["80000"], "town": ["Shawinigan"]}
    assert save(first, sheet, theirs).status_code == 302
    response = save(second, sheet, mine | {"activity": ["Repas froids"], "phone": ["819 555-0101"]})
    assert response.status_code == 409
    body = response.content.decode()
    for text in ("Repas chauds", "Repas froids", "80000", "50000", "Shawinigan", "Odile Gagnon"):
        assert text in body, text
    sheet.refresh_from_db()
    sheet.organisation.refresh_from_db()
    assert (sheet.activity, sheet.capacity, sheet.organisation.phone) == ("Repas chauds", 80_000, "")


def test_choices_merge_both_edits(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    save(first, sheet, theirs | {"activity": ["Repas chauds"], "capacity": ["80000"], "town": ["Shawinigan"]})
    asked = save(second, sheet, mine | {"activity": ["Repas froids"], "phone": ["819 555-0101"]})
    response = second.post(
        change(sheet), chosen(asked)
    )  # as preselected: mine where I wrote, theirs elsewhere
    assert response.status_code == 302
    sheet.refresh_from_db()
    sheet.organisation.refresh_from_db()
    kept = (sheet.activity, sheet.capacity, sheet.organisation.town, sheet.organisation.phone)
    assert kept == ("Repas froids", 80_000, "Shawinigan", "819 555-0101")


def test_a_third_save_between_question_and_answer_is_asked_again(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    mine = posted_back(second.get(change(sheet)))
    save(first, sheet, posted_back(first.get(change(sheet))) | {"activity": ["Repas chauds"]})
    asked = save(second, sheet, mine | {"activity": ["Repas froids"]})
    save(first, sheet, posted_back(first.get(change(sheet))) | {"activity": ["Repas tièdes"]})
    again = second.post(change(sheet), chosen(asked, activity="mine"))
    assert again.status_code == 409
    assert "Repas tièdes" in again.content.decode()
    assert second.post(change(sheet), chosen(again, activity="theirs")).status_code == 302
    sheet.refresh_from_db()
    assert sheet.activity == "Repas tièdes"


def test_same_change_by_both_asks_nothing(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    mine = posted_back(second.get(change(sheet)))
    save(first, sheet, posted_back(first.get(change(sheet))) | {"activity": ["Repas chauds"]})
    assert save(second, sheet, mine | {"activity": ["Repas chauds"]}).status_code == 302


def test_page_without_a_version_is_refused_where_it_differs(sheet, pole_staff):
    client = signed_in(pole_staff)
    data = posted_back(client.get(change(sheet)))
    del data["form_version"]
    response = save(client, sheet, data | {"activity": ["Autre chose"]})
    assert response.status_code == 409
    sheet.refresh_from_db()
    assert sheet.activity == "Repas"
    response = save(client, sheet, data)
    assert response.status_code == 302  # it changes nothing


def test_version_of_another_row_does_not_serve(sheet, pole_staff):
    client = signed_in(pole_staff)
    other = factories.SupplierFactory(status="draft", name="Cuisine du Cap", activity="Repas", offers=[])
    version = posted_back(client.get(change(other)))["form_version"]
    data = posted_back(client.get(change(sheet)))
    response = save(client, sheet, data | {"form_version": version, "activity": ["Autre chose"]})
    assert response.status_code == 409


def test_version_says_no_value(sheet, pole_staff):
    version = posted_back(signed_in(pole_staff).get(change(sheet)))["form_version"][0]
    for value in ("Cuisine", "Tremblay", "sylvain", "50000", sheet.organisation.neq):
        assert value not in version


def test_inline_row_changed_by_both_is_asked(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    n = row(theirs, "offers", title="Traiteur")
    save(
        first,
        sheet,
        theirs
        | {f"offers-{n}-title": ["Service de traiteur"], "contacts-0-email": ["s.tremblay@exemple.test"]},
    )
    asked = save(
        second, sheet, mine | {f"offers-{n}-title": ["Buffets"], f"offers-{n}-description": ["Froids"]}
    )
    assert asked.status_code == 409
    assert "Service de traiteur" in asked.content.decode()
    assert "Buffets" in asked.content.decode()
    assert second.post(change(sheet), chosen(asked)).status_code == 302
    offer = Offer.objects.get(supplier=sheet, title="Buffets")
    assert offer.description == "Froids"
    assert Contact.objects.get(supplier=sheet).email == "s.tremblay@exemple.test"


def test_inline_row_removed_by_a_colleague_is_asked_and_can_be_kept(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    n = row(theirs, "offers", title="Traiteur")
    pk = theirs[f"offers-{n}-id"][0]
    save(first, sheet, theirs | {f"offers-{n}-DELETE": ["on"]})
    assert Offer.objects.filter(supplier=sheet).count() == 1
    asked = save(
        second, sheet, mine | {f"offers-{n}-description": ["Buffets froids"], "activity": ["Repas froids"]}
    )
    body = asked.content.decode()
    assert asked.status_code == 409
    assert "Retiré entretemps" in body
    assert "Odile Gagnon" in body
    assert second.post(change(sheet), chosen(asked, **{f"offers:{pk}": "mine"})).status_code == 302
    kept = Offer.objects.get(supplier=sheet, title="Traiteur")
    assert (kept.description, Offer.objects.filter(supplier=sheet).count()) == ("Buffets froids", 2)
    sheet.refresh_from_db()
    assert sheet.activity == "Repas froids"


def test_inline_row_removed_by_a_colleague_and_untouched_here_stays_removed(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    n = row(theirs, "offers", title="Traiteur")
    save(first, sheet, theirs | {f"offers-{n}-DELETE": ["on"]})
    asked = save(second, sheet, mine | {"activity": ["Repas froids"]})
    assert second.post(change(sheet), chosen(asked)).status_code == 302
    assert [offer.title for offer in Offer.objects.filter(supplier=sheet)] == ["Boîtes à lunch"]


def test_removing_a_row_that_a_colleague_changed_is_asked(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    n = row(theirs, "offers", title="Traiteur")
    pk = theirs[f"offers-{n}-id"][0]
    save(first, sheet, theirs | {f"offers-{n}-title": ["Service de traiteur"]})
    asked = save(second, sheet, mine | {f"offers-{n}-DELETE": ["on"]})
    assert asked.status_code == 409
    assert "Service de traiteur" in asked.content.decode()
    assert second.post(change(sheet), chosen(asked)).status_code == 302  # as preselected: nothing is removed
    assert Offer.objects.filter(supplier=sheet, title="Service de traiteur").exists()
    mine = posted_back(second.get(change(sheet)))
    assert save(second, sheet, mine | {f"offers-{n}-DELETE": ["on"]}).status_code == 302
    assert not Offer.objects.filter(pk=pk).exists()


def test_rows_added_by_both_are_both_kept(sheet, pole_staff, colleague):
    first, second = signed_in(colleague), signed_in(pole_staff)
    theirs, mine = posted_back(first.get(change(sheet))), posted_back(second.get(change(sheet)))
    added = {"served_areas-TOTAL_FORMS": ["2"], "served_areas-1-supplier": [str(sheet.pk)]}
    save(first, sheet, theirs | added | {"served_areas-1-place": ["R04"]})
    assert save(second, sheet, mine | added | {"served_areas-1-place": ["R05"]}).status_code == 302
    assert {area.token for area in ServedArea.objects.filter(supplier=sheet)} == {"371", "R04", "R05"}


def test_refusal_by_a_verb_shows_all_that_was_typed(sheet, pole_staff, monkeypatch):
    from marketplace.web.errors import WrongMove
    from suppliers.admin import supplier as page

    def refuse(**kwargs):
        raise WrongMove("Pas maintenant.")

    monkeypatch.setattr(page, "update_supplier", refuse)
    client = signed_in(pole_staff)
    data = posted_back(client.get(change(sheet))) | {"activity": ["Repas froids"]}
    response = save(client, sheet, data)
    body = response.content.decode()
    assert response.status_code == 200
    assert "Pas maintenant." in body
    assert posted_back(response)["activity"] == ["Repas froids"]
