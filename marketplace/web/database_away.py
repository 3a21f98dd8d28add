"""Whether an error says that PostgreSQL is away: down, restarting, out of reach, or with no connection to spare.

Then nothing is wrong with the page that was asked for: it is 503, to be asked for again, and one line in the log.
"""

from __future__ import annotations

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from marketplace.web import languages

log = structlog.get_logger("database")

#: Seconds after which to ask again, as `Retry-After` says.
RETRY_AFTER = 30
#: SQLSTATE classes: the connection failed, no resources, the server stops or starts.
AWAY = ("08", "53", "57P")


def is_away(error: BaseException | None) -> bool:
    """Also where the failure came while another one was being dealt with. A deadlock or a wrong query is not that."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, OperationalError):
            state = getattr(error.__cause__, "sqlstate", None)
            if state is None or state.startswith(AWAY):
                return True
        elif isinstance(error, InterfaceError) and "connection" in str(
            error
        ):  # it was lost earlier in the request
            return True
        error = error.__cause__ or error.__context__
    return False


def away_response(request: HttpRequest) -> HttpResponse:
    """Asks nothing of the database. In both languages: whose it is may not be known."""
    if not hasattr(request, "_database_away"):
        request._database_away = True  # type: ignore[attr-defined]
        match = request.resolver_match
        log.error("database_away", method=request.method, route=match.route if match else "")
    answer: HttpResponse
    if request.path.startswith("/api/"):
        answer = JsonResponse({"detail": _("Le site ne répond pas en ce moment. Réessayez dans une minute.")})
    else:
        first = translation.get_language() or "fr"
        spoken = sorted(languages.offered(), key=lambda code: code != first[:2])
        answer = HttpResponse(
            render_to_string("503_database.html", {"address": request.path, "languages": spoken})
        )
    answer.status_code = 503
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    add_never_cache_headers(answer)
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own line would carry a traceback
    return answer
