"""What a notice's kept versions together say of it: one function, whatever order they came in. Pure: no database, no clock.

See docs/adr/0019. `EDITION` goes up when the same versions give another state: `rederive_tenders` then writes rows again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from buyers.models import Tender

from .awards import ReleaseAward
from .cleaning import as_mapping, as_mappings, clean_text
from .identifiers import SEAO
from .lots_and_bids import (
    NoticeBidder,
    NoticeLot,
    how_much_is_awarded,
    lots_text,
    read_bidders,
    read_lots,
)
from .merging import merge_releases
from .releases import OPENING, STATUSES, TenderRelease, read_notice, version_key

EDITION = 3
LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
PLANNING = {"planning", "planningUpdate"}
MOST_CODES = 50


class KeptVersion(Protocol):
    """A version, from the database (`TenderVersion`) or about to be kept."""

    release_id: str
    tags: list[str]
    released_at: datetime | None
    package_published_at: datetime | None
    release: Any
    fingerprint: str


Version = TypeVar("Version", bound=KeptVersion)


def version_order(ocid: str, version: KeptVersion) -> tuple[datetime, tuple[int, int, str]]:
    """SEAO's ids are moments and its `date` stays that of the first publication; elsewhere `date` orders, then the id."""
    at = LONG_AGO if ocid.startswith(SEAO) else version.released_at or LONG_AGO
    return (at, version_key(version.release_id))


def text_order(version: KeptVersion) -> tuple[datetime, datetime, str]:
    """Of two texts of one release the last by this is right: of the newest package; else nothing but their content tells."""
    return (version.package_published_at or LONG_AGO, version.released_at or LONG_AGO, version.fingerprint)


def order_versions(ocid: str, versions: Iterable[Version]) -> list[Version]:
    """Each release once, in its right text, the oldest first."""
    right: dict[str, Version] = {}
    for version in versions:
        before = right.get(version.release_id)
        if before is None or text_order(version) > text_order(before):
            right[version.release_id] = version
    return sorted(right.values(), key=lambda version: version_order(ocid, version))


def merge_versions(ocid: str, versions: Sequence[KeptVersion]) -> dict[str, Any]:
    """Ordered versions as one release, which `read_notice` and the page read."""
    releases = ((as_mapping(version.release), version.tags) for version in versions)
    return {**merge_releases(releases, whole_lists=ocid.startswith(SEAO)), "ocid": ocid}


@dataclass(frozen=True)
class NoticeState:
    """`said`: the versions read as one release, whose `fields` are those of `Tender`."""

    said: TenderRelease
    awards: list[ReleaseAward]
    lots: list[NoticeLot] = field(default_factory=list)
    bidders: list[NoticeBidder] = field(default_factory=list)


def derive_notice(ocid: str, versions: Iterable[KeptVersion]) -> NoticeState:
    """The state of a notice from all its kept versions, at least one, in any order."""
    ordered = order_versions(ocid, versions)
    latest = ordered[-1]
    merged = merge_versions(ocid, ordered)
    reading = read_notice(ocid, merged)
    tender = as_mapping(merged.get("tender"))
    awards, lots = reading.awards or [], read_lots(tender)
    status = derive_status(ordered, awards, lots)
    bidders, bidder_count = read_bidders(merged, awards)
    codes = dict(reading.labels)
    for lot in lots:
        codes |= {code: codes.get(code) or label for code, label in lot.codes.items()}
    fields = {
        **reading.fields,
        "status": status,
        "awarded": how_much_is_awarded(lots, awards, status),
        "bidder_count": bidder_count,
        "lots_text": lots_text(lots),
        "unspsc": list(codes)[:MOST_CODES],
        "published_at": first_published(ordered) or reading.fields["published_at"],
        "version": latest.release_id,
    }
    said = TenderRelease(
        ocid=ocid,
        release_id=latest.release_id,
        tags=latest.tags,
        released_at=latest.released_at,
        fields=fields,
        seao_category=reading.seao_category,
        party=reading.party,
        labels=codes,
        awards=reading.awards,
        kept=merged,
        fingerprint="",
        delivery=reading.delivery,
    )
    return NoticeState(said, awards, lots, bidders)


def first_published(ordered: Sequence[KeptVersion]) -> datetime | None:
    """The earliest date of a version that asks for bids, else of any: an update is not a publication."""
    asking = [version for version in ordered if not version.tags or OPENING & set(version.tags)]
    return min((v.released_at for v in asking or ordered if v.released_at), default=None)


def derive_status(ordered: Sequence[KeptVersion], awards: list[ReleaseAward], lots: list[NoticeLot]) -> str:
    """What the last version to give a state says; where a later one awards without saying more, that it is awarded."""
    said, said_at, spoke_at = "", -1, -1
    for place, version in enumerate(ordered):
        release = as_mapping(version.release)
        if status := said_status(release, version.tags, before=said):
            said, said_at = status, place
        if as_mappings(release.get("awards")) or as_mappings(release.get("contracts")):
            spoke_at = place
    if spoke_at > said_at and said in ("", Tender.Status.ACTIVE, Tender.Status.PLANNED):
        if awards and all(award.status == "unsuccessful" for award in awards):
            return Tender.Status.UNSUCCESSFUL
        won = how_much_is_awarded(lots, awards, Tender.Status.ACTIVE)
        by_contract = not awards and has_standing_contract(ordered)
        if won == Tender.Awarded.WHOLE or by_contract or (won and not any(award.lots for award in awards)):
            return Tender.Status.COMPLETE
    return said or Tender.Status.ACTIVE


def said_status(release: dict[str, Any], tags: Sequence[str], *, before: str) -> str:
    """The state that one release gives, by its tag or in words; empty where it gives none."""
    if "tenderCancellation" in tags:
        return Tender.Status.CANCELLED
    if status := STATUSES.get(clean_text(as_mapping(release.get("tender")).get("status"), 20).lower()):
        return status
    if tags and not set(tags) - PLANNING:
        return Tender.Status.PLANNED
    if before == Tender.Status.PLANNED and OPENING & set(tags):
        return Tender.Status.ACTIVE
    return ""


def has_standing_contract(ordered: Sequence[KeptVersion]) -> bool:
    contracts = [c for v in ordered for c in as_mappings(as_mapping(v.release).get("contracts"))]
    return any(clean_text(c.get("status"), 20).lower() not in ("cancelled", "pending") for c in contracts)
