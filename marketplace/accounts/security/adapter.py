"""allauth's second factor in our words; its secrets are kept encrypted, so that a copy of the database opens nothing."""

from __future__ import annotations

import base64
import secrets

import structlog
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

log = structlog.get_logger("second_factor")


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _(
            "Ce code n’est pas le bon, ou il a déjà servi. Attendez le suivant et recommencez."
        ),
        "unverified_email": _("Confirmez d’abord votre courriel : un lien vous y attend."),
        "cannot_generate_recovery_codes": _("Activez d’abord la vérification en deux étapes."),
        "cannot_delete_authenticator": _("La vérification en deux étapes ne peut pas être désactivée."),
        "add_email_blocked": _("Désactivez d’abord la vérification en deux étapes."),
    }

    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """With another SECRET_KEY than the one of the day nothing opens: no code fits, and no page fails."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error("secret_unreadable")
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _keys() -> MultiFernet:
    return MultiFernet(
        Fernet(
            base64.urlsafe_b64encode(
                salted_hmac("second-factor", "", secret=key, algorithm="sha256").digest()
            )
        )
        for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
