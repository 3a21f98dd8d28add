"""What « vérifiée » means: six criteria of six, each proved on something, each in date; and what is said until then."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from marketplace.outbox.models import Message
from marketplace.web.errors import NotAllowed, WrongMove
from suppliers.criteria import Found, criterion_lines, file_evidence, record_findings
from suppliers.curation import DecisionNote, confirm_supplier, publish_supplier, write_to_supplier
from suppliers.editing import add_evidence, remove_evidence, save_answer, save_identity, share_evidence
from suppliers.models import Basis, CriterionAnswer, EvidenceFile, Finding, Supplier
from suppliers.verification import Verification, proof_until, verification_of
from tests import factories
from tests.admin.conftest import press
from tests.suppliers.registration.builders import paper

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 21)
SIX = range(1, 7)


def again(supplier: Supplier) -> Supplier:
    return Supplier.objects.select_related("organisation").get(pk=supplier.pk)


def words(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode().replace("\u00a0", " "))


def card(name: str, **asked: str) -> str:
    """The directory's item of one supplier."""
    page = words(Client().get("/fournisseurs/", {"q": name, **asked}))
    return page.partition('<ol class="res">')[2].partition("</ol>")[0]


def sheet_of(supplier: Supplier) -> str:
    return words(Client().get(reverse("suppliers:supplier", args=[supplier.slug])))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def prove(supplier, by, numbers=SIX, **more) -> int:
    seen = dict(CriterionAnswer.objects.filter(supplier=supplier).values_list("criterion", "answered_at"))
    said = {"basis": "registry"} | more
    given = {n: Found(Finding.PROVED, seen=seen.get(n), **said) for n in numbers}
    return record_findings(supplier=supplier, by=by, findings=given)


# -- what is said ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proved", "kind", "sentence"),
    [
        ([], "plain", "Inscrite; vérification en cours : 0 critère sur 6"),
        ([0], "plain", "Inscrite; vérification en cours : 1 critère sur 6"),
        ([0, 1, 300], "plain", "Inscrite; vérification en cours : 3 critères sur 6"),
        ([-1, 1, 300], "plain", "Inscrite; vérification en cours : 2 critères sur 6"),
        ([0] * 6, "ok", "Vérifiée le 21 oct. 2026"),
        ([-1, 9, 9, 9, 9, 9], "wait", "Vérification échue depuis moins d’un mois"),
        ([-62, 9, 9, 9, 9, 9], "wait", "Vérification échue depuis 2 mois"),
    ],
)
def test_sentence_counts_the_proofs_in_date(proved, kind, sentence):
    until = sorted(TODAY + timedelta(days=days) for days in proved)
    whole = len(until) == 6
    row = Supplier(
        proved_until=until,
        verified_on=date(2026, 10, 21) if whole else None,
        verified_until=until[0] if whole else None,
    )
    found = verification_of(row, TODAY)
    assert (found.kind, found.sentence.replace("\u00a0", " ")) == (kind, sentence)
    assert found.is_verified is (kind == "ok")


def test_sentence_in_english_counts_too():
    with translation.override("en"):
        found = Verification(3, None, None, TODAY).sentence
    assert "3" in found
    assert "critères" not in found


def test_proof_holds_for_the_months_of_its_basis(settings):
    assert proof_until("registry", date(2026, 11, 30)) == date(2027, 11, 30)
    assert proof_until("registry", date(2028, 2, 29)) == date(2029, 2, 28)
    settings.PROOF_MONTHS = {**settings.PROOF_MONTHS, "call": 3}
    assert proof_until("call", date(2026, 11, 30)) == date(2027, 2, 28)


# -- fifty registry rows -----------------------------------------------------------------------------------------


def test_registry_rows_published_in_bulk_never_say_verified(pole_staff):
    rows = [
        factories.SupplierFactory(status="prospect", source="registry", name=f"Registraire {n}")
        for n in range(50)
    ]
    factories.prove_criteria(rows[0], SIX)
    factories.prove_criteria(rows[1], range(1, 4))
    client = signed_in(pole_staff)
    chosen = {"action": "publish_selected_suppliers", "_selected_action": [row.pk for row in rows]}
    address = reverse("admin:suppliers_supplier_changelist")
    asked = words(client.post(address, chosen))
    assert "1 affichera « Vérifiée »" in asked
    assert "49 afficheront « Inscrite; vérification en cours »" in asked
    assert not Supplier.objects.published().exists()  # told before anything is done
    client.post(address, {**chosen, "confirmed": "1"})
    assert Supplier.objects.published().count() == 50
    for number, row in enumerate(rows):
        public = sheet_of(row)
        assert ("Vérifiée le" in public) is (number == 0)
        if number:
            n = "3 critères" if number == 1 else "0 critère"
            assert f"Inscrite; vérification en cours : {n} sur 6" in public
            assert "pièces datées" not in public
    results = Client().get("/api/v1/suppliers/?page_size=50").json()["results"]
    assert {row["verification"]["state"] for row in results} == {"verified", "in_progress"}
    assert sum(row["verified_on"] is not None for row in results) == 1
    listed = words(Client().get("/fournisseurs/?tri=recent"))
    assert listed.count("Vérifiée le") == 1
    assert listed.index("Vérifiée le") < listed.index("Inscrite; vérification en cours")


def test_bulk_page_says_zero_where_nothing_is_proved(pole_staff):
    rows = [factories.SupplierFactory(status="prospect") for _ in range(2)]
    chosen = {"action": "publish_selected_suppliers", "_selected_action": [row.pk for row in rows]}
    asked = words(signed_in(pole_staff).post(reverse("admin:suppliers_supplier_changelist"), chosen))
    assert "0 affichera « Vérifiée »" in asked


# -- time --------------------------------------------------------------------------------------------------------


def test_badge_is_gone_the_day_after_the_first_proof_lapses(pole_staff):
    supplier = factories.SupplierFactory(name="Atelier Passager")
    prove(supplier, pole_staff, range(1, 6))
    last = timezone.localdate() + timedelta(days=40)
    prove(supplier, pole_staff, [6], expires_on=last)
    noon = timezone.make_aware(datetime.combine(timezone.localdate(), time(12)))
    with time_machine.travel(noon + timedelta(days=40)):
        assert "Vérifiée le" in card("Passager")
        assert "Vérifiée le" in sheet_of(supplier)
        assert Supplier.objects.verified().get() == supplier
    with time_machine.travel(noon + timedelta(days=41)):
        assert "Vérifiée le" not in card("Passager")
        public = sheet_of(supplier)
        assert "Vérifiée le" not in public
        assert "Vérification échue depuis moins d’un mois" in public
        found = Client().get(f"/api/v1/suppliers/{supplier.slug}/").json()
        assert (found["verified_on"], found["verification"]["state"]) == (None, "lapsed")
        assert found["verification"]["proved"] == 5
        assert card("Passager", verification="recente") == ""
        assert Supplier.objects.lapsed().get() == supplier


def test_staff_page_calls_a_proof_past_its_day_lapsed(pole_staff):
    past = timezone.localdate() - timedelta(days=3)
    supplier = factories.SupplierFactory(proved=6, proved__on=past - timedelta(days=300), proved__until=past)
    page = words(signed_in(pole_staff).get(reverse("admin:suppliers_supplier_change", args=[supplier.pk])))
    assert "6 échus" in page
    assert "6 prouvés" not in page


def test_lapsing_and_lapsed_are_questions_of_the_published(pole_staff):
    today = timezone.localdate()
    soon = factories.SupplierFactory(proved=6, proved__until=today + timedelta(days=20))
    sooner = factories.SupplierFactory(proved=6, proved__until=today)
    factories.SupplierFactory(proved=6, proved__until=today + timedelta(days=61))
    gone = factories.SupplierFactory(proved=6, proved__on=today - timedelta(days=400))
    factories.SupplierFactory(proved=6, proved__on=today - timedelta(days=400), status="suspended")
    factories.SupplierFactory(proved=5, proved__on=today - timedelta(days=400))
    assert list(Supplier.objects.lapsing(by=today + timedelta(days=60))) == [sooner, soon]
    assert list(Supplier.objects.lapsed()) == [gone]


# -- findings by staff -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["prospect", "draft", "submitted", "published", "suspended"])
def test_staff_prove_criteria_of_rows_that_no_enterprise_ever_touched(pole_staff, status):
    supplier = factories.SupplierFactory(status=status, source="registry")
    assert prove(supplier, pole_staff, [1, 2], basis="federation", reference="Liste CQCM") == 2
    answer = CriterionAnswer.objects.get(supplier=supplier, criterion=1)
    assert (answer.proved_on, answer.basis, answer.pole_id) == (
        timezone.localdate(),
        "federation",
        "mauricie",
    )
    assert (answer.proved_by, answer.reference) == (pole_staff, "Liste CQCM")
    supplier = again(supplier)
    assert (verification_of(supplier).proved, supplier.verified_until, supplier.status) == (2, None, status)
    prove(supplier, pole_staff, [3, 4, 5, 6])
    supplier = again(supplier)
    assert verification_of(supplier).is_verified
    assert supplier.verified_by_id == "mauricie"
    assert prove(supplier, pole_staff, [3, 4, 5, 6]) == 0  # the same again changes nothing


def test_proof_says_on_what_and_a_document_must_be_there(pole_staff):
    supplier = factories.SupplierFactory(status="prospect")
    for basis, says in (("", "sur quoi"), ("hearsay", "sur quoi"), ("document", "aucune pièce")):
        with pytest.raises(WrongMove, match=says):
            prove(supplier, pole_staff, [1], basis=basis)
    for days in (-1, 4000):
        with pytest.raises(WrongMove, match="échéance à venir"):
            prove(supplier, pole_staff, [1], expires_on=timezone.localdate() + timedelta(days=days))
    file_evidence(supplier=supplier, by=pole_staff, criteria=[1, 5, 6], upload=paper())
    with pytest.raises(WrongMove, match=r"2\. Indépendance"):
        prove(supplier, pole_staff, [1, 2], basis="document")
    assert prove(supplier, pole_staff, [1, 5, 6], basis="document") == 3
    assert not CriterionAnswer.objects.filter(supplier=supplier, criterion=2).exists()


def test_finding_takes_back_what_was_wrongly_proved(pole_staff):
    supplier = factories.SupplierFactory(proved=6)
    record_findings(supplier=supplier, by=pole_staff, findings={3: Found("incomplete", "Quels membres?")})
    assert (again(supplier).verified_until, verification_of(again(supplier)).proved) == (None, 5)
    record_findings(supplier=supplier, by=pole_staff, findings={4: Found("not_met", "En faillite.")})
    supplier = again(supplier)
    assert verification_of(supplier).proved == 4
    assert "Non respecté selon le pôle" in sheet_of(supplier)
    assert "En faillite" not in sheet_of(supplier)


def test_database_holds_that_proved_has_dates_and_a_basis():
    supplier = factories.SupplierFactory()
    today = timezone.localdate()
    proof = {"proved_on": today, "expires_on": today, "basis": Basis.CALL}
    wrong = [
        {"state": "proved", "found_at": timezone.now()},
        {**proof, "basis": ""},
        {**proof, "expires_on": None},
        {**proof, "expires_on": today - timedelta(days=1)},
        {**proof, "state": "not_met", "found_at": timezone.now()},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            CriterionAnswer.objects.create(supplier=supplier, criterion=1, **fields)
    for fields in ({"verified_on": today, "verified_until": today}, {"verified_on": today}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Supplier.objects.filter(pk=supplier.pk).update(**fields)


def findings_data(client: Client, supplier: Supplier) -> dict[str, str]:
    """The form as the page shows it."""
    page = client.get(reverse("admin:suppliers_supplier_change", args=[supplier.pk]))
    rows = page.context["criteria"]
    assert len(rows) == 6
    return {"findings": "1"} | {
        row.form.add_prefix(name): row.form[name].value() or ""
        for row in rows
        for name in ("seen", "state", "basis", "reference", "expires_on", "note")
    }


def test_one_screen_proves_several_criteria_at_once_of_an_imported_row(pole_staff):
    supplier = factories.SupplierFactory(status="prospect", source="registry")
    client = signed_in(pole_staff)
    data = findings_data(client, supplier)
    refused = words(press(client, supplier, **data, **{"shared-criteria": ["1", "2"]}))
    assert "Dites sur quoi repose la preuve." in refused
    assert 'value="2" id="id_shared-criteria_1" checked' in refused or "checked" in refused
    data |= {"c6-state": "proved", "c6-basis": "call", "c6-reference": "Mme Roy, direction"}
    shared = {
        "shared-criteria": ["1", "2", "3", "4", "5"],
        "shared-basis": "federation",
        "shared-reference": "Liste 2026",
        "shared-expires_on": "",
    }
    page = words(press(client, supplier, follow=True, **data, **shared))
    assert "6 constats enregistrés." in page
    assert "Vérifiée le" in page
    kinds = dict(CriterionAnswer.objects.filter(supplier=supplier).values_list("criterion", "basis"))
    assert kinds == dict.fromkeys(range(1, 6), "federation") | {6: "call"}
    page = words(press(client, supplier, follow=True, findings="1"))
    assert "Aucun constat n’a changé." in page


def test_staff_give_one_document_for_several_criteria(pole_staff):
    supplier = factories.SupplierFactory(status="prospect")
    typed = {"findings": "1", "shared-criteria": ["3", "5", "6"], "shared-file": paper()}
    assert "3 constats enregistrés." in words(press(signed_in(pole_staff), supplier, follow=True, **typed))
    kept = EvidenceFile.objects.get()
    assert (kept.supplier, kept.criteria) == (supplier, [3, 5, 6])
    assert set(CriterionAnswer.objects.filter(basis="document").values_list("criterion", flat=True)) == {
        3,
        5,
        6,
    }
    assert Client().get(reverse("suppliers:evidence", args=[kept.file_id])).status_code == 404


def test_findings_and_documents_are_of_curators_alone(foreign_staff):
    supplier = factories.SupplierFactory()
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    for stranger in (foreign_staff, member, factories.UserFactory()):
        with pytest.raises(NotAllowed):
            prove(supplier, stranger, [1])
        with pytest.raises(NotAllowed):
            file_evidence(supplier=supplier, by=stranger, criteria=[1], upload=paper())


# -- the public page ---------------------------------------------------------------------------------------------


def test_public_page_shows_the_six_with_dates_and_kind_of_proof_and_nothing_else(pole_staff):
    supplier = factories.SupplierFactory(status="draft")
    member = factories.MembershipFactory(organisation=supplier.organisation).user
    save_answer(supplier=supplier, by=member, criterion=1, text="Réponse Secrète")
    save_answer(supplier=supplier, by=member, criterion=4, text="Réponse Secrète")
    add_evidence(supplier=supplier, by=member, criterion=1, upload=paper("statuts-secrets.pdf"))
    prove(supplier, pole_staff, [1], basis="document", note="Note Secrète", reference="Référence Secrète")
    prove(supplier, pole_staff, [2], basis="website", reference="https://secrete.example/")
    publish_supplier(supplier=supplier, by=pole_staff)
    public = sheet_of(again(supplier))
    assert "Inscrite; vérification en cours : 2 critères sur 6" in public
    for said in (
        "Sur pièce, valable jusqu’au",
        "Selon le site de l’entreprise",
        "Déclaré",
        "Rien encore",
        "Mauricie",
    ):
        assert said in public
    assert public.count("Prouvé le") == 2
    for secret in ("Secrète", "secrets", "secrete", member.email):
        assert secret not in public
    assert len(criterion_lines(supplier)) == 6


# -- a published enterprise answers anew -------------------------------------------------------------------------


def test_new_answer_waits_while_the_old_proof_stands(pole_staff):
    supplier = factories.SupplierFactory(name="Coop Recommence", proved=6)
    member = factories.MembershipFactory(organisation=supplier.organisation, role="owner").user
    save_answer(supplier=supplier, by=member, criterion=3, text="Deux voix par membre.")
    supplier = again(supplier)
    assert verification_of(supplier).is_verified
    assert supplier.recheck == ["c3"]
    assert "Vérifiée le" in sheet_of(supplier)
    client = signed_in(pole_staff)
    page = client.get(reverse("admin:suppliers_supplier_change", args=[supplier.pk]))
    rows = page.context["criteria"]
    assert [row.ask.number for row in rows if row.answer.is_waiting] == [3]
    assert all(row.proof is not None for row in rows)
    assert "La preuve précédente reste valable" in words(page)
    assert 'value="write"' in page.content.decode()
    with pytest.raises(WrongMove, match="répondu de nouveau"):
        confirm_supplier(supplier=supplier, by=pole_staff)
    typed = {"findings": "1", "c3-state": "incomplete", "c3-note": "Le règlement?"}
    assert "1 constat enregistré." in words(press(client, supplier, follow=True, **typed))
    supplier = again(supplier)
    assert (supplier.recheck, supplier.recheck_since) == ([], None)
    assert verification_of(supplier).is_verified  # the old proof stays until it is replaced or past
    press(client, supplier, **typed | {"c3-state": "proved", "c3-basis": "call", "c3-note": ""})
    assert CriterionAnswer.objects.get(supplier=supplier, criterion=3).basis == "call"


def test_confirming_leaves_new_answers_to_be_judged_and_renews_nothing(pole_staff):
    day = timezone.localdate() - timedelta(days=100)
    supplier = factories.SupplierFactory(proved=6, proved__on=day)
    member = factories.MembershipFactory(organisation=supplier.organisation, role="owner").user
    save_identity(supplier=supplier, by=member, values={"name": "Autre Nom"})
    save_answer(supplier=supplier, by=member, criterion=2, text="Autrement.")
    confirm_supplier(supplier=again(supplier), by=pole_staff)
    supplier = again(supplier)
    assert (supplier.recheck, supplier.verified_on) == (["c2"], day)
    assert supplier.recheck_since is not None


def test_staff_write_to_a_published_enterprise_without_withdrawing_it(pole_staff):
    supplier = factories.SupplierFactory(proved=6)
    member = factories.MembershipFactory(organisation=supplier.organisation, role="owner").user
    with pytest.raises(WrongMove, match="Écrivez ce qui manque"):
        write_to_supplier(supplier=supplier, by=pole_staff)
    client = signed_in(pole_staff)
    press(client, supplier, move="write", **{"decision-message": "Votre assemblée a-t-elle eu lieu?"})
    letter = Message.objects.get(kind="curation.written_to")
    assert letter.recipient == member
    assert "Votre assemblée a-t-elle eu lieu?" in letter.text
    assert again(supplier).status == "published"
    assert "Vérifiée le" in sheet_of(supplier)


def test_writing_to_nobody_is_refused_unless_by_telephone(pole_staff):
    supplier = factories.SupplierFactory()
    with pytest.raises(WrongMove, match="ni membre ni courriel"):
        write_to_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Bonjour?"))
    write_to_supplier(supplier=supplier, by=pole_staff, note=DecisionNote("Bonjour?", "phone", "Mme Roy"))


@pytest.mark.parametrize(
    ("proved", "says"),
    [(6, "la fiche porte la mention « Vérifiée »"), (3, "vérification en cours : 3 critères")],
)
def test_publication_mail_says_what_the_page_says(pole_staff, proved, says):
    supplier = factories.SupplierFactory(status="submitted", proved=proved)
    factories.MembershipFactory(organisation=supplier.organisation, role="owner")
    publish_supplier(supplier=supplier, by=pole_staff)
    text = Message.objects.get(kind="curation.published").text.replace("\u00a0", " ")
    assert says in re.sub(r"\s+", " ", text)
    assert "vérifié la fiche" not in text


# -- documents ---------------------------------------------------------------------------------------------------


@pytest.fixture
def held():
    supplier = factories.SupplierFactory(status="draft")
    member = factories.MembershipFactory(organisation=supplier.organisation, role="owner").user
    return supplier, member


def test_document_serves_several_criteria_without_a_second_upload(held):
    supplier, member = held
    client = signed_in(member)
    page = reverse("suppliers:register_criterion", kwargs={"pk": supplier.pk, "criterion": 1})
    client.post(page, {"text": "Nos membres.", "file": paper(), "also": ["5", "6"], "stay": "1"})
    kept = EvidenceFile.objects.get()
    assert kept.criteria == [1, 5, 6]
    assert "Sert aux critères 1, 5, 6" in words(client.get(page))
    third = reverse("suppliers:register_criterion", kwargs={"pk": supplier.pk, "criterion": 3})
    assert "Prendre une pièce déjà déposée" in words(client.get(third))
    client.post(third, {"text": "Une voix.", "use": [str(kept.pk)], "stay": "1"})
    kept.refresh_from_db()
    assert kept.criteria == [1, 3, 5, 6]
    client.post(page, {"text": "Nos membres.", "remove": str(kept.pk)})
    kept.refresh_from_db()
    assert kept.criteria == [3, 5, 6]  # taken from one criterion, it still shows the others
    for number in (3, 5, 6):
        address = reverse("suppliers:register_criterion", kwargs={"pk": supplier.pk, "criterion": number})
        client.post(address, {"text": "", "remove": str(kept.pk)})
    assert not EvidenceFile.objects.exists()


def test_document_of_another_enterprise_is_not_shared(held):
    supplier, member = held
    other = factories.SupplierFactory(status="draft")
    kept = file_evidence(
        supplier=other, by=factories.UserFactory(is_superuser=True), criteria=[1], upload=paper()
    )
    for verb, more in ((share_evidence, {"criteria": [2]}), (remove_evidence, {})):
        with pytest.raises(NotAllowed):
            verb(supplier=supplier, by=member, evidence=kept, **more)
    page = reverse("suppliers:register_criterion", kwargs={"pk": supplier.pk, "criterion": 1})
    signed_in(member).post(page, {"text": "Non.", "use": [str(kept.pk)]})
    kept.refresh_from_db()
    assert (kept.criteria, kept.supplier) == ([1], other)


def test_unknown_criterion_of_a_document_is_refused(held):
    supplier, member = held
    with pytest.raises(WrongMove, match="pas connu"):
        add_evidence(supplier=supplier, by=member, criterion=1, upload=paper(), also=[7])
    kept = add_evidence(supplier=supplier, by=member, criterion=1, upload=paper())
    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceFile.objects.filter(pk=kept.pk).update(criteria=[1, 7])
