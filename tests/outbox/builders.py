"""A plain mail, written the way the apps do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from marketplace.outbox.compose import Draft, store_email
from marketplace.outbox.models import Delivery, Message
from marketplace.web.emails import Email, RenderedEmail


def write_raw(
    *, kind: str, title: str, text: str, html: str, purpose: str = "", secret: bool = False, **rest: Any
) -> Message | None:
    """Store a mail whose parts are ready."""
    email = Email(kind=kind, title=title, template="", purpose=purpose, is_secret=secret)
    draft = Draft(email=email, **{"recipient": None, **rest})
    return store_email(draft, RenderedEmail(title=title, text=text, html=html), pole=draft.pole)


def write(**changes: Any) -> Message:
    fields: dict[str, Any] = {
        "address": "maude@exemple.test",
        "kind": "test.plain",
        "subject": "tender:1",
        "version": "1",
        "title": "Entretien ménager de deux points de service",
        "text": "Bonjour Maude\n",
        "html": "<p>Bonjour Maude</p>",
        **changes,
    }
    message = write_raw(**fields)
    assert message is not None
    return message


def make_due(row: Message | Delivery) -> None:
    """As if the wait, or the lease, were over."""
    past = timezone.now() - timedelta(seconds=1)
    rows = type(row).objects.filter(pk=row.pk)
    rows.update(next_attempt_at=past)
    rows.filter(leased_until__gt=past).update(leased_until=past)
