"""What participants read by mail: registered, choose before, your agenda, a meeting moved, another day, called off;
and two reminders.

Each mail goes to the person who represents the organisation; where nobody does any more, to its members.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Membership, User
from marketplace.events.agenda import SIDES, agenda_rows, calendar_secret
from marketplace.events.models import MatchmakingEvent, Meeting, Participation
from marketplace.outbox import messages
from marketplace.outbox.rendering import absolute

REGISTERED, WISHES, AGENDA = "events.registered", "events.wishes", "events.agenda"
MOVED, RESCHEDULED, CANCELLED = "events.moved", "events.rescheduled", "events.cancelled"
WISH_REMINDER, DAY_REMINDER = "events.wish_reminder", "events.day_reminder"

Context = Callable[[Participation], dict[str, Any]]


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


def confirm_registration(participation: Participation) -> None:
    """« C’est noté »: each time an organisation comes, also after it had left."""
    _write(
        participation.event,
        [participation],
        kind=REGISTERED,
        template="events/registered",
        title=_("Inscription reçue : %(event)s"),
        version=participation.registered_at.isoformat(),
    )


def ask_for_wishes(event: MatchmakingEvent) -> None:
    """Everybody is known: choose whom to meet, before a date."""
    coming = list(_coming(event))
    sides = Counter(participation.side for participation in coming)
    _write(
        event,
        coming,
        kind=WISHES,
        template="events/wishes",
        title=_("Choisissez qui rencontrer : %(event)s"),
        context=lambda participation: {
            "opposite": sides["supplier" if participation.is_buyer else "buyer"],
        },
    )


def send_agendas(event: MatchmakingEvent) -> None:
    """Each their own day, also to whoever has no meeting."""
    mine = meetings_of(event)
    _write(
        event,
        _coming(event),
        kind=AGENDA,
        template="events/agenda",
        title=_("Votre horaire : %(event)s"),
        context=lambda participation: {
            "rows": [
                row
                for row in agenda_rows(event, participation, mine[participation.pk])
                if row.kind == "meeting"
            ],
        },
    )


def say_moved(event: MatchmakingEvent, changed: Iterable[Meeting], *, version: str) -> None:
    """To everyone whose meetings moved, fell or came: only those, and where they are now."""
    touched: dict[int, list[int]] = defaultdict(list)
    for meeting in changed:
        for key in (meeting.buyer_id, meeting.supplier_id):
            touched[key].append(meeting.pk)
    if not touched:
        return
    mine = meetings_of(event)

    def context(participation: Participation) -> dict[str, Any]:
        rows = agenda_rows(event, participation, mine[participation.pk])
        keys = set(touched[participation.pk])
        return {"rows": [row for row in rows if row.meeting is not None and row.meeting.pk in keys]}

    _write(
        event,
        [participation for participation in _coming(event) if participation.pk in touched],
        kind=MOVED,
        template="events/moved",
        title=_("Votre horaire a changé : %(event)s"),
        version=version,
        context=context,
    )


def say_rescheduled(event: MatchmakingEvent, before: Where) -> None:
    """Another day or another place: to everyone who has not left, absent ones too; what it was, what it is."""
    _write(
        event,
        Participation.objects.standing()
        .filter(event=event)
        .order_by("pk")
        .select_related("organisation", "person"),
        kind=RESCHEDULED,
        template="events/rescheduled",
        title=_("Nouveau jour ou nouveau lieu : %(event)s")
        if before.day != event.day and before.at != Where.of(event).at
        else _("Nouveau jour : %(event)s")
        if before.day != event.day
        else _("Nouveau lieu : %(event)s"),
        version=str(event.sequence),
        context=lambda participation: {"before": before, "after": Where.of(event)},
    )


def say_cancelled(event: MatchmakingEvent) -> None:
    _write(
        event,
        _coming(event),
        kind=CANCELLED,
        template="events/cancelled",
        title=_("Activité annulée : %(event)s"),
    )


def remind_of_wishes(event: MatchmakingEvent, participations: Iterable[Participation]) -> int:
    """Wishes end soon, and these have none: how many mails. Once per reader and event."""
    return _write_by_reader(
        event,
        [(participation, {}) for participation in participations],
        kind=WISH_REMINDER,
        template="events/wish_reminder",
        title=_("Qui souhaitez-vous rencontrer? %(event)s"),
        version="1",
    )


def remind_of_day(event: MatchmakingEvent) -> int:
    """Where, from when, and how many meetings: to those who have some; how many mails. Once per reader and day."""
    mine = meetings_of(event)
    parts = []
    for participation in _coming(event):
        rows = agenda_rows(event, participation, mine[participation.pk])
        meetings = [row for row in rows if row.kind == "meeting"]
        if meetings:
            parts.append((participation, {"first": meetings[0], "count": len(meetings)}))
    return _write_by_reader(
        event,
        parts,
        kind=DAY_REMINDER,
        template="events/day_reminder",
        title=_("Rappel : %(event)s"),
        version=event.day.isoformat(),
    )


def meetings_of(event: MatchmakingEvent) -> dict[int, list[Meeting]]:
    """Every meeting of the event with both sides, by participation; one query."""
    mine: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in Meeting.objects.filter(event=event).select_related(*SIDES):
        mine[meeting.buyer_id].append(meeting)
        mine[meeting.supplier_id].append(meeting)
    return mine


def calendar_address(participation: Participation, reader: User) -> str:
    return absolute(reverse("events:calendar", args=[calendar_secret(participation, reader)]))


def _coming(event: MatchmakingEvent) -> Iterable[Participation]:
    rows = Participation.objects.coming().filter(event=event).order_by("pk")
    return rows.select_related("organisation", "person")


def _write(
    event: MatchmakingEvent,
    participations: Iterable[Participation],
    *,
    kind: str,
    template: str,
    title: Promise,
    version: str = "1",
    context: Context = lambda participation: {},
) -> None:
    """One mail per reader, all together. A second time with the same version writes nothing."""
    drafts = []
    own: dict[int, dict[str, Any]] = {}
    for participation, reader in _readers(participations):
        participation.event = event
        if participation.pk not in own:
            own[participation.pk] = context(participation)
        with translation.override(reader.language):
            said = str(title) % {"event": event.name}
            links = _links(event)
            calendar = calendar_address(participation, reader)
        drafts.append(
            messages.Draft(
                recipient=reader,
                kind=kind,
                subject=f"participation:{participation.pk}",
                version=version,
                title=said,
                template=template,
                context={
                    "event": event,
                    "participation": participation,
                    "organisation": participation.organisation.name,
                    "links": links,
                    "calendar": calendar,
                    **own[participation.pk],
                },
                pole=event.pole,
            )
        )
    messages.write_together(drafts)


def _write_by_reader(
    event: MatchmakingEvent,
    parts: Sequence[tuple[Participation, dict[str, Any]]],
    *,
    kind: str,
    template: str,
    title: Promise,
    version: str,
) -> int:
    """One mail per reader, whatever the number of organisations that they represent; how many were written now."""
    own = {participation.pk: facts for participation, facts in parts}
    by_reader: dict[User, list[Participation]] = defaultdict(list)
    for participation, reader in _readers(participation for participation, _facts in parts):
        by_reader[reader].append(participation)
    drafts = []
    for reader, participations in by_reader.items():
        with translation.override(reader.language):
            said = str(title) % {"event": event.name}
            links = _links(event)
            shown = [
                {
                    "organisation": participation.organisation.name,
                    "calendar": calendar_address(participation, reader),
                    **own[participation.pk],
                }
                for participation in participations
            ]
        drafts.append(
            messages.Draft(
                recipient=reader,
                kind=kind,
                subject=f"event:{event.pk}",
                version=version,
                title=said,
                template=template,
                context={"event": event, "parts": shown, "links": links},
                pole=event.pole,
            )
        )
    return len(messages.write_together(drafts))


def _links(event: MatchmakingEvent) -> dict[str, str]:
    """In the language that is active."""
    return {
        name: absolute(reverse(f"events:{name}", args=[event.slug])) for name in ("event", "wishes", "agenda")
    }


def _readers(participations: Iterable[Participation]) -> list[tuple[Participation, User]]:
    """Who reads about each; two queries at most."""
    participations = list(participations)
    others = _members(p.organisation_id for p in participations if not _reachable(p.person))
    found = []
    for participation in participations:
        if participation.person is not None and _reachable(participation.person):
            found.append((participation, participation.person))
        else:
            found += [(participation, reader) for reader in others[participation.organisation_id]]
    return found


def _reachable(person: User | None) -> bool:
    return person is not None and person.is_active


def _members(organisations: Iterable[int]) -> dict[int, list[User]]:
    found: dict[int, list[User]] = defaultdict(list)
    wanted: Collection[int] = set(organisations)
    if wanted:
        rows = Membership.objects.filter(organisation__in=wanted, user__is_active=True)
        for membership in rows.select_related("user").order_by("pk"):
            found[membership.organisation_id].append(membership.user)
    return found
