"""What programs read is the same for everyone: no cookie counts, any site may read it, and errors are JSON too."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from marketplace.web.public_pages import CONDITIONS_OF_WRITERS

Next = Callable[[HttpRequest], HttpResponse]

PREFIX = "/api/v1/"
DOCS = f"{PREFIX}docs/"  # a page for people, with their menu
METHODS = "GET, HEAD, OPTIONS"
MAY_ASK = "Accept, Accept-Language, If-None-Match"
MAY_READ = "ETag, Link, Retry-After, X-Request-ID"
DAY = 24 * 3600


class PublicReadsMiddleware:
    """Stands before the sessions: who browses is nobody here, so an answer may be kept and shared (CORS, caches)."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX) or request.path.startswith(DOCS):
            return self.get_response(request)
        request.COOKIES = {}
        for name in CONDITIONS_OF_WRITERS:
            request.META.pop(name, None)
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            response = HttpResponse(status=HTTPStatus.NO_CONTENT)
            response["Access-Control-Allow-Methods"] = METHODS
            response["Access-Control-Allow-Headers"] = MAY_ASK
            response["Access-Control-Max-Age"] = str(DAY)
        else:
            response = _in_json(self.get_response(request))
        if vary := [one for one in response.get("Vary", "").split(", ") if one and one != "Cookie"]:
            response["Vary"] = ", ".join(vary)
        if request.method in METHODS:
            response["Access-Control-Allow-Origin"] = "*"
            response["Access-Control-Expose-Headers"] = MAY_READ
            response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response


def _in_json(response: HttpResponse) -> HttpResponse:
    """The site's error pages are for people: a program gets their sentence."""
    if response.status_code < 400 or not response.get("Content-Type", "").startswith("text/html"):
        return response
    said = {
        400: _("Cette demande n’a pas été comprise."),
        404: _("Cette adresse n’existe pas."),
        503: _("Le service est interrompu un moment. Réessayez dans quelques minutes."),
    }.get(response.status_code, _("Une erreur s’est produite de notre côté."))
    plain = JsonResponse(
        {"detail": said}, status=response.status_code, json_dumps_params={"ensure_ascii": False}
    )
    for name in ("Vary", "Content-Language", "Retry-After", "X-Request-ID", "Cache-Control"):
        if response.has_header(name):
            plain[name] = response[name]
    return plain
