"""Events, for everyone; registration, wishes and agenda, for those who come; the calendar, for their programs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.events import emails
from marketplace.events.agenda import agenda_calendar, calendar_secret, find_calendar_by_secret
from marketplace.events.clashes import registration_clashes
from marketplace.events.contexts import (
    agenda_context,
    event_context,
    event_list_context,
    event_state_label,
    find_event,
    own_participations,
    own_parties,
    wish_choices,
    with_typed_ranks,
)
from marketplace.events.forms import RanksForm, RegistrationForm, party_key, read_ranks
from marketplace.events.models import MatchmakingEvent, Participation
from marketplace.events.registration import (
    register_participation,
    renew_calendar_links,
    withdraw_participation,
)
from marketplace.events.structured_data import event_json_ld
from marketplace.events.wishes import choose_wishes
from marketplace.web.errors import Refused
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, versioned_form


@require_safe
def event_list_view(request: HttpRequest) -> HttpResponse:
    """Events to come, or past ones."""
    return render(request, "events/list.html", event_list_context(request))


@require_safe
def event_view(request: HttpRequest, slug: str) -> HttpResponse:
    """What, when, where, who comes, and the one thing to do."""
    found = _event(request, slug)
    context = event_context(found, request)
    if found.opened_at:
        context["json_ld"] = event_json_ld(found, found.slots)
        context["picture_url"] = reverse("events:picture", args=[slug])
    return render(request, "events/event.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def registration_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Come to an event, change what was said, or leave it."""
    user, found = signed_in_user(request), _event(request, slug)
    known = _asked(request, own_participations(user, found))
    if request.method == "POST" and "withdraw" in request.POST:
        return _withdraw(request, user, found, known)
    with holding_row(request, MatchmakingEvent, found.pk):
        return _registration_page(request, user, found)


def _registration_page(request: HttpRequest, user: User, found: MatchmakingEvent) -> HttpResponse:
    mine = own_participations(user, found)
    known = _asked(request, mine)
    parties = own_parties(user)
    initial = {"party": party_key(known.party)} if known else {}

    def build(data: QueryDict | None) -> RegistrationForm:
        return RegistrationForm(data, event=found, parties=parties, known=known, initial=initial)

    if known is None:
        form = build(request.POST if request.method == "POST" else None)
    else:
        page = versioned_form(request, build, about=known)
        if page.is_stale:
            return ask_to_choose(request, page.merged, rows=[known])
        form = page.form
    posted = request.method == "POST" and form.is_valid()
    if posted and any(one != known and one.party == form.party_chosen for one in mine):
        form.add_error("party", _("Cette organisation est déjà inscrite. Ouvrez plutôt son inscription."))
    if posted and form.is_valid():
        try:
            register_participation(
                event=found,
                party=form.party_chosen,
                person=user,
                by=user,
                free_slots=form.cleaned_data["slots"],
                needs=form.cleaned_data["needs"],
                most_meetings=form.cleaned_data["most_meetings"],
                is_listed=form.cleaned_data["is_listed"],
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(
                request,
                _("C’est noté : inscription reçue pour %(name)s.") % {"name": form.party_chosen.organisation},
            )
            return redirect("events:event", slug=found.slug)
    context = {
        "event": found,
        "form": form,
        "clashes": registration_clashes(found, {party.organisation_id for party in parties}),
        "parties": parties,
        "known": known,
        "state": event_state_label(found),
        "may": found.takes_registrations,
    }
    return render(request, "events/register.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def wishes_view(request: HttpRequest, slug: str) -> HttpResponse:
    """The other side of the table, and whom one wishes to meet, in order."""
    user, found = signed_in_user(request), _event(request, slug)
    mine = own_participations(user, found)
    participation = _asked(request, mine)
    if participation is None:
        return _not_coming(request, found)
    with holding_row(request, MatchmakingEvent, found.pk):
        return _wishes_page(request, user, found, mine, participation)


def _wishes_page(
    request: HttpRequest,
    user: User,
    found: MatchmakingEvent,
    mine: list[Participation],
    participation: Participation,
) -> HttpResponse:
    choices = wish_choices(participation)
    page = versioned_form(
        request,
        lambda data: RanksForm(data, ranks=[(choice.other, choice.rank) for choice in choices]),
        about=participation,
        part="ranks",
    )
    if page.is_stale:
        return ask_to_choose(request, page.merged)
    refusal = ""
    if request.method == "POST":
        asked = read_ranks(page.form.data, [choice.other for choice in choices])
        try:
            choose_wishes(participation=participation, wanted=asked.wanted, by=user)
        except Refused as why:
            refusal = str(why)
            ranks = {other.pk: rank for rank, other in enumerate(asked.wanted, start=1)}
            choices = with_typed_ranks(choices, ranks)
        else:
            if asked.tied:
                messages.warning(
                    request,
                    _("Deux organisations avaient le même rang : elles se suivent, dans l’ordre de la page."),
                )
            messages.success(request, _("Vos souhaits sont notés."))
            return redirect(request.get_full_path())
    context = {
        "event": found,
        "participation": participation,
        "mine": mine,
        "form": page.form,
        "choices": choices,
        "chosen": sum(choice.rank > 0 for choice in choices),
        # What was typed beyond the limit stays to be seen, and to be taken away.
        "ranks": range(1, max([found.most_wishes, *(choice.rank for choice in choices)]) + 1),
        "refusal": refusal,
        "may": found.takes_wishes,
    }
    return render(request, "events/wishes.html", context)


@never_cache
@login_required
@require_safe
def agenda_view(request: HttpRequest, slug: str) -> HttpResponse:
    """One's own day."""
    user, found = signed_in_user(request), _event(request, slug)
    mine = own_participations(user, found)
    participation = _asked(request, mine)
    if participation is None:
        return _not_coming(request, found)
    context = {
        "event": found,
        "participation": participation,
        "mine": mine,
        "calendar_secret": calendar_secret(participation, user),
        "calendar_url": emails.calendar_link(participation, user),
        **agenda_context(found, participation),
    }
    return render(request, "events/agenda.html", context)


@never_cache
@login_required
@require_POST
def renew_calendar_view(request: HttpRequest, slug: str) -> HttpResponse:
    """Another secret address for one's calendar, where the former may have been read by others."""
    user, found = signed_in_user(request), _event(request, slug)
    asked = request.GET.get("pour", "")
    mine = [p for p in own_participations(user, found) if str(p.pk) == asked]
    if not mine:
        raise Http404
    renew_calendar_links(participation=mine[0], by=user)
    messages.success(
        request,
        _(
            "Le lien est renouvelé. L’ancien ne fonctionne plus : abonnez vos calendriers à la nouvelle adresse."
        ),
    )
    return redirect(f"{reverse('events:agenda', args=[found.slug])}?pour={mine[0].pk}")


@require_safe
def agenda_calendar_view(request: HttpRequest, token: str) -> HttpResponse:
    """The secret address is the authority: calendar programs sign in nowhere."""
    opened = find_calendar_by_secret(token)
    if opened is None:
        raise Http404
    participation, reader = opened
    with translation.override(reader.language):
        body = agenda_calendar(participation)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{participation.event.slug}.ics"'
    response["Cache-Control"] = "private, max-age=300"
    response["X-Robots-Tag"] = "noindex"
    return response


def _event(request: HttpRequest, slug: str) -> MatchmakingEvent:
    found = find_event(slug, request.user)
    if found is None:
        raise Http404
    return found


def _asked(request: HttpRequest, mine: list[Participation]) -> Participation | None:
    """Which of the reader's organisations a page is about: `?pour=`, else the first.

    What acts never takes another than the one it names: a second click on « withdraw » would withdraw the next.
    """
    asked: Any = request.GET.get("pour", "")
    first = mine[0] if mine and not (asked and request.method == "POST") else None
    return next((p for p in mine if str(p.pk) == asked), first)


def _withdraw(
    request: HttpRequest, user: User, found: MatchmakingEvent, known: Participation | None
) -> HttpResponse:
    if known is None:
        messages.warning(request, _("Aucune de vos organisations n’est inscrite."))
    else:
        try:
            withdraw_participation(participation=known, by=user)
        except Refused as why:
            messages.error(request, str(why))
        else:
            messages.success(
                request, _("L’inscription est retirée : %(name)s.") % {"name": known.organisation.name}
            )
    return redirect("events:event", slug=found.slug)


def _not_coming(request: HttpRequest, found: MatchmakingEvent) -> HttpResponse:
    messages.warning(request, _("Inscrivez d’abord votre organisation."))
    return redirect("events:event", slug=found.slug)
