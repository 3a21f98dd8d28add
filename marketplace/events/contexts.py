"""What the pages of events show, ready for their templates."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from buyers.models import Buyer
from marketplace.accounts.models import User, Visitor
from marketplace.events.agenda import SIDES, agenda_rows, participation_url
from marketplace.events.clashes import agenda_clashes
from marketplace.events.filters import EventFilterSet
from marketplace.events.forms import Party
from marketplace.events.models import COMING, MatchmakingEvent, Meeting, Participation, Side, State
from marketplace.events.registration import event_places_left
from marketplace.events.wishes import Fit, codes_asked_by_buyers, explain_fit
from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.web.pagination import paginate_list
from suppliers.models import Status, Supplier

PAGE_SIZE = 20
LISTED = 60  # organisations named on the page; the rest is counted

EVENT_BADGES = {
    State.DRAFT: "plain",
    State.OPEN: "ok",
    State.WISHES: "info",
    State.SCHEDULED: "info",
    State.PUBLISHED: "ok",
    State.DONE: "plain",
    State.CANCELLED: "no",
}


def event_list_context(request: HttpRequest) -> dict[str, Any]:
    """Opened events, those to come first in time, or those of the past; two queries."""
    filters = EventFilterSet(
        request.GET, MatchmakingEvent.objects.visible_to(request.user).public(), is_french=True
    )
    regions = filters.query["region"]
    found = with_participant_counts(filters.qs).select_related("pole")
    page = paginate_list(request, found, PAGE_SIZE, count=filters.qs.count())
    return {
        "past": filters.is_past,
        "asked": bool(regions),
        "regions": [(code, name, regions[-1:] == (code,)) for code, name in region_names().items()],
        "messages_here": [*filters.messages, *filter(None, [page.message])],
        "page_obj": page,
        "events": [event_card(event) for event in page],
    }


def with_participant_counts(rows: Any) -> Any:
    """How many come on each side, for each row."""
    coming = Q(participations__state=Participation.State.REGISTERED)
    return rows.annotate(
        buyers_coming=Count("participations", filter=coming & Q(participations__side=Side.BUYER)),
        suppliers_coming=Count("participations", filter=coming & Q(participations__side=Side.SUPPLIER)),
    )


def event_card(event: Any) -> dict[str, Any]:
    return {
        "event": event,
        "region": region_names().get(event.region_id, ""),
        "badge": EVENT_BADGES[State(event.state)],
        "state": event_state_label(event),
        "buyers": event.buyers_coming,
        "suppliers": event.suppliers_coming,
    }


def event_state_label(event: MatchmakingEvent) -> str:
    """The state as the public needs it."""
    if event.state == State.OPEN and not event.takes_registrations:
        return (
            _("Inscriptions à venir")
            if timezone.now() < event.registration_opens_at
            else _("Inscriptions fermées")
        )
    return {
        State.OPEN: _("Inscriptions ouvertes"),
        State.WISHES: _("Inscriptions fermées"),
        State.SCHEDULED: _("Inscriptions fermées"),
        State.PUBLISHED: _("Horaires publiés"),
        State.DONE: _("Terminée"),
        State.CANCELLED: _("Annulée"),
        State.DRAFT: _("En préparation"),
    }[State(event.state)]


def find_event(slug: str, user: Visitor) -> MatchmakingEvent | None:
    rows = MatchmakingEvent.objects.visible_to(user).select_related("pole")
    return rows.filter(slug=slug).first()


def event_context(event: MatchmakingEvent, request: HttpRequest) -> dict[str, Any]:
    """The public page: who organises, who comes, and what this reader can do. Four queries at most."""
    counted = with_participant_counts(MatchmakingEvent.objects.filter(pk=event.pk)).values(
        "buyers_coming", "suppliers_coming"
    )[0]
    listed = list(
        Participation.objects.listed()
        .filter(event=event)
        .select_related("organisation", "buyer", "supplier")
        .order_by("organisation__name", "pk")
    )
    mine = own_participations(request.user, event)
    return {
        "event": event,
        "region": region_names().get(event.region_id, ""),
        "badge": EVENT_BADGES[State(event.state)],
        "state": event_state_label(event),
        "steps": event_steps(event),
        "buyers_coming": counted["buyers_coming"],
        "suppliers_coming": counted["suppliers_coming"],
        "places": {
            "buyers": event_places_left(event, Side.BUYER, counted["buyers_coming"]),
            "suppliers": event_places_left(event, Side.SUPPLIER, counted["suppliers_coming"]),
        },
        "sides": [
            (title, side, [listed_participant(p) for p in listed if p.side == side][:LISTED], count)
            for title, side, count in (
                (_("Acheteurs"), Side.BUYER, counted["buyers_coming"]),
                (_("Fournisseurs"), Side.SUPPLIER, counted["suppliers_coming"]),
            )
        ],
        "mine": mine,
        "first": event.slots[0] if event.slots else None,
        "last": event.slots[-1] if event.slots else None,
        "is_preview": event.opened_at is None,
    }


def listed_participant(participation: Participation) -> dict[str, str]:
    return {"name": participation.organisation.name, "url": participation_url(participation)}


@dataclass(frozen=True, slots=True)
class EventStep:
    label: str
    when: Any
    state: str  # done, now or next


def event_steps(event: MatchmakingEvent) -> list[EventStep]:
    """Registration, wishes, agendas, the day: where the event stands."""
    order = [State.OPEN, State.WISHES, State.SCHEDULED, State.PUBLISHED, State.DONE]
    reached = order.index(State(event.state)) if event.state in order else -1
    if event.state == State.OPEN and timezone.now() >= event.registration_closes_at:
        reached = 1
    found = []
    for place, (label, when) in enumerate(
        (
            (_("Inscriptions"), event.registration_closes_at),
            (_("Choix des rencontres"), event.wishes_close_at),
            (_("Envoi des horaires"), None),
            (_("Le jour"), event.slots[0].starts_at if event.slots else event.day),
        )
    ):
        found.append(
            EventStep(label, when, "done" if place < reached else "now" if place == reached else "next")
        )
    return found


# -- those who come ----------------------------------------------------------------------------------------------------


def own_participations(user: Visitor, event: MatchmakingEvent) -> list[Participation]:
    """The reader's own organisations that come, or came; no query for who is a member of none."""
    if not isinstance(user, User) or not user.organisation_ids:
        return []
    rows = Participation.objects.of_members(user).standing().filter(event=event)
    found = list(rows.select_related("organisation", "buyer", "supplier__directory", "person").order_by("pk"))
    for participation in found:
        participation.event = event
    return found


def own_parties(user: User) -> list[Party]:
    """Who this person may register: published buyers and suppliers that they are a member of. Two queries."""
    if not user.organisation_ids:
        return []
    mine = user.organisation_ids
    buyers = Buyer.objects.published().filter(organisation__in=mine)
    suppliers = Supplier.objects.filter(organisation__in=mine, status=Status.PUBLISHED)
    order = ("organisation__name", "pk")
    return [
        *buyers.select_related("organisation").order_by(*order),
        *suppliers.select_related("organisation").order_by(*order),
    ]


@dataclass(frozen=True, slots=True)
class WishChoice:
    """Someone on the other side, with why they fit and the rank given to them (0: none)."""

    other: Participation
    fit: Fit
    rank: int
    place: str
    url: str


def wish_choices(participation: Participation) -> list[WishChoice]:
    """The other side: those chosen first, then those who fit best. Three queries."""
    others = list(
        Participation.objects.met_by(participation)
        .exclude(organisation=participation.organisation_id)
        .select_related("organisation", "buyer", "supplier__directory")
    )
    ranks = dict(participation.wishes.values_list("wanted", "rank"))
    buyers = [p.buyer_id for p in (participation, *others) if p.buyer_id is not None]
    asked = codes_asked_by_buyers(buyers) if others else {}
    found = [
        WishChoice(
            other,
            explain_fit(participation, other, asked),
            ranks.get(other.pk, 0),
            participant_place(other),
            participation_url(other),
        )
        for other in others
    ]
    return sorted(
        found, key=lambda c: (c.rank == 0, c.rank, -c.fit.points, c.other.organisation.name, c.other.pk)
    )


def participant_place(participation: Participation) -> str:
    seat = participation.organisation
    mrc = mrcs_by_code().get(seat.mrc_id or "")
    return mrc.name if mrc else region_names().get(seat.region_id or "", "")


def agenda_context(event: MatchmakingEvent, participation: Participation) -> dict[str, Any]:
    """The participant's day; three queries."""
    meetings = (
        list(Meeting.objects.filter(event=event).of(participation).select_related(*SIDES))
        if event.shows_agendas
        else []
    )
    rows = agenda_rows(event, participation, meetings) if event.shows_agendas else []
    noon = 12
    morning = [row for row in rows if local_hour(row.slot.starts_at) < noon]
    afternoon = [row for row in rows if local_hour(row.slot.starts_at) >= noon]
    halves = [(_("Matin"), morning), (_("Après-midi"), afternoon)]
    # A break is told with the slot that follows it; lunch that begins before noon still ends the morning.
    pause_at = afternoon[0].slot.pause_at if morning and afternoon and afternoon[0].slot.pause else None
    lunch = afternoon[0].slot if pause_at and local_hour(pause_at) < noon else None
    hours = {participation.pk: [m.slot for m in meetings if m.slot is not None]}
    clashes = agenda_clashes([participation], hours) if event.state in COMING else []
    changes = [m.changed_at for m in meetings if m.changed_at is not None]
    return {
        "rows": rows,
        "halves": [(title, part) for title, part in halves if part],
        "lunch": lunch,
        "clashes": clashes,
        "clashing": {slot.number for clash in clashes for slot in clash.slots},
        "count": sum(row.kind == "meeting" for row in rows),
        "changed": max(changes, default=None),
        "changed_count": len(changes),
    }


def local_hour(moment: datetime) -> int:
    return timezone.localtime(moment).hour


def with_typed_ranks(choices: list[WishChoice], ranks: dict[int, int]) -> list[WishChoice]:
    """The same page with the ranks that were typed, where they could not be kept."""
    return [replace(choice, rank=ranks.get(choice.other.pk, 0)) for choice in choices]
