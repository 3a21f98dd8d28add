"""What the page of an organisation's people shows: who acts for it, who is invited, who was added by whom and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from marketplace.accounts.models import Invitation, Membership, Organisation, User
from marketplace.web.admin_history import HistoryLine

HISTORY = 30


@dataclass(frozen=True, kw_only=True)
class Person:
    """A row of the table, with what the reader may do about it."""

    membership: Membership
    is_reader: bool
    is_owner: bool
    may_hand_over: bool


def people(organisation: Organisation, reader: User) -> list[Person]:
    """Owners first, then by name."""
    rows = list(Membership.objects.filter(organisation=organisation).select_related("user"))
    rows.sort(key=lambda row: (row.role != Membership.Role.OWNER, str(row.user).lower()))
    owns = any(row.user_id == reader.pk and row.role == Membership.Role.OWNER for row in rows)
    return [
        Person(
            membership=row,
            is_reader=row.user_id == reader.pk,
            is_owner=row.role == Membership.Role.OWNER,
            may_hand_over=owns and row.user_id != reader.pk,
        )
        for row in rows
    ]


def open_invitations(organisation: Organisation) -> list[Invitation]:
    """Those that wait, and those that ran out: both can be sent again."""
    rows = Invitation.objects.filter(organisation=organisation, accepted_at__isnull=True)
    return list(rows.select_related("invited_by").order_by("-created_at"))


def history(organisation: Organisation) -> list[HistoryLine]:
    """Newest first, out of the history rows that triggers write; three queries."""
    events: Any = Membership.pgh_event_model
    rows = list(
        events.objects.filter(organisation_id=organisation.pk)
        .select_related("pgh_context")
        .order_by("-pgh_id")[: HISTORY + 1]
    )
    inviters: dict[int | None, int | None] = dict(
        Invitation.objects.filter(organisation=organisation, accepted_by__isnull=False).values_list(
            "accepted_by", "invited_by"
        )
    )
    actors = {row.pgh_id: _actor(row, inviters) for row in rows}
    wanted = {row.user_id for row in rows} | set(actors.values())
    names = {user.pk: str(user) for user in User.objects.filter(pk__in=wanted - {None})}
    before: dict[int, str] = {}
    lines: list[HistoryLine] = []
    for row in reversed(rows):
        who = names.get(row.user_id, _("Une personne"))
        role = str(dict(Membership.Role.choices)[row.role])
        actor = actors[row.pgh_id]
        what = _sentence(row.pgh_label, who, role, before.get(row.pgh_obj_id, row.role) != row.role)
        before[row.pgh_obj_id] = row.role
        if what:
            by = names.get(actor or 0, "") if actor != row.user_id else ""
            lines.append(HistoryLine(at=_at(row), what=what, who=by))
    return lines[::-1][:HISTORY]


def _actor(row: Any, inviters: dict[int | None, int | None]) -> int | None:
    """Who added, changed or removed; for an accepted invitation, who had sent it."""
    by = row.pgh_context.metadata.get("user") if row.pgh_context else None
    if row.pgh_label == "insert" and by in (None, row.user_id):
        return inviters.get(row.user_id) or by
    return by


def _at(row: Any) -> datetime:
    return row.pgh_created_at


def _sentence(label: str, who: str, role: str, role_changed: bool) -> str:
    if label == "insert":
        return _("%(who)s se joint à l’équipe (%(role)s)") % {"who": who, "role": role}
    if label == "delete":
        return _("%(who)s quitte l’équipe") % {"who": who}
    return _("%(who)s devient %(role)s") % {"who": who, "role": role} if role_changed else ""
