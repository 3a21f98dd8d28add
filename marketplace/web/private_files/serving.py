"""Giving a file back: to be saved, never shown, whatever it turns out to be."""

from __future__ import annotations

import structlog
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import add_never_cache_headers

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
    log = structlog.get_logger("private_files")
    try:
        content = storage().open(file.place)
        # Measures the content, and so fetches it whole: it breaks off here, or not at all.
        return FileResponse(
            content, as_attachment=True, filename=file.name, content_type=file.content_type, headers=HEADERS
        )
    except FileNotFoundError as gone:
        log.error("file_missing", file=str(file.pk))
        raise Http404 from gone
    except OSError as fault:
        log.error("file_not_read", file=str(file.pk), why=str(fault))
        return _not_now()


def _not_now() -> HttpResponse:
    answer = HttpResponse(render_to_string("503.html"), status=503, headers={"Retry-After": "120"})
    add_never_cache_headers(answer)
    return answer
