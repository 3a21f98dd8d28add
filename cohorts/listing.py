"""What the list of cohorts shows, ready for its templates: they choose words and places."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from cohorts import filters
from cohorts.filters import CohortQuery
from cohorts.labels import application_deadline, cohort_badge, cohort_dates, cohort_place, places_label
from cohorts.models import Cohort
from cohorts.models.cohort import CohortQuerySet
from marketplace.territories import choices as territories
from marketplace.territories.models import Pole
from marketplace.web.pagination import paginate
from marketplace.web.typography import format_number

PAGE_SIZE = 20
STATES: dict[str, Promise] = {
    filters.OPEN: lazy("Candidatures ouvertes"),
    filters.COMING: lazy("À venir"),
    filters.RUNNING: lazy("En cours"),
    filters.PAST: lazy("Terminées"),
    filters.CANCELLED: lazy("Annulées"),
    filters.ALL: lazy("Toutes"),
}


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the templates of the list use; three SQL queries, whatever the rows."""
    query, problems = filters.parse(request.GET)
    rows = filters.answers(Cohort.objects.visible_to(request.user).public(), query)
    total = rows.count()
    page = paginate(request, total, PAGE_SIZE)
    found = in_order(rows, query)[page.start : page.stop] if total else []
    return {
        "messages_here": [*(problem.text for problem in problems), *filter(None, [page.message])],
        "total": total,
        "sentence": sentence(query, total),
        "page_obj": page,
        "cards": [card(cohort) for cohort in found],
        "chips": chips(query),
        "asked": bool(query.filters),
        "clear_address": address(CohortQuery()),
        "all_address": address(CohortQuery(states=(filters.ALL,))),
        "region_choices": [
            (code, name, query.regions[-1:] == (code,)) for code, name in territories.regions().items()
        ],
        "state_choices": [
            (word, STATES[state], query.states[-1:] == (state,))
            for word, state in filters.FRENCH.states.items()
        ],
    }


def in_order(rows: CohortQuerySet, query: CohortQuery) -> CohortQuerySet:
    """What comes first is shown first; what is over, the latest first. With all that a card needs."""
    over = query.states and set(query.states) <= {filters.PAST, filters.CANCELLED, filters.ALL}
    order = ("-starts_on", "pk") if over else ("starts_on", "closes_at", "pk")
    partners = Prefetch("partners", Pole.objects.order_by("name"))
    return (
        rows.counted()
        .select_related("programme", "pole", "region")
        .prefetch_related(partners)
        .order_by(*order)
    )


def address(query: CohortQuery) -> str:
    return reverse("cohorts:list") + filters.query_string(query)


def sentence(query: CohortQuery, total: int) -> str:
    n = {"n": format_number(total)}
    if not total:
        return _("Aucune cohorte") if query.filters else _("Aucune cohorte pour l’instant")
    return ngettext("%(n)s cohorte", "%(n)s cohortes", total) % n


def card(cohort: Cohort) -> dict[str, Any]:
    return {
        "url": reverse("cohorts:cohort", args=[cohort.slug]),
        "cohort": cohort,
        "name": cohort.name,
        "programme": cohort.programme.title,
        "who": poles(cohort),
        "place": region(cohort),
        "state": cohort_badge(cohort),
        "facts": [
            (_("Quand"), cohort_dates(cohort)),
            (_("Où"), cohort_place(cohort)),
            (_("Places"), places_label(cohort)),
            (_("Candidatures"), deadline_of(cohort)),
        ],
    }


def deadline_of(cohort: Cohort) -> str:
    if not cohort.is_standing:
        return ""
    return _("jusqu’au %(moment)s") % {"moment": application_deadline(cohort)}


def poles(cohort: Cohort) -> str:
    """« Pôle de la Mauricie, Pôle de Laval »."""
    return ", ".join([cohort.pole.name, *(pole.name for pole in cohort.partners.all())])


def region(cohort: Cohort) -> str:
    return str(cohort.region) if cohort.region else _("Toutes les régions")


def chips(query: CohortQuery) -> list[dict[str, str]]:
    """The active filters, each with the address of the same question without it."""
    regions = territories.regions()
    named = [
        *(("states", "", state, str(STATES[state])) for state in query.states),
        *(("regions", _("Région"), code, f"{code} {regions[code]}") for code in query.regions),
    ]
    return [
        {"dimension": dimension, "label": label, "url": address(filters.without(query, name, value))}
        for name, dimension, value, label in named
    ]
