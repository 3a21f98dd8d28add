"""A supplier's page: the sheet to everyone once published, to its own before."""

import json
import re
from datetime import date
from decimal import Decimal

import pytest
from django.conf import settings

from marketplace.classification.models import Certification, Purpose
from marketplace.web.process_cache import clear_process_caches
from suppliers.models import ServedArea, Status
from tests.factories import AwardFactory, ContactFactory, MembershipFactory, SupplierFactory, pole, unspsc
from tests.suppliers.test_directory_pages import words
from tests.web.clean import assert_clean

pytestmark = pytest.mark.django_db


@pytest.fixture
def sheet():
    code = unspsc("56101600")
    code.label = "Mobilier d’extérieur"
    code.save()
    clear_process_caches()  # labels are kept a minute per process
    supplier = SupplierFactory(
        name="Atelier Les Trois Rives",
        slug="atelier-les-trois-rives",
        activity="Mobilier urbain en frêne récupéré. Fabriqué et installé à Trois-Rivières depuis 2011.",
        offers=[("Bancs et tables", "56101600"), ("Installation", None)],
        serves=["R04", "65"],
        capacity=220_000,
        staff_count=26,
        proved=6,
        proved__pole=pole("mauricie"),
        organisation__neq="1198403218",
        organisation__address="915, rue du Fleuve",
        organisation__website="https://troisrives.example/",
        organisation__email="interne@troisrives.example",
    )
    supplier.purposes.set(Purpose.objects.order_by("pk")[:1])
    supplier.certifications.set(Certification.objects.order_by("pk")[:1])
    ContactFactory(
        supplier=supplier,
        name="Maude Public",
        email="ventes@troisrives.example",
        phone="8195550142",
        is_public=True,
    )
    ContactFactory(supplier=supplier, name="Luc Privé", email="luc@troisrives.example")
    return supplier


def test_supplier_page_says_what_the_sheet_holds(client, sheet):
    response = client.get("/fournisseurs/atelier-les-trois-rives/")
    read = words(response)
    for part in (
        "Atelier Les Trois Rives",
        "Mobilier urbain en frêne récupéré.",
        "Fabriqué et installé à Trois-Rivières depuis 2011.",
        "Coopérative de solidarité",
        Purpose.objects.order_by("pk").first().label,
        Certification.objects.order_by("pk").first().label,
        "Jusqu’à 220 000 $ par contrat",
        "26 personnes",
        "Bancs et tables",
        "56101600",
        "Mobilier d’extérieur",
        "Toute la Mauricie",
        "1198 403 218",
        "915, rue du Fleuve",
        "Maude Public",
        "819 555‑0142",
        pole("mauricie").name,
    ):
        assert part in read, part
    page = response.content.decode()
    assert f'rel="canonical" href="{settings.SITE_URL}/fournisseurs/atelier-les-trois-rives/"' in page
    assert (
        '<meta name="description" content="Coopérative de solidarité à Trois-Rivières. Mobilier urbain'
        in page
    )
    assert_clean(response)


def test_supplier_page_writes_an_address_out_only_for_who_is_signed_in(client, sheet):
    address = "/fournisseurs/atelier-les-trois-rives/"
    page = client.get(address).content.decode()
    assert "ventes@" not in page
    assert f'href="{address}joindre/"' in page
    reached = client.get(f"{address}joindre/")
    assert 'href="mailto:ventes@troisrives.example"' in reached.content.decode()
    assert reached["X-Robots-Tag"] == "noindex, nofollow"
    assert "luc@troisrives.example" not in reached.content.decode()
    assert_clean(reached)
    client.force_login(MembershipFactory().user)
    assert 'href="mailto:ventes@troisrives.example"' in client.get(address).content.decode()


def test_supplier_page_says_what_a_buyer_compares(client, sheet):
    sheet.hours, sheet.people_served, sheet.insured_for = "De 8 h à 17 h", "35 personnes par an", 5_000_000
    sheet.insured_until = date(2020, 5, 3)
    sheet.save()
    sheet.offers.filter(title="Bancs et tables").update(
        price_from=Decimal("14.50"),
        price_to=22,
        unit="heure",
        lead_days=42,
        minimum_order="dix bancs",
        output="40 par mois",
    )
    ServedArea.objects.create(supplier=sheet, offer=sheet.offers.first(), region_id="06")
    award = AwardFactory(
        neq=sheet.organisation.neq, awarded_on=date(2025, 3, 1), tender__title="Soixante bancs"
    )
    AwardFactory(organisation=sheet.organisation, neq="", status="cancelled", tender__title="Repris ensuite")
    response = client.get("/fournisseurs/atelier-les-trois-rives/")
    read = words(response)
    for part in (
        "De 14,50 $ à 22 $ par heure",
        "6 semaines", "dix bancs", "40 par mois", "Tout Montréal", "De 8 h à 17 h", "35 personnes par an",
        "Responsabilité civile, 5 M$, échue le 3 mai 2020", "Soixante bancs", "48 700 $", "2025",
    ):  # fmt: skip
        assert part in read, part
    assert "Repris ensuite" not in read
    assert award.tender.ocid in response.content.decode()
    english = words(client.get("/en/suppliers/atelier-les-trois-rives/"))
    assert "From $14.50 to $22 per hour" in english
    assert "6 weeks" in english
    assert_clean(response)


def test_supplier_page_carries_its_facts_for_machines(client, sheet):
    sheet.offers.filter(title="Installation").update(title="</script><b>&", price_from=3)
    page = client.get("/fournisseurs/atelier-les-trois-rives/").content.decode()
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert len(found) == 1
    said = json.loads(found[0])
    assert said["name"] == "Atelier Les Trois Rives"
    assert said["@type"] == "LocalBusiness"
    assert said["makesOffer"][1]["itemOffered"]["name"] == "</script><b>&"
    assert said["makesOffer"][1]["priceSpecification"]["minPrice"] == 3
    assert 'troisrives.example"' not in found[0].replace("https://troisrives.example", "")
    assert "Maude" not in found[0]


def test_supplier_page_keeps_private_contacts_private(client, sheet, foreign_staff):
    for user in (None, foreign_staff):
        if user:
            client.force_login(user)
        page = client.get("/fournisseurs/atelier-les-trois-rives/").content.decode()
        assert "Luc Privé" not in page
        assert "luc@troisrives.example" not in page
        assert "interne@troisrives.example" not in page


def test_supplier_page_shows_private_contacts_to_its_own(client, sheet, pole_staff):
    member = MembershipFactory(organisation=sheet.organisation).user
    for user in (pole_staff, member):
        client.force_login(user)
        read = words(client.get("/fournisseurs/atelier-les-trois-rives/"))
        assert "Luc Privé" in read
        assert "Non affichée au public" in read


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PUBLISHED])
def test_supplier_page_hides_what_is_not_published(
    client, sheet, pole_staff, foreign_staff, platform_admin, status
):
    sheet.status = status
    sheet.save()
    member = MembershipFactory(organisation=sheet.organisation).user
    stranger = MembershipFactory().user
    address = "/fournisseurs/atelier-les-trois-rives/"
    assert client.get(address).status_code == 404
    for user in (foreign_staff, stranger):
        client.force_login(user)
        assert client.get(address).status_code == 404
    for user in (pole_staff, platform_admin, member):
        client.force_login(user)
        response = client.get(address)
        assert response.status_code == 200
        assert "Cette fiche n’est pas publiée" in words(response)
        assert '<meta name="robots" content="noindex">' in response.content.decode()
        assert_clean(response)


def test_supplier_page_of_nobody_is_a_404(client, db):
    assert client.get("/fournisseurs/personne/").status_code == 404


def test_supplier_page_escapes_what_it_shows(client):
    SupplierFactory(
        slug="piege",
        name="<script>alert(1)</script>",
        activity="<img src=x onerror=alert(2)>. \n<b>gras</b>",
        offers=[("<svg/onload=alert(3)>", None)],
        organisation__address='"><i>rue',
    )
    page = client.get("/fournisseurs/piege/").content.decode()
    for danger in ("<script>alert", "<img src=x", "<svg/onload", "<b>gras", '"><i>rue'):
        assert danger not in page


def test_supplier_page_of_a_bare_sheet_is_clean(client):
    supplier = SupplierFactory(
        activity="",
        capacity=None,
        mrc=None,
        organisation__town="",
        organisation__neq=None,
        organisation__postal_code="",
    )
    response = client.get(f"/fournisseurs/{supplier.slug}/")
    assert_clean(response)
    assert "Aucune offre n’est encore décrite" in words(response)


def test_supplier_page_shows_where_an_offer_is_delivered(client, sheet):
    ServedArea.objects.create(supplier=sheet, offer=sheet.offers.first(), region_id="06")
    read = words(client.get("/fournisseurs/atelier-les-trois-rives/"))
    assert "Tout Montréal" in read
    assert "Toute la Mauricie" in read


def test_supplier_page_sql_is_the_same_for_one_and_three_of_each(
    client, sheet, pole_staff, django_assert_num_queries
):
    address = "/fournisseurs/atelier-les-trois-rives/"
    client.get(address)
    with django_assert_num_queries(5):
        client.get(address)
    for n in range(3):
        offer = sheet.offers.create(title=f"Offre {n}")
        offer.codes.set([unspsc("56101600"), unspsc("76111500")])
        ServedArea.objects.create(supplier=sheet, offer=offer, region_id="06")
        ContactFactory(supplier=sheet, is_public=True)
        AwardFactory(neq=sheet.organisation.neq)
    sheet.purposes.set(Purpose.objects.all())
    client.get(address)  # the labels of new codes are read again
    with django_assert_num_queries(5):
        client.get(address)
