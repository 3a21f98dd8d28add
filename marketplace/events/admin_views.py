"""The organiser's pages beside the settings: who comes, the grid, the buttons, the tables to download."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.models import PersonalDataRead, User
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.events.contexts import EVENT_BADGES, event_state_label
from marketplace.events.grid import count_grid, current_slot_number, grid_by_supplier, grid_by_table
from marketplace.events.lifecycle import (
    STANDING,
    cancel_event,
    close_registration,
    finish_event,
    open_event,
    publish_agenda,
)
from marketplace.events.models import MatchmakingEvent, Meeting, Participation, Plan, Side, State
from marketplace.events.planning import plan_meetings
from marketplace.events.repairs import PlanChange, cancel_absence, mark_absence, move_meeting
from marketplace.events.undoing import undo_event_move
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.errors import Refused
from marketplace.web.spreadsheets import write_csv
from marketplace.web.typography import format_hour

SUPPLIERS = "fournisseurs"
#: The pages of one event, by the word that its forms post.
EVENT_PAGES = {
    "change": "admin:events_matchmakingevent_change",
    "participants": "events_admin:participants",
    "grid": "events_admin:grid",
}


def event_head_context(event: MatchmakingEvent, page: str) -> dict[str, Any]:
    """What the three pages of an event share: its state, and the way between them."""
    can_finish = event.state == State.PUBLISHED and event.day <= timezone.localdate()
    return {
        "event": event,
        "badge": EVENT_BADGES[State(event.state)],
        "state_said": event_state_label(event)
        if event.state != State.SCHEDULED
        else event.get_state_display(),
        "page": page,
        "has_next_step": can_finish
        or event.state in (State.DRAFT, State.OPEN, State.WISHES, State.SCHEDULED),
        "can_finish": can_finish,
        "can_undo": event.state == State.CANCELLED
        or (event.state == State.DONE and event.day >= timezone.localdate()),
        "asks_reason": can_finish and bool(event.slots) and event.slots[-1].ends_at > timezone.now(),
        "can_cancel": event.state in (State.DRAFT, *STANDING),
        "wishes_run": event.takes_wishes,
    }


@staff_member_required
@require_safe
def participants_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Who comes, when they are there, how many wishes they have; absences on the day."""
    event = _find_event(request, pk)
    rows = list(
        Participation.objects.visible_to(request.user)
        .filter(event=event)
        .select_related("organisation", "person")
        .annotate(
            made=Count("wishes", distinct=True),
            got=Count("wished_by", distinct=True),
            buying=Count("meetings_as_buyer", filter=Q(meetings_as_buyer__slot__isnull=False), distinct=True),
            selling=Count(
                "meetings_as_supplier", filter=Q(meetings_as_supplier__slot__isnull=False), distinct=True
            ),
        )
        .order_by("side", "organisation__name", "pk")
    )
    _note_reading(request, rows)
    sides = [
        (title, [row for row in rows if row.side == side])
        for title, side in ((_("Acheteurs"), Side.BUYER), (_("Fournisseurs"), Side.SUPPLIER))
    ]
    context = {
        **event_head_context(event, "participants"),
        "sides": sides,
        "slots": event.slots,
        "can_mark": event.state in (State.SCHEDULED, State.PUBLISHED),
    }
    return render_admin_page(
        request, "admin/events/matchmakingevent/participants.html", title=event.name, **context
    )


@staff_member_required
@require_safe
def grid_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid with what it is worth, the wishes that it could not meet, and the next thing to do."""
    event = _find_event(request, pk)
    meetings = _meetings(request, event)
    people = {
        row.pk: row
        for row in Participation.objects.standing().filter(event=event).select_related("organisation")
    }
    runs = list(Plan.objects.visible_to(request.user).filter(event=event).select_related("by"))
    run = runs[0] if runs else None
    whole = next((one for one in runs if one.kind == Plan.Kind.WHOLE), None)
    by_supplier = request.GET.get("par") == SUPPLIERS
    lines = (grid_by_supplier if by_supplier else grid_by_table)(event, meetings)
    now = current_slot_number(event)
    shown = _number(request.GET.get("creneau"), now, len(event.slots))
    chosen = next((m for m in meetings if str(m.pk) == request.GET.get("rencontre")), None)
    coming = [row for row in people.values() if row.state == Participation.State.REGISTERED]
    context = {
        **event_head_context(event, "grid"),
        "run": run,
        "whole": whole,
        "share": 100 * whole.value / whole.bound if whole and whole.bound else 100,
        "counts": count_grid(event, meetings, people, run),
        "buyers": sum(row.side == Side.BUYER for row in coming),
        "suppliers": sum(row.side == Side.SUPPLIER for row in coming),
        "spare": _spare(event, meetings),
        "lines": lines if meetings else [],
        "by_supplier": by_supplier,
        "slots": event.slots,
        "now": now if event.day == timezone.localdate() else -1,
        "shown": event.slots[shown] if event.slots else None,
        "shown_lines": [(line, line.cells[shown]) for line in lines if line.cells[shown].meeting]
        if meetings and event.slots
        else [],
        "tables": [
            (table, event.table_label(table)) for table in range(1, event.tables + event.spare_tables + 1)
        ],
        "chosen": chosen,
        "can_move": event.state in (State.SCHEDULED, State.PUBLISHED),
    }
    return render_admin_page(request, "admin/events/matchmakingevent/grid.html", title=event.name, **context)


@staff_member_required
@require_POST
def act_on_event_view(request: HttpRequest, pk: int) -> HttpResponse:
    """POST of one button: `geste` names the verb; what it did, or why it did not, stands on the next page."""
    event = _find_event(request, pk)
    try:
        said, page = act_on_event(request, event, signed_in_user(request))
    except Refused as why:
        messages.error(request, str(why))
        page = request.POST.get("page", "grid")
    else:
        messages.success(request, said)
    return redirect(EVENT_PAGES.get(page, EVENT_PAGES["grid"]), event.pk)


def act_on_event(request: HttpRequest, event: MatchmakingEvent, by: User) -> tuple[str, str]:
    """Do what the button `geste` says: what was done, and the page that shows it. Raises `Refused`."""
    gesture = request.POST.get("geste", "")
    if gesture == "open":
        open_event(event=event, by=by)
        return _("L’activité est ouverte : le public la voit."), "change"
    if gesture == "close":
        close_registration(event=event, by=by)
        return _(
            "Les inscriptions sont fermées. Chaque organisation est invitée à choisir qui rencontrer."
        ), "participants"
    if gesture == "plan":
        run = plan_meetings(event=event, by=by)
        said = ngettext("%(n)s rencontre placée.", "%(n)s rencontres placées.", run.meetings)
        return said % {"n": run.meetings} + " " + _("Seule votre équipe voit cette grille."), "grid"
    if gesture == "publish":
        publish_agenda(event=event, by=by)
        return _("Les horaires sont publiés et envoyés par courriel."), "grid"
    if gesture == "finish":
        finish_event(event=event, by=by, reason=request.POST.get("reason", ""))
        return _("L’activité est terminée."), "grid"
    if gesture == "cancel":
        cancel_event(event=event, by=by)
        return _("L’activité est annulée. Les personnes inscrites sont prévenues."), "change"
    if gesture == "undo":
        undo_event_move(event=event, by=by)
        return _("La dernière action est annulée."), "change"
    if gesture == "move":
        return _move(request, event, by), "grid"
    if gesture in ("absent", "back"):
        return _presence(request, event, by, gesture), request.POST.get("page", "participants")
    raise Refused(_("Cette action n’existe pas."))


def _move(request: HttpRequest, event: MatchmakingEvent, by: User) -> str:
    asked = request.POST
    key = _whole(asked.get("rencontre"))
    meeting = Meeting.objects.visible_to(by).filter(event=event, pk=key).first()
    if meeting is None:
        raise Refused(_("Cette rencontre n’existe plus. Choisissez-la de nouveau dans la grille."))
    move_meeting(meeting=meeting, slot=_whole(asked.get("creneau")), table=_whole(asked.get("table")), by=by)
    return _("La rencontre est déplacée.")


def _presence(request: HttpRequest, event: MatchmakingEvent, by: User, gesture: str) -> str:
    key = _whole(request.POST.get("participation"))
    row = Participation.objects.visible_to(by).filter(event=event, pk=key).first()
    if row is None:
        raise Refused(_("Cette organisation n’est pas inscrite."))
    if gesture == "back":
        return _told(cancel_absence(participation=row, by=by))
    until = request.POST.get("avant", "")
    slots = (
        range(min(_whole(until), len(event.slots))) if until else None
    )  # absent before that hour, or all day
    return _told(mark_absence(participation=row, slots=slots, by=by))


def _told(change: PlanChange) -> str:
    """« 2 déplacées, 1 annulée. »"""
    parts = [
        ngettext("%(n)s rencontre déplacée", "%(n)s rencontres déplacées", len(change.moved))
        % {"n": len(change.moved)},
        ngettext("%(n)s annulée", "%(n)s annulées", len(change.fallen)) % {"n": len(change.fallen)},
        ngettext("%(n)s ajoutée", "%(n)s ajoutées", len(change.added)) % {"n": len(change.added)},
    ]
    return ", ".join(parts) + "."


@staff_member_required
@require_safe
def export_event_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid as a table, or who comes; a cell that a spreadsheet would compute is neutralised."""
    event = _find_event(request, pk)
    what = "participants" if request.GET.get("quoi") == "participants" else "rencontres"
    people = what == "participants"
    table = list(_people(request, event) if people else _table(event, _meetings(request, event)))
    record_security_event(
        kind=Kind.EXPORTED,
        by=signed_in_user(request),
        target="participants" if people else "meetings",
        rows=len(table) - 1,  # its first line names the columns
    )
    response = HttpResponse(write_csv(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{event.slug}-{what}.csv"'
    return response


def _table(event: MatchmakingEvent, meetings: Iterable[Meeting]) -> Iterable[list[Any]]:
    yield [_("Heure"), _("Table"), _("Acheteur"), _("Fournisseur"), _("État")]
    hours = {slot.number: slot for slot in event.slots}
    for m in sorted(meetings, key=lambda m: (m.slot is None, m.slot or 0, m.table or 0)):
        yield [
            format_hour(hours[m.slot].starts_at) if m.slot in hours else "",
            event.table_label(m.table) if m.table else "",
            m.buyer.organisation.name,
            m.supplier.organisation.name,
            m.get_state_display(),
        ]


def _people(request: HttpRequest, event: MatchmakingEvent) -> Iterable[list[Any]]:
    rows = list(
        Participation.objects.visible_to(request.user)
        .filter(event=event)
        .select_related("organisation", "person")
        .order_by("side", "organisation__name", "pk")
    )
    _note_reading(request, rows, purpose=PersonalDataRead.Purpose.EXPORT)
    yield [_("Côté"), _("Organisation"), _("Personne"), _("Courriel"), _("Cherche ou offre"), _("État")]
    for row in rows:
        yield [
            row.get_side_display(),
            row.organisation.name,
            row.person.get_full_name() if row.person else "",
            row.person.email if row.person else "",
            row.needs,
            row.get_state_display(),
        ]


def _meetings(request: HttpRequest, event: MatchmakingEvent) -> list[Meeting]:
    rows = Meeting.objects.visible_to(request.user).filter(event=event)
    return list(
        rows.select_related("buyer__organisation", "supplier__organisation").order_by("slot", "table")
    )


def _spare(event: MatchmakingEvent, meetings: Iterable[Meeting]) -> str:
    """« A et B, libres »."""
    if not event.spare_tables:
        return _("aucune")
    names = [event.table_label(event.tables + place) for place in range(1, event.spare_tables + 1)]
    used = {event.table_label(m.table) for m in meetings if m.table and m.table > event.tables}
    free = [name for name in names if name not in used]
    return _("%(names)s libres") % {"names": ", ".join(free)} if free else _("toutes utilisées")


def _note_reading(request: HttpRequest, rows: Iterable[Participation], purpose: str = "") -> None:
    """Staff read people's names: Law 25 wants it known, for each organisation."""
    PersonalDataRead.objects.bulk_create(
        PersonalDataRead(
            reader=signed_in_user(request),
            organisation_id=row.organisation_id,
            what="event.participants",
            purpose=purpose,
        )
        for row in rows
        if row.person_id
    )


def _number(text: str | None, default: int, count: int) -> int:
    value = _whole(text)
    return value if text and 0 <= value < count else default


def _whole(text: str | None) -> int:
    """-1 for what is no number: no row and no slot has it."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 9 else -1


def _find_event(request: HttpRequest, pk: int) -> MatchmakingEvent:
    """The event, where it is the reader's to run."""
    return get_object_or_404(MatchmakingEvent.objects.curated_by(request.user), pk=pk)
