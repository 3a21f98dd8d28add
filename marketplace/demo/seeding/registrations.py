"""Seeded registrations in Mauricie: three to decide, one sent back, one that the demo's member has to finish."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.text import slugify

from marketplace.accounts.models import Organisation, User
from marketplace.territories.models import Mrc
from suppliers.certifications import CertificationFacts, check_certification, describe_certification
from suppliers.criteria import Found, file_evidence, record_findings
from suppliers.curation import DecisionNote, return_supplier
from suppliers.editing import (
    add_evidence,
    save_activity,
    save_answer,
    save_delivery,
    save_identity,
    save_offer,
)
from suppliers.models import (
    Basis,
    CriterionAnswer,
    Decision,
    Finding,
    HeldCertification,
    Registration,
    Supplier,
)
from suppliers.registration.verbs import DECLARATION, begin_registration, submit_registration

from .pdf_document import one_page_pdf
from .people import create_person
from .seed_data import read_seed_data

#: Between the enterprises, which count up from 1199000000, and the buyers, which count down from 1199999999.
FIRST_NEQ = 1_199_990_000


@dataclass(frozen=True)
class RegistrationPlan:
    """One enterprise that registers. `proved` are the criteria with a document, `days` how long it waits.

    An offer is its title, its UNSPSC code, its kind and its description; `capacity` is in dollars per contract.
    """

    name: str
    form: str
    mrc: str
    town: str
    person: tuple[str, str, str]
    activity: str
    sector: str
    purposes: tuple[str, ...]
    offers: tuple[tuple[str, str, str, str], ...]
    proved: tuple[int, ...]
    days: int
    staff: int = 0
    capacity: int = 0


@dataclass(frozen=True)
class Answer:
    """What each of them answers about a criterion, and the document that proves it: its file name, title and text."""

    criterion: int
    answer: str
    file: str
    title: str
    line: str


_DATA = read_seed_data("registrations.json")
ANSWERS = tuple(Answer(**values) for values in _DATA["criteria"])
SUBMITTED = tuple(RegistrationPlan(**values) for values in _DATA["submitted"])
RETURNED, UNFINISHED = RegistrationPlan(**_DATA["returned"]), RegistrationPlan(**_DATA["unfinished"])


def seed_registrations(*, member: User, staff: User) -> int:
    """Write them through the verbs that people use; returns how many. None where their NEQs are taken."""
    if Organisation.objects.filter(
        neq__gte=str(FIRST_NEQ), neq__lte=str(FIRST_NEQ + len(SUBMITTED) + 1)
    ).exists():
        return 0
    for number, plan in enumerate(SUBMITTED):
        _submit_planned(plan, str(FIRST_NEQ + number))
    # A colleague began too: the pôle sees both, and publishing one tells the other's people.
    colleague = create_person("collegue.aussi@demo.example", "Réjeanne", "Cossette")
    _save_identity(begin_registration(neq=str(FIRST_NEQ), by=colleague), SUBMITTED[0], colleague)
    supplier = _submit_planned(RETURNED, str(FIRST_NEQ + len(SUBMITTED)))
    _ask_for_more(supplier, staff)
    draft = begin_registration(neq=str(FIRST_NEQ + len(SUBMITTED) + 1), by=member)
    _save_identity(draft, UNFINISHED, member)
    save_activity(
        supplier=draft, by=member, values={"activity": UNFINISHED.activity, "sector_id": UNFINISHED.sector}
    )
    return len(SUBMITTED) + 2


def seed_documents(*, supplier: Supplier, staff: User) -> None:
    """The demo's own enterprise is proved on papers: each document serves every criterion that it shows."""
    for file, numbers in {"reglements-generaux.pdf": (2, 3, 5), "lettres-patentes.pdf": (1, 6)}.items():
        lines = [answer.line for answer in ANSWERS if answer.criterion in numbers]
        document = one_page_pdf(
            file.removesuffix(".pdf").replace("-", " ").capitalize(), [str(supplier), *lines]
        )
        upload = SimpleUploadedFile(file, document, "application/pdf")
        file_evidence(supplier=supplier, by=staff, criteria=numbers, upload=upload)
    proofs = {number: Found(Finding.PROVED, basis=Basis.DOCUMENT) for number in (1, 2, 3, 5, 6)}
    record_findings(supplier=supplier, by=staff, findings=proofs)


def seed_certificates(*, supplier: Supplier, member: User, staff: User, day: date) -> None:
    """One certification of the demo's member that the pôle has checked, and one that is only declared."""
    supplier.certifications.set(["iso-14001", "iso-9001"])
    document = one_page_pdf("Certificat ISO 14001", [supplier.organisation.name, "Numéro DEMO-14001"])
    held = describe_certification(
        supplier=supplier,
        by=member,
        held=HeldCertification.objects.get(supplier=supplier, certification="iso-14001"),
        facts=CertificationFacts("DEMO-14001", "Organisme de démonstration", day + timedelta(days=240)),
        upload=SimpleUploadedFile("certificat.pdf", document, "application/pdf"),
    )
    check_certification(supplier=supplier, by=staff, held=held)


def _submit_planned(plan: RegistrationPlan, neq: str) -> Supplier:
    first, last, box = plan.person
    person = create_person(f"{box}@demo.example", first, last)
    supplier = begin_registration(neq=neq, by=person)
    _save_identity(supplier, plan, person)
    values = {"activity": plan.activity, "sector_id": plan.sector, "staff_count": plan.staff}
    save_activity(supplier=supplier, by=person, values=values, purposes=plan.purposes, certifications=[])
    for title, code, kind, description in plan.offers:
        offer = {"title": title, "kind": kind, "description": description}
        save_offer(supplier=supplier, by=person, values=offer, codes=[code])
    save_delivery(supplier=supplier, by=person, capacity=plan.capacity, areas=["R04"])
    for answer in ANSWERS:
        save_answer(supplier=supplier, by=person, criterion=answer.criterion, text=answer.answer)
        if answer.criterion in plan.proved:
            document = one_page_pdf(answer.title, [plan.name, answer.line])
            upload = SimpleUploadedFile(answer.file, document, "application/pdf")
            add_evidence(supplier=supplier, by=person, criterion=answer.criterion, upload=upload)
    submit_registration(supplier=supplier, by=person, declaration=str(DECLARATION))
    since = timezone.now() - timedelta(days=plan.days)
    Supplier.objects.filter(pk=supplier.pk).update(status_changed_at=since)
    Decision.objects.filter(supplier=supplier).update(at=since)
    Registration.objects.filter(supplier=supplier).update(started_at=since, declared_at=since)
    return Supplier.objects.get(pk=supplier.pk)


def _save_identity(supplier: Supplier, plan: RegistrationPlan, person: User) -> None:
    mrc = Mrc.objects.get(pk=plan.mrc)
    save_identity(
        supplier=supplier,
        by=person,
        values={
            "name": plan.name,
            "legal_form": plan.form,
            "town": plan.town,
            "mrc_id": mrc.pk,
            "region_id": mrc.region_id,
            "lat": mrc.lat,
            "lon": mrc.lon,
        },
        contact={"name": "", "email": f"info@{slugify(plan.name)}.example", "phone": "819 555-0140"},
    )


def _basis_of(answer: CriterionAnswer, held: set[int]) -> Basis:
    return Basis.DOCUMENT if answer.criterion in held else Basis.CALL


def _ask_for_more(supplier: Supplier, staff: User) -> None:
    """What the pôle has found so far, and its question about the last criterion."""
    notes = {6: "Il manque la clause qui dit à qui iraient les biens en cas de dissolution."}
    held = {number for numbers in supplier.evidence.values_list("criteria", flat=True) for number in numbers}
    given = {
        answer.criterion: Found(
            Finding.INCOMPLETE if answer.criterion in notes else Finding.PROVED,
            notes.get(answer.criterion, ""),
            answer.answered_at,
            basis=Basis.NONE if answer.criterion in notes else _basis_of(answer, held),
        )
        for answer in CriterionAnswer.objects.filter(supplier=supplier)
        if answer.criterion in (1, 2, 4, 6)
    }
    record_findings(supplier=supplier, by=staff, findings=given)
    return_supplier(
        supplier=supplier,
        by=staff,
        note=DecisionNote(
            "Il manque la clause de dissolution. Avez-vous une modification aux lettres patentes?"
        ),
    )
