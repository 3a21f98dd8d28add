"""A supplier for machines (schema.org, JSON-LD): the facts of its page, no address of a mailbox, no person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.safestring import SafeString

from marketplace.web.emails import absolute_url
from marketplace.web.structured_data import json_ld, known

from .models import Offer
from .shown_offers import ShownOffer


def supplier_json_ld(context: Mapping[str, Any]) -> SafeString:
    """From what `supplier_context` gives: text that may stand inside `<script type="application/ld+json">`."""
    supplier, organisation = context["supplier"], context["organisation"]
    phone = next(
        (contact.phone for contact in context["contacts"] if contact.is_public and contact.phone), ""
    )
    said = {
        "@type": "LocalBusiness" if organisation.town else "Organization",
        "@id": absolute_url(context["canonical"]),
        "url": absolute_url(context["canonical"]),
        "name": organisation.name,
        "description": context["description"],
        "sameAs": organisation.website,
        "telephone": phone,
        "identifier": organisation.neq
        and {"@type": "PropertyValue", "propertyID": "NEQ", "value": organisation.neq},
        "address": organisation.town
        and known(
            {
                "@type": "PostalAddress",
                "streetAddress": organisation.address,
                "addressLocality": organisation.town,
                "addressRegion": "QC",
                "postalCode": organisation.postal_code,
                "addressCountry": "CA",
            }
        ),
        "geo": organisation.lat is not None
        and {"@type": "GeoCoordinates", "latitude": organisation.lat, "longitude": organisation.lon},
        "numberOfEmployees": supplier.staff_count
        and {"@type": "QuantitativeValue", "value": supplier.staff_count},
        "areaServed": [str(place) for place in context["served"]],
        "logo": context["logo"] and absolute_url(context["logo"].url),
        "image": [absolute_url(photo.url) for photo in context["photos"]],
        "makesOffer": [_offer(offer) for offer in context["offers"]],
    }
    return json_ld(said)


def _offer(offer: ShownOffer) -> dict[str, Any]:
    is_good = offer.is_kind(Offer.Kind.GOOD)
    price = offer.price_from is not None and known(
        {
            "@type": "UnitPriceSpecification",
            "priceCurrency": "CAD",
            "minPrice": offer.price_from,
            "maxPrice": offer.price_to,
            "unitText": offer.unit,
        }
    )
    return known(
        {
            "@type": "Offer",
            "itemOffered": known(
                {
                    "@type": "Product" if is_good else "Service",
                    "name": offer.title,
                    "description": offer.description,
                    "category": [f"UNSPSC {code}" for code, _label in offer.codes],
                }
            ),
            "priceSpecification": price,
            "areaServed": offer.serves,
            "deliveryLeadTime": offer.lead_days is not None
            and {"@type": "QuantitativeValue", "value": offer.lead_days, "unitCode": "DAY"},
        }
    )
