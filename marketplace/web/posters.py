"""A poster on one letter page: whose, what, and the QR code of the page that says the rest (`templates/pdf/poster.typ`)."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _

from marketplace.web import languages
from marketplace.web.emails import absolute_url
from marketplace.web.pdf import qr_code, render_pdf

MOST_LINES = 6


def poster_response(
    *,
    name: str,
    path: str,
    kicker: str,
    lead: str,
    lines: Sequence[str],
    call: str,
    paint: str,
    foot: str,
    file_name: str,
) -> HttpResponse:
    """`path` is the page that the code leads to, `paint` « bleuet » or « epinette »; what is withdrawn goes at once."""
    address = absolute_url(path)
    document = render_pdf(
        "poster.typ",
        {
            "title": name,
            "author": settings.SENDER_NAME,
            "description": f"{kicker}, {name}",
            "language": "en" if languages.is_english() else "fr",
            "kicker": kicker,
            "lead": lead,
            "lines": list(lines[:MOST_LINES]),
            "call": call,
            "paint": paint,
            "foot": foot,
            "url": address,
            "shown_url": address.partition("//")[2].rstrip("/"),
            "qr": qr_code(address),
            "qr_said": _("Code QR qui mène à la fiche « %(name)s »") % {"name": name},
        },
    )
    response = HttpResponse(document, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="affiche-{file_name}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response
