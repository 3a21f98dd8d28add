"""Two members on one step: no value is lost. And no button of a step loses what was typed."""

import pytest
from django.test import Client
from django.urls import reverse

from suppliers.models import CriterionAnswer, EvidenceFile, Offer, Supplier
from suppliers.registration import steps
from suppliers.registration.steps import step_url
from tests import factories
from tests.suppliers.registration.builders import filled, paper
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return factories.UserFactory(first_name="Rose", last_name="Cyr")


@pytest.fixture
def supplier(person):
    return filled(person)


def member(supplier, user=None):
    client = Client()
    client.force_login(user or factories.MembershipFactory(organisation=supplier.organisation).user)
    return client


@pytest.mark.parametrize(
    ("step", "theirs", "mine"),
    [
        ("identity", {"website": ["theirs.test"]}, {"phone": ["819 555-0101"], "website": ["mine.test"]}),
        ("activity", {"activity": ["Theirs words"]}, {"staff_count": ["7"], "activity": ["Mine words"]}),
        ("offers", {"capacity": ["11111"]}, {"capacity": ["22222"]}),
    ],
)
def test_stale_step_changes_nothing_and_shows_both(supplier, person, step, theirs, mine):
    address = step_url(supplier, step)
    first, second = member(supplier, person), member(supplier)
    one, two = posted_back(first.get(address)), posted_back(second.get(address))
    assert first.post(address, one | theirs | {"continue": "1"}).status_code == 302
    asked = second.post(address, two | mine | {"continue": "1"})
    assert asked.status_code == 409
    body = asked.content.decode()
    for values in (*theirs.values(), *mine.values()):
        assert values[0] in body
    assert "Rose Cyr" in body
    assert second.post(address, posted_back(asked)).status_code == 302
    again = posted_back(second.get(address))
    kept = {name: again[name][0] for name in mine}
    assert kept == {
        name: values[0] if name != "website" else f"https://{values[0]}" for name, values in mine.items()
    }


def test_stale_answer_keeps_the_documents_that_came_with_it(supplier, person):
    address = reverse("suppliers:register_criterion", args=[supplier.pk, 1])
    first, second = member(supplier, person), member(supplier)
    mine = posted_back(second.get(address))
    first.post(address, posted_back(first.get(address)) | {"text": ["Leurs mots"]})
    pieces = EvidenceFile.objects.filter(supplier=supplier, criteria__contains=[1])
    files = pieces.count()
    asked = second.post(address, mine | {"text": ["Mes mots"], "file": paper("statuts.pdf")})
    assert asked.status_code == 409
    answer = CriterionAnswer.objects.get(supplier=supplier, criterion=1)
    assert (answer.text, pieces.count()) == ("Leurs mots", files + 1)
    second.post(address, posted_back(asked))
    answer.refresh_from_db()
    assert answer.text == "Mes mots"


def test_stale_offer_asks_about_words_and_codes(supplier, person):
    for code in ("76111500", "90101600", "56101700"):
        factories.unspsc(code)
    offer = factories.OfferFactory(supplier=supplier, title="Ménage", codes=["76111500"])
    address = reverse("suppliers:register_offer", args=[supplier.pk, offer.pk])
    first, second = member(supplier, person), member(supplier)
    one, two = posted_back(first.get(address)), posted_back(second.get(address))
    first.post(address, one | {"codes": ["90101600"]})
    asked = second.post(address, two | {"codes": ["76111500", "56101700"], "description": ["Le soir"]})
    assert asked.status_code == 409
    second.post(address, posted_back(asked) | {"choice:codes": ["theirs"]})
    offer.refresh_from_db()
    assert offer.description == "Le soir"
    assert [code.pk for code in offer.codes.all()] == ["90101600"]


def test_offer_that_a_colleague_removed_is_offered_anew(supplier, person):
    offer = factories.OfferFactory(supplier=supplier, title="Ménage")
    address = reverse("suppliers:register_offer", args=[supplier.pk, offer.pk])
    client = member(supplier, person)
    mine = posted_back(client.get(address)) | {"description": ["Le soir"]}
    offer.delete()
    page = client.post(address, mine)
    body = page.content.decode()
    assert "Quelqu’un a retiré cette offre" in body
    assert "Le soir" in body
    add = reverse("suppliers:register_add_offer", args=[supplier.pk])
    assert f'action="{add}"' in body
    assert client.get(address).status_code == 302
    assert client.post(add, mine).status_code == 302
    assert Offer.objects.get(supplier=supplier, title="Ménage").description == "Le soir"


def test_every_button_beside_the_delivery_keeps_what_was_typed(supplier, person):
    offer = supplier.offers.get()
    client, address = member(supplier, person), step_url(supplier, steps.OFFERS)
    leads = {
        "add": ("1", reverse("suppliers:register_add_offer", args=[supplier.pk])),
        "offer": (str(offer.pk), reverse("suppliers:register_offer", args=[supplier.pk, offer.pk])),
        "back": ("1", step_url(supplier, steps.ACTIVITY)),
        "later": ("1", reverse("pages:my_space")),
        "remove": (str(offer.pk), address),
    }
    for n, (button, (value, target)) in enumerate(leads.items(), start=1):
        page = posted_back(client.get(address)) | {
            "capacity": [f"{n}0000"],
            "reach": ["choix"],
            "areas": ["R04"],
        }
        assert client.post(address, page | {button: value})["Location"] == target, button
        row = Supplier.objects.get(pk=supplier.pk)
        assert (row.capacity, [area.token for area in row.served_areas.all()]) == (n * 10_000, ["R04"]), (
            button
        )
    assert not Offer.objects.filter(pk=offer.pk).exists()


@pytest.mark.parametrize("button", ["add", "back", "later"])
def test_button_that_would_lose_a_faulty_value_stays(supplier, person, button):
    client, address = member(supplier, person), step_url(supplier, steps.OFFERS)
    page = client.post(address, posted_back(client.get(address)) | {"capacity": ["beaucoup"], button: "1"})
    assert page.status_code == 200
    assert "beaucoup" in page.content.decode()


def test_finding_codes_keeps_the_version_that_the_page_had(supplier, person):
    offer = factories.OfferFactory(supplier=supplier, title="Ménage")
    address = reverse("suppliers:register_offer", args=[supplier.pk, offer.pk])
    client = member(supplier, person)
    mine = posted_back(client.get(address)) | {"title": ["Entretien"]}
    Offer.objects.filter(pk=offer.pk).update(title="Grand ménage")
    found = client.post(address, mine | {"find": "1"})
    assert found.status_code == 200
    assert client.post(address, posted_back(found)).status_code == 409
