"""What one release says, once cleaned: a `Notice`, or a `ReleaseError` with the reason. Pure: no database here."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from buyers.models import Tender
from marketplace.classification import codes

from . import cleaning

SEAO = "ocds-ec9k95-"
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
    "id", "title", "description", "status", "items", "value", "procurementMethod", "procurementMethodDetails",
    "procurementMethodRationale", "mainProcurementCategory", "additionalProcurementCategories", "tenderPeriod",
    "enquiryPeriod", "contractPeriod", "numberOfTenderers", "documents",
)  # fmt: skip


class ReleaseError(Exception):
    """This release cannot become a notice; the argument says why, for the person who imports."""


@dataclass(frozen=True)
class AwardLine:
    award_id: str
    neq: str
    name: str
    amount: Decimal | None
    awarded_on: date | None
    status: str


@dataclass(frozen=True)
class Party:
    """The buying side as this release writes it. `province` is what SEAO calls a region (« QC »)."""

    party_id: str = ""
    name: str = ""
    neq: str = ""
    is_municipal: bool | None = None
    locality: str = ""
    postal_code: str = ""
    province: str = ""


@dataclass(frozen=True)
class Notice:
    ocid: str
    release_id: str
    tags: list[str]
    released_at: datetime | None
    fields: dict[str, Any]
    seao_category: str
    party: Party
    labels: dict[str, str]
    awards: list[AwardLine] | None
    kept: dict[str, Any]
    fingerprint: str = field(compare=False)

    @property
    def order(self) -> tuple[int, int, str]:
        return version_key(self.release_id)

    @property
    def may_open(self) -> bool:
        """Whether this release announces something to answer, as against an award or a contract."""
        return not self.tags or bool({"tender", "tenderUpdate"} & set(self.tags))


def version_key(release_id: str) -> tuple[int, int, str]:
    """Orders versions: SEAO's ids are moments in fourteen digits; others sort as text, after."""
    if re.fullmatch(r"[0-9]{1,40}", release_id):
        return (0, int(release_id), "")
    return (1, 0, release_id)


def understand(release: Any) -> Notice:
    """Read a release of any shape. Raises `ReleaseError` where there is no notice in it."""
    if not isinstance(release, dict):
        raise ReleaseError(_("Cette version n’est pas un objet JSON."))
    ocid = identifier(release.get("ocid"), "ocid", 80)
    release_id = identifier(release.get("id"), "id", 40)
    tender = release.get("tender")
    if not isinstance(tender, dict):
        raise ReleaseError(_("Cette version n’a pas de partie « tender »."))
    title = title_of(tender)
    tags = tags_of(release)
    awards = awards_of(release)
    party, buyer_name = buying_side(release, tender, ocid)
    classified = classifications(tender)
    kept = cleaning.storable(prune(release, tender))
    said = json.dumps(kept, sort_keys=True, ensure_ascii=False)
    if len(said) > LONGEST_RELEASE:
        raise ReleaseError(_("Cette version est trop longue pour être gardée."))
    period = cleaning.mapping(tender.get("tenderPeriod"))
    released_at = cleaning.moment(release.get("date"))
    return Notice(
        ocid=ocid,
        release_id=release_id,
        tags=tags,
        released_at=released_at,
        fields={
            "number": (ocid.removeprefix(SEAO) if ocid.startswith(SEAO) else "")[:40],
            "reference": cleaning.text(tender.get("id"), 120),
            "title": title,
            "description": cleaning.text(tender.get("description")),
            "status": status_of(tender, tags, bool(awards)),
            "method": choice(tender.get("procurementMethod"), Tender.Method.values),
            "method_details": cleaning.text(tender.get("procurementMethodDetails"), 200),
            "category": choice(tender.get("mainProcurementCategory"), Tender.Category.values),
            "unspsc": list(classified)[:50],
            "buyer_name": buyer_name,
            "estimated_amount": cleaning.amount(cleaning.mapping(tender.get("value")).get("amount")),
            "published_at": released_at or cleaning.moment(period.get("startDate")),
            "closes_at": cleaning.moment(period.get("endDate"), end_of_day=True),
            "url": next(
                (u for d in cleaning.mappings(tender.get("documents")) if (u := cleaning.url(d.get("url")))),
                "",
            ),
        },
        seao_category=seao_category(tender),
        party=party,
        labels=classified,
        awards=awards,
        kept=kept,
        fingerprint=hashlib.sha256(said.encode()).hexdigest()[:32],
    )


def identifier(value: Any, key: str, limit: int) -> str:
    found = "" if isinstance(value, bool) else str(value).strip() if isinstance(value, str | int) else ""
    if not found:
        raise ReleaseError(_("Cette version n’a pas de « %(key)s ».") % {"key": key})
    if len(found) > limit or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._:+-]*", found):
        raise ReleaseError(_("Le « %(key)s » de cette version n’est pas utilisable.") % {"key": key})
    return found


def title_of(tender: dict[str, Any]) -> str:
    """The notice's own title, else what it describes, else what its first item is."""
    first = next(iter(cleaning.mappings(tender.get("items"))), {})
    for said in (tender.get("title"), tender.get("description"), first.get("description")):
        if title := cleaning.text(said, 500):
            return title
    raise ReleaseError(_("Cet avis n’a pas d’objet."))


def tags_of(release: dict[str, Any]) -> list[str]:
    raw = release.get("tag")
    tags = [cleaning.text(tag, 30) for tag in cleaning.items(raw if isinstance(raw, list) else [raw])]
    return list(dict.fromkeys(filter(None, tags)))[:10]


def status_of(tender: dict[str, Any], tags: list[str], has_awards: bool) -> str:
    if "tenderCancellation" in tags:
        return Tender.Status.CANCELLED
    said = STATUSES.get(cleaning.text(tender.get("status"), 20).lower())
    return said or (Tender.Status.COMPLETE if has_awards else Tender.Status.ACTIVE)


def choice(value: Any, choices: list[str]) -> str:
    found = cleaning.text(value, 20).lower()
    return found if found in choices else ""


def classifications(tender: dict[str, Any]) -> dict[str, str]:
    """UNSPSC codes of eight digits in the order given, with the feed's label."""
    found: dict[str, str] = {}
    for item in cleaning.mappings(tender.get("items")):
        for said in [item.get("classification"), *cleaning.items(item.get("additionalClassifications"))]:
            classification = cleaning.mapping(said)
            if cleaning.text(classification.get("scheme") or "UNSPSC", 20).upper() != "UNSPSC":
                continue
            code = codes.normalise(cleaning.text(classification.get("id"), 20))
            if code:
                found[code] = found.get(code) or cleaning.text(classification.get("description"), 255)
    return found


def seao_category(tender: dict[str, Any]) -> str:
    """SEAO writes its category as the item's id (« G17 »)."""
    first = next(iter(cleaning.mappings(tender.get("items"))), {})
    return cleaning.text(first.get("id"), 6)


def buying_side(release: dict[str, Any], tender: dict[str, Any], ocid: str) -> tuple[Party, str]:
    """The buying party and the buyer's name as written, which may be that of a sub-unit."""
    parties = cleaning.mappings(release.get("parties"))
    buyer = cleaning.mapping(release.get("buyer")) or cleaning.mapping(tender.get("procuringEntity"))
    buyer_id = cleaning.text(buyer.get("id"), 60)
    found = next((p for p in parties if buyer_id and cleaning.text(p.get("id"), 60) == buyer_id), None)
    if found is None:
        roles = ("buyer", "procuringEntity")
        found = next((p for p in parties if set(roles) & set(map(str, cleaning.items(p.get("roles"))))), {})
    party_id = buyer_id or cleaning.text(found.get("id"), 60)
    if party_id and not party_id.startswith("OP-"):
        # Another source's « 12 » is not SEAO's: its OCID prefix tells them apart.
        party_id = f"{ocid.rpartition('-')[0] or ocid}:{party_id}"
    address, details = cleaning.mapping(found.get("address")), cleaning.mapping(found.get("details"))
    municipal = cleaning.text(details.get("municipal"), 5)
    buyer_name = cleaning.name(buyer.get("name")) or cleaning.name(found.get("name"))
    party = Party(
        party_id=party_id[:40],
        name=cleaning.name(found.get("name")) or buyer_name,
        neq=neq_of(found),
        is_municipal={"0": False, "1": True}.get(municipal),
        locality=cleaning.text(address.get("locality"), 120),
        postal_code=re.sub(r"[\s-]", "", cleaning.text(address.get("postalCode"), 12)).upper()[:6],
        province=cleaning.text(address.get("region"), 40).upper(),
    )
    return party, buyer_name


def neq_of(party: dict[str, Any]) -> str:
    details = cleaning.mapping(party.get("details"))
    identified = cleaning.mapping(party.get("identifier")).get("id")
    tail = cleaning.text(party.get("id"), 40).removeprefix("FO-")
    return next(
        filter(None, map(cleaning.neq, (details.get("neq"), details.get("NEQ"), identified, tail))), ""
    )


def awards_of(release: dict[str, Any]) -> list[AwardLine] | None:
    """One line per award and seller, None where the release does not speak of awards.

    An award that several sellers share carries its whole amount on each of their lines.
    """
    awards = cleaning.mappings(release.get("awards"))
    if not awards:
        return None
    sellers = {cleaning.text(p.get("id"), 60): p for p in cleaning.mappings(release.get("parties"))}
    contracts = cleaning.mappings(release.get("contracts"))
    amounts = {
        cleaning.text(c.get("awardID") or c.get("id"), 60): cleaning.mapping(c.get("value")).get("amount")
        for c in contracts
    }
    lines: dict[tuple[str, str, str], AwardLine] = {}
    for position, award in enumerate(awards):
        award_id = cleaning.text(award.get("id"), 60) or str(position + 1)
        amount = cleaning.amount(cleaning.mapping(award.get("value")).get("amount"))
        if amount is None:
            amount = cleaning.amount(amounts.get(award_id))
        # Multi-lot files leave the winner out at times: the award is kept all the same.
        for seller in cleaning.mappings(award.get("suppliers")) or [{}]:
            party = sellers.get(cleaning.text(seller.get("id"), 60), {})
            neq = neq_of(party) or neq_of(seller)
            seller_name = cleaning.name(seller.get("name")) or cleaning.name(party.get("name"))
            line = AwardLine(
                award_id=award_id,
                neq=neq,
                name=seller_name,
                amount=amount,
                awarded_on=cleaning.day(award.get("date")),
                status=cleaning.text(award.get("status"), 20),
            )
            lines.setdefault((award_id, neq, seller_name), line)
    return list(lines.values())


def prune(release: dict[str, Any], tender: dict[str, Any]) -> dict[str, Any]:
    """What the version keeps: what a notice page may show. Street addresses and people's particulars stay out."""
    return {
        "ocid": release.get("ocid"),
        "id": release.get("id"),
        "date": release.get("date"),
        "tag": release.get("tag"),
        "buyer": {k: cleaning.mapping(release.get("buyer")).get(k) for k in ("id", "name")},
        "parties": [
            {"id": p.get("id"), "name": p.get("name"), "roles": p.get("roles"), "neq": neq_of(p)}
            for p in cleaning.mappings(release.get("parties"))
        ],
        "tender": {key: tender[key] for key in TENDER_KEYS if key in tender},
        **{
            key: release[key] for key in ("bids", "awards", "contracts") if isinstance(release.get(key), list)
        },
    }
