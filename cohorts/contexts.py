"""What the pages of cohorts show, ready for their templates: one cohort, the form of a request, a person's requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cohorts.cohort_list import cohort_poles, cohort_region
from cohorts.forms import ApplicationForm
from cohorts.labels import (
    admission_label,
    application_badge,
    application_deadline,
    cohort_badge,
    cohort_dates,
    cohort_place,
    count_free_places,
    duration_label,
    places_label,
    workshop_hours,
)
from cohorts.models import Application, Cohort
from marketplace.accounts.models import User, Visitor
from marketplace.territories.models import Pole
from marketplace.web.languages import OnlyFrench
from marketplace.web.pagination import paginate_list
from marketplace.web.site import site_page_url
from marketplace.web.typography import format_day_short, format_moment
from suppliers.models import Status, Supplier


def find_cohort(slug: str, user: Visitor) -> Cohort | None:
    """A cohort with what its pages count and name; None where this person may not see it."""
    rows = Cohort.objects.visible_to(user).counted().select_related("programme", "pole", "region")
    return (
        rows.prefetch_related(Prefetch("partners", Pole.objects.order_by("name"))).filter(slug=slug).first()
    )


def cohort_context(cohort: Cohort, user: Visitor) -> dict[str, Any]:
    """Three SQL queries more for who is a member of an enterprise, one for everybody else."""
    mine = list(
        Application.objects.of_members(user)
        .filter(cohort=cohort)
        .ranked()
        .select_related("supplier__organisation")
        .order_by("-arrival")
    )
    for application in mine:
        application.cohort = cohort
    running = [application for application in mine if application.is_live]
    return {
        "cohort": cohort,
        "crumbs": [(_("Cohortes"), reverse("cohorts:list")), (cohort.name, "")],
        "state": cohort_badge(cohort),
        "who": cohort_poles(cohort),
        "facts": [
            (_("Quand"), cohort_dates(cohort)),
            (_("Où"), cohort_place(cohort)),
            (_("Région"), cohort_region(cohort)),
        ],
        "places": places_label(cohort),
        "places_left": count_free_places(cohort),
        "deadline": application_deadline(cohort),
        "admission": admission_label(cohort),
        "workshops": workshop_rows(cohort),
        "mine": [(application, application_badge(application)) for application in running],
        "is_mine_in": any(application.seat for application in running),
        "now": timezone.now(),
        "calendar": reverse("cohorts:calendar", args=[cohort.slug]),
    }


def workshop_rows(cohort: Cohort) -> list[dict[str, Any]]:
    """The calendar as a list, in order."""
    return [
        {
            "title": workshop.name,
            "date": workshop.starts_at,
            "when": capfirst(workshop_hours(workshop.starts_at, workshop.ends_at)),
            "where": OnlyFrench(workshop.place) if workshop.place else cohort_place(cohort),
            "lasts": duration_label(workshop.minutes),
            "is_cancelled": workshop.is_cancelled,
        }
        for workshop in cohort.workshops.all()
    ]


@dataclass
class Enterprises:
    """The person's own: those that may ask, those not published yet, and the requests that stand already."""

    ready: list[Supplier] = field(default_factory=list)
    unpublished: list[Supplier] = field(default_factory=list)
    asked: list[Application] = field(default_factory=list)

    @property
    def has_none(self) -> bool:
        return not (self.ready or self.unpublished or self.asked)


def own_enterprises(cohort: Cohort, user: User) -> Enterprises:
    """Two queries, none for who is a member of nothing."""
    found = Enterprises()
    if not user.organisation_ids:
        return found
    before = (
        Application.objects.of_members(user).filter(cohort=cohort).exclude(state__in=Application.MAY_RETURN)
    )
    found.asked = list(before.select_related("supplier__organisation").order_by("arrival"))
    known = {application.supplier_id for application in found.asked}
    suppliers = Supplier.objects.filter(organisation__in=user.organisation_ids).exclude(pk__in=known)
    for supplier in suppliers.select_related("organisation").order_by("organisation__name", "pk"):
        (found.ready if supplier.status == Status.PUBLISHED else found.unpublished).append(supplier)
    return found


def application_form(cohort: Cohort, chosen: Enterprises, data: QueryDict | None) -> ApplicationForm | None:
    """None where there is nothing to fill in: nobody to ask for, or no time to ask."""
    if not chosen.ready or not cohort.takes_applications:
        return None
    return ApplicationForm(data, cohort=cohort, suppliers=chosen.ready)


def application_form_context(
    cohort: Cohort, chosen: Enterprises, form: ApplicationForm | None
) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "crumbs": [
            (_("Cohortes"), reverse("cohorts:list")),
            (cohort.name, reverse("cohorts:cohort", args=[cohort.slug])),
            (_("Poser ma candidature"), ""),
        ],
        "enterprises": chosen,
        "form": form,
        "state": cohort_badge(cohort),
        "places": places_label(cohort),
        "places_left": count_free_places(cohort),
        "dates": cohort_dates(cohort),
        "where": cohort_place(cohort),
        "next": steps_after_applying(cohort),
    }


def steps_after_applying(cohort: Cohort) -> list[dict[str, str]]:
    """The knots to come once the form is sent."""
    sent = {"title": _("Vous envoyez la candidature"), "state": "now"}
    starts = {"title": _("La cohorte commence"), "when": format_day_short(cohort.starts_on)}
    if not cohort.is_first_come:
        return [
            sent,
            {
                "title": _("Le pôle lit et décide"),
                "text": _("Vous recevez sa réponse par courriel, avec ses raisons."),
            },
            starts,
        ]
    if count_free_places(cohort):
        return [
            sent,
            {"title": _("La place est à vous"), "text": _("Tout de suite, avec un courriel.")},
            starts,
        ]
    return [
        sent,
        {
            "title": _("Vous êtes sur la liste d’attente"),
            "text": _("La liste d’attente suit l’ordre d’arrivée."),
        },
        {
            "title": _("Une place se libère"),
            "text": _("Un courriel vous l’offre; vous avez quelques jours pour la confirmer."),
        },
        starts,
    ]


def application_sent_message(application: Application) -> str:
    """What is said once it is sent."""
    name = {"name": application.supplier.organisation.name}
    if application.state == Application.State.ACCEPTED:
        return _("%(name)s a sa place. Un courriel vous le confirme.") % name
    if application.state == Application.State.WAITING:
        return _("Toutes les places sont prises : %(name)s est sur la liste d’attente.") % name
    return _("La candidature posée par %(name)s est envoyée. Le pôle vous répondra par courriel.") % name


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


def find_application(pk: int, user: User) -> Application | None:
    rows = Application.objects.of_members(user).ranked()
    return (
        rows.select_related("cohort__programme", "cohort__pole", "supplier__organisation")
        .filter(pk=pk)
        .first()
    )


def application_list_context(request: HttpRequest) -> dict[str, Any]:
    user: User = request.user
    rows = Application.objects.of_members(user)
    shown = rows.ranked().select_related("cohort__programme", "supplier__organisation")
    page = paginate_list(request, shown.order_by("-applied_at", "-pk"), PAGE_SIZE, count=rows.count())
    return {
        "crumbs": application_crumbs(_("Mes cohortes")),
        "messages_here": [page.message] if page.message else [],
        "page_obj": page,
        "rows": [
            {
                "application": application,
                "url": reverse("cohorts:application", args=[application.pk]),
                "state": application_badge(application),
                "dates": cohort_dates(application.cohort),
            }
            for application in page
        ],
    }


def application_context(application: Application) -> dict[str, Any]:
    """One request: its state, its thread, the workshops for who is in, what can still be done."""
    cohort = application.cohort
    running = application.is_live and cohort.is_standing
    is_in = application.state in (State.ACCEPTED, State.OFFERED)
    return {
        "application": application,
        "cohort": cohort,
        "crumbs": application_crumbs(cohort.name),
        "state": application_badge(application),
        "thread": application_thread(application),
        "workshops": workshop_rows(cohort) if is_in and running else [],
        "where": cohort_place(cohort),
        "dates": cohort_dates(cohort),
        "to_confirm": running and application.state == State.OFFERED,
        "may_withdraw": running,
        "may_return": application.state in Application.MAY_RETURN and cohort.takes_applications,
    }


def application_crumbs(here: str) -> list[tuple[str, str]]:
    found = [(_("Mon espace"), site_page_url("my_space"))]
    if here != _("Mes cohortes"):
        found.append((_("Mes cohortes"), reverse("cohorts:mine")))
    return [*found, (here, "")]


def application_thread(application: Application) -> list[Knot]:
    """Every state it went through, with its date, out of the history; then what comes next. One query, or two."""
    history = Application.pgh_event_model.objects.filter(pgh_obj_id=application.pk)
    states = history.order_by("pgh_id").values_list("state", "pgh_created_at", "confirm_by")
    knots: list[Knot] = []
    last = ""
    for state, at, until in states:
        if state == last:
            continue
        if not last and state != State.APPLIED:
            knots.append(Knot(_("Candidature posée"), "done", format_moment(application.applied_at)))
        last = state
        knots.append(
            Knot(
                _title(state), "done", format_moment(at), _offer_text(until) if state == State.OFFERED else ""
            )
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
    return _("À confirmer avant le %(moment)s.") % {"moment": format_moment(until)} if until else ""


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
    return [Knot(_("Premier atelier"), when=format_moment(first.starts_at), text=first.name)] if first else []
