"""What the list of cohorts shows, ready for its templates: they choose words and places."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cohorts.filters import ALL, STATUSES, CohortFilterSet
from cohorts.labels import application_deadline, cohort_badge, cohort_dates, cohort_place, places_label
from cohorts.models import Cohort
from marketplace.territories.labels import region_names
from marketplace.territories.models import Pole
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_number

PAGE_SIZE = 20
FILTERS = ("status", "region")


def cohort_list_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the templates of the list use; three SQL queries, whatever the rows."""
    filters = CohortFilterSet(request.GET, Cohort.objects.visible_to(request.user).public(), is_french=True)
    total = filters.qs.count()
    page = paginate_list(request, with_list_columns(filters.qs), PAGE_SIZE, count=total)
    statuses, regions = filters.query["status"], filters.query["region"]
    asked = bool(filters.active_values(FILTERS))
    return {
        "messages_here": [*filters.messages, *filter(None, [page.message])],
        "total": total,
        "sentence": cohort_count_sentence(total, asked=asked),
        "page_obj": page,
        "cohorts": [cohort_row(cohort) for cohort in page],
        "chips": filters.chips(FILTERS),
        "asked": asked,
        "clear_address": filters.empty_address(),
        "all_address": filters.address(region=(), status=(ALL,)),
        "region_choices": [(code, name, regions[-1:] == (code,)) for code, name in region_names().items()],
        "state_choices": [
            (word, STATUSES[status], statuses[-1:] == (status,))
            for word, status in (filters.filters["status"].words or {}).items()
        ],
    }


def with_list_columns(rows: QuerySet[Cohort]) -> QuerySet[Cohort]:
    """The cohorts with all that a list or the API shows of them."""
    partners = Prefetch("partners", Pole.objects.order_by("name"))
    return rows.counted().select_related("programme", "pole", "region").prefetch_related(partners)


def cohort_count_sentence(total: int, *, asked: bool) -> str:
    if not total:
        return _("Aucune cohorte") if asked else _("Aucune cohorte pour l’instant")
    return ngettext("%(n)s cohorte", "%(n)s cohortes", total) % {"n": format_number(total)}


def cohort_row(cohort: Cohort) -> dict[str, Any]:
    return {
        "url": reverse("cohorts:cohort", args=[cohort.slug]),
        "cohort": cohort,
        "name": cohort.name,
        "programme": cohort.programme.title,
        "who": cohort_poles(cohort),
        "place": cohort_region(cohort),
        "state": cohort_badge(cohort),
        "facts": [
            (_("Quand"), cohort_dates(cohort)),
            (_("Où"), cohort_place(cohort)),
            (_("Places"), places_label(cohort)),
            (_("Candidatures"), deadline_sentence(cohort)),
        ],
    }


def deadline_sentence(cohort: Cohort) -> str:
    if not cohort.is_standing:
        return ""
    return _("jusqu’au %(moment)s") % {"moment": application_deadline(cohort)}


def cohort_poles(cohort: Cohort) -> str:
    """« Pôle de la Mauricie, Pôle de Laval »."""
    return ", ".join([cohort.pole.name, *(pole.name for pole in cohort.partners.all())])


def cohort_region(cohort: Cohort) -> str:
    return str(cohort.region) if cohort.region else _("Toutes les régions")
