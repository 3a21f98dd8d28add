"""What the page « Poser ma candidature » shows: which enterprises may ask, which have, and what happens next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from cohorts import wording
from cohorts.forms import ApplicationForm
from cohorts.models import Application, Cohort
from marketplace.accounts.models import User
from marketplace.web.typography import day_short
from suppliers.models import Status, Supplier


@dataclass
class Enterprises:
    """The person's own: those that may ask, those not published yet, and the requests that stand already."""

    ready: list[Supplier] = field(default_factory=list)
    unpublished: list[Supplier] = field(default_factory=list)
    asked: list[Application] = field(default_factory=list)

    @property
    def has_none(self) -> bool:
        return not (self.ready or self.unpublished or self.asked)


def enterprises(cohort: Cohort, user: User) -> Enterprises:
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


def form(cohort: Cohort, chosen: Enterprises, data: QueryDict | None) -> ApplicationForm | None:
    """None where there is nothing to fill in: nobody to ask for, or no time to ask."""
    if not chosen.ready or not cohort.takes_applications:
        return None
    return ApplicationForm(data, cohort=cohort, suppliers=chosen.ready)


def context(cohort: Cohort, chosen: Enterprises, form: ApplicationForm | None) -> dict[str, Any]:
    return {
        "cohort": cohort,
        "crumbs": [
            (_("Cohortes"), reverse("cohorts:list")),
            (cohort.name, reverse("cohorts:cohort", args=[cohort.slug])),
            (_("Poser ma candidature"), ""),
        ],
        "enterprises": chosen,
        "form": form,
        "state": wording.state_of(cohort),
        "places": wording.places(cohort),
        "places_left": wording.places_left(cohort),
        "dates": wording.dates(cohort),
        "where": wording.where(cohort),
        "next": what_follows(cohort),
    }


def what_follows(cohort: Cohort) -> list[dict[str, str]]:
    """The knots to come once the form is sent."""
    sent = {"title": _("Vous envoyez la candidature"), "state": "now"}
    starts = {"title": _("La cohorte commence"), "when": day_short(cohort.starts_on)}
    if not cohort.is_first_come:
        return [
            sent,
            {
                "title": _("Le pôle lit et décide"),
                "text": _("Vous recevez sa réponse par courriel, avec ses raisons."),
            },
            starts,
        ]
    if wording.places_left(cohort):
        return [
            sent,
            {"title": _("La place est à vous"), "text": _("Tout de suite, avec un courriel.")},
            starts,
        ]
    return [
        sent,
        {"title": _("Vous prenez rang"), "text": _("La liste d’attente suit l’ordre d’arrivée.")},
        {
            "title": _("Une place se libère"),
            "text": _("Un courriel vous l’offre; vous avez quelques jours pour la confirmer."),
        },
        starts,
    ]


def sentence(application: Application) -> str:
    """What is said once it is sent."""
    name = {"name": application.supplier.organisation.name}
    if application.state == Application.State.ACCEPTED:
        return _("%(name)s a sa place. Un courriel vous le confirme.") % name
    if application.state == Application.State.WAITING:
        return _("Toutes les places sont prises : %(name)s est sur la liste d’attente.") % name
    return _("La candidature posée par %(name)s est envoyée. Le pôle vous répondra par courriel.") % name
