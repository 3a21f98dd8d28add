"""What a person may see of the requests of their own enterprises: the list, and one request as a thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts import sheet, wording
from cohorts.models import Application
from marketplace.accounts.models import User
from marketplace.web.pagination import paginate
from marketplace.web.typography import moment

PAGE_SIZE = 20
State = Application.State


@dataclass(frozen=True)
class Knot:
    """One knot of the thread: what happened, when, and what was written beside it."""

    title: str
    state: str = ""
    when: str = ""
    text: str = ""
    url: str = ""


def find(pk: int, user: User) -> Application | None:
    rows = Application.objects.of_members(user).ranked()
    return (
        rows.select_related("cohort__programme", "cohort__pole", "supplier__organisation")
        .filter(pk=pk)
        .first()
    )


def list_context(request: HttpRequest) -> dict[str, Any]:
    user: User = request.user  # type: ignore[assignment]  # login_required
    rows = Application.objects.of_members(user)
    page = paginate(request, rows.count(), PAGE_SIZE)
    shown = rows.ranked().select_related("cohort__programme", "supplier__organisation")
    return {
        "crumbs": crumbs(_("Mes cohortes")),
        "messages_here": [page.message] if page.message else [],
        "page_obj": page,
        "rows": [
            {
                "application": application,
                "url": reverse("cohorts:application", args=[application.pk]),
                "state": wording.request_state(application),
                "dates": wording.dates(application.cohort),
            }
            for application in shown.order_by("-applied_at", "-pk")[page.start : page.stop]
        ],
    }


def context(application: Application) -> dict[str, Any]:
    """One request: its state, its thread, the workshops for who is in, what can still be done."""
    cohort = application.cohort
    running = application.is_live and cohort.is_standing
    is_in = application.state in (State.ACCEPTED, State.OFFERED)
    return {
        "application": application,
        "cohort": cohort,
        "crumbs": crumbs(cohort.name),
        "state": wording.request_state(application),
        "thread": thread(application),
        "workshops": sheet.workshops(cohort) if is_in and running else [],
        "where": wording.where(cohort),
        "dates": wording.dates(cohort),
        "to_confirm": running and application.state == State.OFFERED,
        "may_withdraw": running,
        "may_return": application.state in Application.MAY_RETURN and cohort.takes_applications,
    }


def crumbs(here: str) -> list[tuple[str, str]]:
    found = [(_("Mon espace"), reverse("pages:my_space"))]
    if here != _("Mes cohortes"):
        found.append((_("Mes cohortes"), reverse("cohorts:mine")))
    return [*found, (here, "")]


def thread(application: Application) -> list[Knot]:
    """Every state it went through, with its date, out of the history; then what comes next. One query, or two."""
    history = Application.pgh_event_model.objects.filter(pgh_obj_id=application.pk)  # type: ignore[attr-defined]
    states = history.order_by("pgh_id").values_list("state", "pgh_created_at", "confirm_by")
    knots: list[Knot] = []
    last = ""
    for state, at, until in states:
        if state == last:
            continue
        if not last and state != State.APPLIED:
            knots.append(Knot(_("Candidature posée"), "done", moment(application.applied_at)))
        last = state
        knots.append(
            Knot(_title(state), "done", moment(at), _offer_text(until) if state == State.OFFERED else "")
        )
    if knots:
        knots[-1] = _current(knots[-1], application)
    return knots + _to_come(application)


def _title(state: str) -> str:
    return {
        State.APPLIED: _("Candidature posée"),
        State.ACCEPTED: _("Place confirmée"),
        State.OFFERED: _("Une place vous est offerte"),
        State.WAITING: _("Sur la liste d’attente"),
        State.DECLINED: _("Candidature non retenue"),
        State.WITHDRAWN: _("Candidature retirée"),
        State.LAPSED: _("Place non confirmée à temps"),
    }[State(state)]


def _offer_text(until: Any) -> str:
    return _("À confirmer avant le %(moment)s.") % {"moment": moment(until)} if until else ""


def _current(knot: Knot, application: Application) -> Knot:
    """The last knot is where things stand now; what waits for the enterprise is marked."""
    state = {State.APPLIED: "now", State.WAITING: "now", State.OFFERED: "warn"}.get(
        State(application.state), "done"
    )
    if not application.is_live:
        state = "warn"
    text = knot.text
    rank = getattr(application, "rank", None)
    if application.state == State.WAITING and rank:
        text = _("Rang %(rank)s aujourd’hui.") % {"rank": rank}
    return Knot(knot.title, state, knot.when, " ".join(filter(None, [text, application.message])))


def _to_come(application: Application) -> list[Knot]:
    cohort = application.cohort
    if not application.is_live or not cohort.is_standing:
        return []
    if application.state == State.APPLIED:
        return [Knot(_("Réponse du pôle"), text=_("Par courriel, et ici."))]
    if application.state == State.WAITING:
        return [
            Knot(
                _("Une place se libère"),
                text=_("Vous recevrez un courriel et quelques jours pour confirmer."),
            )
        ]
    first = cohort.workshops.to_come().first()
    return [Knot(_("Premier atelier"), when=moment(first.starts_at), text=first.name)] if first else []
