"""Telling a person that the security of their account changed: allauth's notices in our words, through the outbox."""

from __future__ import annotations

import secrets
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context as allauth_context
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import User
from marketplace.accounts.security import sessions
from marketplace.outbox import messages
from marketplace.web import limits

FRESH = 300  # seconds after signing in during which one is not asked again who one is

#: Wrong passwords for one account from everywhere together. Only many networks at once come this far.
FAILURES = limits.Rate.read("300/h")

# allauth's name of a notice → our subject line and what happened.
NOTICES: dict[str, tuple[str | Promise, str | Promise]] = {
    "totp_activated": (
        _("Vérification en deux étapes activée"),
        _("La vérification en deux étapes est activée : à la connexion, un code de votre application vous est demandé."),
    ),
    "totp_deactivated": (
        _("Vérification en deux étapes retirée"),
        _("La vérification en deux étapes est retirée : votre mot de passe suffit de nouveau pour entrer."),
    ),
    "second_factor_reset": (
        _("Vérification en deux étapes retirée par l’administration"),
        _("L’administration de la plateforme a retiré la vérification en deux étapes de votre compte et déconnecté tous vos appareils. Entrez avec votre mot de passe, puis activez-la de nouveau."),
    ),
    "recovery_codes_generated": (
        _("Nouveaux codes de secours"),
        _("De nouveaux codes de secours sont faits. Les anciens ne servent plus."),
    ),
    "password_changed": (
        _("Mot de passe changé"),
        _("Le mot de passe de votre compte est changé. Vos autres appareils sont déconnectés."),
    ),
    "password_reset": (
        _("Mot de passe changé"),
        _("Un nouveau mot de passe est choisi pour votre compte, par le lien reçu par courriel. Vos appareils sont déconnectés."),
    ),
    "password_set": (_("Mot de passe choisi"), _("Un mot de passe est choisi pour votre compte.")),
    "email_changed": (
        _("Courriel changé"),
        _("Le courriel de votre compte est changé. Cette adresse ne sert plus à vous connecter."),
    ),
}  # fmt: skip


class SecureAccount(DefaultAccountAdapter):
    """What our adapter does about security."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_address(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Per account and network: a stranger who guesses wrong locks out nobody but themselves (adr/0007)."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{limits.network(request)}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        super().pre_authenticate(request, **credentials)
        if limits.is_spent(**_failures_of(credentials)):
            raise self.validation_error("too_many_login_attempts")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        limits.wait(**_failures_of(credentials))

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not right after signing in: that was the question."""
        if not super().is_reauthentication_required(app=app):
            return False
        records = get_authentication_records(allauth_context.request, allauth_context.request.user)
        return not records or time.time() - records[-1].get("at", 0) > FRESH

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session: whoever had the old one is out."""
        super().set_password(user, password)
        request = allauth_context.request
        own = request.session.session_key if request and request.user == user else ""
        sessions.end_all_sessions(user=user, by=user, but=own or "")

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """Nothing of the address; the device in words. To the former address where that is what changed."""
        name = template_prefix.rpartition("/")[2]
        if name not in NOTICES:
            return
        request = allauth_context.request
        browser, system = sessions.describe_device(request.headers.get("User-Agent", "") if request else "")
        title, what = NOTICES[name]
        with translation.override(user.language):
            messages.write(
                recipient=user,
                address=email or user.email,
                kind=f"account.{name}"[:40],
                subject="account",
                version=secrets.token_hex(12),
                title=str(title),
                template="security/notice",
                context={
                    "what": str(what),
                    "at": timezone.now(),
                    "browser": browser if name != "second_factor_reset" else "",
                    "system": system,
                    "link": settings.SITE_URL + reverse("security:overview"),
                },
            )


def _failures_of(credentials: dict[str, Any]) -> dict[str, Any]:
    return {"name": "sign-in-failed", "who": str(credentials.get("email", "")).lower(), "rate": FAILURES}
