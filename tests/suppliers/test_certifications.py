"""A certification is proved by its number, its issuer, its last day and a document that a pôle looked at."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.demo.seeding.pdf_document import one_page_pdf
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import PrivateFile
from suppliers.certifications import CertificationFacts, check_certification, describe_certification
from suppliers.editing import add_evidence, save_activity
from suppliers.models import EvidenceFile, HeldCertification, Supplier
from tests import factories
from tests.admin.conftest import signed_in
from tests.admin.test_restore import links, of, restore
from tests.admin.test_supplier_page import form_data

pytestmark = pytest.mark.django_db

IN_A_YEAR = timezone.localdate() + timedelta(days=365)
FACTS = CertificationFacts(number="C-204", issuer="Bureau de normalisation du Québec", expires_on=IN_A_YEAR)


def paper() -> SimpleUploadedFile:
    return SimpleUploadedFile(
        "certificat.pdf", one_page_pdf("Certificat", ["ISO 14001, C-204"]), "application/pdf"
    )


@pytest.fixture
def member():
    return factories.MembershipFactory(
        organisation__name="Atelier Les Trois Rives", organisation__neq="1198403218"
    ).user


@pytest.fixture
def supplier(member):
    supplier = factories.SupplierFactory(
        organisation=member.memberships.get().organisation, slug="trois-rives", indexed=False
    )
    supplier.certifications.set(["iso-14001"])
    return supplier


def held(supplier: Supplier) -> HeldCertification:
    return supplier.held_certifications.get(certification="iso-14001")


def said_of(client, supplier: Supplier) -> str:
    page = client.get(f"/fournisseurs/{supplier.slug}/").content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("Certifications") :]))


def describe(supplier, member, **more):
    return describe_certification(supplier=supplier, by=member, held=held(supplier), facts=FACTS, **more)


def test_certification_shows_as_declared_until_staff_checked_its_document(client, supplier, member):
    assert "(déclarée)" in said_of(client, supplier)
    describe(supplier, member, upload=paper())
    assert "(déclarée)" in said_of(client, supplier)
    check_certification(supplier=supplier, by=factories.PolePostFactory().user, held=held(supplier))
    said = said_of(client, supplier)
    assert "Nº C-204, Bureau de normalisation du Québec, jusqu’au" in said
    assert "(déclarée)" not in said
    assert "certificat.pdf" not in said


def test_certification_is_declared_again_the_day_after_its_last(client, supplier, member):
    describe(supplier, member, upload=paper())
    check_certification(supplier=supplier, by=factories.PolePostFactory().user, held=held(supplier))
    with time_machine.travel(datetime.combine(IN_A_YEAR, time(12), UTC), tick=False):
        assert "C-204" in said_of(client, supplier)
    with time_machine.travel(datetime.combine(IN_A_YEAR + timedelta(days=1), time(12), UTC), tick=False):
        assert "C-204" not in said_of(client, supplier)


def test_certification_changed_by_a_member_is_to_check_again(supplier, member):
    describe(supplier, member, upload=paper())
    check_certification(supplier=supplier, by=factories.PolePostFactory().user, held=held(supplier))
    describe_certification(
        supplier=supplier,
        by=member,
        held=held(supplier),
        facts=CertificationFacts("C-999", FACTS.issuer, IN_A_YEAR),
    )
    assert held(supplier).checked_at is None
    assert held(supplier).document is not None


def test_certification_is_checked_only_when_whole_and_by_staff_of_the_territory(supplier, member):
    with pytest.raises(WrongMove, match="la pièce"):
        check_certification(supplier=supplier, by=factories.PolePostFactory().user, held=held(supplier))
    describe(supplier, member, upload=paper())
    elsewhere = factories.PolePostFactory(pole=factories.pole("estrie")).user
    for stranger in (member, elsewhere):
        with pytest.raises(NotAllowed):
            check_certification(supplier=supplier, by=stranger, held=held(supplier))


def test_certification_takes_a_document_that_is_already_there(supplier, member):
    document = add_evidence(supplier=supplier, by=member, criterion=3, upload=paper())
    describe(supplier, member, document=document)
    assert held(supplier).is_whole
    assert EvidenceFile.objects.filter(supplier=supplier).count() == 1


def test_certification_of_another_supplier_is_refused(supplier, member):
    other = factories.SupplierFactory()
    other.certifications.set(["iso-14001"])
    with pytest.raises(NotAllowed):
        describe_certification(supplier=supplier, by=member, held=held(other), facts=FACTS)


def test_certificate_goes_with_the_last_certification_that_it_shows(supplier, member):
    describe(supplier, member, upload=paper())
    save_activity(supplier=supplier, by=member, values={}, certifications=["iso-9001"])
    assert not EvidenceFile.objects.filter(supplier=supplier).exists()
    assert not PrivateFile.objects.exists()


def test_certification_page_keeps_what_a_member_says(client, supplier, member):
    client.force_login(member)
    page = f"/fournisseurs/inscription/{supplier.pk}/certifications/iso-14001/"
    assert "la fiche indique « déclarée »" in client.get(page).content.decode().replace("\xa0", " ")
    said = {"number": "C-204", "issuer": "BNQ", "expires_on": str(IN_A_YEAR), "file": paper()}
    client.post(page, said | {"form_version": form_version(client.get(page))})
    row = held(supplier)
    assert (row.number, row.issuer, row.expires_on) == ("C-204", "BNQ", IN_A_YEAR)
    assert row.is_whole
    assert client.get("/fournisseurs/inscription/999999/certifications/iso-14001/").status_code == 404
    client.force_login(factories.UserFactory())
    assert client.get(page).status_code == 404


def test_certification_button_keeps_the_whole_step_first(client, supplier, member):
    client.force_login(member)
    page = f"/fournisseurs/inscription/{supplier.pk}/activite/"
    said = {"activity": "Bancs de parc.", "sector": "31", "certifications": ["iso-14001"]}
    said |= {"certification": "iso-14001", "form_version": form_version(client.get(page))}
    answer = client.post(page, said)
    assert answer.url.endswith("/certifications/iso-14001/")
    supplier.refresh_from_db()
    assert supplier.activity == "Bancs de parc."


def form_version(page) -> str:
    found = re.search(r'name="form_version" value="([^"]*)"', page.content.decode())
    return found[1] if found else ""


def test_staff_check_a_certification_on_the_page_of_the_supplier(client, supplier, member):
    describe(supplier, member, upload=paper())
    client.force_login(factories.PolePostFactory().user)
    page = f"/gestion/suppliers/supplier/{supplier.pk}/change/"
    posted = form_data(client, page)
    posted["held_certifications-0-checked"] = "on"
    client.post(page, posted)
    assert held(supplier).checked_at is not None


def test_staff_cannot_say_checked_without_the_document(client, supplier):
    client.force_login(factories.PolePostFactory().user)
    page = f"/gestion/suppliers/supplier/{supplier.pk}/change/"
    posted = form_data(client, page)
    posted["held_certifications-0-checked"] = "on"
    answer = client.post(page, posted)
    assert "Requis pour vérifier la certification." in answer.content.decode()
    assert held(supplier).checked_at is None


def restored(staff, supplier: Supplier, number: str) -> HeldCertification:
    """After « Rétablir » of the former state that gives this number."""
    client = signed_in(staff)
    for link in reversed(of(links(client, supplier), "suppliers.heldcertification")):
        if number in client.get(link).content.decode():
            restore(client, link)
            break
    return held(supplier)


def test_former_number_that_comes_back_is_declared_not_proved(supplier, member):
    staff = factories.PolePostFactory().user
    describe(supplier, member, upload=paper())
    wrong = CertificationFacts(number="FAUX-1", issuer="Nous-mêmes", expires_on=IN_A_YEAR)
    describe_certification(supplier=supplier, by=member, held=held(supplier), facts=wrong)
    describe(supplier, member)
    check_certification(supplier=supplier, by=staff, held=held(supplier))
    row = restored(staff, supplier, "FAUX-1")
    assert (row.number, row.is_proved(timezone.localdate()), row.checked_by) == ("FAUX-1", False, None)


def test_deleted_certification_comes_back_without_its_document(supplier, member):
    staff = factories.PolePostFactory().user
    describe(supplier, member, upload=paper())
    check_certification(supplier=supplier, by=staff, held=held(supplier))
    save_activity(supplier=supplier, by=member, values={}, certifications=[])
    assert not EvidenceFile.objects.exists()
    row = restored(staff, supplier, "C-204")
    assert (row.number, row.document, row.checked_at) == ("C-204", None, None)
