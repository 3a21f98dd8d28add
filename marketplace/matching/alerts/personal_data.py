"""Law 25: a person's alerts, handed over on request. They go with the account, and their history with them."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import register_personal_data
from marketplace.matching.alerts.models import Alert, AlertReader
from marketplace.matching.mail_preferences.models import PreferenceLink


def _export(user: User) -> dict[str, Any]:
    reader = AlertReader.objects.filter(user=user).first()
    rows = user.alerts.select_related("supplier__organisation").order_by("pk")
    return {
        "alerts": [_as_read(alert) for alert in rows],
        "address": reader.address if reader else "",
        "address_confirmed_at": _moment(reader.address_confirmed_at) if reader else None,
        "has_feeds": bool(reader and reader.feed_token),
    }


def _as_read(alert: Alert) -> dict[str, Any]:
    return {
        "supplier": alert.supplier.organisation.name if alert.supplier else None,
        "name": alert.name,
        "words": alert.words,
        "codes": alert.codes,
        "regions": alert.regions,
        "amount_from": None if alert.amount_from is None else str(alert.amount_from),
        "amount_to": None if alert.amount_to is None else str(alert.amount_to),
        "buyers": alert.buyers,
        "methods": alert.methods,
        "languages": alert.languages,
        "minimum_fit": alert.minimum_fit,
        "frequency": alert.frequency,
        "at": alert.at.isoformat(),
        "weekday": alert.weekday,
        "asked_at": alert.created_at.isoformat(),
        "stopped_at": _moment(alert.stopped_at),
        "paused_from": _moment(alert.paused_from),
        "paused_until": _moment(alert.paused_until),
    }


def _moment(value: Any) -> str | None:
    return value.isoformat() if value else None


def _erase(user: User) -> None:
    user.alerts.all().delete()
    AlertReader.objects.filter(user=user).delete()
    PreferenceLink.objects.filter(user=user).delete()


register_personal_data("alerts", export=_export, erase=_erase)
