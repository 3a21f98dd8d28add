"""CanadaBuys' open-data CSV (federal notices and awards) as OCDS releases, so that one importer writes everything. Pure.

Columns are named in both languages (« title-titre-eng », « title-titre-fra »); a cell with several values puts `*` before each;
the file begins with a mark. A notice is known by its solicitation number and its buyer, which its award repeats; one that
has none by its reference. A version is a reference and its amendment. Contact persons are never read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.utils.translation import gettext as _

from buyers.ocds.cleaning import clean_moment, clean_name, clean_text, clean_url
from marketplace.web.folding import fold_text

#: Ours: the publisher gives no OCDS, hence no registered prefix.
PREFIX = "ocds-cabuys-"
REFERENCE = "referenceNumber-numeroReference"
AMENDMENT = "amendmentNumber-numeroModification"
SOLICITATION = "solicitationNumber-numeroSollicitation"
PUBLISHED = "publicationDate-datePublication"
AMENDED = "amendmentDate-dateModification"
CLOSES = "tenderClosingDate-appelOffresDateCloture"
STATUS = "tenderStatus-appelOffresStatut"
AWARD_STATUS = "awardStatus-attributionStatut"
TITLE = "title-titre"
BUYER = "contractingEntityName-nomEntitContractante"
BUYER_TOWN = "contractingEntityAddressCity-entiteContractanteAdresseVille"
BUYER_PROVINCE = "contractingEntityAddressProvince-entiteContractanteAdresseProvince"
BUYER_COUNTRY = "contractingEntityAddressCountry-entiteContractanteAdressePays"
BUYER_POSTAL_CODE = "contractingEntityAddressPostalCode-entiteContractanteAdresseCodePostal"
DELIVERY = "regionsOfDelivery-regionsLivraison"
OPPORTUNITY = "regionsOfOpportunity-regionAppelOffres"
METHOD = "procurementMethod-methodeApprovisionnement"
NOTICE_TYPE = "noticeType-avisType"
CATEGORY = "procurementCategory-categorieApprovisionnement"
UNSPSC_LABEL = "unspscDescription"
DESCRIPTION = "tenderDescription-descriptionAppelOffres"
AWARD_DESCRIPTION = "awardDescription-descriptionAttribution"
NOTICE_URL = "noticeURL-URLavis"
ATTACHMENTS = "attachment-piecesJointes"
CONTRACT = "contractNumber-numeroContrat"
SELLER = "supplierLegalName-nomLegalFournisseur"
SELLER_TOWN = "supplierAddressCity-fournisseurAdresseVille"
SELLER_PROVINCE = "supplierAddressProvince-fournisseurAdresseProvince"
SELLER_COUNTRY = "supplierAddressCountry-fournisseurAdressePays"
AMOUNT, TOTAL = "contractAmount-montantContrat", "totalContractValue-valeurTotaleContrat"
CURRENCY = "contractCurrency-contratMonnaie"
AWARDED_ON = "contractAwardDate-dateAttributionContrat"

#: Without these a file is none of CanadaBuys'.
NEEDED = (REFERENCE, f"{TITLE}-eng", PUBLISHED)
#: The dictionary gives hours of closing in UTC-05:00, in summer too.
ZONE = "-05:00"
PAGE = "https://canadabuys.canada.ca/fr/occasions-de-marche/appels-d-offres/{reference}"
CATEGORIES = {"CNST": "works", "GD": "goods", "SRV": "services", "SRVTGD": "services"}
#: Where work for the whole country, or for Québec, is said to be; folded, in both languages.
QUEBEC = (
    "quebec",
    "capitale nationale",
    "national capital",
    "canada",
    "monde",
    "world",
    "gatineau",
    "montreal",
)
NOT_SAID = ("", "unspecified", "non precise", "none", "aucun")

Row = Mapping[str, str]


class RowError(Exception):
    """This row cannot become a notice; the argument says why, for staff."""


def is_header(columns: Iterable[str]) -> bool:
    return set(NEEDED) <= {column.strip() for column in columns}


def is_for_quebec(row: Row) -> bool:
    """Whether enterprises of Québec can be concerned: delivered there, everywhere, or nobody says where."""
    said = [fold_text(one) for name in (DELIVERY, OPPORTUNITY) for one in values(both(row, name))]
    said = [one for one in said if one not in NOT_SAID]
    return not said or any(place in one for one in said for place in QUEBEC)


def release_of(row: Row) -> dict[str, Any]:
    """The OCDS release that a row is. Raises `RowError`."""
    reference = clean_text(row.get(REFERENCE), 200)
    if not reference:
        raise RowError(_("Cette ligne n’a pas de numéro de référence."))
    is_award = f"{AWARD_STATUS}-eng" in row or f"{SELLER}-eng" in row
    french, english = clean_text(row.get(f"{TITLE}-fra"), 500), clean_text(row.get(f"{TITLE}-eng"), 500)
    if not (french or english):
        raise RowError(_("Cette ligne n’a pas de titre."))
    at = moment(row.get(AMENDED)) or moment(row.get(PUBLISHED))
    if at is None:
        raise RowError(
            _("La date « %(said)s » n’est pas comprise.")
            % {"said": clean_text(row.get(PUBLISHED), 60) or "…"}
        )
    amendment = clean_text(row.get(AMENDMENT), 20)
    buyer = buyer_of(row)
    release = {
        "ocid": PREFIX + notice_key(row, reference, buyer["key"]),
        "id": "-".join(
            filter(None, [reference, contract_of(row) if is_award else "", amendment or "000"])
        ).replace("#", "-"),
        "date": at,
        "language": "fr" if french else "en",
        "tag": tags(row, is_award=is_award, is_amended=amendment.strip("0") != ""),
        "parties": [buyer["party"]],
        "buyer": {"id": buyer["party"]["id"], "name": buyer["party"]["name"]},
        "tender": tender_of(row, reference, french, english, is_award=is_award),
    }
    return with_award(release, row, reference) if is_award else release


def notice_key(row: Row, reference: str, buyer: str) -> str:
    """The same for a notice and its award. « # » is forbidden in an ocid; « / » would be long in an address."""
    solicitation = clean_text(row.get(SOLICITATION), 120)
    key = (
        f"{solicitation}~{hashlib.sha256(buyer.encode()).hexdigest()[:8]}"
        if solicitation and buyer
        else reference
    )
    return re.sub(r"[^A-Za-z0-9._~-]+", "-", key).strip("-") or hashlib.sha256(key.encode()).hexdigest()[:16]


def tags(row: Row, *, is_award: bool, is_amended: bool) -> list[str]:
    if is_award:
        return ["awardUpdate" if is_amended else "award"]
    if is_cancelled(row.get(f"{STATUS}-eng")):
        return ["tenderCancellation"]
    return ["tenderUpdate" if is_amended else "tender"]


def is_cancelled(status: str | None) -> bool:
    return fold_text(status or "").startswith("cancel")


def tender_of(row: Row, reference: str, french: str, english: str, *, is_award: bool) -> dict[str, Any]:
    tender: dict[str, Any] = {
        "id": clean_text(row.get(SOLICITATION), 120) or reference,
        "title": french or english,
        "items": items_of(row),
        "documents": documents_of(row, reference, is_award=is_award),
    }
    if french and english and french != english:
        tender["title_en"] = english
    if category := next((CATEGORIES[one] for one in values(row.get(CATEGORY)) if one in CATEGORIES), ""):
        tender["mainProcurementCategory"] = category
    method = both(row, METHOD)
    if method:
        tender["procurementMethod"] = method_of(row.get(f"{METHOD}-eng") or method)
        words = [one for one in (both(row, NOTICE_TYPE), method) if one]
        tender["procurementMethodDetails"] = ", ".join(dict.fromkeys(words))
    if any("quebec" in fold_text(one) for one in values(both(row, DELIVERY))):
        tender["deliveryAddresses"] = [{"region": "Québec", "countryName": "Canada"}]
    if is_award:
        return tender
    name = DESCRIPTION
    for key, said in (("description", both(row, name)), ("description_en", row.get(f"{name}-eng") or "")):
        if said.strip() and said != tender.get("description"):
            tender[key] = said
    tender["status"] = status_of(row)
    tender["tenderPeriod"] = {
        key: at
        for key, at in (
            ("startDate", moment(row.get(PUBLISHED))),
            ("endDate", moment(row.get(CLOSES), ends=True)),
        )
        if at
    }
    period = {
        "startDate": moment(row.get("expectedContractStartDate-dateDebutContratPrevue")),
        "endDate": moment(row.get("expectedContractEndDate-dateFinContratPrevue")),
    }
    if any(period.values()):
        tender["contractPeriod"] = {key: at for key, at in period.items() if at}
    if (number := clean_text(row.get(AMENDMENT), 20)).strip("0"):
        tender["amendments"] = [{"id": number, "date": moment(row.get(AMENDED))}]
    return tender


def status_of(row: Row) -> str:
    """An expired notice without a closing would be open for ever: it is said to be over."""
    said = fold_text(row.get(f"{STATUS}-eng") or "")
    if is_cancelled(said):
        return "cancelled"
    return "complete" if said == "expired" and moment(row.get(CLOSES)) is None else "active"


def method_of(said: str) -> str:
    words = fold_text(said)
    if "non compet" in words or "advance contract" in words:
        return "direct"
    for word, method in (
        ("limited", "limited"),
        ("selective", "selective"),
        ("open", "open"),
        ("compet", "open"),
    ):
        if word in words:
            return method
    return ""


def items_of(row: Row) -> list[dict[str, Any]]:
    """UNSPSC codes, with the French label that stands at the same place of its list."""
    codes = [re.sub(r"\D", "", one) for one in values(row.get("unspsc"))]
    labels = values(row.get(f"{UNSPSC_LABEL}-fra"))
    if len(labels) != len(codes):
        labels = [""] * len(codes)
    said = {code: label for code, label in zip(codes, labels, strict=True) if code}
    return [
        {"id": f"cb-{n}", "classification": {"scheme": "UNSPSC", "id": code, "description": label}}
        for n, (code, label) in enumerate(said.items(), 1)
    ]


def documents_of(row: Row, reference: str, *, is_award: bool) -> list[dict[str, Any]]:
    """The notice's own page, where its documents are if elsewhere, then the attachments."""
    page = "" if is_award else PAGE.format(reference=quote(reference.lower(), safe=""))
    found = [{"id": "page", "url": page}] if page else []
    where = clean_url((row.get(f"{NOTICE_URL}-fra") or row.get(f"{NOTICE_URL}-eng") or "").strip())
    if where and where.rstrip("/").lower() != page.lower() and "canadabuys.canada.ca" not in where:
        found.append({"id": "notice", "url": where, "title": urlsplit(where).hostname or where})
    said = row.get(f"{ATTACHMENTS}-fra") or row.get(f"{ATTACHMENTS}-eng") or ""
    for one in re.split(r"[\s,*]+", said):
        if url := clean_url(one):
            name = unquote(urlsplit(url).path.rpartition("/")[2]) or url
            found.append({"id": name[:200], "url": url, "title": name[:200]})
    return found


def buyer_of(row: Row) -> dict[str, Any]:
    """The party, and `key`: what it is told apart by, the same in both languages."""
    french, english = clean_name(row.get(f"{BUYER}-fra")), clean_name(row.get(f"{BUYER}-eng"))
    key = fold_text(english or french)
    address = {
        "locality": clean_text(both(row, BUYER_TOWN), 120),
        "region": clean_text(both(row, BUYER_PROVINCE), 60),
        "postalCode": clean_text(row.get(BUYER_POSTAL_CODE), 12),
        "countryName": clean_text(both(row, BUYER_COUNTRY), 60) or "Canada",
    }
    party = {
        "id": f"CA-{hashlib.sha256(key.encode()).hexdigest()[:10]}",
        "name": french or english,
        "roles": ["buyer"],
        "address": {name: said for name, said in address.items() if said},
    }
    return {"key": key, "party": party}


def with_award(release: dict[str, Any], row: Row, reference: str) -> dict[str, Any]:
    """The release with who won, for how much and until when."""
    seller = clean_name(row.get(f"{SELLER}-fra")) or clean_name(row.get(f"{SELLER}-eng"))
    award_id = contract_of(row) or reference
    party_id = f"S-{hashlib.sha256(fold_text(seller).encode()).hexdigest()[:10]}"
    amounts = ((row.get(name) or "").strip() for name in (TOTAL, AMOUNT))
    amount = next((one for one in amounts if one.strip("0.,")), "")
    value = {"amount": amount, "currency": clean_text(row.get(CURRENCY), 10) or "CAD"} if amount else {}
    called_off = is_cancelled(row.get(f"{AWARD_STATUS}-eng"))
    period = {
        "startDate": moment(row.get("contractStartDate-contratDateDebut")),
        "endDate": moment(row.get("contractEndDate-dateFinContrat")),
    }
    address = {
        "locality": clean_text(both(row, SELLER_TOWN), 120),
        "region": clean_text(both(row, SELLER_PROVINCE), 60),
        "countryName": clean_text(both(row, SELLER_COUNTRY), 60),
    }
    release["parties"].append(
        {
            "id": party_id,
            "name": seller,
            "roles": ["supplier"],
            "address": {k: v for k, v in address.items() if v},
        }
    )
    release["awards"] = [
        {
            "id": award_id,
            "status": "cancelled" if called_off else "active",
            "date": moment(row.get(AWARDED_ON)),
            "value": value,
            "suppliers": [{"id": party_id, "name": seller}] if seller else [],
        }
    ]
    release["contracts"] = [
        {
            "id": award_id,
            "awardID": award_id,
            "status": "cancelled" if called_off else "active",
            "dateSigned": moment(row.get(AWARDED_ON)),
            "value": value,
            "period": {key: at for key, at in period.items() if at},
        }
    ]
    return release


def contract_of(row: Row) -> str:
    return clean_text(row.get(CONTRACT), 100)


# --- cells ------------------------------------------------------------------------------------------------------------


def both(row: Row, name: str) -> str:
    """A cell in French, else in English."""
    return (row.get(f"{name}-fra") or "").strip() or (row.get(f"{name}-eng") or "").strip()


def values(cell: str | None) -> list[str]:
    """« *Canada\\n*Québec (sauf RCN) » as its values."""
    return [one for part in re.split(r"\*|[\r\n]+", cell or "") if (one := part.strip(" ,;\t"))]


def moment(said: str | None, *, ends: bool = False) -> str | None:
    """A date of the file in ISO 8601, or None; an hour without a zone is in the file's own."""
    text = (said or "").strip().replace("/", "-")
    if re.search(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:\.[0-9]+)?\Z", text) and not re.search(
        r"[+-][0-9]{2}:?[0-9]{2}\Z", text[16:]
    ):
        text += ZONE
    return text if text and clean_moment(text, end_of_day=ends) else None
