"""What Django and allauth tell by signals of their own, where no method of an adapter hears it, written in the security log.

Model signals stay unused.
"""

from __future__ import annotations

from typing import Any

from allauth.account.signals import email_changed, user_signed_up
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
)
from django.contrib.auth.signals import user_logged_in, user_logged_out

from marketplace.accounts.models import User
from marketplace.accounts.security.log import note_refusal, record_security_event
from marketplace.accounts.security.models import Kind


def connect_security_log() -> None:
    """Called once, from `AppConfig.ready`."""
    user_logged_in.connect(_handle_sign_in)
    user_logged_out.connect(_handle_sign_out)
    user_signed_up.connect(_handle_sign_up)
    email_changed.connect(_handle_email_changed)
    authenticator_added.connect(_handle_factor_added)
    authenticator_removed.connect(_handle_factor_removed)
    authenticator_reset.connect(_handle_codes_made)
    authentication_failed.connect(_handle_code_failed)


def _handle_sign_in(*, user: User, **_rest: Any) -> None:
    record_security_event(kind=Kind.SIGN_IN, by=user)


def _handle_sign_out(*, user: User | None, **_rest: Any) -> None:
    if user is not None and user.pk:  # an account that was just erased signs out too
        record_security_event(kind=Kind.SIGN_OUT, by=user)


def _handle_sign_up(*, user: User, **_rest: Any) -> None:
    record_security_event(kind=Kind.ACCOUNT_OPENED, by=user)


def _handle_email_changed(*, user: User, **_rest: Any) -> None:
    record_security_event(kind=Kind.EMAIL_CHANGED, by=user, person=user)


def _handle_factor_added(*, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    record_security_event(kind=Kind.RECOVERY_CODES_MADE if is_codes else Kind.SECOND_FACTOR_SET, by=user)


def _handle_factor_removed(*, user: User, authenticator: Authenticator, **_rest: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        record_security_event(kind=Kind.SECOND_FACTOR_REMOVED, by=user, person=user)


def _handle_codes_made(*, user: User, **_rest: Any) -> None:
    record_security_event(kind=Kind.RECOVERY_CODES_MADE, by=user)


def _handle_code_failed(*, user: User, **_rest: Any) -> None:
    note_refusal(kind=Kind.SECOND_FACTOR_FAILED, person=user)
