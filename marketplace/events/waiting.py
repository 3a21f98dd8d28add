"""What « Mon espace » says of events: whom to meet before when, an agenda that is out, an event to plan."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import DateTimeField, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Concat, NullIf
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.events.models import MatchmakingEvent, Participation, State
from marketplace.web.typography import format_day, format_moment
from marketplace.web.waiting import (
    Urgency,
    WaitingItem,
    WaitingRow,
    WaitingTile,
    register_waiting,
    urgency_by_date,
    waiting_rows,
)

WISH, PLAN, AGENDA = "events.wish", "events.plan", "events.agenda"


def title_in_reading_language(prefix: str = "") -> Any:
    """The event's title in the reader's language, as an expression."""
    french = F(f"{prefix}title")
    if not (get_language() or "").startswith("en"):
        return french
    return Coalesce(NullIf(F(f"{prefix}title_en"), Value("")), french)


def missing_wish_rows(user: User) -> QuerySet[Any] | None:
    """Organisations of the person that have wished for nobody, while they can."""
    if not user.organisation_ids:
        return None
    rows = (
        Participation.objects.of_members(user)
        .without_wishes()
        .filter(event__state__in=[State.OPEN, State.WISHES], event__wishes_close_at__gt=timezone.now())
    )
    return waiting_rows(
        rows,
        kind=WISH,
        subject=F("pk"),
        name=title_in_reading_language("event__"),
        detail=F("event__slug"),
        since=F("registered_at"),
        due=F("event__wishes_close_at"),
    )


def missing_wish_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Choisir qui rencontrer : %(event)s") % {"event": row.name},
        text=_("Jusqu’au %(day)s. Le pôle prépare votre horaire selon vos souhaits.")
        % {"day": format_moment(row.due)},
        url=f"{reverse('events:wishes', args=[row.detail])}?pour={row.subject}",
        action=_("Choisir"),
        urgency=urgency_by_date(row.due),
        since=row.since,
        due=row.due,
    )


def event_to_plan_rows(user: User) -> QuerySet[Any] | None:
    """For those who organise: wishes are over, nobody has a table yet."""
    if not user.is_staff:
        return None
    return waiting_rows(
        MatchmakingEvent.objects.curated_by(user).to_plan(),
        kind=PLAN,
        subject=F("pk"),
        name=title_in_reading_language(),
        since=F("wishes_close_at"),
        due=F("wishes_close_at"),
    )


def event_to_plan_item(row: WaitingRow) -> WaitingItem:
    return WaitingItem(
        title=_("Planifier : %(event)s") % {"event": row.name},
        text=_("Le choix des rencontres est terminé depuis le %(day)s. Proposez la grille.")
        % {"day": format_moment(row.since)},
        url=reverse("events_admin:grid", args=[row.subject]),
        action=_("Proposer la grille"),
        urgency=Urgency.NOW,
        since=row.since,
    )


def event_to_plan_tile(count: int, oldest: datetime | None) -> WaitingTile:
    return WaitingTile(
        title=ngettext("activité à planifier", "activités à planifier", count),
        url=reverse("admin:events_matchmakingevent_changelist") + f"?state={State.WISHES}",
        icon="table",
    )


def agenda_waiting_rows(user: User) -> QuerySet[Any] | None:
    """Agendas that are out, of days to come: nothing to do but to be there."""
    if not user.organisation_ids:
        return None
    rows = Participation.objects.of_members(user).coming()
    return waiting_rows(
        rows.filter(event__state=State.PUBLISHED, event__day__gte=timezone.localdate()),
        kind=AGENDA,
        subject=F("pk"),
        name=title_in_reading_language("event__"),
        detail=Concat("event__slug", Value(" "), "event__place", output_field=TextField()),
        since=F("registered_at"),
        due=_day_begins("event__day"),
    )


def agenda_waiting_item(row: WaitingRow) -> WaitingItem:
    slug, _space, place = row.detail.partition(" ")
    return WaitingItem(
        title=row.name,
        text=_("%(day)s, %(place)s. Votre horaire est prêt.")
        % {"day": capfirst(format_day(row.due)), "place": place},
        url=f"{reverse('events:agenda', args=[slug])}?pour={row.subject}",
        action=_("Voir mon horaire"),
        since=row.due,
    )


def register_event_waiting() -> None:
    register_waiting(kind=WISH, rows=missing_wish_rows, item=missing_wish_item)
    register_waiting(
        kind=PLAN, rows=event_to_plan_rows, item=event_to_plan_item, tile=event_to_plan_tile, order=30
    )
    register_waiting(kind=AGENDA, rows=agenda_waiting_rows, item=agenda_waiting_item, informs=True)


def _day_begins(column: str) -> Func:
    """A date as the moment at which it begins here: what the union's columns hold are moments."""
    zone = Value(settings.TIME_ZONE)
    return Func(
        zone, F(column), template="timezone(%(expressions)s::timestamp)", output_field=DateTimeField()
    )
