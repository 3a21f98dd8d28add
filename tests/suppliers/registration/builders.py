"""A registration as far along as a test wants it, and papers to prove it with."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.models import User
from marketplace.demo.seeding.pdf_document import one_page_pdf
from marketplace.territories.models import Mrc
from marketplace.web.private_files import PrivateFile, store_private_file
from suppliers.criteria import Found, record_findings
from suppliers.editing import add_evidence, save_activity, save_answer, save_identity, save_offer
from suppliers.models import CriterionAnswer, Supplier
from suppliers.registration.verbs import begin_registration, submit_registration
from tests import factories

NEQ = "1167403218"


def paper(name: str = "reglements.pdf", text: str = "Article 14. Une voix par membre.") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, one_page_pdf("Règlements généraux", [text]), "application/pdf")


def evidence_of(text: str, by: User | None = None) -> PrivateFile:
    return store_private_file(upload=paper(text=text), by=by, holder=by or factories.UserFactory())


def begun(by: User | None = None, neq: str = NEQ) -> Supplier:
    return begin_registration(neq=neq, by=by or factories.UserFactory())


def seat(code: str = "371") -> dict[str, Any]:
    mrc = Mrc.objects.get(code=code)
    return {"town": mrc.name, "mrc_id": mrc.pk, "region_id": mrc.region_id}


def filled(by: User, neq: str = NEQ, name: str = "Les Ateliers Tournesol") -> Supplier:
    """Everything said, one document; ready to be sent."""
    supplier = begun(by, neq)
    contact = {"name": "", "email": "ventes@tournesol.test", "phone": ""}
    save_identity(
        supplier=supplier, by=by, values={"name": name, "legal_form": "obnl", **seat()}, contact=contact
    )
    values = {"activity": "Mobilier en bois récupéré.", "sector_id": "31"}
    save_activity(supplier=supplier, by=by, values=values, purposes=["insertion"], certifications=[])
    save_offer(supplier=supplier, by=by, values={"title": "Mobilier de bureau", "kind": "good"}, codes=[])
    for number in range(1, 7):
        save_answer(supplier=supplier, by=by, criterion=number, text=f"Réponse numéro {number}.")
    add_evidence(supplier=supplier, by=by, criterion=3, upload=paper())
    return Supplier.objects.get(pk=supplier.pk)


def submitted(by: User, **more: Any) -> Supplier:
    supplier = filled(by, **more)
    submit_registration(supplier=supplier, by=by, declaration="Oui.")
    return Supplier.objects.get(pk=supplier.pk)


def found(
    supplier: Supplier,
    by: User | None,
    state: str = "proved",
    note: str = "",
    *,
    only: int = 0,
    basis: str = "registry",
) -> None:
    """A finding about all six criteria, or about one."""
    rows = CriterionAnswer.objects.filter(supplier=supplier)
    chosen = {
        answer.criterion: Found(state, note, answer.answered_at, basis=basis if state == "proved" else "")
        for answer in rows
        if not only or answer.criterion == only
    }
    record_findings(supplier=supplier, by=by, findings=chosen)
