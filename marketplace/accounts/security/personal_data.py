"""What security holds about a person: a second factor's dates, where one is signed in, their lines of the security log."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import proved_addresses, register_personal_data
from marketplace.accounts.security import sessions
from marketplace.accounts.security.log import digest_of_address, network_of
from marketplace.accounts.security.log_retention import forget_in_security_log
from marketplace.accounts.security.models import (
    OpenSession,
    SecondFactor,
    SecurityEvent,
    SecurityEventQuerySet,
)


def export_security_data(user: User) -> dict[str, Any]:
    return {
        "second_factors": [
            {
                "kind": factor.type,
                "since": factor.created_at.isoformat(),
                "last_used_at": factor.last_used_at and factor.last_used_at.isoformat(),
            }
            for factor in Authenticator.objects.filter(user=user).order_by("pk")
        ],
        "sessions": [
            {
                "browser": row.browser,
                "system": row.system,
                "opened_at": row.opened_at.isoformat(),
                "seen_at": row.seen_at.isoformat(),
            }
            for row in OpenSession.objects.filter(user=user).order_by("pk")
        ],
        "security_log": [_told(event, user) for event in _events_of(user).order_by("pk")],
    }


def _events_of(user: User) -> SecurityEventQuerySet:
    return SecurityEvent.objects.concerning(user).select_related("organisation")


def _told(event: SecurityEvent, user: User) -> dict[str, Any]:
    """What someone else did is told without them: only from which network."""
    is_own = event.actor_id == user.pk
    return {
        "what": event.kind,
        "by_self": is_own,
        "at": event.at.isoformat(),
        "last_at": event.last_at.isoformat(),
        "count": event.count,
        "address": event.address if is_own else network_of(event.address),
        "browser": event.browser,
        "system": event.system,
        "page": event.path if is_own else "",
        "organisation": event.organisation.name if event.organisation else None,
        "object": event.target,
    }


def erase_security_data(user: User) -> None:
    """The rows first: deleting them writes a last line of history, which goes too."""
    sessions.end_all_sessions(user=user, by=None)
    forget_in_security_log(user, {digest_of_address(email) for email in proved_addresses(user)})
    Authenticator.objects.filter(user=user).delete()
    for event_model in set(SecondFactor.pgh_event_models.values()):
        event_model.objects.filter(user_id=user.pk).delete()


register_personal_data("security", export=export_security_data, erase=erase_security_data)
