"""What « Mon espace » says of a person's organisations: invitations to answer."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.accounts import invitations
from marketplace.accounts.models import Invitation, curation_q
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRow,
    WaitingTile,
    register_waiting,
    waiting_rows,
)

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def to_answer(user: User) -> QuerySet[Any]:
    return waiting_rows(
        invitations.for_person(user),
        kind="accounts.invitation",
        subject=F("pk"),
        name=F("organisation__name"),
        since=F("created_at"),
        due=F("expires_at"),
    )


def answer(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Rejoindre %(name)s") % {"name": row.name},
        text=_("On vous invite à agir pour cette organisation."),
        url=reverse("accounts:own_invitation", args=[row.subject]),
        action=_("Répondre"),
        urgency=Urgency.NOW,
        since=row.since,
        due=row.due,
    )


def unanswered_invitation_rows(user: User) -> QuerySet[Any] | None:
    """Invitations of the territory that nobody has answered; only counted, in the admin."""
    if not user.is_staff:
        return None
    rows = Invitation.objects.filter(curation_q(user, "organisation__")).open()
    return waiting_rows(rows, kind="accounts.unanswered", subject=F("pk"), since=F("created_at"))


def unanswered_invitation_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("invitation sans réponse", "invitations sans réponse", count),
        url=reverse("admin:accounts_invitation_changelist"),
        icon="mail",
    )


register_waiting(kind="accounts.invitation", rows=to_answer, item=answer)
register_waiting(
    kind="accounts.unanswered", rows=unanswered_invitation_rows, tile=unanswered_invitation_tile, order=40
)
