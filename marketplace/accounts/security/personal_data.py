"""What security holds about a person: when a second factor was set up, and where one is signed in."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator

from marketplace.accounts.models import User
from marketplace.accounts.personal_data import register_personal_data
from marketplace.accounts.security import sessions
from marketplace.accounts.security.models import OpenSession, SecondFactor


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
    }


def erase_security_data(user: User) -> None:
    """The rows first: deleting them writes a last line of history, which goes too."""
    sessions.end_all_sessions(user=user, by=None)
    Authenticator.objects.filter(user=user).delete()
    for event_model in set(SecondFactor.pgh_event_models.values()):
        event_model.objects.filter(user_id=user.pk).delete()


register_personal_data("security", export=export_security_data, erase=erase_security_data)
