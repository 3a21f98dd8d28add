"""What the page of a cohort shows: what, when, for whom, the workshops, the places left, and one thing to do."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from cohorts import listing, wording
from cohorts.models import Application, Cohort
from marketplace.accounts.models import Visitor
from marketplace.territories.models import Pole
from marketplace.web.languages import OnlyFrench


def find(slug: str, user: Visitor) -> Cohort | None:
    """A cohort with what its pages count and name; None where this person may not see it."""
    rows = Cohort.objects.visible_to(user).counted().select_related("programme", "pole", "region")
    return (
        rows.prefetch_related(Prefetch("partners", Pole.objects.order_by("name"))).filter(slug=slug).first()
    )


def context(cohort: Cohort, user: Visitor) -> dict[str, Any]:
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
        "state": wording.state_of(cohort),
        "who": listing.poles(cohort),
        "facts": [
            (_("Quand"), wording.dates(cohort)),
            (_("Où"), wording.where(cohort)),
            (_("Région"), listing.region(cohort)),
        ],
        "places": wording.places(cohort),
        "places_left": wording.places_left(cohort),
        "deadline": wording.deadline(cohort),
        "admission": wording.admission(cohort),
        "workshops": workshops(cohort),
        "mine": [(application, wording.request_state(application)) for application in running],
        "is_mine_in": any(application.seat for application in running),
        "now": timezone.now(),
        "calendar": reverse("cohorts:calendar", args=[cohort.slug]),
    }


def workshops(cohort: Cohort) -> list[dict[str, Any]]:
    """The calendar as a list, in order."""
    return [
        {
            "title": workshop.name,
            "date": workshop.starts_at,
            "when": wording.capital(wording.hours(workshop.starts_at, workshop.ends_at)),
            "where": OnlyFrench(workshop.place) if workshop.place else wording.where(cohort),
            "lasts": wording.duration(workshop.minutes),
            "is_cancelled": workshop.is_cancelled,
        }
        for workshop in cohort.workshops.all()
    ]
