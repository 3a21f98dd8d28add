"""Giving a file back: to be saved, never shown, whatever it turns out to be."""

from __future__ import annotations

import structlog
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase

from marketplace.web.private_files.keeping import storage
from marketplace.web.private_files.model import PrivateFile

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-store",
    "X-Robots-Tag": "noindex",
}


def response(file: PrivateFile) -> HttpResponseBase:
    """The file as an attachment under its own name. Whoever calls has checked that the reader may have it."""
    try:
        content = storage().open(file.place)
    except FileNotFoundError as gone:
        structlog.get_logger("private_files").error("file_missing", file=str(file.pk))
        raise Http404 from gone
    return FileResponse(
        content, as_attachment=True, filename=file.name, content_type=file.content_type, headers=HEADERS
    )
