"""What a notice's page shows of its parts, ready for its template: lots, awards, bidders, documents, amendments, options."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.accounts.models import Visitor
from marketplace.classification.labels import code_label
from marketplace.web.typography import format_day_short, format_number

from .models import Award, Bidder, Lot, Tender
from .models.notices import NOT_WON
from .ocds.cleaning import as_mappings, clean_text, read_amount
from .ocds.identifiers import fit_id
from .ocds.particulars import (
    NoticeDocument,
    RelatedNotice,
    read_amendments,
    read_documents,
    read_options,
    read_related,
)

LOTS_SHOWN = 40

STAGES: dict[str, Promise] = {
    "planning": lazy("planification"),
    "tender": lazy("avis"),
    "award": lazy("attribution"),
    "contract": lazy("contrat"),
    "implementation": lazy("exécution du contrat"),
}
# The list of OCDS 1.1, and what its extensions add.
DOCUMENT_TYPES: dict[str, Promise] = {
    "plannedProcurementNotice": lazy("Avis de projet d’achat"),
    "procurementPlan": lazy("Plan d’approvisionnement"),
    "projectPlan": lazy("Plan du projet"),
    "marketStudies": lazy("Étude de marché"),
    "needsAssessment": lazy("Analyse des besoins"),
    "feasibilityStudy": lazy("Étude de faisabilité"),
    "environmentalImpact": lazy("Étude d’impact sur l’environnement"),
    "assetAndLiabilityAssessment": lazy("Évaluation de l’actif et du passif"),
    "riskProvisions": lazy("Partage des risques"),
    "hearingNotice": lazy("Avis d’audience publique"),
    "tenderNotice": lazy("Avis d’appel d’offres"),
    "biddingDocuments": lazy("Documents d’appel d’offres"),
    "technicalSpecifications": lazy("Devis technique"),
    "billOfQuantity": lazy("Bordereau de quantités"),
    "eligibilityCriteria": lazy("Conditions d’admissibilité"),
    "evaluationCriteria": lazy("Critères d’évaluation"),
    "clarifications": lazy("Questions et réponses"),
    "addendum": lazy("Addenda"),
    "amendment": lazy("Modification"),
    "shortlistedFirms": lazy("Entreprises présélectionnées"),
    "submissionDocuments": lazy("Documents à remettre"),
    "bidders": lazy("Liste des soumissionnaires"),
    "evaluationReports": lazy("Rapport d’évaluation"),
    "winningBid": lazy("Soumission retenue"),
    "awardNotice": lazy("Avis d’attribution"),
    "complaints": lazy("Plaintes et décisions"),
    "conflictOfInterest": lazy("Conflits d’intérêts"),
    "debarments": lazy("Exclusions"),
    "contractNotice": lazy("Avis de contrat"),
    "contractDraft": lazy("Projet de contrat"),
    "contractSigned": lazy("Contrat signé"),
    "contractText": lazy("Texte du contrat"),
    "contractArrangements": lazy("Modalités du contrat"),
    "contractSchedule": lazy("Annexes et échéancier"),
    "contractAnnexe": lazy("Annexe du contrat"),
    "contractGuarantees": lazy("Garanties"),
    "contractSummary": lazy("Résumé du contrat"),
    "subContract": lazy("Contrat de sous-traitance"),
    "cancellationDetails": lazy("Raisons de l’annulation"),
    "physicalProgressReport": lazy("Avancement des travaux"),
    "financialProgressReport": lazy("Suivi financier"),
    "finalAudit": lazy("Vérification finale"),
    "completionCertificate": lazy("Certificat de fin des travaux"),
    "illustration": lazy("Illustration"),
    "notice": lazy("Avis"),
}
FORMATS = {
    "application/pdf": "PDF",
    "text/html": "HTML",
    "text/plain": "TXT",
    "text/csv": "CSV",
    "application/zip": "ZIP",
    "application/json": "JSON",
    "application/msword": "DOC",
    "application/vnd.ms-excel": "XLS",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "offline/print": lazy("papier"),
}
RELATIONSHIPS: dict[str, Promise] = {
    "framework": lazy("Accord-cadre"),
    "planning": lazy("Planification"),
    "parent": lazy("Avis principal"),
    "prior": lazy("Avis précédent"),
    "unsuccessfulProcess": lazy("Avis précédent, sans suite"),
    "replacementProcess": lazy("Avis qui remplace celui-ci"),
    "renewalProcess": lazy("Renouvellement"),
    "subContract": lazy("Sous-traitance"),
}
OPTIONS: dict[str, Promise] = {
    "option": lazy("Options"),
    "renewal": lazy("Reconduction"),
    "extension": lazy("Prolongation possible"),
}
AWARD_STATES: dict[str, Promise] = {
    "pending": lazy("à confirmer"),
    "cancelled": lazy("annulée"),
    "unsuccessful": lazy("sans adjudicataire"),
}


# --- Lots, awards, bidders --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Winner:
    """One award with its sellers; `later` is what its contract came to, where that differs; `lots` are titles."""

    sellers: list[Award]
    amount: Decimal | None
    later: Decimal | None
    currency: str
    awarded_on: date | None
    lots: list[str]
    state: str
    ends_on: date | None
    end_is_reckoned: bool


@dataclass(frozen=True, kw_only=True)
class LotRow:
    title: str
    description: str
    codes: list[tuple[str, str]]
    amount: Decimal | None
    currency: str
    winners: list[str]
    state: str


def lot_name(lot: Lot) -> str:
    return lot.title or _("Lot %(number)s") % {"number": lot.lot_id}


def lots_context(tender: Tender, lots: list[Lot], awards: list[Award]) -> dict[str, Any]:
    """The lots with what became of each; a notice without lots, or with one that says nothing more, shows none."""
    won: dict[str, list[str]] = {}
    for award in awards:
        if stands(award):
            for lot_id in award.lots:
                won.setdefault(lot_id, []).append(award.name or _("adjudicataire non précisé"))
    rows = [
        LotRow(
            title=lot_name(lot),
            description="" if lot.description == lot.title else lot.description,
            codes=[(code, code_label(code)) for code in lot.unspsc],
            amount=lot.amount,
            currency=lot.currency,
            winners=list(dict.fromkeys(won.get(lot.lot_id, []))),
            state=lot_state(tender, lot),
        )
        for lot in lots
    ]
    awarded = sum(
        bool(row.winners) or lot.status == Tender.Status.COMPLETE for row, lot in zip(rows, lots, strict=True)
    )
    return {
        "lot_count": len(rows),
        "lots": rows[:LOTS_SHOWN],
        "more_lots": rows[LOTS_SHOWN:],
        "lots_sentence": lots_sentence(tender, len(rows), awarded),
        "lots_have_amounts": any(row.amount is not None for row in rows),
        "lots_have_states": any(row.winners or row.state for row in rows),
    }


def lots_sentence(tender: Tender, count: int, awarded: int) -> str:
    if awarded and awarded < count:
        return ngettext(
            "%(n)s lot attribué sur %(total)s.", "%(n)s lots attribués sur %(total)s.", awarded
        ) % {
            "n": format_number(awarded),
            "total": format_number(count),
        }
    if tender.awarded == Tender.Awarded.PART:
        return _("L’avis est attribué en partie; la source n’indique pas pour quels lots.")
    return ""


def lot_state(tender: Tender, lot: Lot) -> str:
    """What its source says of a lot, where that is more than what is said of the notice."""
    if (
        not lot.status
        or lot.status == tender.status
        or (lot.status == Tender.Status.ACTIVE and not tender.is_running)
    ):
        return ""
    return str(Tender.Status(lot.status).label)


def stands(award: Award) -> bool:
    return award.status not in AWARD_STATES


def tender_winners(awards: list[Award], lots: list[Lot], release: dict[str, Any]) -> list[Winner]:
    """Awards with all their sellers: several may share one, and its amount is told once."""
    contracts = {
        fit_id(clean_text(c.get("awardID") or c.get("id")), 60): read_amount(c.get("value"))
        for c in as_mappings(release.get("contracts"))
    }
    titles = {lot.lot_id: lot_name(lot) for lot in lots}
    by_id: dict[str, list[Award]] = {}
    for award in awards:
        by_id.setdefault(award.award_id, []).append(award)
    found = []
    for award_id, sellers in by_id.items():
        first, contract = sellers[0], contracts.get(award_id)
        is_other = (
            contract is not None and contract.value != first.amount and contract.currency == first.currency
        )
        found.append(
            Winner(
                sellers=sellers,
                amount=first.amount,
                later=contract.value if contract and is_other else None,
                currency=first.currency,
                awarded_on=first.awarded_on,
                lots=[titles.get(lot_id, lot_id) for lot_id in first.lots],
                state=str(AWARD_STATES.get(first.status, "")),
                ends_on=first.ends_on if first.status not in NOT_WON else None,
                end_is_reckoned=first.end_is_reckoned,
            )
        )
    return found


def bidders_context(tender: Tender, bidders: list[Bidder]) -> dict[str, Any]:
    """How many bid, and by name those who did not win."""
    others = [bidder for bidder in bidders if not bidder.won and bidder.name]
    unnamed = tender.bidder_count - len([bidder for bidder in bidders if bidder.won or bidder.name])
    return {
        "bidder_count": tender.bidder_count,
        "other_bidders": others,
        "unnamed_bidders": unnamed if unnamed > 0 and others else 0,
    }


# --- Documents, amendments, options, related notices ------------------------------------------------------------------


def documents_of(tender: Tender, release: dict[str, Any]) -> list[dict[str, Any]]:
    """Every document by its own title, else by what it is; the bare link to the notice is the page's button already."""
    return [
        document_row(document)
        for document in read_documents(release)
        if document.title or document.kind or document.url != tender.url
    ]


def document_row(document: NoticeDocument) -> dict[str, Any]:
    kind = str(DOCUMENT_TYPES.get(document.kind, document.kind))
    title = document.title or kind or file_name(document.url) or _("Document")
    facts = [
        kind if kind != title else "",
        format_name(document.media_type, document.url),
        language_name(document.language),
        format_day_short(document.at),
    ]
    return {
        "title": title,
        "is_written": bool(document.title),
        "description": document.description,
        "url": document.url,
        "stage": str(STAGES[document.stage]),
        "facts": list(filter(None, facts)),
    }


def file_name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def format_name(media_type: str, url: str) -> str:
    """« PDF »: by the format that is said, else by how the address ends."""
    if media_type:
        known = FORMATS.get(media_type.partition(";")[0].strip())
        return str(known) if known else media_type.rpartition("/")[2].upper()[:12]
    _name, dot, ending = file_name(url).rpartition(".")
    return ending.upper() if dot and ending.isalnum() and len(ending) <= 4 and not ending.isdigit() else ""


def language_name(code: str) -> str:
    if not code:
        return ""
    try:
        return str(get_language_info(code[:2])["name_translated"]).lower()
    except KeyError:
        return code


def amendments_of(release: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "when": format_day_short(one.at),
            "stage": str(STAGES[one.stage]),
            "reason": one.rationale,
            "what": one.description if one.description != one.rationale else "",
        }
        for one in read_amendments(release)
    ]


def options_of(release: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": str(OPTIONS[one.kind]),
            "lot": one.lot_title,
            "is_written": bool(one.description),
            "text": one.description
            or (
                _("jusqu’au %(day)s") % {"day": format_day_short(one.until)}
                if one.until
                else _("prévues, sans précision")
            ),
        }
        for one in read_options(release)
    ]


def related_of(tender: Tender, release: dict[str, Any], user: Visitor) -> list[dict[str, str]]:
    """Related notices, linked where they are here or where the source gives an address. One query where there are any."""
    related = read_related(release)
    if not related:
        return []
    known = dict(
        Tender.objects.visible_to(user)
        .filter(ocid__in=[tender.ocid, *(one.ocid for one in related if one.ocid)])
        .values_list("ocid", "title")
    )
    return [related_row(one, known) for one in related]


def related_row(one: RelatedNotice, known: dict[str, str]) -> dict[str, str]:
    words = [str(RELATIONSHIPS.get(word, word)) for word in one.relationships]
    title = known.get(one.ocid) or one.title or one.reference or one.url
    return {
        "title": title,
        "relation": capfirst(", ".join(words)),
        "code": one.reference if one.reference != title else "",
        "url": reverse("tenders:tender", args=[one.ocid]) if one.ocid in known else one.url,
        "is_here": "1" if one.ocid in known else "",
    }
