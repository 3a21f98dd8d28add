"""« We have it »: what arrived, who decides, by when one may expect an answer and where to follow it.

One per request and version of it, to who asked, in their language. It says nothing of anybody else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from marketplace.accounts.answering import usual_wait
from marketplace.accounts.models import Organisation, User
from marketplace.outbox import messages
from marketplace.outbox.models import Message
from marketplace.outbox.senders import pole_for


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """`link` is the address of the page where it stands; `by_colleagues`: the organisation's own people decide."""

    title: str
    sentence: str
    link: str
    why: str
    facts: list[str] = field(default_factory=list)
    by_colleagues: bool = False


def send(
    *,
    organisation: Organisation,
    reader: User,
    say: Callable[[], Receipt],
    kind: str,
    subject: str,
    version: str,
) -> Message | None:
    pole = pole_for(organisation)

    def words() -> tuple[str, dict[str, Any]]:
        receipt = say()
        if receipt.by_colleagues:
            decides = _("Une personne responsable de l’institution vous répond.")
        elif pole:
            decides = _("%(pole)s vérifie, puis décide.") % {"pole": pole.name}
        else:
            decides = _("Le pôle de votre région vérifie, puis décide.")
        return receipt.title, {
            "sentence": receipt.sentence,
            "facts": receipt.facts,
            "decides": f"{decides} {usual_wait()}",
            "why": receipt.why,
            "link": settings.SITE_URL + receipt.link,
        }

    return messages.write_about(
        organisation=organisation,
        reader=reader,
        say=words,
        pole=pole,
        kind=kind,
        subject=subject,
        version=version,
        template="requests/received",
    )
