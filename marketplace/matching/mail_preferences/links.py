"""The secret addresses of preference pages: made once a person and a kind of mail, and made anew when they are revoked."""

from __future__ import annotations

import secrets
from collections.abc import Collection

from django.urls import reverse

from marketplace.accounts.models import User
from marketplace.web.emails import absolute_url
from marketplace.web.verbs import verb

from .models import PreferenceLink


def preference_tokens(users: Collection[int], kind: str) -> dict[int, str]:
    """Of these people; made where missing. Two statements, four where some are."""
    rows = PreferenceLink.objects.filter(user__in=users, kind=kind)
    tokens = dict(rows.values_list("user", "token"))
    if missing := [user for user in users if user not in tokens]:
        PreferenceLink.objects.bulk_create(
            [PreferenceLink(user_id=user, kind=kind, token=secrets.token_urlsafe(32)) for user in missing],
            ignore_conflicts=True,
        )
        tokens = dict(rows.values_list("user", "token"))
    return tokens


def preference_url(user_id: int, kind: str) -> str:
    """The whole address of one person's page, in the active language."""
    token = preference_tokens({user_id}, kind)[user_id]
    return absolute_url(reverse("matching:mail_preferences", args=[token]))


@verb
def renew_preference_links(*, user: User, by: User | None) -> int:
    """The addresses in mails that were sent open nothing from now on; mails to come have others. How many there were."""
    deleted, _by_model = PreferenceLink.objects.filter(user=user).delete()
    return deleted


def link_from_token(token: str) -> PreferenceLink | None:
    """None where it was revoked, or never made."""
    rows = PreferenceLink.objects.select_related("user").filter(user__is_active=True)
    return rows.filter(token=token).first()
