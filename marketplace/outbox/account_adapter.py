"""What allauth asks of us: its mails go through the outbox, so that none is lost; wrong passwords are counted.

The adapter lives here rather than in `accounts`, which sits below the outbox.
"""

from __future__ import annotations

import secrets
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.language_choice import keep_in_browser
from marketplace.accounts.models import User
from marketplace.accounts.retention import release_unproved_address
from marketplace.accounts.security import sessions, tries
from marketplace.accounts.security.devices import describe_device
from marketplace.accounts.security.log import note_refusal, record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.outbox.compose import send_email
from marketplace.outbox.suppressions import note_address_works
from marketplace.web import languages, limits
from marketplace.web.emails import Email, on_site, site_link

FRESH = 300  # seconds after signing in during which one is not asked again who one is

_HAS_ACCOUNT = _("Vous recevez ce courriel parce que vous avez un compte sur %(site_name)s.")
_GAVE_ADDRESS = _("Vous recevez ce courriel parce que quelqu’un a donné cette adresse sur %(site_name)s.")


def _declared(name: str, title: str | Promise, template: str, audience: str | Promise) -> Email:
    """Its links sign someone in, so its body is blanked once sent."""
    return Email(
        kind=f"account.{name}"[:40],
        title=title,
        template=f"account/{template}",
        audience=audience,
        is_secret=True,
    )


_CONFIRM = _("Confirmez votre courriel")
# By allauth's name of a mail.
ACCOUNT_EMAILS = {
    "email_confirmation": _declared("email_confirmation", _CONFIRM, "confirm_address", _GAVE_ADDRESS),
    "email_confirmation_signup": _declared(
        "email_confirmation_signup", _CONFIRM, "confirm_address", _GAVE_ADDRESS
    ),
    "password_reset_key": _declared(
        "password_reset_key", _("Choisir un nouveau mot de passe"), "new_password", _HAS_ACCOUNT
    ),
    "unknown_account": _declared(
        "unknown_account", _("Aucun compte n’est lié à ce courriel"), "unknown", _GAVE_ADDRESS
    ),
    "account_already_exists": _declared(
        "account_already_exists", _("Vous avez déjà un compte"), "already_exists", _HAS_ACCOUNT
    ),
}

# allauth's name of a notice → our subject line and what happened.
NOTICES: dict[str, tuple[str | Promise, str | Promise]] = {
    "totp_activated": (
        _("Vérification en deux étapes activée"),
        _("La vérification en deux étapes est activée : à la connexion, un code de votre application vous est demandé."),
    ),
    "totp_deactivated": (
        _("Vérification en deux étapes désactivée"),
        _("La vérification en deux étapes est désactivée : votre mot de passe suffit de nouveau pour vous connecter."),
    ),
    "second_factor_reset": (
        _("Vérification en deux étapes désactivée par l’administration"),
        _("L’administration de la plateforme a désactivé la vérification en deux étapes de votre compte et déconnecté tous vos appareils. Connectez-vous avec votre mot de passe, puis activez-la de nouveau."),
    ),
    "recovery_codes_generated": (
        _("Nouveaux codes de secours"),
        _("De nouveaux codes de secours ont été créés. Les anciens ne servent plus."),
    ),
    "password_changed": (
        _("Mot de passe changé"),
        _("Le mot de passe de votre compte a été changé. Vos autres appareils sont déconnectés."),
    ),
    "password_reset": (
        _("Mot de passe changé"),
        _("Un nouveau mot de passe a été choisi pour votre compte, au moyen du lien reçu par courriel. Vos appareils sont déconnectés."),
    ),
    "password_set": (_("Mot de passe choisi"), _("Un mot de passe a été choisi pour votre compte.")),
    "email_changed": (
        _("Courriel changé"),
        _("Le courriel de votre compte a été changé. Cette adresse ne sert plus à vous connecter."),
    ),
}  # fmt: skip
SECURITY_EMAILS = {
    name: Email(kind=f"account.{name}"[:40], title=title, template="security/notice", audience=_HAS_ACCOUNT)
    for name, (title, _what) in NOTICES.items()
}


class AccountAdapter(DefaultAccountAdapter):
    # allauth's own sentences, as we say them: « courriel », and no space before a question mark
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Ce compte est désactivé."),
        "email_password_mismatch": _("Ce courriel et ce mot de passe ne correspondent pas."),
        "email_taken": _("Un compte est déjà lié à ce courriel."),
        "duplicate_email": _("C’est déjà votre courriel."),
        "same_as_current": _("C’est déjà votre courriel."),
        "enter_current_password": _("Écrivez votre mot de passe actuel."),
        "incorrect_password": _("Ce n’est pas votre mot de passe."),
        "too_many_login_attempts": _(
            "Trop d’essais. Attendez cinq minutes, ou choisissez un nouveau mot de passe."
        ),
        "rate_limited": _("Trop de demandes. Attendez une minute et recommencez."),
        "unknown_email": _("Aucun compte n’est lié à ce courriel."),
    }

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """The link carries where one was going, so that another device finds the way too; signing in comes first."""
        link = super().get_email_confirmation_url(request, emailconfirmation)
        wanted = get_next_redirect_url(request)
        if not wanted:
            return link
        entrance = f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}"
        return f"{link}?{urlencode({REDIRECT_FIELD_NAME: entrance})}"

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """A proved address frees itself from an account that was opened with it and never proved."""
        with transaction.atomic():
            release_unproved_address(address=email_address.email, to=email_address.user, by=None)
            confirmed = super().confirm_email(request, email_address)
        if confirmed:
            note_address_works(address=email_address.email, by=email_address.user)
        return bool(confirmed)

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        """Whatever the language of the sign-in page, what follows speaks the person's."""
        response = super().post_login(request, user, **how)
        if isinstance(response, HttpResponseRedirect):
            response["Location"] = languages.in_language(response["Location"], user.language)
        keep_in_browser(response, user.language)
        tries.remember_device(request, response, user=user)
        return response

    def get_client_ip(self, request: HttpRequest) -> str:
        return limits.client_address(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Where an account has had too many wrong passwords, the right one is answered as a wrong one is, in as much
        time: who tries learns nothing. The same rule where one confirms who one is."""
        try:
            super().pre_authenticate(request, **credentials)
            reached = tries.spent(tries.try_at(request, _email_of(credentials)))
            if reached is tries.Spent.HERE:
                raise self.validation_error("too_many_login_attempts")
            if reached is tries.Spent.ACCOUNT:
                make_password(str(credentials.get("password", "")))
                raise self.validation_error("email_password_mismatch")
        except ValidationError:
            note_refusal(kind=Kind.SIGN_IN_BLOCKED, email=_email_of(credentials))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        tries.record_wrong_try(made=tries.try_at(request, _email_of(credentials)), by=None)
        if request.user.is_authenticated:  # asked again who one is
            note_refusal(kind=Kind.REAUTHENTICATION_FAILED, person=request.user)
        else:
            note_refusal(kind=Kind.SIGN_IN_FAILED, email=_email_of(credentials))

    def is_reauthentication_required(self, *, app: str) -> bool:
        """Not right after signing in: that was the question."""
        if not super().is_reauthentication_required(app=app):
            return False
        records = get_authentication_records(allauth_context.request, allauth_context.request.user)
        return not records or time.time() - records[-1].get("at", 0) > FRESH

    def set_password(self, user: User, password: str) -> None:
        """A new password ends every other session: whoever had the old one is out."""
        request = allauth_context.request
        is_own = bool(request and request.user == user)
        with transaction.atomic():
            super().set_password(user, password)
            record_security_event(kind=Kind.PASSWORD_CHANGED if is_own else Kind.PASSWORD_RESET, by=user)
        if is_own:
            request.chose_password = True  # this browser stays known (SessionsMiddleware)
        own = request.session.session_key if is_own else ""
        sessions.end_all_sessions(user=user, by=user, but=own or "")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        name = template_prefix.rpartition("/")[2]
        user = context.get("user")
        recipient = user if isinstance(user, User) and user.pk else None
        language = recipient.language if recipient else (translation.get_language() or "fr")
        # allauth makes its links with the host that the request named: anybody may name any.
        context = {key: on_site(value) if _is_address(value) else value for key, value in context.items()}
        declared = ACCOUNT_EMAILS.get(name)
        if (
            declared is None
        ):  # a mail of allauth that we have not written ourselves: its own words in our dress
            declared = _declared(name, "%(title)s", "other", _HAS_ACCOUNT)
            site = {"name": settings.SENDER_NAME, "domain": urlsplit(settings.SITE_URL).netloc}
            theirs = {"request": allauth_context.request, "email": email, "current_site": site}
            with translation.override(language):
                mail = self.render_mail(template_prefix, email, {**theirs, **context})
            context = {**context, "title": mail.subject, "paragraphs": str(mail.body).strip()}
        send_email(
            declared,
            recipient=recipient,
            address=email,
            subject="account",
            version=secrets.token_hex(12),  # asked twice, written twice: only the last link may still work
            context={**context, "address": email},
            language=language,
        )

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
        browser, system = describe_device(request.headers.get("User-Agent", "") if request else "")
        _title, what = NOTICES[name]
        send_email(
            SECURITY_EMAILS[name],
            recipient=user,
            address=email or user.email,
            subject="account",
            version=secrets.token_hex(12),
            context={
                "what": what,
                "at": timezone.now(),
                "browser": browser if name != "second_factor_reset" else "",
                "system": system,
                "link": site_link("security:overview"),
            },
        )


def _email_of(credentials: dict[str, Any]) -> str:
    return str(credentials.get("email", ""))


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(("http://", "https://"))
