"""What goes round of an event outside its page: the picture of a shared link, and a poster. Of an opened one only."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.events.models import MatchmakingEvent, State
from marketplace.web.limits import limited
from marketplace.web.link_pictures import link_picture_response
from marketplace.web.posters import poster_response
from marketplace.web.typography import format_day, format_hour

READ = frozenset({"GET"})


@limited("link_picture", per_ip="240/h", methods=READ)
@require_safe
def link_picture_view(request: HttpRequest, slug: str) -> HttpResponse:
    event = _opened(slug)
    return link_picture_response(
        request,
        kicker=_("Activité annulée") if event.state == State.CANCELLED else _("Activité de maillage"),
        title=event.name,
        lines=[capfirst(format_day(event.day)), event.place],
        paint="meleze",
    )


@limited("poster", per_ip="120/h", per_user="300/h", methods=READ)
@require_safe
def poster_view(request: HttpRequest, slug: str) -> HttpResponse:
    event = _opened(slug)
    if event.state == State.CANCELLED:
        raise Http404
    slots = event.slots
    hours = (
        _("%(start)s à %(end)s")
        % {"start": format_hour(slots[0].starts_at), "end": format_hour(slots[-1].ends_at)}
        if slots
        else ""
    )
    return poster_response(
        name=event.name,
        path=reverse("events:event", args=[slug]),
        kicker=_("Activité de maillage"),
        lead=", ".join(part for part in (capfirst(format_day(event.day)), hours) if part),
        lines=[
            line
            for line in (
                ", ".join(part for part in (event.place, event.address) if part),
                _("Acheteurs publics et entreprises d’économie sociale, face à face, à une table."),
                _("Inscription jusqu’au %(day)s.") % {"day": format_day(event.registration_closes_at)}
                if event.takes_registrations
                else "",
                str(Truncator(event.about).words(28)) if event.about else "",
            )
            if line
        ],
        call=_("S’inscrire") if event.takes_registrations else _("Le programme de la journée"),
        paint="bleuet",
        foot=event.pole.name,
        file_name=slug,
    )


def _opened(slug: str) -> Any:
    event = MatchmakingEvent.objects.public().select_related("pole").filter(slug=slug).first()
    if event is None:
        raise Http404
    return event
