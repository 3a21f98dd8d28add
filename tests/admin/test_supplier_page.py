"""The page of one sheet: edit, decide, invite, and what each leaves behind."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.accounts.models import Invitation, Organisation, PersonalDataRead
from marketplace.outbox.models import Message
from marketplace.territories.models import Mrc, Municipality
from suppliers.models import Contact, Decision, Offer, RegistryRecord, ServedArea, Status, Supplier
from tests import factories
from tests.admin.conftest import press, signed_in

pytestmark = pytest.mark.django_db


def change(supplier):
    return reverse("admin:suppliers_supplier_change", args=[supplier.pk])


def form_data(client, url):
    """What a browser would post back untouched."""
    response = client.get(url)
    context = response.context
    data = {}
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    for form in forms:
        for field in form:
            value = field.value()
            if value is None or value is False:
                continue
            data[field.html_name] = list(map(str, value)) if isinstance(value, list | tuple) else value
    return data


def save(client, supplier, **changes):
    data = form_data(client, change(supplier)) | changes
    return client.post(change(supplier), data | {"_continue": "1"}, follow=True)


@pytest.fixture
def sheet(db):
    supplier = factories.SupplierFactory(
        status="submitted", name="Cuisine du Cap", offers=[("Traiteur", "90101600")], serves=["371"]
    )
    factories.ContactFactory(supplier=supplier, name="Sylvain Tremblay")
    return supplier


def test_untouched_form_saves_without_a_fault(sheet, pole_staff):
    client = signed_in(pole_staff)
    response = save(client, sheet)
    assert response.status_code == 200
    assert "Enregistré" in response.content.decode()
    sheet.refresh_from_db()
    assert sheet.curated_at is not None
    assert (sheet.offers.count(), sheet.served_areas.count(), sheet.contacts.count()) == (1, 1, 1)


def test_edit_writes_organisation_sheet_and_rows_with_one_decision(sheet, pole_staff):
    client = signed_in(pole_staff)
    offer = sheet.offers.get()
    code = factories.unspsc("76111500")
    response = save(
        client,
        sheet,
        name="Cuisine collective du Cap",
        neq="1144 555 666",
        website="cuisineducap.example",
        postal_code="g8t 1a1",
        activity="Repas et traiteur",
        purposes=["insertion"],
        **{
            "offers-0-title": "Traiteur de quartier",
            "offers-0-codes": [code.pk],
            "offers-TOTAL_FORMS": "2",
            "offers-1-title": "Boîtes à lunch",
            "offers-1-kind": "good",
            "served_areas-0-place": "R04",
            "served_areas-TOTAL_FORMS": "2",
            "served_areas-1-place": "Q",
            "contacts-0-phone": "819 555-0100",
        },
    )
    assert response.context["errors"] == [], response.context["errors"]
    sheet = Supplier.objects.select_related("organisation").get(pk=sheet.pk)
    seat = sheet.organisation
    assert (seat.name, seat.neq, seat.postal_code) == ("Cuisine collective du Cap", "1144555666", "G8T1A1")
    assert seat.website == "https://cuisineducap.example"
    assert sheet.activity == "Repas et traiteur"
    assert [purpose.pk for purpose in sheet.purposes.all()] == ["insertion"]
    assert [o.title for o in sheet.offers.all()] == ["Traiteur de quartier", "Boîtes à lunch"]
    assert list(offer.codes.all()) == [code]
    areas = {(a.region_id, a.mrc_id) for a in sheet.served_areas.all()}
    assert areas == {("04", None), (None, None)}
    assert Decision.objects.filter(verb="update", by=pole_staff).count() == 1
    said = Offer.pgh_event_model.objects.filter(title="Boîtes à lunch").get().pgh_context.metadata
    assert said["user"] == pole_staff.pk


def test_chosen_municipality_gives_mrc_region_and_point(sheet, pole_staff):
    shawinigan = Municipality.objects.get(name="Shawinigan")
    save(signed_in(pole_staff), sheet, municipality=shawinigan.pk, mrc="371", region="16")
    seat = Organisation.objects.get(pk=sheet.organisation_id)
    assert (seat.municipality, seat.mrc_id, seat.region_id) == (shawinigan, "36", "04")
    assert seat.lat == shawinigan.lat


def test_sheet_that_leaves_the_territory_leaves_the_reader(sheet, pole_staff):
    response = save(signed_in(pole_staff), sheet, mrc="65")
    assert response.redirect_chain[-1][0] == "/gestion/"
    assert "territoire" in response.content.decode()
    assert Organisation.objects.get(pk=sheet.organisation_id).mrc_id == "65"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"neq": "123456789"}, "Il y a 9 chiffres; il en faut dix."),
        ({"postal_code": "ABC"}, "n’est pas un code postal"),
        ({"website": "javascript:alert(1)"}, "n’est pas une adresse Web"),
        ({"name": ""}, "obligatoire"),
        ({"by_phone": "on"}, "Écrivez le nom de la personne qui a appelé."),
        ({"served_areas-0-place": "zz"}, "zz"),
        ({"mrc": "999"}, "liste"),
    ],
)
def test_faulty_value_is_said_and_nothing_else_is_lost(sheet, pole_staff, changes, says):
    response = save(signed_in(pole_staff), sheet, activity="Texte tout juste écrit", **changes)
    page = response.content.decode()
    assert says in page
    assert "Texte tout juste écrit" in page
    assert Supplier.objects.get(pk=sheet.pk).activity != "Texte tout juste écrit"
    assert not Decision.objects.exists()


def test_taken_neq_is_refused_without_naming_its_holder(sheet, pole_staff):
    other = factories.OrganisationFactory(name="Secret ailleurs", mrc_id="65")
    page = save(signed_in(pole_staff), sheet, neq=other.neq).content.decode()
    assert "déjà inscrit" in page
    assert "Secret ailleurs" not in page


def test_public_sheet_keeps_an_activity_or_an_offer(pole_staff):
    supplier = factories.SupplierFactory(status="published", activity="", offers=[("Traiteur", "")])
    client = signed_in(pole_staff)
    response = save(client, supplier, **{"offers-0-DELETE": "on"})
    assert "doit garder une activité ou une offre" in response.content.decode()
    assert supplier.offers.count() == 1


def test_offers_of_another_sheet_are_no_choice(sheet, pole_staff):
    other = factories.SupplierFactory(offers=[("Offre voisine", "")])
    client = signed_in(pole_staff)
    assert "Offre voisine" not in client.get(change(sheet)).content.decode()
    save(client, sheet, **{"served_areas-0-offer": other.offers.get().pk})
    assert sheet.served_areas.get().offer is None


def test_inline_row_of_another_sheet_cannot_be_taken(sheet, pole_staff):
    contact = factories.ContactFactory(
        supplier=factories.SupplierFactory(mrc=Mrc.objects.get(code="65")), name="D’ailleurs"
    )
    save(signed_in(pole_staff), sheet, **{"contacts-0-id": contact.pk, "contacts-0-name": "Volé"})
    contact.refresh_from_db()
    assert contact.name == "D’ailleurs"


def test_change_asked_by_telephone_is_recorded(sheet, pole_staff):
    save(signed_in(pole_staff), sheet, activity="Autre", by_phone="on", on_behalf_of="Sylvain Tremblay")
    kept = Decision.objects.get()
    assert (kept.verb, kept.channel, kept.on_behalf_of) == ("update", "phone", "Sylvain Tremblay")
    history = signed_in(pole_staff).get(reverse("admin:suppliers_supplier_history", args=[sheet.pk]))
    assert "A appelé\u00a0: Sylvain Tremblay" in history.content.decode()


def test_opening_a_sheet_records_who_read_it(sheet, pole_staff):
    signed_in(pole_staff).get(change(sheet))
    read = PersonalDataRead.objects.get()
    assert (read.reader, read.organisation_id) == (pole_staff, sheet.organisation_id)


def test_buttons_are_the_moves_of_the_state(pole_staff):
    client = signed_in(pole_staff)
    expected = {
        Status.SUBMITTED: {"publish", "return_with_message", "archive", "not_social_economy"},
        Status.PUBLISHED: {"write", "suspend", "archive", "not_social_economy"},
        Status.ARCHIVED: {"reopen"},
    }
    for status, moves in expected.items():
        supplier = factories.SupplierFactory(status=status)
        assert {m.verb for m in client.get(change(supplier)).context["moves"]} == moves


def test_publishing_from_the_page(sheet, pole_staff):
    response = press(signed_in(pole_staff), sheet, follow=True, move="publish")
    assert "Fiche publiée" in response.content.decode()
    assert Supplier.objects.get().status == Status.PUBLISHED


def test_returning_from_the_page_mails_the_message(sheet, pole_staff):
    typed = {"move": "return_with_message", "decision-message": "Il manque la charte."}
    press(signed_in(pole_staff), sheet, **typed)
    assert "Il manque la charte." in Message.objects.get(kind="curation.returned").text


@pytest.mark.parametrize(
    ("posted", "says"),
    [
        ({"move": "reopen", "message": "Bonjour"}, "cette action n’est pas possible"),
        ({"move": "return_with_message", "message": " "}, "Écrivez ce qui manque"),
        ({"move": "archive", "message": "Bonjour"}, "Choisissez le motif"),
        ({"move": "publish", "by_phone": "on", "message": "Bonjour"}, "le nom de la personne qui a appelé"),
        ({"move": "nimporte", "message": "Bonjour"}, "Choisissez une décision"),
        ({"message": "Bonjour"}, "sans choisir de décision"),
        ({"move": "archive", "reason": "zz", "message": "Bonjour"}, "Choisissez une décision"),
    ],
)
def test_refused_decision_says_why_and_keeps_the_message(sheet, pole_staff, posted, says):
    typed = {name if name == "move" else f"decision-{name}": value for name, value in posted.items()}
    response = press(signed_in(pole_staff), sheet, **typed)
    page = response.content.decode()
    assert response.status_code == 200
    assert says in page
    assert posted["message"] in page
    assert Supplier.objects.get().status == "submitted"


def test_decision_is_posted_not_read(sheet, pole_staff):
    signed_in(pole_staff).get(change(sheet) + "?move=publish")
    assert Supplier.objects.get().status == "submitted"


def test_inviting_from_the_page(sheet, pole_staff):
    client = signed_in(pole_staff)
    typed = {"invite": "1", "invited_email": "marie@exemple.test"}
    page = press(client, sheet, follow=True, **typed).content.decode()
    assert "Invitation envoyée à marie@exemple.test" in page
    assert Invitation.objects.get().organisation == sheet.organisation
    page = press(client, sheet, **typed | {"invited_email": "marie"}).content.decode()
    assert "Ce courriel n’est pas complet" in page
    assert 'value="marie"' in page


def test_unpublished_sheet_has_a_preview_link(sheet, pole_staff):
    client = signed_in(pole_staff)
    preview = client.get(change(sheet)).context["preview"]
    assert client.get(preview).status_code == 200


def test_registry_line_is_shown_beside_the_form(sheet, pole_staff):
    RegistryRecord.objects.create(supplier=sheet, mapping="req", values={"nom": "CUISINE"}, fingerprint="x")
    assert "CUISINE" in signed_in(pole_staff).get(change(sheet)).content.decode()


def statements(client, url):
    """The SQL of a page once its per-process caches are warm: of three looks the one that refreshed none."""
    looks = []
    for _ in range(3):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        looks.append([q["sql"][:200] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]])
    return min(looks, key=len)


def test_page_costs_the_same_with_none_one_and_five_offers(pole_staff):
    client = signed_in(pole_staff)
    counts = {}
    for n in (0, 1, 5):
        offers = [(f"Offre {i}", "90101600") for i in range(n)]
        supplier = factories.SupplierFactory(status="submitted", offers=offers, serves=["371", "36"][: n + 1])
        counts[n] = statements(client, change(supplier))
    assert len(counts[1]) == len(counts[5]) <= 25, "\n".join(counts[5])
    assert len(counts[0]) == len(counts[1]) - 1, "\n".join(counts[0])  # no offers, no codes to ask for


def test_adding_a_sheet_opens_a_draft(pole_staff):
    client = signed_in(pole_staff)
    url = reverse("admin:suppliers_supplier_add")
    data = form_data(client, url) | {
        "name": "Le Café du Coin", "legal_form": "obnl", "mrc": "371", "activity": "Café",
        "contacts-TOTAL_FORMS": "1", "contacts-0-name": "Ana",
    }  # fmt: skip
    response = client.post(url, data, follow=True)
    supplier = Supplier.objects.get()
    assert response.redirect_chain[-1][0] == change(supplier)
    assert (supplier.status, supplier.slug) == ("draft", "le-cafe-du-coin")
    assert (supplier.organisation.region_id, Contact.objects.get().name) == ("04", "Ana")


def test_adding_outside_the_territory_is_refused_in_place(pole_staff):
    client = signed_in(pole_staff)
    url = reverse("admin:suppliers_supplier_add")
    data = form_data(client, url) | {"name": "Ailleurs", "legal_form": "obnl", "mrc": "65"}
    assert "n’est pas dans votre territoire" in client.post(url, data).content.decode()
    assert not Organisation.objects.exists()
    data["mrc"] = ""
    client.post(url, data)
    assert Organisation.objects.get().pole_id == "mauricie"


def test_adding_a_taken_neq_is_refused_in_place(pole_staff):
    factories.SupplierFactory(name="Secret", mrc=Mrc.objects.get(code="65"), organisation__neq="1144555666")
    client = signed_in(pole_staff)
    url = reverse("admin:suppliers_supplier_add")
    data = form_data(client, url) | {"name": "Essai", "legal_form": "obnl", "mrc": "371", "neq": "1144555666"}
    page = client.post(url, data, follow=True).content.decode()
    assert "déjà inscrit" in page
    assert "Secret" not in page
    assert Supplier.objects.count() == 1
    assert ServedArea.objects.count() == 0
