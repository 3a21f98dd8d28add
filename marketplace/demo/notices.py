"""What stands in the place of SEAO in the demo: a page for each invented notice, and its documents as small PDF files."""

from __future__ import annotations

import textwrap
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from buyers.models import Tender
from buyers.ocds.derivation import merge_versions, order_versions
from buyers.ocds.particulars import NoticeDocument, read_amendments, read_documents
from buyers.tender_detail import tender_milestones
from buyers.tender_parts import document_row
from marketplace.demo.seeding.pdf_document import one_page_pdf
from marketplace.web.typography import format_amount, format_moment

WIDE, LINES = 84, 36


@require_safe
def simulated_notice(request: HttpRequest, number: int) -> HttpResponse:
    """Where « Ouvrir dans SEAO » leads: the notice as its buyer published it, said to be invented."""
    tender, merged = _notice(number)
    context = {
        "tender": tender,
        "paragraphs": [one.splitlines() for one in tender.description.split("\n\n") if one],
        "milestones": tender_milestones(tender, merged, []),
        "documents": [document_row(one) for one in _documents(merged)],
        "amendments": read_amendments(merged),
    }
    return render(request, "demo/simulated_notice.html", context)


@require_safe
def simulated_document(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One of its documents, made when it is asked for."""
    tender, merged = _notice(number)
    found = next((one for one in _documents(merged) if one.url.endswith(f"/{number}/{name}.pdf")), None)
    if found is None:
        raise Http404
    body = one_page_pdf(found.title[:60], _lines(tender, found, merged))
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}-{name}.pdf"'
    return response


def _notice(number: int) -> tuple[Tender, dict[str, Any]]:
    tender = get_object_or_404(Tender.objects.all(), number=str(number))
    versions = order_versions(tender.ocid, tender.versions.all())
    return tender, merge_versions(tender.ocid, versions)


def _documents(merged: dict[str, Any]) -> list[NoticeDocument]:
    return [one for one in read_documents(merged) if one.title]


def _lines(tender: Tender, document: NoticeDocument, merged: dict[str, Any]) -> list[str]:
    """The heading, then what such a document would hold, in the words of the notice."""
    paragraphs = tender.description.split("\n\n")
    beginning, conditions = paragraphs[0], "\n\n".join(paragraphs[2:])
    said = {
        "biddingDocuments": tender.description,
        "technicalSpecifications": "\n\n".join(paragraphs[:2]),
        "evaluationCriteria": conditions,
        "billOfQuantity": beginning
        + "\n\nPrix unitaire : ____________ $\nQuantité : selon le devis\nMontant avant les taxes : ____________ $",
        "submissionDocuments": "Nom du soumissionnaire : ____________\nNEQ : ____________\nPrix total : ____________ $\nSignature : ____________",
        "addendum": "\n".join(one.rationale for one in read_amendments(merged)),
    }.get(document.kind, beginning)
    text = "\n".join(
        [
            "Pièce inventée pour la démonstration de Maillage.",
            f"Avis {tender.number}, {tender.buyer_name}",
            tender.title,
            f"Clôture : {format_moment(tender.closes_at)}" if tender.closes_at else "",
            f"Estimation : {format_amount(tender.estimated_amount, tender.currency)}"
            if tender.estimated_amount
            else "",
            "",
            said,
        ]
    )
    lines = [
        part for line in text.replace("ᵉʳ", "er").splitlines() for part in textwrap.wrap(line, WIDE) or [""]
    ]
    return lines[:LINES]
