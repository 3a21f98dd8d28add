"""A day of meetings for machines (schema.org): what its page says; who comes is not told."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from marketplace.events.models import MatchmakingEvent, State
from marketplace.events.models.event import Slot
from marketplace.web.emails import absolute_url
from marketplace.web.structured_data import json_ld, known


def event_json_ld(event: MatchmakingEvent, slots: Sequence[Slot]) -> SafeString:
    """`slots` are the hours of its meetings, in order; without any, it has a day and no hour."""
    url = absolute_url(reverse("events:event", args=[event.slug]))
    status = "EventCancelled" if event.state == State.CANCELLED else "EventScheduled"
    return json_ld(
        {
            "@type": "BusinessEvent",
            "@id": url,
            "url": url,
            "name": event.name,
            "description": event.about[:500],
            "image": absolute_url(reverse("events:picture", args=[event.slug])),
            "startDate": slots[0].starts_at if slots else event.day,
            "endDate": slots[-1].ends_at if slots else event.day,
            "eventStatus": f"https://schema.org/{status}",
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "location": known(
                {
                    "@type": "Place",
                    "name": event.place,
                    "address": event.address
                    and known(
                        {
                            "@type": "PostalAddress",
                            "streetAddress": event.address,
                            "addressRegion": "QC",
                            "addressCountry": "CA",
                        }
                    ),
                }
            ),
            "organizer": known(
                {
                    "@type": "Organization",
                    "name": event.pole.name,
                    "url": event.pole.website or settings.SITE_URL,
                }
            ),
            "isAccessibleForFree": True,
        }
    )
