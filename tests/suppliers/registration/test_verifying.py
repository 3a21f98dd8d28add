"""The pôle's side: findings, publishing on proof, evidence that does not leak, what changes after publication."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import PersonalDataRead, User
from marketplace.accounts.personal_data import erase_personal_data, export_personal_data
from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from marketplace.web.private_files import PrivateFile
from suppliers.criteria import Found, record_findings
from suppliers.curation import (
    DecisionNote,
    archive_not_social_economy,
    confirm_supplier,
    publish_supplier,
    withdraw_supplier,
)
from suppliers.editing import add_evidence, save_answer, save_identity
from suppliers.models import CriterionAnswer, Decision, EvidenceFile, Registration, Supplier
from tests import factories
from tests.admin.conftest import press
from tests.suppliers.registration.builders import begun, filled, found, paper, submitted
from tests.web.versions import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return factories.UserFactory()


@pytest.fixture
def supplier(person):
    return submitted(person)


def again(supplier: Supplier) -> Supplier:
    return Supplier.objects.select_related("organisation").get(pk=supplier.pk)


def published(supplier: Supplier, staff: User) -> Supplier:
    found(supplier, staff)
    publish_supplier(supplier=supplier, by=staff)
    return again(supplier)


def test_findings_are_dated_and_name_who(supplier, pole_staff):
    found(supplier, pole_staff, "incomplete", "Il manque la clause.", only=6)
    answer = CriterionAnswer.objects.get(supplier=supplier, criterion=6)
    assert (answer.state, answer.note, answer.found_by) == ("incomplete", "Il manque la clause.", pole_staff)
    assert answer.found_at is not None
    said = CriterionAnswer.pgh_event_model.objects.filter(state="incomplete").get().pgh_context.metadata
    assert said["user"] == pole_staff.pk


def test_finding_that_is_not_proved_says_why(supplier, pole_staff):
    with pytest.raises(WrongMove, match="écrivez ce qui manque"):
        found(supplier, pole_staff, "not_met", only=2)


def test_finding_on_words_that_changed_meanwhile_is_refused(supplier, person, pole_staff):
    old = CriterionAnswer.objects.get(supplier=supplier, criterion=1)
    withdraw_supplier(supplier=supplier, by=person)
    save_answer(supplier=supplier, by=person, criterion=1, text="Tout autre chose.")
    with pytest.raises(WrongMove, match="vient de changer"):
        record_findings(
            supplier=supplier, by=pole_staff, findings={1: Found("proved", "", old.answered_at, basis="call")}
        )


def test_only_curators_of_the_territory_find(supplier, person, foreign_staff):
    for stranger in (person, foreign_staff, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            found(supplier, stranger)


def test_publishing_does_not_wait_for_the_six_proofs(supplier, person, pole_staff):
    found(supplier, pole_staff)
    found(supplier, pole_staff, "incomplete", "Quelle clause?", only=6)
    publish_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Bienvenue."))
    letter = Message.objects.get(kind="curation.published")
    assert letter.recipient == person
    assert "Bienvenue." in letter.text
    assert f"/fournisseurs/{supplier.slug}/" in letter.html
    assert again(supplier).verified_until is None
    found(supplier, pole_staff, only=6)
    assert again(supplier).verified_until is not None


def test_sheet_that_never_answered_is_published_as_before(pole_staff):
    supplier = factories.SupplierFactory(status="prospect")
    publish_supplier(supplier=supplier, by=pole_staff)
    assert not Message.objects.exists()  # a listing's address asked for nothing


def test_refusal_tells_the_members_why(supplier, person, pole_staff):
    archive_not_social_economy(
        supplier=supplier, by=pole_staff, note=DecisionNote("Le conseil est nommé par la Ville.")
    )
    letter = Message.objects.get(kind="curation.closed")
    assert letter.recipient == person
    assert "ne la publie pas" in letter.text
    assert "n’est pas une entreprise d’économie sociale" in letter.text
    assert "nommé par la Ville" in letter.html


def test_mails_are_in_the_readers_language(supplier, person, pole_staff):
    User.objects.filter(pk=person.pk).update(language="en")
    published(supplier, pole_staff)
    assert Message.objects.get(kind="curation.published").headers["Content-Language"] == "en-CA"


def test_page_shows_law_answer_and_evidence_and_keeps_findings(supplier, pole_staff):
    client = Client()
    client.force_login(pole_staff)
    change = reverse("admin:suppliers_supplier_change", args=[supplier.pk])
    page = client.get(change).content.decode()
    for words in ("La Loi demande", "Réponse numéro 3.", "reglements.pdf", "6 à examiner"):
        assert words in page.replace("\u00a0", " ")
    rows = client.get(change).context["criteria"]
    data = {}
    for row in rows:
        seen = row.form["seen"].value()
        data |= {
            f"c{row.ask.number}-seen": seen,
            f"c{row.ask.number}-state": "proved",
            f"c{row.ask.number}-note": "",
        }
        data[f"c{row.ask.number}-basis"] = "call"
    data["c6-state"] = "incomplete"
    data["findings"] = "1"
    page = press(client, supplier, **data).content.decode()
    assert "écrivez ce qui manque" in page
    assert not CriterionAnswer.objects.filter(state="proved").exists()
    page = press(client, supplier, follow=True, **data | {"c6-note": "Quelle clause?"}).content.decode()
    assert "6 constats enregistrés." in page
    assert "5 prouvés" in page
    assert CriterionAnswer.objects.filter(state="proved", found_by=pole_staff).count() == 5


def test_findings_of_another_territory_are_not_written(supplier, foreign_staff):
    client = Client()
    client.force_login(foreign_staff)
    address = reverse("admin:suppliers_supplier_change", args=[supplier.pk])
    client.post(address, {"findings": "1", "c1-seen": "", "c1-state": "proved"})
    assert not CriterionAnswer.objects.exclude(state="").exists()


def test_evidence_opens_for_members_and_curators_and_for_nobody_else(
    supplier, person, pole_staff, foreign_staff
):
    editor = factories.MembershipFactory(organisation=supplier.organisation).user
    admin = factories.UserFactory(is_superuser=True)
    address = reverse("suppliers:evidence", args=[EvidenceFile.objects.get().file_id])
    for reader in (person, editor, pole_staff, admin):
        client = Client()
        client.force_login(reader)
        response = client.get(address)
        assert b"".join(response.streaming_content).startswith(b"%PDF")
        assert response["Content-Disposition"].startswith("attachment")
    others = [None, foreign_staff, factories.MembershipFactory().user, factories.BuyerFactory() and None]
    for stranger in others:
        client = Client()
        if stranger is not None:
            client.force_login(stranger)
        assert client.get(address).status_code == 404
    assert set(PersonalDataRead.objects.values_list("reader", flat=True)) == {pole_staff.pk, admin.pk}


def test_evidence_stays_closed_once_the_sheet_is_public(supplier, pole_staff):
    published(supplier, pole_staff)
    address = reverse("suppliers:evidence", args=[EvidenceFile.objects.get().file_id])
    assert Client().get(address).status_code == 404
    page = Client().get(reverse("suppliers:supplier", args=[again(supplier).slug])).content.decode()
    assert "Réponse numéro" not in page
    assert "reglements.pdf" not in page


def test_change_of_what_was_verified_joins_the_queue_and_is_said(supplier, person, pole_staff):
    supplier = published(supplier, pole_staff)
    save_identity(supplier=supplier, by=person, values={"phone": "819 555-0100"})
    assert again(supplier).recheck == []
    save_identity(supplier=supplier, by=person, values={"name": "Tournesol et filles"})
    save_answer(supplier=supplier, by=person, criterion=3, text="Deux voix par membre.")
    sheet = again(supplier)
    assert sheet.recheck == ["c3", "name"]
    assert sheet in Supplier.objects.curated_by(pole_staff).waiting()
    assert Decision.objects.filter(supplier=sheet, verb="edit", by=person).count() == 3
    page = Client().get(reverse("suppliers:supplier", args=[sheet.slug])).content.decode()
    assert "Tournesol et filles" in page
    assert "Le nom et les réponses aux critères" in page
    client = Client()
    client.force_login(pole_staff)
    assert "Modifiée depuis la vérification" in client.get("/mon-espace/").content.decode()
    assert (
        "Modifiée depuis la vérification" in client.get("/gestion/suppliers/supplier/file/").content.decode()
    )

    found(sheet, pole_staff, only=3)
    assert again(sheet).recheck == ["name"]
    confirm_supplier(supplier=sheet, by=pole_staff)
    sheet = again(sheet)
    assert (sheet.recheck, sheet.recheck_since, sheet.status) == ([], None, "published")


def test_published_sheet_takes_nothing_half_done(supplier, person, pole_staff):
    supplier = published(supplier, pole_staff)
    client = Reader()
    client.force_login(person)
    address = reverse("suppliers:register_step", kwargs={"pk": supplier.pk, "step": "identity"})
    page = client.post(address, {"name": "Autre", "later": "1"}).content.decode()
    assert "Choisissez une forme juridique." in page
    assert again(supplier).organisation.name == "Les Ateliers Tournesol"


def test_person_gets_what_they_began_and_a_draft_of_theirs_alone_goes_with_them(person, pole_staff):
    supplier = filled(person)
    (row,) = export_personal_data(person)["registrations"]
    assert (row["neq"], row["evidence"]) == ("1167403218", ["reglements.pdf"])
    sent = submitted(person, neq="1167403299", name="Envoyée")
    erase_personal_data(user=person, by=person)
    assert not Supplier.objects.filter(pk=supplier.pk).exists()
    assert PrivateFile.objects.count() == 1  # what was sent stays the enterprise's
    registration = Registration.objects.get(supplier=sent)
    assert (registration.started_by, registration.declared_by) == (None, None)


def test_draft_that_a_colleague_holds_too_stays(person):
    supplier = begun(person)
    factories.MembershipFactory(organisation=supplier.organisation, role="owner")
    erase_personal_data(user=person, by=person)
    assert Supplier.objects.filter(pk=supplier.pk).exists()


def test_prospect_becomes_a_draft_when_its_member_writes():
    supplier = factories.SupplierFactory(status="prospect")
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    add_evidence(supplier=supplier, by=member, criterion=1, upload=paper())
    assert again(supplier).status == "draft"


@pytest.mark.parametrize("status", ["published", "draft"])
def test_address_of_a_page_that_was_public_never_changes(status):
    """Verified or not: links to it stand elsewhere."""
    sheet = factories.SupplierFactory(slug="coop-alpha", status="submitted")
    publish_supplier(supplier=sheet, by=factories.PolePostFactory().user)
    Supplier.objects.filter(pk=sheet.pk).update(status=status)
    member = factories.MembershipFactory(organisation=sheet.organisation).user
    save_identity(supplier=sheet, by=member, values={"name": "Coop Oméga"})
    assert Supplier.objects.get(pk=sheet.pk).slug == "coop-alpha"
