"""The mailed links that stop alerts: signed row numbers, without end date, naming no one."""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.alerts.models import Alert

_one = Signer(salt="alerts.unsubscribe", sep=".")
_all = Signer(salt="alerts.all_stop", sep=".")


def unsubscribe_path(alert: Alert) -> str:
    return reverse("alerts:unsubscribe", kwargs={"token": _one.sign(str(alert.pk))})


def all_stop_path(user: User) -> str:
    return reverse("alerts:all_stop", kwargs={"token": _all.sign(str(user.pk))})


def alert_of(token: str) -> Alert | None:
    pk = _read(_one, token)
    rows = Alert.objects.select_related("user", "supplier__organisation")
    return rows.filter(pk=pk).first() if pk else None


def user_of(token: str) -> User | None:
    pk = _read(_all, token)
    return User.objects.filter(pk=pk).first() if pk else None


def _read(signer: Signer, token: str) -> int | None:
    try:
        return int(signer.unsign(token))
    except (BadSignature, ValueError):
        return None
