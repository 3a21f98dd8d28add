"""Where one is signed in, and ending it from elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.security.devices import describe_device
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind, OpenSession
from marketplace.web.errors import NotAllowed
from marketplace.web.verbs import verb

NOTED_EVERY = 300  # seconds: a page now and then writes, the others do not
STAFF_IDLE = timedelta(hours=12)


def note_session(request: HttpRequest, user: User) -> None:
    """Write down that this browser is signed in, once in a while."""
    key = request.session.session_key
    if not key or not cache.add(_mark(key), 1, NOTED_EVERY):
        return
    if settings.REQUIRE_STAFF_MFA and user.is_staff:
        request.session.set_expiry(STAFF_IDLE)  # from now: each page puts the end off
    browser, system = describe_device(request.headers.get("User-Agent", ""))
    now = timezone.now()
    OpenSession.objects.bulk_create(
        [OpenSession(user=user, session_key=key, browser=browser, system=system, opened_at=now, seen_at=now)],
        update_conflicts=True,
        unique_fields=["session_key"],
        update_fields=["user", "browser", "system", "seen_at"],
    )


def note_sign_in(*, request: HttpRequest, user: User, **_kwargs: Any) -> None:
    note_session(request, user)


def end_signed_out_session(*, request: HttpRequest, **_kwargs: Any) -> None:
    if request and request.session.session_key:
        _end([request.session.session_key])


def _mark(key: str) -> str:
    return salted_hmac("open-session", key).hexdigest()


@verb
def end_session(*, session: OpenSession, by: User | None) -> None:
    """Sign one browser out. One's own only."""
    if by is not None and session.user_id != by.pk:
        raise NotAllowed(_("Vous ne pouvez déconnecter que vos propres appareils."))
    _end([session.session_key])
    record_security_event(kind=Kind.SESSIONS_ENDED, by=by, person=session.user, rows=1)


@verb
def end_all_sessions(*, user: User, by: User | None, but: str = "") -> int:
    """Sign every browser of a person out, but the one whose key is given; how many."""
    keys = list(
        OpenSession.objects.filter(user=user).exclude(session_key=but).values_list("session_key", flat=True)
    )
    _end(keys)
    if keys:
        record_security_event(kind=Kind.SESSIONS_ENDED, by=by, person=user, rows=len(keys))
    return len(keys)


@verb
def forget_dead_sessions(*, by: None = None) -> int:
    """Rows of sessions that ran out, and the sessions themselves; how many rows."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    dead = OpenSession.objects.exclude(pk__in=OpenSession.objects.live().values("pk"))
    return dead.delete()[0]


def _end(keys: list[str]) -> None:
    Session.objects.filter(session_key__in=keys).delete()
    OpenSession.objects.filter(session_key__in=keys).delete()
