"""What one release says of a tender, once cleaned: a `TenderRelease`, or a `ReleaseError` with the reason. Pure: no database."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.classification.codes import normalise_code

from .awards import ReleaseAward, release_awards
from .cleaning import (
    DEEPEST,
    as_list,
    as_mapping,
    as_mappings,
    clean_moment,
    clean_name,
    clean_paragraphs,
    clean_text,
    clean_url,
    read_amount,
    storable_value,
)
from .delivery import DELIVERY_KEYS, DeliveryAddress, delivery_addresses
from .identifiers import (
    SEAO,
    IdentifierError,
    is_outside_quebec,
    party_country,
    party_key,
    party_neq,
    read_identifier,
)
from .normalising import normalise_release
from .warnings import release_warnings, shape_warnings

UNTITLED = "Avis sans titre"  # in French like the titles beside it
LONGEST_RELEASE = 1_000_000
STATUSES = {
    "planning": Tender.Status.PLANNED,
    "planned": Tender.Status.PLANNED,
    "active": Tender.Status.ACTIVE,
    "complete": Tender.Status.COMPLETE,
    "cancelled": Tender.Status.CANCELLED,
    "withdrawn": Tender.Status.CANCELLED,
    "unsuccessful": Tender.Status.UNSUCCESSFUL,
}
TENDER_KEYS = (
    "id", "title", "title_en", "description", "description_en", "status", "items", "value", "procurementMethod", "procurementMethodDetails",
    "procurementMethodRationale", "mainProcurementCategory", "additionalProcurementCategories", "tenderPeriod",
    "enquiryPeriod", "contractPeriod", "numberOfTenderers", "documents", "procuringEntity", "tenderers", "lots",
    "amendment", "amendments", "hasOptions", "options", "hasRenewal", "renewal", *DELIVERY_KEYS,
)  # fmt: skip
RELEASE_KEYS = ("bids", "awards", "contracts", "relatedProcesses")
PEOPLES_KEYS = {
    "contactPoint", "contactPoints", "additionalContactPoints", "address", "streetAddress", "email", "telephone",
    "faxNumber", "persones", "beneficialOwners",
}  # fmt: skip
BUYING_ROLES = {"buyer", "procuringEntity"}
ADDRESS_KEYS = ("locality", "region", "postalCode", "countryName", "country", "countryCode")


OPENING = {"tender", "tenderUpdate", "tenderAmendment", "compiled"}  # tags of what can be answered


class ReleaseError(Exception):
    """This release cannot become a tender; the argument says why, for the person who imports."""


@dataclass(frozen=True)
class ReleaseParty:
    """The buying side as this release writes it. `province` is what SEAO calls a region (« QC »).

    `is_abroad`: said to be elsewhere than in Québec, and then no town and no buyer of ours, whatever its name.
    """

    party_id: str = ""
    name: str = ""
    neq: str = ""
    is_municipal: bool | None = None
    locality: str = ""
    postal_code: str = ""
    province: str = ""
    country: str = ""
    is_abroad: bool = False


@dataclass(frozen=True)
class TenderRelease:
    """`has_tender`: false where it speaks of awards, contracts or planning only, and leaves the notice as it is known.

    `package_published_at`: when the package that brought it came out; of two contents of one id the later is right.
    `warnings`: what was not understood, in sentences for the person who imports.
    """

    ocid: str
    release_id: str
    tags: list[str]
    released_at: datetime | None
    fields: dict[str, Any]
    seao_category: str
    party: ReleaseParty
    labels: dict[str, str]
    awards: list[ReleaseAward] | None
    kept: dict[str, Any]
    fingerprint: str = field(compare=False)
    has_tender: bool = True
    delivery: tuple[DeliveryAddress, ...] = ()
    package_published_at: datetime | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def order(self) -> tuple[int, int, str]:
        return version_key(self.release_id)

    @property
    def may_open(self) -> bool:
        """Whether this release announces something to answer, as against an award or a contract."""
        return is_opening(self.tags)


def is_opening(tags: list[str]) -> bool:
    return not tags or bool(OPENING & set(tags))


def version_key(release_id: str) -> tuple[int, int, str]:
    """Orders versions: SEAO's ids are moments in fourteen digits; others sort as text, after."""
    if re.fullmatch(r"[0-9]{1,40}", release_id):
        return (0, int(release_id), "")
    return (1, 0, release_id)


def read_release(release: Any) -> TenderRelease:
    """Read a release of any shape. Raises `ReleaseError` where it cannot be told which notice it speaks of."""
    if not isinstance(release, dict):
        raise ReleaseError(
            _("Cette version n’est pas un objet JSON. Demandez au diffuseur du fichier de la corriger.")
        )
    shapes = tuple(shape_warnings(release))
    release = normalise_release(release)
    try:
        ocid = read_identifier(release.get("ocid"), "ocid")
        release_id = read_identifier(release.get("id"), "id")
    except IdentifierError as error:
        raise ReleaseError(str(error)) from error
    said = read_notice(ocid, release)
    tags = release_tags(release)
    opens = is_opening(tags) and bool(release.get("tender"))
    whole = kept_release(release, as_mapping(release.get("tender")), ocid)
    kept = storable_value(whole)
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False)
    if len(text) > LONGEST_RELEASE:
        raise ReleaseError(
            _(
                "Cette version est trop longue pour être gardée : elle dépasse un million de caractères. "
                "Demandez au diffuseur de la publier en plusieurs avis."
            )
        )
    return TenderRelease(
        ocid=ocid,
        release_id=release_id,
        tags=tags,
        released_at=clean_moment(release.get("date")),
        fields=said.fields,
        seao_category=said.seao_category,
        party=said.party,
        labels=said.labels,
        awards=said.awards,
        delivery=said.delivery,
        kept=kept,
        fingerprint=hashlib.sha256(text.encode()).hexdigest()[:32],
        has_tender=bool(as_mapping(release.get("tender"))),
        warnings=shapes
        + release_warnings(
            release, whole=whole, may_close=said.fields["status"] == Tender.Status.ACTIVE and opens
        ),
    )


@dataclass(frozen=True)
class NoticeReading:
    """What a release, or several put together, says of a notice; `fields` are those of `Tender`."""

    fields: dict[str, Any]
    seao_category: str
    party: ReleaseParty
    labels: dict[str, str]
    awards: list[ReleaseAward] | None
    delivery: tuple[DeliveryAddress, ...] = ()


def read_notice(ocid: str, release: dict[str, Any]) -> NoticeReading:
    """Read a release, as it came or as a version keeps it: both read the same."""
    tender = as_mapping(release.get("tender"))
    tags = release_tags(release)
    awards = release_awards(release)
    party, buyer_name = buying_party(release, tender, ocid)
    classified = release_codes(tender)
    estimate = read_amount(tender.get("value"))
    period = as_mapping(tender.get("tenderPeriod"))
    return NoticeReading(
        fields={
            "number": (ocid.removeprefix(SEAO) if ocid.startswith(SEAO) else "")[:40],
            "reference": clean_text(tender.get("id"), 120),
            **_written_titles(release, tender),
            "description": clean_paragraphs(tender.get("description")),
            "status": release_status(tender, tags, bool(awards)),
            "method": _known_choice(tender.get("procurementMethod"), Tender.Method.values),
            "method_details": clean_text(tender.get("procurementMethodDetails"), 200),
            "category": _known_choice(tender.get("mainProcurementCategory"), Tender.Category.values),
            "unspsc": list(classified)[:50],
            "buyer_name": buyer_name,
            "estimated_amount": estimate.value if estimate else None,
            "currency": estimate.currency if estimate else "CAD",
            "published_at": clean_moment(release.get("date")) or clean_moment(period.get("startDate")),
            "closes_at": clean_moment(period.get("endDate"), end_of_day=True),
            "url": next(
                (u for d in as_mappings(tender.get("documents")) if (u := clean_url(d.get("url")))),
                "",
            ),
        },
        seao_category=_seao_category(tender),
        party=party,
        labels=classified,
        awards=awards,
        delivery=delivery_addresses(tender),
    )


def _written_titles(release: dict[str, Any], tender: dict[str, Any]) -> dict[str, str]:
    """The title, the language that it is written in, and the same in English where it is given in both."""
    title, english = _release_title(release, tender), clean_text(tender.get("title_en"), 500)
    language = clean_text(release.get("language"), 10).lower()[:2] or "fr"
    if english and english != title:
        return {"title": title, "language": "fr" if language == "en" else language, "title_en": english}
    return {"title": title, "language": "en" if english else language, "title_en": ""}


def _release_title(release: dict[str, Any], tender: dict[str, Any]) -> str:
    """The tender's own title, else what it describes, else what is awarded, contracted or planned."""
    parts = [tender]
    for key in ("awards", "contracts"):
        parts += as_mappings(release.get(key))
    items = [item for part in parts for item in as_mappings(part.get("items"))]
    planning = as_mapping(release.get("planning"))
    budget = as_mapping(planning.get("budget"))
    for said in (
        *(part.get(key) for part in parts for key in ("title", "description")),
        *(item.get("description") for item in items),
        planning.get("rationale"),
        budget.get("project"),
        budget.get("description"),
    ):
        if title := clean_text(said, 500):
            return title
    return UNTITLED


def release_tags(release: dict[str, Any]) -> list[str]:
    raw = release.get("tag")
    tags = [clean_text(tag, 30) for tag in as_list(raw if isinstance(raw, list) else [raw])]
    return list(dict.fromkeys(filter(None, tags)))[:10]


def release_status(tender: dict[str, Any], tags: list[str], has_awards: bool) -> str:
    if "tenderCancellation" in tags:
        return Tender.Status.CANCELLED
    if not tender:  # it speaks of an award, a contract or a plan: nothing can be answered
        return Tender.Status.PLANNED if "planning" in tags and not has_awards else Tender.Status.COMPLETE
    said = STATUSES.get(clean_text(tender.get("status"), 20).lower())
    return said or (Tender.Status.COMPLETE if has_awards else Tender.Status.ACTIVE)


def _known_choice(value: Any, choices: list[str]) -> str:
    found = clean_text(value, 20).lower()
    return found if found in choices else ""


def release_codes(tender: dict[str, Any]) -> dict[str, str]:
    """UNSPSC codes of eight digits in the order given, with the feed's label."""
    found: dict[str, str] = {}
    for item in as_mappings(tender.get("items")):
        for said in [item.get("classification"), *as_list(item.get("additionalClassifications"))]:
            classification = as_mapping(said)
            if clean_text(classification.get("scheme") or "UNSPSC", 20).upper() != "UNSPSC":
                continue
            code = normalise_code(clean_text(classification.get("id"), 20))
            if code:
                found[code] = found.get(code) or clean_text(classification.get("description"), 255)
    return found


def _seao_category(tender: dict[str, Any]) -> str:
    """SEAO writes its category as the item's id (« G17 »)."""
    first: dict[str, Any] = next(iter(as_mappings(tender.get("items"))), {})
    return clean_text(first.get("id"), 6)


def buying_party(release: dict[str, Any], tender: dict[str, Any], ocid: str) -> tuple[ReleaseParty, str]:
    """The buying party and the buyer's name as written, which may be that of a sub-unit."""
    parties = as_mappings(release.get("parties"))
    named = (as_mapping(release.get("buyer")), as_mapping(tender.get("procuringEntity")))
    buyer: dict[str, Any] = next((one for one in named if one.get("id") or one.get("name")), {})
    buyer_id = clean_text(buyer.get("id"), 60)
    found: dict[str, Any] | None = next(
        (p for p in parties if buyer_id and clean_text(p.get("id"), 60) == buyer_id), None
    )
    if found is None:
        found = next((p for p in parties if BUYING_ROLES & set(map(str, as_list(p.get("roles"))))), {})
    party_id = buyer_id or clean_text(found.get("id"), 60)
    address, details = as_mapping(found.get("address")), as_mapping(found.get("details"))
    municipal = clean_text(details.get("municipal"), 5)
    buyer_name = clean_name(buyer.get("name")) or clean_name(found.get("name"))
    party = ReleaseParty(
        party_id=party_key(party_id, clean_name(found.get("name")) or buyer_name, ocid),
        name=clean_name(found.get("name")) or buyer_name,
        neq=party_neq(found, ocid),
        is_municipal={"0": False, "1": True}.get(municipal),
        locality=clean_text(address.get("locality"), 120),
        postal_code=re.sub(r"[\s-]", "", clean_text(address.get("postalCode"), 12)).upper()[:6],
        province=clean_text(address.get("region"), 40).upper(),
        country=party_country(found),
        is_abroad=is_outside_quebec(found, release, ocid),
    )
    return party, buyer_name


def kept_release(release: dict[str, Any], tender: dict[str, Any], ocid: str) -> dict[str, Any]:
    """What the version keeps: what a tender's page may show. Street addresses and people's particulars stay out."""
    return {
        "ocid": release.get("ocid"),
        "id": release.get("id"),
        "date": release.get("date"),
        "tag": release.get("tag"),
        "buyer": {k: as_mapping(release.get("buyer")).get(k) for k in ("id", "name")},
        "language": release.get("language"),
        "parties": [
            _kept_party(party, ocid, buys=is_buying_party(party, release, tender))
            for party in as_mappings(release.get("parties"))
        ],
        "planning": _kept_planning(as_mapping(release.get("planning"))),
        "tender": {key: _without_people(tender[key]) for key in TENDER_KEYS if key in tender},
        **{
            key: _without_people(release[key])
            for key in RELEASE_KEYS
            if isinstance(release.get(key), list | dict)
        },
    }


def _without_people(value: Any, depth: int = 0) -> Any:
    """The value less whatever says where someone lives or how to reach them."""
    if depth > DEEPEST:
        return None
    if isinstance(value, list):
        return [_without_people(item, depth + 1) for item in value]
    if isinstance(value, dict):
        return {k: _without_people(item, depth + 1) for k, item in value.items() if k not in PEOPLES_KEYS}
    return value


def _kept_planning(planning: dict[str, Any]) -> dict[str, Any]:
    budget = as_mapping(planning.get("budget"))
    return {
        "rationale": planning.get("rationale"),
        "budget": {key: budget[key] for key in ("project", "description", "amount") if key in budget},
        "documents": _without_people(planning.get("documents")),
    }


def is_buying_party(party: dict[str, Any], release: dict[str, Any], tender: dict[str, Any]) -> bool:
    """Whether `buying_party` may choose it."""
    if BUYING_ROLES & set(map(str, as_list(party.get("roles")))):
        return True
    named = (as_mapping(release.get("buyer")), as_mapping(tender.get("procuringEntity")))
    return bool(party.get("id")) and party.get("id") in [one.get("id") for one in named]


def _kept_party(party: dict[str, Any], ocid: str, *, buys: bool) -> dict[str, Any]:
    """A party by its names; of those who buy also what says where they are, never the street.

    Of a seller without a NEQ its town: it tells two enterprises of one name apart.
    """
    kept = {key: party.get(key) for key in ("id", "name", "roles")} | {"neq": party_neq(party, ocid)}
    address, identifier = as_mapping(party.get("address")), as_mapping(party.get("identifier"))
    if not buys:
        town = clean_text(address.get("locality"), 120)
        return kept | {"address": {"locality": town}} if town and not kept["neq"] else kept
    return {
        **kept,
        "identifier": {"scheme": identifier.get("scheme")},
        "details": {"municipal": as_mapping(party.get("details")).get("municipal")},
        "address": {key: address[key] for key in ADDRESS_KEYS if key in address},
    }
