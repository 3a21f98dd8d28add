"""What the enterprise writes for buyers to decide: prices and lead times by offer, pictures, references, completeness."""

from decimal import Decimal

import pytest
from django.urls import reverse

from marketplace.outbox.models import Message
from suppliers.completeness import completeness_of
from suppliers.models import CustomerReference, ServedArea, SupplierPicture
from tests.factories import MembershipFactory, SupplierFactory
from tests.suppliers.test_supplier_pictures import jpeg
from tests.web.clean import assert_clean
from tests.web.versions import posted_back

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier():
    return SupplierFactory(slug="atelier", offers=[("Bancs", "56101600")])


@pytest.fixture
def member(client, supplier):
    user = MembershipFactory(organisation=supplier.organisation).user
    client.force_login(user)
    return user


def test_offer_says_price_lead_time_and_places_of_its_own(client, supplier, member):
    offer = supplier.offers.get()
    page = reverse("suppliers:register_offer", args=[supplier.pk, offer.pk])
    said = {
        "title": "Bancs", "kind": "good", "codes": "56101600", "price_from": "14,50", "price_to": "22 $", "unit": "heure",
        "lead_days": "42", "minimum_order": "dix bancs", "output": "40 par mois", "reach": "choix", "areas": "R06",
    }  # fmt: skip
    assert_clean(client.get(page))
    assert client.post(page, {**posted_back(client.get(page)), **said}).status_code == 302
    offer.refresh_from_db()
    assert (offer.price_from, offer.price_to, offer.lead_days) == (Decimal("14.50"), 22, 42)
    assert [area.token for area in ServedArea.objects.filter(offer=offer)] == ["R06"]
    again = client.get(page).content.decode()
    assert 'value="14,50"' in again
    wrong = {
        **posted_back(client.get(page)),
        **said,
        "price_from": "quatorze",
        "price_to": "2",
        "lead_days": "9999",
    }
    refused = client.post(page, wrong)
    assert refused.status_code == 200
    assert "n’est pas un prix" in refused.content.decode()
    client.post(page, {**posted_back(client.get(page)), **said, "reach": "pareil"})
    assert not ServedArea.objects.filter(offer=offer).exists()


def test_pictures_page_adds_and_removes(client, supplier, member):
    page = reverse("suppliers:register_pictures", args=[supplier.pk])
    assert_clean(client.get(page))
    assert client.post(page, {"kind": "photo", "alt": ""}).status_code == 200
    client.post(page, {"kind": "photo", "alt": "Deux bancs", "file": jpeg()})
    picture = SupplierPicture.objects.get()
    assert_clean(client.get(page))
    stranger = SupplierFactory()
    other = reverse("suppliers:register_pictures", args=[stranger.pk])
    assert client.post(other, {"kind": "photo", "alt": "x", "file": jpeg()}).status_code == 404
    client.post(page, {"remove": picture.pk})
    assert not SupplierPicture.objects.exists()


def test_references_page_asks_and_withdraws(client, supplier, member):
    page = reverse("suppliers:register_references", args=[supplier.pk])
    assert_clean(client.get(page))
    said = {
        "customer": "Ville",
        "what": "60 bancs",
        "year": "2025",
        "email": "a@ville.exemple",
        "language": "en",
    }
    assert "quatre chiffres" in client.post(page, {**said, "year": "hier"}).content.decode()
    client.post(page, said)
    reference = CustomerReference.objects.get()
    assert "is asking you for a reference" in Message.objects.get(kind="reference.asked").title
    assert_clean(client.get(page))
    again = client.post(page, said)
    assert "attend déjà" in again.content.decode()
    client.post(page, {"remove": reference.pk})
    assert not CustomerReference.objects.exists()


def test_completeness_grows_with_what_is_said(supplier, django_assert_num_queries):
    with django_assert_num_queries(1):
        before = completeness_of(supplier)
    assert before.missing
    supplier.staff_count, supplier.hours = 12, "De 8 h à 17 h"
    supplier.save()
    supplier.offers.update(description="En frêne", lead_days=3, price_from=2)
    after = completeness_of(supplier)
    assert 0 < before.percent < after.percent < 100
    assert len(after.missing) == len(before.missing) - 5
