"""Staff without a second factor see how to set it up, and nothing else that asks for an account; open sessions are noted.

What a page refuses is written in the security log once the page has answered.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.security import log, second_factor, tries
from marketplace.accounts.security.models import Kind
from marketplace.accounts.security.sessions import note_session
from marketplace.web.verbs import refused_moves

WANTED_PAGE = "wanted_after_second_factor"
#: What stays open: the account itself, the language, and the pages that say who we are.
OPEN_NAMESPACES = frozenset({"security"})
OPEN_PAGES = ("home", "contact", "privacy", "accessibility", "terms")
OPEN_PREFIXES = ("account_", "mfa_")


class SecurityLogMiddleware:
    """Says to the log which request is being answered, and has it write what was refused: after the answer, when no
    transaction is open. Stands behind who is signed in, and before whatever refuses.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        current = log.Asked(request)
        moves: list[Exception] = []
        tokens = (log.asked.set(current), refused_moves.set(moves))
        try:
            response = self.get_response(request)
            kind = Kind.MOVE_REFUSED if moves else REFUSING.get(response.status_code)
            if kind and not current.refusals:
                log.note_refusal(kind=kind, by=request.user if isinstance(request.user, User) else None)
            log.write_refusals(current)
            return response
        finally:
            log.asked.reset(tokens[0])
            refused_moves.reset(tokens[1])


#: Answers that refuse, where nothing more precise was noted.
REFUSING = {403: Kind.PAGE_REFUSED, 429: Kind.LIMIT_REACHED}


class StaffGateMiddleware:
    """Only outside the demo (REQUIRE_STAFF_MFA). One query at the first page of a session, none after."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponse | None:
        if not settings.REQUIRE_STAFF_MFA or not request.session.session_key or _is_open(request):
            return None
        user = request.user
        if not user.is_authenticated or not user.is_staff or request.session.get(second_factor.SESSION_KEY):
            return None
        if second_factor.has_second_factor(user):
            request.session[second_factor.SESSION_KEY] = True
            return None
        log.note_refusal(kind=Kind.GATE_CLOSED, by=user)
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": _("Activez d’abord la vérification en deux étapes.")}, status=403)
        if request.method in ("GET", "HEAD"):
            request.session[WANTED_PAGE] = request.get_full_path()
        return redirect("security:required")


def _is_open(request: HttpRequest) -> bool:
    match = request.resolver_match
    if match is None:
        return False
    name = match.url_name or ""
    return (
        match.view_name in {settings.SITE_PAGES[page] for page in OPEN_PAGES}
        or match.view_name == "set_language"
        or (match.namespace in OPEN_NAMESPACES)
        or (not match.namespace and name.startswith(OPEN_PREFIXES))
    )


def must_set_up_second_factor(request: HttpRequest) -> bool:
    """Whether this person must set a second factor up before anything else."""
    user = request.user
    if isinstance(user, SimpleLazyObject) and not user.is_authenticated:
        return False
    return bool(settings.REQUIRE_STAFF_MFA and user.is_staff and not second_factor.has_second_factor(user))


class SessionsMiddleware:
    """Keeps the row of a signed-in browser, without a statement on most pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_known(request) and request.user.is_authenticated:
            note_session(request, request.user)
            if getattr(request, "chose_password", False):
                tries.remember_device(request, response, user=request.user)
        return response


def _is_known(request: HttpRequest) -> bool:
    """Whether the page asked who is there: another one is not made to."""
    return hasattr(request, "_cached_user") or not isinstance(request.user, SimpleLazyObject)
