"""What people must be told about their organisations. The outbox, which sits above, carries it: it says so in `ready()`."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.accounts.models import Invitation, Membership, Organisation, User

Carrier = Callable[..., Any]
_carriers: list[Carrier] = []


def carry_with(carrier: Carrier) -> None:
    """`carrier(organisation=…, recipient=…, address=…, kind=…, subject=…, version=…, title=…, template=…, context=…)`."""
    _carriers[:] = [carrier]


def send_invitation(*, invitation: Invitation, token: str, known: User | None, by: User | None) -> None:
    """The link that lets an address join; the same mail whether or not it has an account."""
    language = known.language if known else settings.LANGUAGE_CODE
    with translation.override(language):
        title = _("Rejoignez %(name)s sur Maillage") % {"name": invitation.organisation.name}
        link = settings.SITE_URL + reverse("accounts:invitation", kwargs={"token": token})
        role = invitation.get_role_display()
    _send(
        organisation=invitation.organisation,
        recipient=known,
        address=invitation.email,
        kind="invitation",
        version=invitation.token_hash[:16],
        title=title,
        template="members/invitation",
        context={
            "organisation": invitation.organisation.name,
            "inviter": by.get_full_name() if by else "",
            "role": role,
            "may_invite": invitation.role == Membership.Role.OWNER,
            "link": link,
            "expires_at": invitation.expires_at,
        },
        secret=True,
        language=language,
    )


def tell(
    *,
    recipients: QuerySet[User] | list[User],
    organisation: Organisation,
    kind: str,
    say: Callable[[], tuple[str, str]],
) -> None:
    """One mail to each: `say()` answers (title, sentence) in the reader's language, which is active then."""
    version = secrets.token_hex(12)
    for reader in recipients:
        with translation.override(reader.language):
            title, sentence = say()
            link = settings.SITE_URL + reverse("accounts:members", args=[organisation.pk])
        _send(
            organisation=organisation,
            recipient=reader,
            address=reader.email,
            kind=f"members.{kind}",
            version=version,
            title=title,
            template="members/told",
            context={
                "organisation": organisation.name,
                "sentence": sentence,
                "link": link if kind != "removed" else "",
            },
        )


def _send(*, organisation: Organisation, **letter: Any) -> None:
    for carrier in _carriers:
        carrier(organisation=organisation, subject=f"organisation:{organisation.pk}", **letter)
