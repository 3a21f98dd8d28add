"""Each step with good and bad input: what is good is kept, what is not is told, nothing is lost."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.outbox.models import Message
from suppliers.curation import DecisionNote, return_supplier
from suppliers.models import Contact, CriterionAnswer, EvidenceFile, Offer, Supplier
from suppliers.registration import steps
from suppliers.registration.steps import step_url
from tests import factories
from tests.suppliers.registration.builders import NEQ, begun, filled, found, paper, submitted
from tests.web.versions import Reader

pytestmark = pytest.mark.django_db

IDENTITY = {
    "name": "Les Ateliers Tournesol",
    "legal_form": "coop_solidarite",
    "town": "trois rivieres",
    "postal_code": "g9a 1a1",
    "email": "ventes@tournesol.test",
    "website": "tournesol.test",
    "continue": "1",
}


@pytest.fixture
def person():
    return factories.UserFactory()


@pytest.fixture
def supplier(person):
    return begun(person)


@pytest.fixture
def web(person):
    client = Reader()
    client.force_login(person)
    return client


def at(supplier: Supplier, step: str) -> str:
    return step_url(supplier, step)


def again(supplier: Supplier) -> Supplier:
    return Supplier.objects.select_related("organisation").get(pk=supplier.pk)


def test_identity_resolves_the_place_and_leads_on(web, supplier):
    response = web.post(at(supplier, "identity"), IDENTITY)
    assert response["Location"] == at(supplier, "activity")
    supplier = again(supplier)
    seat = supplier.organisation
    assert (seat.municipality.name, seat.mrc_id, seat.region_id) == ("Trois-Rivières", "371", "04")
    assert (supplier.legal_form, supplier.slug) == ("coop_solidarite", "les-ateliers-tournesol")
    assert (seat.postal_code, seat.website) == ("G9A1A1", "https://tournesol.test")
    assert Contact.objects.get(supplier=supplier).email == "ventes@tournesol.test"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "Écrivez le nom de l’entreprise."),
        ({"legal_form": ""}, "Choisissez une forme juridique."),
        ({"postal_code": "12345"}, "n’est pas un code postal"),
        ({"email": "ventes@"}, "Ce courriel n’est pas complet."),
        ({"email": ""}, "un acheteur doit pouvoir vous joindre"),
        ({"phone": "12"}, "Ce numéro de téléphone est incomplet."),
        ({"website": "pas un site"}, "n’est pas une adresse Web"),
    ],
)
def test_wrong_identity_is_told_shown_again_and_the_rest_is_kept(web, supplier, wrong, says):
    response = web.post(at(supplier, "identity"), IDENTITY | wrong)
    page = response.content.decode()
    assert response.status_code == 200
    assert says in page
    ((name, value),) = wrong.items()
    assert value in page
    seat = again(supplier).organisation
    assert seat.name == ("Les Ateliers Tournesol" if name != "name" else f"NEQ {NEQ}")
    assert seat.mrc_id == "371"


def test_chosen_mrc_says_the_place_where_the_town_does_not(web, supplier):
    data = IDENTITY | {"town": "Saint-Inconnu-des-Bois-Perdus", "postal_code": ""}
    assert "Choisissez la MRC." in web.post(at(supplier, "identity"), data).content.decode()
    web.post(at(supplier, "identity"), data | {"mrc": "36"})
    seat = again(supplier).organisation
    assert (seat.mrc_id, seat.region_id, seat.municipality) == ("36", "04", None)
    assert 'name="mrc"' in web.get(at(supplier, "identity")).content.decode()


def test_finishing_later_keeps_what_is_good_even_half_done(web, supplier):
    data = {"name": "Les Ateliers Tournesol", "town": "Shawinigan", "later": "1"}
    response = web.post(at(supplier, "identity"), data, follow=True)
    assert response.redirect_chain[-1][0] == reverse("pages:my_space")
    assert "Ce qui est correct est enregistré" in response.content.decode()
    assert again(supplier).organisation.name == "Les Ateliers Tournesol"
    assert "Finir l’inscription" in response.content.decode()


def test_activity_keeps_words_sector_and_purposes(web, supplier):
    data = {
        "activity": "Menuiserie.",
        "sector": "31",
        "purposes": ["insertion"],
        "staff_count": "22",
        "continue": "1",
    }
    assert web.post(at(supplier, "activity"), data)["Location"] == at(supplier, "offers")
    supplier = again(supplier)
    assert (supplier.activity, supplier.sector_id, supplier.staff_count) == ("Menuiserie.", "31", 22)
    assert list(supplier.purposes.values_list("pk", flat=True)) == ["insertion"]
    page = web.post(at(supplier, "activity"), data | {"staff_count": "beaucoup"}).content.decode()
    assert "« beaucoup » n’est pas un nombre entier." in page.replace("\u00a0", " ")


def test_offer_is_added_changed_and_removed(web, supplier):
    factories.unspsc("56101700")
    add = reverse("suppliers:register_add_offer", args=[supplier.pk])
    data = {"title": "Mobilier de bureau", "kind": "good", "codes": ["56101700"], "capacity": "60 000 $"}
    web.post(add, data)
    offer = Offer.objects.get()
    assert (offer.title, offer.capacity, offer.codes.get().pk) == ("Mobilier de bureau", 60_000, "56101700")
    one = reverse("suppliers:register_offer", args=[supplier.pk, offer.pk])
    web.post(one, data | {"title": "Bureaux et chaises", "codes": []})
    offer.refresh_from_db()
    assert (offer.title, offer.codes.count()) == ("Bureaux et chaises", 0)
    web.post(reverse("suppliers:register_remove_offer", args=[supplier.pk, offer.pk]))
    assert not Offer.objects.exists()


def test_finding_codes_without_javascript_keeps_nothing_and_loses_nothing(web, supplier):
    add = reverse("suppliers:register_add_offer", args=[supplier.pk])
    factories.SupplierFactory(offers=[("Entretien ménager de bureaux", "76111500")])
    data = {"title": "Entretien de bureaux", "kind": "service", "description": "Le soir.", "find": "1"}
    page = web.post(add, data).content.decode()
    assert 'value="76111500"' in page
    assert "1 fiche publiée a une offre semblable sous ce code" in page.replace("\u00a0", " ")
    assert "Le soir." in page
    assert not supplier.offers.exists()


def test_known_code_is_added_by_hand_and_a_wrong_one_told(web, supplier):
    add = reverse("suppliers:register_add_offer", args=[supplier.pk])
    data = {"title": "Entretien", "kind": "service", "code": "7611"}
    web.post(add, data)
    assert Offer.objects.get().codes.get().pk == "76110000"
    page = web.post(add, data | {"code": "99"}).content.decode()
    assert "n’est pas un code UNSPSC" in page
    assert Offer.objects.count() == 1


def test_delivery_keeps_areas_and_refuses_none(web, supplier):
    page = web.post(at(supplier, "offers"), {"reach": "choix", "continue": "1"}).content.decode()
    assert "Cochez au moins une région ou une MRC." in page
    web.post(at(supplier, "offers"), {"reach": "choix", "areas": ["R04", "371", "65"], "capacity": "120000"})
    areas = set(supplier.served_areas.values_list("region_id", "mrc_id"))
    assert areas == {("04", None), (None, "65")}  # a whole region makes its MRCs superfluous
    web.post(at(supplier, "offers"), {"reach": "Q"})
    assert set(supplier.served_areas.values_list("region_id", "mrc_id")) == {(None, None)}


def test_answer_and_papers_are_kept_and_a_refused_paper_loses_no_word(web, supplier):
    one = reverse("suppliers:register_criterion", args=[supplier.pk, 3])
    bad = paper("image.svg")
    bad.content_type, bad.file.getbuffer()[:5] = "image/svg+xml", b"<svg>"
    page = web.post(
        one, {"text": "Une voix par membre.", "file": [paper(), bad], "continue": "1"}
    ).content.decode()
    assert "image.svg" in page
    assert "Une voix par membre." in page
    answer = CriterionAnswer.objects.get(supplier=supplier, criterion=3)
    assert answer.text == "Une voix par membre."
    kept = EvidenceFile.objects.get(supplier=supplier)
    assert (kept.file.name, kept.criteria) == ("reglements.pdf", [3])
    web.post(one, {"text": answer.text, "remove": str(kept.pk)})
    assert not EvidenceFile.objects.exists()


def test_preview_is_the_page_of_a_buyer_marked_as_one(web, person):
    supplier = filled(person)
    factories.ContactFactory(supplier=supplier, name="Xénophon Discret", is_public=False)
    page = web.get(at(supplier, "preview")).content.decode()
    assert "voici la page qu’un acheteur lira" in page
    assert "Mobilier de bureau" in page
    assert "Xénophon" not in page


def test_submit_says_what_is_missing_and_asks_for_the_declaration(web, supplier, person):
    page = web.get(at(supplier, "submit")).content.decode()
    assert "Le nom de l’entreprise" in page
    assert "6. Reliquat à un organisme semblable" in page
    web.post(at(supplier, "submit"), {"declared": "on"})
    assert again(supplier).status == "draft"
    whole = filled(person, neq="1167403299")
    assert "Cochez la déclaration" in web.post(at(whole, "submit"), {}).content.decode()
    web.post(at(whole, "submit"), {"declared": "on"})
    whole = again(whole)
    assert whole.status == "submitted"
    assert whole.registration.declared_by == person
    assert "exact" in whole.registration.declaration


def test_criterion_proved_without_an_answer_asks_for_none(web, supplier):
    factories.prove_criteria(supplier, [1])
    lacks = [lack.text for lack in steps.progress_of(Supplier.objects.get(pk=supplier.pk)).lacks]
    assert [text[:2] for text in lacks if text[:1].isdigit()] == ["2.", "3.", "4.", "5.", "6."]
    page = web.get(reverse("suppliers:register_criterion", args=[supplier.pk, 1])).content.decode()
    assert "le pôle a établi ce critère autrement" in page


def test_submitted_sheet_is_held_until_taken_back(web, person):
    supplier = submitted(person)
    assert web.get(at(supplier, "identity"))["Location"] == at(supplier, "submit")
    web.post(at(supplier, "identity"), IDENTITY | {"name": "Autre nom"})
    assert again(supplier).organisation.name == "Les Ateliers Tournesol"
    assert web.get(reverse("suppliers:register_criterion", args=[supplier.pk, 1])).status_code == 404
    web.post(reverse("suppliers:register_withdraw", args=[supplier.pk]))
    assert again(supplier).status == "draft"
    assert web.get(at(supplier, "identity")).status_code == 200


def test_completion_asked_stands_in_my_space_in_the_steps_and_in_the_mail(web, person, pole_staff):
    supplier = submitted(person)
    found(supplier, pole_staff, "incomplete", "Il manque la clause.", only=6)
    return_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Une clause manque."))
    space = web.get(reverse("pages:my_space")).content.decode()
    assert "Votre pôle demande un complément" in space
    page = web.get(at(supplier, "criteria")).content.decode()
    assert "Une clause manque." in page
    assert "Il manque la clause." in page
    letter = Message.objects.get(kind="curation.returned", recipient=person)
    assert "6. Reliquat à un organisme semblable" in letter.text
    assert "Il manque la clause." in letter.html
    answer = reverse("suppliers:register_criterion", args=[supplier.pk, 6])
    web.post(answer, {"text": "L’article 9 le dit.", "continue": "1"})
    assert CriterionAnswer.objects.get(supplier=supplier, criterion=6).state == ""


def test_no_step_of_another_is_seen_or_written(person, pole_staff):
    supplier = filled(person)
    offer = supplier.offers.get()
    addresses = [at(supplier, step) for step in steps.ORDER]
    addresses += [
        reverse("suppliers:register_add_offer", args=[supplier.pk]),
        reverse("suppliers:register_offer", args=[supplier.pk, offer.pk]),
        reverse("suppliers:register_remove_offer", args=[supplier.pk, offer.pk]),
        reverse("suppliers:register_criterion", args=[supplier.pk, 1]),
        reverse("suppliers:register_withdraw", args=[supplier.pk]),
        reverse("suppliers:register_codes", args=[supplier.pk]),
    ]
    for stranger in (factories.UserFactory(), pole_staff, factories.MembershipFactory().user):
        client = Client()
        client.force_login(stranger)
        for address in addresses:
            assert client.get(address).status_code in (404, 405), address
            assert client.post(address, IDENTITY | {"title": "Vol", "text": "Vol"}).status_code in (
                404,
                405,
            ), address
    assert again(supplier).organisation.name == "Les Ateliers Tournesol"
    assert supplier.offers.get() == offer


def test_offer_of_another_sheet_is_not_reached_through_ones_own(web, supplier):
    other = factories.OfferFactory()
    for name in ("suppliers:register_offer", "suppliers:register_remove_offer"):
        assert web.post(reverse(name, args=[supplier.pk, other.pk]), {"title": "Vol"}).status_code == 404
    assert Offer.objects.get(pk=other.pk).title == "Entretien ménager"


@pytest.mark.parametrize("step", steps.ORDER)
def test_steps_take_as_much_sql_with_one_row_as_with_three(
    web, supplier, person, step, django_assert_max_num_queries
):
    web.get(at(supplier, step))
    with django_assert_max_num_queries(11):
        web.get(at(supplier, step))
    for _ in range(3):
        factories.OfferFactory(supplier=supplier)
        factories.ContactFactory(supplier=supplier, is_public=True)
    with django_assert_max_num_queries(11):
        web.get(at(supplier, step))
