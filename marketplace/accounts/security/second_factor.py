"""Whether a person has a second factor, and taking it away from someone who lost it."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.accounts.permissions import check_permission, is_platform_admin
from marketplace.accounts.security import sessions
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.web.errors import WrongMove
from marketplace.web.verbs import verb

SESSION_KEY = "second_factor"  # in the session: this person has one; taking it away ends their sessions


def has_second_factor(user: User) -> bool:
    """Codes by an application; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


@verb
def reset_second_factor(*, user: User, by: User | None) -> None:
    """Take a lost second factor away: by a platform admin, who has made sure by other means who is asking.

    The person is told by mail, and signed out everywhere; the history says who did it.
    """
    check_permission(
        is_platform_admin,
        by,
        sentence=_(
            "Seule l’administration de la plateforme peut désactiver la vérification en deux étapes d’une autre personne."
        ),
    )
    if not has_second_factor(user):
        raise WrongMove(_("Ce compte n’a pas de vérification en deux étapes."))
    Authenticator.objects.filter(user=user).delete()
    record_security_event(kind=Kind.SECOND_FACTOR_REMOVED, by=by, person=user)
    sessions.end_all_sessions(user=user, by=by)
    get_adapter().send_notification_mail("security/second_factor_reset", user)


def handle_second_factor_added(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any
) -> None:
    """Browsers that came in by the password alone come in again."""
    if authenticator.type == Authenticator.Type.TOTP:
        sessions.end_all_sessions(user=user, by=user, but=request.session.session_key or "")


def handle_second_factor_removed(
    *, request: HttpRequest, user: User, authenticator: Authenticator, **_kwargs: Any
) -> None:
    """What the second factor opened closes with it, here and elsewhere."""
    if authenticator.type == Authenticator.Type.TOTP:
        request.session.pop(SESSION_KEY, None)
        sessions.end_all_sessions(user=user, by=user, but=request.session.session_key or "")
