"""A notice for machines (schema.org): an institution that seeks something, until when and where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString

from marketplace.web.emails import absolute_url
from marketplace.web.structured_data import json_ld, known


def tender_json_ld(context: Mapping[str, Any]) -> SafeString:
    """From what `tender_context` gives. « Demand » is schema.org's word for what someone seeks."""
    tender = context["tender"]
    url = absolute_url(reverse("tenders:tender", args=[tender.ocid]))
    return json_ld(
        {
            "@type": "Organization",
            "name": context["buyer_name"],
            "url": context["buyer"] and absolute_url(reverse("buyers:buyer", args=[context["buyer"].slug])),
            "seeks": known(
                {
                    "@type": "Demand",
                    "@id": url,
                    "url": url,
                    "name": str(context["title"]),
                    "description": str(context["description"])[:500],
                    "identifier": tender.number or tender.ocid,
                    "validFrom": tender.published_at,
                    "validThrough": tender.closes_at,
                    "areaServed": context["region"],
                    "itemOffered": [
                        {"@type": "Service", "name": str(label), "category": f"UNSPSC {code}"}
                        for code, label in context["codes"]
                    ],
                }
            ),
        }
    )
