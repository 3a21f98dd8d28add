"""What a notice says beside its row: documents, amendments with their reasons, options, related notices. Pure.

All are read from a release, or from several put together (`derivation.merge_versions`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .cleaning import as_list, as_mapping, as_mappings, clean_moment, clean_text, clean_url
from .identifiers import fit_id

MOST = 200
#: Where a document or an amendment stands: the key of the release, and what it is called here.
STAGES = (
    ("planning", "planning"),
    ("tender", "tender"),
    ("awards", "award"),
    ("contracts", "contract"),
)


@dataclass(frozen=True)
class NoticeDocument:
    """`stage`: planning, tender, award, contract or implementation. `kind` is OCDS's documentType as written."""

    stage: str
    kind: str
    title: str
    description: str
    url: str
    language: str
    media_type: str
    at: datetime | None


@dataclass(frozen=True)
class NoticeAmendment:
    """A change that the publisher tells of; `rationale` is its reason, in its own words."""

    stage: str
    at: datetime | None
    rationale: str
    description: str


@dataclass(frozen=True)
class NoticeOption:
    """`kind`: option, renewal or extension. `lot_title` is empty where the whole notice is meant."""

    kind: str
    description: str
    lot_title: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class RelatedNotice:
    """`relationships` are OCDS's words; `ocid` is empty where the other process is named by another scheme."""

    relationships: tuple[str, ...]
    ocid: str
    reference: str
    title: str
    url: str


def parts_of(release: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(stage, part) for the planning, the tender, each award, each contract and what carries it out."""
    for key, stage in STAGES:
        said = release.get(key)
        for part in as_mappings(said) if isinstance(said, list) else [as_mapping(said)]:
            yield stage, part
            if stage == "contract":
                yield "implementation", as_mapping(part.get("implementation"))


def read_documents(release: dict[str, Any]) -> list[NoticeDocument]:
    """All of them, each once, in the order of the process."""
    found: dict[tuple[str, str], NoticeDocument] = {}
    for stage, part in parts_of(release):
        for said in as_mappings(part.get("documents")):
            document = NoticeDocument(
                stage=stage,
                kind=clean_text(said.get("documentType"), 60),
                title=clean_text(said.get("title"), 200),
                description=clean_text(said.get("description"), 300),
                url=clean_url(said.get("url")),
                language=clean_text(said.get("language"), 10).lower(),
                media_type=clean_text(said.get("format"), 80).lower(),
                at=clean_moment(said.get("dateModified")) or clean_moment(said.get("datePublished")),
            )
            if document.url or document.title or document.kind:
                name = document.url or f"{clean_text(said.get('id'), 200)} {document.title}"
                found.setdefault((name, document.title), document)
    return list(found.values())[:MOST]


def read_amendments(release: dict[str, Any]) -> list[NoticeAmendment]:
    """Those that say something, the latest first."""
    found: dict[NoticeAmendment, None] = {}
    for stage, part in parts_of(release):
        for said in [*as_mappings(part.get("amendments")), as_mapping(part.get("amendment"))]:
            amendment = NoticeAmendment(
                stage=stage,
                at=clean_moment(said.get("date")),
                rationale=clean_text(said.get("rationale"), 2000),
                description=clean_text(said.get("description"), 2000),
            )
            if amendment.rationale or amendment.description:
                found[amendment] = None
    rows = sorted(found, key=lambda one: one.at.isoformat() if one.at else "", reverse=True)
    return rows[:MOST]


def read_options(release: dict[str, Any]) -> list[NoticeOption]:
    """Options, renewals and how far the contract can be extended; of the notice, then of its lots."""
    tender = as_mapping(release.get("tender"))
    found: dict[NoticeOption, None] = {}
    for lot_title, part in [
        ("", tender),
        *((_lot_title(lot), lot) for lot in as_mappings(tender.get("lots"))),
    ]:
        for kind, flag, key in (("option", "hasOptions", "options"), ("renewal", "hasRenewal", "renewal")):
            said = part.get(key)
            for one in as_mappings(said) if isinstance(said, list) else [as_mapping(said)]:
                description = clean_text(one.get("description"), 1000)
                if description or (part.get(flag) is True and not isinstance(said, list)):
                    found[NoticeOption(kind, description, lot_title)] = None
        until = clean_moment(as_mapping(part.get("contractPeriod")).get("maxExtentDate"), end_of_day=True)
        if until:
            found[NoticeOption("extension", "", lot_title, until)] = None
    return list(found)[:MOST]


def _lot_title(lot: dict[str, Any]) -> str:
    return clean_text(lot.get("title"), 200) or clean_text(lot.get("id"), 60)


def read_related(release: dict[str, Any]) -> list[RelatedNotice]:
    own = clean_text(release.get("ocid"), 500)
    found: dict[RelatedNotice, None] = {}
    for said in as_mappings(release.get("relatedProcesses")):
        identifier = clean_text(said.get("identifier"), 500)
        scheme = clean_text(said.get("scheme"), 40).lower()
        is_ocid = scheme == "ocid" or (not scheme and identifier.startswith("ocds-"))
        words = said.get("relationship")
        related = RelatedNotice(
            relationships=tuple(filter(None, (clean_text(word, 60) for word in (as_list(words) or [words])))),
            ocid=identifier if is_ocid else "",
            reference=fit_id(identifier, 120),
            title=clean_text(said.get("title"), 300),
            url=clean_url(said.get("uri")),
        )
        if (related.reference or related.title or related.url) and identifier != own:
            found[related] = None
    return list(found)[:MOST]
