"""When something does not work: what happened, what is kept, what to do next, and a code to give by telephone.

The 500 page asks nothing of the database, the session or the context processors: they may be what failed.
"""

from __future__ import annotations

import sys

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from marketplace.accounts.security.log import note_refusal
from marketplace.accounts.security.models import Kind
from marketplace.web import languages
from marketplace.web.database_away import away_response, is_away

#: For when not even a template can be rendered, nor a catalogue read.
PLAIN = {
    "fr-CA": "<!doctype html><html lang=fr-CA><title>Maillage</title><h1>Une erreur s’est produite de notre côté</h1>",
    "en-CA": "<!doctype html><html lang=en-CA><title>Maillage</title><h1>Something broke on our side</h1>",
}


def request_code() -> str:
    """The request's id as the logs have it, in groups of four so that it can be read aloud."""
    request_id = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    return " ".join(request_id[i : i + 4] for i in range(0, len(request_id), 4))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", {"code": request_code()}, status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"code": request_code()}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"code": request_code()}, status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that waited too long, or cookies refused: said so, instead of « forbidden »."""
    note_refusal(kind=Kind.FORM_REFUSED, by=request.user if request.user.is_authenticated else None)
    return render(request, "403_csrf.html", {"code": request_code()}, status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    if is_away(sys.exc_info()[1]):
        return away_response(request)
    try:
        page: str = render_to_string("500.html", {"code": request_code(), "address": request.path})
    except Exception:
        structlog.get_logger("error_pages").exception("error_page_failed")
        page = PLAIN[languages.tag(translation.get_language())]
    return HttpResponseServerError(page)
