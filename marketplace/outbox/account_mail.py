"""allauth's mails (confirm an address, choose a new password) go through the outbox, so that none is lost.

The adapter lives here rather than in `accounts`, which sits below the outbox.
"""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.utils import get_next_redirect_url
from allauth.core import context as allauth_context
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.sites.shortcuts import get_current_site
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts import unproved
from marketplace.accounts.language_choice import keep_in_browser
from marketplace.accounts.models import User
from marketplace.outbox import messages
from marketplace.outbox.security_mail import SecureAccount
from marketplace.web import languages

# allauth's name of a mail → our template and its subject line.
LETTERS: dict[str, tuple[str, str | Promise]] = {
    "email_confirmation": ("account/confirm_address", _("Confirmez votre courriel")),
    "email_confirmation_signup": ("account/confirm_address", _("Confirmez votre courriel")),
    "password_reset_key": ("account/new_password", _("Choisir un nouveau mot de passe")),
    "unknown_account": ("account/unknown", _("Aucun compte à ce courriel")),
    "account_already_exists": ("account/already_exists", _("Vous avez déjà un compte")),
}


class AccountAdapter(SecureAccount):
    # allauth's own sentences, as we say them: « courriel », and no space before a question mark
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("Ce compte est désactivé."),
        "email_password_mismatch": _("Ce courriel et ce mot de passe ne vont pas ensemble."),
        "email_taken": _("Un compte existe déjà à ce courriel."),
        "duplicate_email": _("C’est déjà votre courriel."),
        "same_as_current": _("C’est déjà votre courriel."),
        "enter_current_password": _("Écrivez votre mot de passe actuel."),
        "incorrect_password": _("Ce n’est pas votre mot de passe."),
        "too_many_login_attempts": _(
            "Trop d’essais. Attendez cinq minutes, ou choisissez un nouveau mot de passe."
        ),
        "rate_limited": _("Trop de demandes. Attendez une minute et recommencez."),
        "unknown_email": _("Aucun compte à ce courriel."),
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
            unproved.give_way(address=email_address.email, to=email_address.user, by=None)
            return super().confirm_email(request, email_address)

    def post_login(self, request: HttpRequest, user: Any, **how: Any) -> HttpResponse:
        """Whatever the language of the sign-in page, what follows speaks the person's."""
        response = super().post_login(request, user, **how)
        if isinstance(response, HttpResponseRedirect):
            response["Location"] = languages.in_language(response["Location"], user.language)
        keep_in_browser(response, user.language)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Store the mail. Its links sign someone in, so its body is blanked once sent."""
        name = template_prefix.rpartition("/")[2]
        user = context.get("user")
        recipient = user if isinstance(user, User) and user.pk else None
        language = recipient.language if recipient else (translation.get_language() or "fr")
        template, title = LETTERS.get(name, ("account/other", ""))
        with translation.override(language):
            if not title:  # a mail of allauth that we have not written ourselves: its own words in our dress
                request = allauth_context.request
                theirs = {"request": request, "email": email, "current_site": get_current_site(request)}
                mail = self.render_mail(template_prefix, email, {**theirs, **context})
                title, context = mail.subject, {**context, "paragraphs": str(mail.body).strip()}
            messages.write(
                recipient=recipient,
                address=email,
                kind=f"account.{name}"[:40],
                subject="account",
                version=secrets.token_hex(
                    12
                ),  # asked twice, written twice: only the last link may still work
                title=str(title),
                template=template,
                context={**context, "address": email},
                secret=True,
                language=language,
            )
