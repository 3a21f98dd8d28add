"""One shape for what publishers write in several: OCDS 1.0 as 1.1, texts by language as one text, one thing as a list of one.

French is preferred, then the release's own language, then English, then whatever is said. Pure.
"""

from __future__ import annotations

import re
from typing import Any

from .cleaning import DEEPEST, as_list, as_mapping, as_mappings, clean_text

TEXTS = {
    "title", "description", "name", "legalName", "rationale", "procurementMethodDetails", "procurementMethodRationale",
    "awardCriteriaDetails", "submissionMethodDetails", "eligibilityCriteria", "amendsReleaseDetails", "unitName",
    "locality", "region", "countryName", "streetAddress", "project", "statusDetails", "text",
}  # fmt: skip
#: Of these the English is kept beside, where both are given.
ALSO_ENGLISH = {"title", "description"}
LISTS = {
    "parties", "awards", "contracts", "items", "documents", "lots", "tenderers", "suppliers", "amendments",
    "relatedProcesses", "additionalIdentifiers", "additionalClassifications", "relatedLots",
}  # fmt: skip
LANGUAGE = re.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
SUFFIXED = re.compile(r"(.+)_([a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)")


def normalise_release(release: dict[str, Any]) -> dict[str, Any]:
    language = clean_text(release.get("language"), 10).lower()[:2]
    read = as_mapping(_normalised(release, language, 0))
    if isinstance(read.get("buyer"), list):
        read["buyer"] = next(iter(as_mappings(read["buyer"])), None)
    if isinstance(read.get("bids"), dict):
        read["bids"] = _flat_bids(read["bids"])
    tender = read.get("tender")
    if isinstance(tender, dict) and isinstance(tender.get("amendment"), dict) and "amendments" not in tender:
        tender["amendments"] = [tender["amendment"]]  # OCDS 1.0
    if not as_mappings(read.get("parties")):
        read["parties"] = _parties_of(read)
    return read


def _normalised(value: Any, language: str, depth: int) -> Any:
    if depth > DEEPEST:
        return value
    if isinstance(value, list):
        return [_normalised(item, language, depth + 1) for item in value]
    if not isinstance(value, dict):
        return value
    read: dict[str, Any] = {}
    suffixed: dict[str, dict[str, str]] = {}
    for key, said in value.items():
        if isinstance(said, dict) and key in TEXTS:
            read[key] = _in_one_language(said, language)
            if key in ALSO_ENGLISH and (english := _english_of(said)) and english != read[key]:
                read[f"{key}_en"] = english
            continue
        if isinstance(said, dict) and key in LISTS:
            said = [said]
        read[key] = _normalised(said, language, depth + 1) if isinstance(said, dict | list) else said
        if isinstance(said, str) and "_" in key:
            parts = SUFFIXED.fullmatch(key)
            if parts and parts[1] in TEXTS:
                suffixed.setdefault(parts[1], {})[parts[2]] = said
    for key, texts in suffixed.items():
        plain = read.get(key)
        if isinstance(plain, str) and plain.strip():
            texts = {language or "default": plain, **texts}
        if text := _in_one_language(texts, language or "default"):
            read[key] = text
    return read


def _english_of(texts: dict[str, Any]) -> str:
    return next(
        (text for key, text in texts.items() if isinstance(text, str) and key.lower()[:2] == "en"), ""
    )


def _in_one_language(texts: dict[str, Any], language: str) -> str:
    """`{"fr": "…", "en": "…"}` as one text; "" where it is not that."""
    said = {key: text for key, text in texts.items() if isinstance(text, str) and text.strip()}
    for wanted in ("fr", language, "en"):
        for key, text in said.items():
            if wanted and key.lower()[: len(wanted)] == wanted:
                return text
    return next((text for key, text in said.items() if LANGUAGE.fullmatch(key)), "")


def _flat_bids(bids: dict[str, Any]) -> list[dict[str, Any]]:
    """The bids extension's `{details: [{tenderers, value, relatedLots}]}` in SEAO's shape: one line per bidder."""
    lines = []
    for bid in as_mappings(bids.get("details")):
        value = as_mapping(bid.get("value"))
        for bidder in as_mappings(bid.get("tenderers")):
            line = {
                "id": bidder.get("id") or bidder.get("name"),
                "name": bidder.get("name"),
                "value": value.get("amount"),
                "currency": value.get("currency"),
                "status": bid.get("status"),
                "relatedLots": bid.get("relatedLots"),
            }
            lines.append({key: said for key, said in line.items() if said is not None})
    return lines


def _parties_of(release: dict[str, Any]) -> list[dict[str, Any]]:
    """OCDS 1.0 writes organisations where they act: the list of parties that 1.1 has, ids given back to those who lack one."""
    tender = as_mapping(release.get("tender"))
    acting = [("buyer", release.get("buyer")), ("procuringEntity", tender.get("procuringEntity"))]
    acting += [("tenderer", bidder) for bidder in as_list(tender.get("tenderers"))]
    for award in as_mappings(release.get("awards")):
        acting += [("supplier", seller) for seller in as_list(award.get("suppliers"))]
    parties: dict[str, dict[str, Any]] = {}
    for role, organisation in acting:
        if not isinstance(organisation, dict) or not organisation:
            continue
        identifier = as_mapping(organisation.get("identifier"))
        name = organisation.get("name") or identifier.get("legalName")
        scheme, number = clean_text(identifier.get("scheme"), 60), clean_text(identifier.get("id"), 200)
        party_id = clean_text(organisation.get("id"), 200) or "-".join(filter(None, [scheme, number]))
        party_id = party_id or clean_text(name, 200)
        if not party_id:
            continue
        organisation |= {"id": party_id, "name": name}
        party = parties.setdefault(party_id, {"roles": []})
        party |= {key: said for key, said in organisation.items() if said and key not in party}
        if role not in party["roles"]:
            party["roles"].append(role)
    return list(parties.values())
