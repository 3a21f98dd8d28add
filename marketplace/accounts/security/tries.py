"""Wrong passwords and wrong codes, counted in the database: the limit holds while Valkey is away (docs/adr/0007).

A try is counted at one account from one place: the network it came from or, for a browser where the person has signed in
before, that browser. All networks together have a hundred wrong tries an hour at one account. A known browser is not
barred by what strangers try: it counts apart, so that nobody is kept out of their own account.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from django.conf import settings
from django.core import signing
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.accounts.models import User
from marketplace.accounts.security.log import account_at
from marketplace.accounts.security.models import SecretTry
from marketplace.web import limits
from marketplace.web.verbs import verb

#: At one account, from one network or one known browser.
PER_PLACE = limits.Rate(5, 300)
#: At one account, from all the networks of the world.
PER_ACCOUNT = limits.Rate(100, 3_600)
#: From one network, at all accounts: an institution may share one address.
PER_NETWORK = limits.Rate(300, 3_600)
KEPT_FOR = timedelta(days=1)

COOKIE = "known_device"
COOKIE_AGE = 180 * 24 * 3_600
_SALT = "known-device"


class Spent(Enum):
    """Which limit is reached."""

    HERE = "here"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Try:
    """Keyed hashes only: neither an address nor a network can be read from the table."""

    account: str
    place: str
    is_known: bool


def try_at(request: HttpRequest, email: str) -> Try:
    """What a password given for this address counts under."""
    account = _account_of(email)
    if nonce := _nonce_of(request, account, email):
        return Try(account, _hash(f"device|{nonce}"), is_known=True)
    return Try(account, _hash(f"network|{limits.network(request)}"), is_known=False)


def code_try_at(user_id: int) -> Try:
    """What a code of the second factor counts under: one place whoever asks, since the password was right."""
    account = _hash(f"code|{user_id}")
    return Try(account, account, is_known=False)


def spent(made: Try) -> Spent | None:
    """Whether one more would be one too many; one query."""
    now = timezone.now()
    recent, here = Q(at__gt=now - timedelta(seconds=PER_PLACE.seconds)), Q(place=made.place)
    at_account = Q(account=made.account)
    counts = (
        SecretTry.objects.filter(at_account | here, at__gt=now - timedelta(seconds=PER_ACCOUNT.seconds))
        .order_by()
        .aggregate(
            here=Count("pk", filter=at_account & here & recent),
            account=Count("pk", filter=at_account & Q(is_known=False)),
            network=Count("pk", filter=here),
        )
    )
    if counts["here"] >= PER_PLACE.amount or counts["network"] >= PER_NETWORK.amount:
        return Spent.HERE
    if not made.is_known and counts["account"] >= PER_ACCOUNT.amount:
        return Spent.ACCOUNT
    return None


@verb
def record_wrong_try(*, made: Try, by: None = None) -> None:
    """One more wrong password or code. A limit that is reached counts no further: the table cannot be filled at will."""
    SecretTry.objects.create(account=made.account, place=made.place, is_known=made.is_known)


@verb
def forget_wrong_tries(*, by: None = None) -> int:
    """What no limit looks at any more; how many rows."""
    return SecretTry.objects.filter(at__lt=timezone.now() - KEPT_FOR).delete()[0]


# -- browsers where the person has signed in before ------------------------------------------------------------------


def remember_device(request: HttpRequest, response: HttpResponse, *, user: User) -> None:
    """After signing in, or choosing a password: this browser is known for that account, for half a year or until
    another password is chosen. It opens nothing by itself."""
    account = _account_of(user.email)
    nonce = _nonce_of(request, account, user.email) or secrets.token_urlsafe(12)
    response.set_cookie(
        COOKIE,
        signing.dumps([account, nonce, _mark_of_password(user)], salt=_SALT),
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _nonce_of(request: HttpRequest, account: str, email: str) -> str:
    """The name of this browser, where it is known for that account and its password; empty otherwise."""
    try:
        known, nonce, mark = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=COOKIE_AGE)
    except (signing.BadSignature, ValueError, TypeError):
        return ""
    if not constant_time_compare(str(known), account):
        return ""
    user = account_at(email)
    return nonce if user and constant_time_compare(str(mark), _mark_of_password(user)) else ""


def _mark_of_password(user: User) -> str:
    """Another one with each password; says nothing of it."""
    return salted_hmac("known-device-password", user.password, algorithm="sha256").hexdigest()[:16]


# -- inside ----------------------------------------------------------------------------------------------------------


def _account_of(email: str) -> str:
    return _hash(f"password|{_one_spelling(email)}")


def _one_spelling(email: str) -> str:
    """The database finds an account whatever the case, « ſ » and « ı » included: so does the count."""
    return email.strip().upper().lower()


def _hash(text: str) -> str:
    return salted_hmac("secret-try", text, algorithm="sha256").hexdigest()
