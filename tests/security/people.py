"""Signing in as people do, with a telephone that shows codes."""

from __future__ import annotations

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from tests import factories

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(secret: str = SECRET, *, later: int = 0) -> str:
    """What the telephone shows now, or some seconds from now."""
    return totp.format_hotp_value(totp.hotp_value(secret, int((time.time() + later) // 30)))


def give_second_factor(user: User) -> list[str]:
    """Set one up behind the pages; the recovery codes."""
    totp.TOTP.activate(user, SECRET)
    return RecoveryCodes.activate(user).get_unused_codes()


def confirmed(user: User) -> User:
    from allauth.account.models import EmailAddress

    EmailAddress.objects.update_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    return user


def person(**fields: object) -> User:
    return confirmed(factories.UserFactory(**fields))


def sign_in(client: Client, user: User, password: str = factories.PASSWORD, **kwargs: object) -> HttpResponse:
    return client.post(reverse("account_login"), {"login": user.email, "password": password}, **kwargs)


def give_code(client: Client, given: str) -> HttpResponse:
    return client.post(reverse("mfa_authenticate"), {"code": given})


def is_in(client: Client) -> bool:
    return client.get(reverse("pages:my_space")).status_code == 200


def kinds(user: User) -> set[str]:
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
