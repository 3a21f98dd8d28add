"""Law 25: the events that a person attends, handed over on request. Erased, the organisation still comes, unnamed."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from marketplace.accounts.models import User
from marketplace.accounts.people import PeopleColumns, register_people_columns
from marketplace.accounts.personal_data import register_personal_data
from marketplace.events.models import Block, MatchmakingEvent, Meeting, Participation, Plan


def _export(user: User) -> list[dict[str, Any]]:
    return [
        {
            "event": row.event.title,
            "day": str(row.event.day),
            "organisation": row.organisation.name,
            "side": row.side,
            "needs": row.needs,
            "present": row.free_slots,
            "listed": row.is_listed,
            "state": row.state,
            "registered_at": row.registered_at.isoformat(),
            "wishes": [
                {"organisation": wish.wanted.organisation.name, "rank": wish.rank}
                for wish in row.wishes.select_related("wanted__organisation")
            ],
            "meetings": [
                {
                    "organisation": meeting.other(row).organisation.name,
                    "slot": meeting.slot,
                    "table": meeting.table,
                    "state": meeting.state,
                }
                for meeting in Meeting.objects.visible_to(user)
                .of(row)
                .select_related("buyer__organisation", "supplier__organisation")
            ],
        }
        for row in Participation.objects.filter(person=user).select_related("event", "organisation")
    ]


def _erase(user: User) -> None:
    Participation.objects.filter(person=user).update(person=None)


register_personal_data("events", export=_export, erase=_erase)

for _columns in (
    PeopleColumns(
        "participations",
        Participation,
        ("needs",),
        gettext_lazy("inscription à une activité"),
        organisation="organisation",
    ),
    PeopleColumns(
        "matchmaking_events",
        MatchmakingEvent,
        ("title", "title_en", "text", "text_en", "place", "address"),
        gettext_lazy("texte d’une activité"),
    ),
    PeopleColumns("blocks", Block, ("pause",), gettext_lazy("texte d’une activité")),
    PeopleColumns("plans", Plan, ("unmet",), gettext_lazy("plan d’une activité")),
):
    register_people_columns(_columns)
