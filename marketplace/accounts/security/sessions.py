"""Where one is signed in, and ending it from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.security import devices
from marketplace.accounts.security.models import OpenSession
from marketplace.web.errors import NotAllowed
from marketplace.web.verbs import verb

EVERY = 300  # seconds: a page now and then writes, the others do not
STAFF_IDLE = timedelta(hours=12)


class SessionsMiddleware:
    """Keeps the row of a signed-in browser, without a statement on most pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_known(request) and request.user.is_authenticated:
            note(request, request.user)
        return response


def _is_known(request: HttpRequest) -> bool:
    """Whether the page asked who is there: another one is not made to."""
    return hasattr(request, "_cached_user") or not isinstance(request.user, SimpleLazyObject)


def note(request: HttpRequest, user: User) -> None:
    """Write down that this browser is signed in, once in a while."""
    key = request.session.session_key
    if not key or not cache.add(_mark(key), 1, EVERY):
        return
    if settings.REQUIRE_STAFF_MFA and user.is_staff:
        request.session.set_expiry(STAFF_IDLE)  # from now: each page puts the end off
    browser, system = devices.describe(request.headers.get("User-Agent", ""))
    now = timezone.now()
    OpenSession.objects.bulk_create(
        [OpenSession(user=user, session_key=key, browser=browser, system=system, opened_at=now, seen_at=now)],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "browser", "system", "seen_at"],
    )


def on_signed_in(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    note(request, user)


def on_signed_out(*, request: HttpRequest, **_kwargs: Any) -> None:
    if request and request.session.session_key:
        _end([request.session.session_key])


def _mark(key: str) -> str:
    return salted_hmac("open-session", key).hexdigest()


@verb
def end(*, session: OpenSession, by: User | None) -> None:
    """Sign one browser out. One's own only."""
    if by is not None and session.user_id != by.pk:
        raise NotAllowed(_("Vous ne pouvez déconnecter que vos propres appareils."))
    _end([session.session_key])


@verb
def end_all(*, user: User, by: User | None, but: str = "") -> int:
    """Sign every browser of a person out, but the one whose key is given; how many."""
    keys = list(
        OpenSession.objects.filter(user=user).exclude(session_key=but).values_list("session_key", flat=True)
    )
    _end(keys)
    return len(keys)


@verb
def forget_dead(*, by: None = None) -> int:
    """Rows of sessions that ran out, and the sessions themselves; how many rows."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    dead = OpenSession.objects.exclude(pk__in=OpenSession.objects.live().values("pk"))
    return dead.delete()[0]


def _end(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(session_key__in=keys).delete()
