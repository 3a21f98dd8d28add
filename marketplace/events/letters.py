"""What participants read by mail: registered, choose before, your agenda, a meeting moved, called off.

Each mail goes to the person who represents the organisation; where nobody does any more, to its members.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from marketplace.accounts.models import Membership, User
from marketplace.events import agenda
from marketplace.events.models import MatchmakingEvent, Meeting, Participation
from marketplace.outbox import messages
from marketplace.outbox.rendering import absolute

REGISTERED, WISHES, AGENDA = "events.registered", "events.wishes", "events.agenda"
MOVED, CANCELLED = "events.moved", "events.cancelled"

Context = Callable[[Participation], dict[str, Any]]


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
                for row in agenda.rows(event, participation, mine[participation.pk])
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
        rows = agenda.rows(event, participation, mine[participation.pk])
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


def say_cancelled(event: MatchmakingEvent) -> None:
    _write(
        event,
        _coming(event),
        kind=CANCELLED,
        template="events/cancelled",
        title=_("Activité annulée : %(event)s"),
    )


def meetings_of(event: MatchmakingEvent) -> dict[int, list[Meeting]]:
    """Every meeting of the event with both sides, by participation; one query."""
    mine: dict[int, list[Meeting]] = defaultdict(list)
    for meeting in Meeting.objects.filter(event=event).select_related(*agenda.SIDES):
        mine[meeting.buyer_id].append(meeting)
        mine[meeting.supplier_id].append(meeting)
    return mine


def calendar_address(participation: Participation) -> str:
    return absolute(reverse("events:calendar", args=[participation.token]))


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
    participations = list(participations)
    others = _members(p.organisation_id for p in participations if not _reachable(p.person))
    drafts = []
    for participation in participations:
        participation.event = event
        own = context(participation)
        readers = (
            [participation.person]
            if _reachable(participation.person)
            else others[participation.organisation_id]
        )
        for reader in readers:
            if reader is None:
                continue
            with translation.override(reader.language):
                said = str(title) % {"event": event.name}
                links = {
                    name: absolute(reverse(f"events:{name}", args=[event.slug]))
                    for name in ("event", "wishes", "agenda")
                }
                calendar = calendar_address(participation)
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
                        **own,
                    },
                    pole=event.pole,
                )
            )
    messages.write_together(drafts)


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
