"""What « Mon espace » says of events: whom to meet before when, an agenda that is out, an event to plan."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.events.models import MatchmakingEvent, Participation, State, Wish
from marketplace.web import waiting
from marketplace.web.typography import day, moment

WISH, PLAN = "events.wish", "events.plan"
AGENDAS = 3


def titled(prefix: str = "") -> Any:
    """The event's title in the reader's language, as an expression."""
    french = F(f"{prefix}title")
    if not (get_language() or "").startswith("en"):
        return french
    return Coalesce(NullIf(F(f"{prefix}title_en"), Value("")), french)


def wishes_to_make(user: User) -> QuerySet[Any] | None:
    """Organisations of the person that have wished for nobody, while they can."""
    if not user.organisation_ids:
        return None
    rows = (
        Participation.objects.of_members(user)
        .coming()
        .filter(event__state__in=[State.OPEN, State.WISHES], event__wishes_close_at__gt=timezone.now())
        .exclude(Exists(Wish.objects.filter(wisher=OuterRef("pk"))))
        # While people still register, there may be nobody to choose from.
        .filter(
            Exists(
                Participation.objects.coming()
                .filter(event=OuterRef("event"))
                .exclude(side=OuterRef("side"))
                .exclude(organisation=OuterRef("organisation"))
            )
        )
    )
    return waiting.columns(
        rows,
        kind=WISH,
        subject=F("pk"),
        name=titled("event__"),
        detail=F("event__slug"),
        since=F("registered_at"),
        due=F("event__wishes_close_at"),
    )


def wish_item(row: waiting.Row) -> waiting.Item:
    return waiting.Item(
        title=_("Choisir qui rencontrer : %(event)s") % {"event": row.name},
        text=_("Jusqu’au %(day)s. Vos souhaits font votre horaire.") % {"day": moment(row.due)},
        url=f"{reverse('events:wishes', args=[row.detail])}?pour={row.subject}",
        action=_("Choisir"),
        urgency=waiting.by_date(row.due),
        since=row.since,
        due=row.due,
    )


def events_to_plan(user: User) -> QuerySet[Any] | None:
    """For those who organise: wishes are over, nobody has a table yet."""
    if not user.is_staff:
        return None
    return waiting.columns(
        MatchmakingEvent.objects.curated_by(user).to_plan(),
        kind=PLAN,
        subject=F("pk"),
        name=titled(),
        since=F("wishes_close_at"),
        due=F("wishes_close_at"),
    )


def plan_item(row: waiting.Row) -> waiting.Item:
    return waiting.Item(
        title=_("Planifier : %(event)s") % {"event": row.name},
        text=_("Les souhaits sont clos depuis le %(day)s. Proposez la grille.") % {"day": moment(row.since)},
        url=reverse("admin:events_matchmakingevent_grid", args=[row.subject]),
        action=_("Proposer la grille"),
        urgency=waiting.NOW,
        since=row.since,
    )


def agendas(request: HttpRequest) -> dict[str, Any] | None:
    """The panel beside: agendas that are out, of days to come. One query, none for who is a member of nothing."""
    user = request.user
    if not isinstance(user, User) or not user.organisation_ids:
        return None
    rows = list(
        Participation.objects.of_members(user)
        .coming()
        .filter(event__state=State.PUBLISHED, event__day__gte=timezone.localdate())
        .select_related("event", "organisation")
        .order_by("event__day", "pk")[:AGENDAS]
    )
    return {"agendas": [(row, day(row.event.day)) for row in rows]} if rows else None
