"""What « Mon espace » says of a person's organisations: invitations to answer, and where to start without any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from marketplace.accounts import invitations
from marketplace.web import panels, waiting

if TYPE_CHECKING:
    from marketplace.accounts.models import User


def to_answer(user: User) -> QuerySet[Any]:
    return waiting.columns(
        invitations.for_person(user),
        kind="accounts.invitation",
        subject=F("pk"),
        name=F("organisation__name"),
        since=F("created_at"),
        due=F("expires_at"),
    )


def answer(row: waiting.Row) -> waiting.Item:
    return waiting.Item(
        title=_("Rejoindre %(name)s") % {"name": row.name},
        text=_("On vous invite à agir pour cette organisation."),
        url=reverse("accounts:own_invitation", args=[row.subject]),
        action=_("Répondre"),
        urgency=waiting.NOW,
        since=row.since,
        due=row.due,
    )


def without_organisation(request: HttpRequest) -> dict[str, Any] | None:
    """For who signed up and belongs nowhere yet."""
    user: Any = request.user
    return None if user.organisation_ids or user.is_staff else {}


waiting.register(kind="accounts.invitation", rows=to_answer, item=answer)
panels.register(template="accounts/_no_organisation.html", context=without_organisation, order=5)
