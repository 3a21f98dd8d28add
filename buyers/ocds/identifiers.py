"""What things are called in a feed: notices, versions, and who a party is. Pure.

OCDS asks little of an id: any text without « # ». A number is a NEQ only where its scheme, or SEAO, says so.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from django.utils.translation import gettext as _

from .cleaning import as_mapping, as_mappings, clean_neq, clean_text

SEAO = "ocds-ec9k95-"
LONGEST_ID = 500
# « CA-QC-NEQ », « NEQ », « CA_QC-REQ »: the registry of enterprises of Québec.
NEQ_SCHEME = re.compile(r"(?:.*[-_ ])?(?:NEQ|REQ)(?:[-_ ].*)?\Z")
PREFIXED_NEQ = re.compile(r"(?:CA[-_])?(?:QC[-_])?NEQ[-_:]([0-9]{10})\Z")
OCID_PREFIX = re.compile(r"ocds-[a-z0-9]{6}(?=-)")


class IdentifierError(Exception):
    """This cannot be the id of anything; the argument says why, for the person who imports."""


def read_identifier(value: Any, key: str) -> str:
    """An ocid or a release's id as its publisher writes it, blanks at the ends apart."""
    raw = "" if isinstance(value, bool) else str(value) if isinstance(value, str | int) else ""
    found = "".join(c if c.isprintable() or c.isspace() else "" for c in raw[: LONGEST_ID * 2])
    found = re.sub(r"[\t\n\r\f\v\x1c-\x1f\x85\u2028\u2029]", " ", found).strip()
    if not found:
        raise IdentifierError(
            _("Cette version n’a pas de « %(key)s » : demandez-le au diffuseur du fichier.") % {"key": key}
        )
    if "#" in found:
        raise IdentifierError(
            _("Le « %(key)s » de cette version contient « # », que la norme OCDS interdit.") % {"key": key}
        )
    if len(found) > LONGEST_ID:
        raise IdentifierError(
            _("Le « %(key)s » de cette version dépasse %(limit)s caractères.")
            % {"key": key, "limit": LONGEST_ID}
        )
    return found


def fit_id(text: str, limit: int) -> str:
    """An id that fits a column: itself, or its beginning and a digest, so that two long ones stay two."""
    if len(text) <= limit:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{text[: limit - 17]}~{digest}"


def party_key(party_id: str, name: str, ocid: str) -> str:
    """What a buying party is kept under. SEAO numbers its parties once; elsewhere « 1 » is another in each notice."""
    if not party_id:
        return ""
    if ocid.startswith(SEAO) and party_id.startswith("OP-"):
        return party_id[:40]
    prefix = OCID_PREFIX.match(ocid)
    key = f"{prefix[0] if prefix else ocid.partition('-')[0]}:{party_id}"
    return fit_id(f"{key}:{name}" if name else key, 40)


def party_neq(party: dict[str, Any], ocid: str) -> str:
    """The NEQ that a party is said to have: by SEAO (`details.neq`, « FO-<NEQ> ») or under a scheme of the registry."""
    if "neq" in party:  # as a version keeps it, read when it came
        return clean_neq(party["neq"])
    details = as_mapping(party.get("details"))
    for said in (details.get("neq"), details.get("NEQ")):
        if neq := clean_neq(said):
            return neq
    from_seao = ocid.startswith(SEAO)
    for identifier in (
        as_mapping(party.get("identifier")),
        *as_mappings(party.get("additionalIdentifiers")),
    ):
        scheme = clean_text(identifier.get("scheme"), 60).upper()
        if NEQ_SCHEME.match(scheme) or (from_seao and not scheme):
            if neq := clean_neq(identifier.get("id")):
                return neq
            if tail := PREFIXED_NEQ.match(clean_text(identifier.get("id"), 60).upper()):
                return tail[1]
    party_id = clean_text(party.get("id"), 60)
    if found := PREFIXED_NEQ.match(party_id.upper()):
        return found[1]
    if from_seao and party_id.startswith("FO-") and not names_other_country(party):
        return clean_neq(party_id.removeprefix("FO-"))
    return ""


# --- where a party is, as far as its release says ---------------------------------------------------------------------

CANADA = {"ca", "can", "canada"}
QUEBEC = {"qc", "québec", "quebec", "pq", "ca-qc"}
ABROAD_LANGUAGES = {
    "es",
    "pt",
    "uk",
    "ru",
    "ro",
    "ka",
    "it",
    "de",
    "nl",
    "pl",
    "ky",
    "kk",
    "hy",
    "sq",
    "id",
    "ar",
}


def names_other_country(party: dict[str, Any]) -> bool:
    """Whether a party's own address or identifier names a country that is not Canada."""
    country = party_country(party)
    if country:
        return country.lower() not in CANADA
    scheme = clean_text(as_mapping(party.get("identifier")).get("scheme"), 60).upper()
    land = re.match(r"([A-Z]{2})[-_]", scheme) or re.match(
        r"([A-Z]{2})-[A-Z]{2,}[A-Z0-9]*-", clean_text(party.get("id"), 60)
    )
    return bool(land and land[1] not in ("CA", "OP", "FO", "XI"))


def party_country(party: dict[str, Any]) -> str:
    """As written (« Canada », « FR »), or nothing."""
    address = as_mapping(party.get("address"))
    for key in ("countryName", "country", "countryCode"):
        said = address.get(key)
        found = clean_text(as_mapping(said).get("name") or as_mapping(said).get("id") or said, 60)
        if found:
            return found
    return ""


def is_outside_quebec(party: dict[str, Any], release: dict[str, Any], ocid: str) -> bool:
    """Whether what is said of a buying party places it elsewhere: then it is no town of Québec, whatever its name.

    SEAO's own notices are Québec's unless a country says otherwise: their provinces and towns are wrong at times.
    """
    if names_other_country(party):
        return True
    if ocid.startswith(SEAO):
        return False
    address = as_mapping(party.get("address"))
    province = clean_text(address.get("region"), 60).lower()
    if party_country(party):
        return bool(province) and province not in QUEBEC
    if province in QUEBEC:
        return False
    postal_code = re.sub(r"[\s-]", "", clean_text(address.get("postalCode"), 20)).upper()
    if postal_code and not re.match(r"[GHJK][0-9][A-Z]", postal_code):
        return True
    if province or any(code not in ("CAD", "") for code in release_currencies(release)):
        return True
    return clean_text(release.get("language"), 10).lower()[:2] in ABROAD_LANGUAGES


def release_currencies(release: dict[str, Any]) -> set[str]:
    values = [as_mapping(release.get("tender")).get("value")]
    for key in ("awards", "contracts"):
        values += [part.get("value") for part in as_mappings(release.get(key))]
    values.append(as_mapping(as_mapping(as_mapping(release.get("planning")).get("budget")).get("amount")))
    return {clean_text(as_mapping(value).get("currency"), 3).upper() for value in values}
