"""What participants read by mail: registered, choose before, your agenda, a meeting moved, another day, called off;
and two reminders.

Each mail goes to the person who represents the organisation; where nobody does any more, to its members.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.emails import readers_by_organisation
from marketplace.accounts.models import User
from marketplace.events.agenda import SIDES, agenda_rows, calendar_secret
from marketplace.events.models import MatchmakingEvent, Meeting, Participation
from marketplace.outbox.compose import Draft, send_emails
from marketplace.web.emails import Email, site_link

_PARTICIPANT = _(
    "Vous recevez ce courriel parce que l’organisation « %(organisation)s » est inscrite à l’activité « %(event)s »."
)


def _declared(name: str, title: Promise, audience: str | Promise = _PARTICIPANT) -> Email:
    return Email(kind=f"events.{name}", audience=audience, title=title, template=f"events/{name}")


PARTICIPATION_RECEIVED = _declared("registered", _("Inscription reçue : %(event)s"))
WISHES_OPEN = _declared("wishes", _("Choisissez qui rencontrer : %(event)s"))
AGENDA = _declared("agenda", _("Votre horaire : %(event)s"))
MEETINGS_MOVED = _declared("moved", _("Votre horaire a changé : %(event)s"))
NEW_DAY = _declared("rescheduled", _("Nouveau jour : %(event)s"))
NEW_PLACE = _declared("rescheduled", _("Nouveau lieu : %(event)s"))
NEW_DAY_AND_PLACE = _declared("rescheduled", _("Nouveau jour ou nouveau lieu : %(event)s"))
EVENT_CANCELLED = _declared("cancelled", _("Activité annulée : %(event)s"))
# one mail for all that a reader represents: the template says why for each
WISHES_LACKING = _declared("wish_reminder", _("Qui souhaitez-vous rencontrer? %(event)s"), audience="")
DAY_NEAR = _declared("day_reminder", _("Rappel : %(event)s"), audience="")


@dataclass(frozen=True, slots=True)
class Where:
    """Day and place of an event at some moment."""

    day: date
    place: str
    address: str

    @classmethod
    def of(cls, event: MatchmakingEvent) -> Where:
        return cls(event.day, event.place, event.address)

    @property
    def at(self) -> str:
        """« Centre culturel, 10, rue du Fleuve »."""
        return ", ".join(filter(None, [self.place, self.address]))


Context = Callable[[Participation], dict[str, Any]]


def send_participation_received(participation: Participation) -> None:
    """« C’est noté »: each time an organisation comes, also after it had left."""
    version = participation.registered_at.isoformat()
    _send(PARTICIPATION_RECEIVED, participation.event, [participation], version=version)


def send_wishes_open(event: MatchmakingEvent) -> None:
    """Everybody is known: choose whom to meet, before a date."""
    coming = list(_coming(event))
    sides = Counter(participation.side for participation in coming)

    def context(participation: Participation) -> dict[str, Any]:
        return {"opposite": sides["supplier" if participation.is_buyer else "buyer"]}

    _send(WISHES_OPEN, event, coming, context=context)


def send_agendas(event: MatchmakingEvent) -> None:
    """Each their own day, also to whoever has no meeting."""
    mine = meetings_by_participation(event)

    def context(participation: Participation) -> dict[str, Any]:
        rows = agenda_rows(event, participation, mine[participation.pk])
        return {"rows": [row for row in rows if row.kind == "meeting"]}

    _send(AGENDA, event, _coming(event), context=context)


def send_meetings_moved(event: MatchmakingEvent, changed: Iterable[Meeting], *, version: str) -> None:
    """To everyone whose meetings moved, fell or came: only those, and where they are now."""
    touched: dict[int, list[int]] = defaultdict(list)
    for meeting in changed:
        for key in (meeting.buyer_id, meeting.supplier_id):
            touched[key].append(meeting.pk)
    if not touched:
        return
    mine = meetings_by_participation(event)

    def context(participation: Participation) -> dict[str, Any]:
        rows = agenda_rows(event, participation, mine[participation.pk])
        keys = set(touched[participation.pk])
        return {"rows": [row for row in rows if row.meeting is not None and row.meeting.pk in keys]}

    readers = [participation for participation in _coming(event) if participation.pk in touched]
    _send(MEETINGS_MOVED, event, readers, version=version, context=context)


def send_event_rescheduled(event: MatchmakingEvent, before: Where) -> None:
    """Another day or another place: to everyone who has not left, absent ones too; what it was, what it is."""
    after = Where.of(event)
    email = NEW_DAY if before.at == after.at else NEW_PLACE if before.day == after.day else NEW_DAY_AND_PLACE
    standing = Participation.objects.standing().filter(event=event).order_by("pk")
    _send(
        email,
        event,
        standing.select_related("organisation", "person"),
        version=str(event.sequence),
        context=lambda participation: {"before": before, "after": after},
    )


def send_event_cancelled(event: MatchmakingEvent) -> None:
    _send(EVENT_CANCELLED, event, _coming(event), version=event.cause, decision=event.cause)


def send_wishes_lacking(event: MatchmakingEvent, participations: Iterable[Participation]) -> int:
    """Wishes end soon, and these have none: how many mails. Once per reader and event."""
    parts: list[tuple[Participation, dict[str, Any]]] = [
        (participation, {}) for participation in participations
    ]
    return _send_by_reader(WISHES_LACKING, event, parts, version="1")


def send_day_near(event: MatchmakingEvent) -> int:
    """Where, from when, and how many meetings: to those who have some; how many mails. Once per reader and day."""
    mine = meetings_by_participation(event)
    parts: list[tuple[Participation, dict[str, Any]]] = []
    for participation in _coming(event):
        rows = agenda_rows(event, participation, mine[participation.pk])
        meetings = [row for row in rows if row.kind == "meeting"]
        if meetings:
            parts.append((participation, {"first": meetings[0], "count": len(meetings)}))
    return _send_by_reader(DAY_NEAR, event, parts, version=event.day.isoformat())


def meetings_by_participation(event: MatchmakingEvent) -> dict[int, list[Meeting]]:
    """Every meeting of the event with both sides, by participation; one query."""
    mine: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in Meeting.objects.filter(event=event).select_related(*SIDES):
        mine[meeting.buyer_id].append(meeting)
        mine[meeting.supplier_id].append(meeting)
    return mine


def calendar_link(participation: Participation, reader: User) -> str:
    """The whole address of a reader's calendar feed."""
    return site_link("events:calendar", calendar_secret(participation, reader))


def _coming(event: MatchmakingEvent) -> Iterable[Participation]:
    rows = Participation.objects.coming().filter(event=event).order_by("pk")
    return rows.select_related("organisation", "person")


def _send(
    email: Email,
    event: MatchmakingEvent,
    participations: Iterable[Participation],
    *,
    version: str = "1",
    decision: str = "",
    context: Context = lambda participation: {},
) -> None:
    """One mail per reader, all together. A second time with the same version writes nothing."""
    drafts = []
    own: dict[int, dict[str, Any]] = {}
    for participation, reader in _readers(participations):
        participation.event = event
        if participation.pk not in own:
            own[participation.pk] = context(participation)
        drafts.append(
            Draft(
                email=email,
                recipient=reader,
                organisation=participation.organisation,
                pole=event.pole,
                subject=f"participation:{participation.pk}",
                version=version,
                decision=decision,
                context={
                    "event": event,
                    "participation": participation,
                    "links": _links(event),
                    "calendar": calendar_link(participation, reader),
                    **own[participation.pk],
                },
            )
        )
    send_emails(drafts)


def _send_by_reader(
    email: Email,
    event: MatchmakingEvent,
    parts: Sequence[tuple[Participation, dict[str, Any]]],
    *,
    version: str,
) -> int:
    """One mail per reader, whatever the number of organisations that they represent; how many were written now."""
    own = {participation.pk: facts for participation, facts in parts}
    by_reader: dict[User, list[Participation]] = defaultdict(list)
    for participation, reader in _readers(participation for participation, _facts in parts):
        by_reader[reader].append(participation)
    drafts = []
    for reader, participations in by_reader.items():
        shown = [
            {
                "organisation": participation.organisation.name,
                "calendar": calendar_link(participation, reader),
                **own[participation.pk],
            }
            for participation in participations
        ]
        drafts.append(
            Draft(
                email=email,
                recipient=reader,
                pole=event.pole,
                subject=f"event:{event.pk}",
                version=version,
                context={"event": event, "parts": shown, "links": _links(event)},
            )
        )
    return len(send_emails(drafts))


def _links(event: MatchmakingEvent) -> dict[str, str]:
    return {name: site_link(f"events:{name}", event.slug) for name in ("event", "wishes", "agenda")}


def _readers(participations: Iterable[Participation]) -> list[tuple[Participation, User]]:
    """Who reads about each; two queries at most."""
    participations = list(participations)
    others = readers_by_organisation(p.organisation_id for p in participations if not _reachable(p.person))
    found = []
    for participation in participations:
        if participation.person is not None and _reachable(participation.person):
            found.append((participation, participation.person))
        else:
            found += [(participation, reader) for reader in others[participation.organisation_id]]
    return found


def _reachable(person: User | None) -> bool:
    return person is not None and person.is_active
