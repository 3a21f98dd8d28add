"""Listings as they stand, whole: what an import wrote over, and whether anybody changed them since."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from marketplace.accounts.models import Organisation
from suppliers.columns import ORGANISATION_FIELDS, SUPPLIER_FIELDS
from suppliers.models import Contact, HeldCertification, Offer, ServedArea, Supplier

OWN_COLUMNS = (*SUPPLIER_FIELDS, "source", "status", "reason", "curated_at")
OFFER_COLUMNS = (
    "kind", "title", "description", "capacity", "output", "lead_days", "minimum_order", "price_from", "price_to", "unit",
)  # fmt: skip
CONTACT_COLUMNS = ("name", "title", "email", "phone", "is_public")
#: Contacts are people: what stood is in their history, where the erasing of a person finds it, and not here.
NEVER_KEPT = "contacts"
Standing = dict[str, Any]


def standing_of(supplier_ids: Collection[int]) -> dict[int, Standing]:
    """Seven statements, whatever their number."""
    if not supplier_ids:
        return {}
    found: dict[int, Standing] = {}
    for supplier in Supplier.objects.filter(pk__in=supplier_ids).select_related("organisation"):
        found[supplier.pk] = {
            "organisation": columns_of_organisation(supplier.organisation),
            "supplier": {name: getattr(supplier, name) for name in OWN_COLUMNS},
        }
    offers, areas, contacts = _lists(), _lists(), _lists()
    codes: dict[int, list[str]] = defaultdict(list)
    link = Offer.codes.through.objects.filter(offer__supplier__in=supplier_ids)
    for offer, code in link.order_by("unspsccode_id").values_list("offer_id", "unspsccode_id"):
        codes[offer].append(code)
    for offer in Offer.objects.filter(supplier__in=supplier_ids).order_by("pk"):
        said = {name: getattr(offer, name) for name in OFFER_COLUMNS}
        offers[offer.supplier_id].append({**said, "codes": codes[offer.pk]})
    for area in ServedArea.objects.filter(supplier__in=supplier_ids).order_by("offer", "region", "mrc"):
        areas[area.supplier_id].append([area.offer_id, area.region_id or "", area.mrc_id or ""])
    for contact in Contact.objects.filter(supplier__in=supplier_ids).order_by("pk"):
        contacts[contact.supplier_id].append([getattr(contact, name) for name in CONTACT_COLUMNS])
    purposes, certifications = _lists(), _lists()
    through = Supplier.purposes.through.objects.filter(supplier__in=supplier_ids)
    for pk, code in through.order_by("purpose_id").values_list("supplier_id", "purpose_id"):
        purposes[pk].append(code)
    held = HeldCertification.objects.filter(supplier__in=supplier_ids)
    for pk, code in held.order_by("certification_id").values_list("supplier_id", "certification_id"):
        certifications[pk].append(code)
    for pk, said in found.items():
        said |= {
            "offers": offers[pk], "areas": areas[pk], NEVER_KEPT: contacts[pk], "purposes": purposes[pk],
            "certifications": certifications[pk],
        }  # fmt: skip
    return {pk: json.loads(json.dumps(said, cls=DjangoJSONEncoder)) for pk, said in found.items()}


def _lists() -> defaultdict[int, list[Any]]:
    return defaultdict(list)


def columns_of_organisation(organisation: Organisation) -> dict[str, Any]:
    return {name: getattr(organisation, name) for name in ORGANISATION_FIELDS}


def digest_of(standing: Standing) -> str:
    return hashlib.sha256(json.dumps(standing, sort_keys=True).encode()).hexdigest()


def differing(before: Standing, after: Standing) -> Standing:
    """Of what stood before, what does not stand any more. Contacts are only said to differ."""
    found: Standing = {}
    for part in ("organisation", "supplier"):
        gone = {name: value for name, value in before[part].items() if value != after[part][name]}
        if gone:
            found[part] = gone
    for part in ("offers", "areas", "purposes", "certifications"):
        if before[part] != after[part]:
            found[part] = before[part]
    if before[NEVER_KEPT] != after[NEVER_KEPT]:
        found[NEVER_KEPT] = True
    return found
