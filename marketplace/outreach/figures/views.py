"""« Chiffres », under /gestion/: what a funder asks of a pôle for a period, the rows behind each figure, and their files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.outreach.choosing_poles import chosen_pole
from marketplace.outreach.figures.counting import (
    UNKNOWN,
    Figures,
    count_figures,
    figures_table,
    mrc_rows,
    state_labels,
    states_definition,
    states_table,
)
from marketplace.outreach.figures.periods import asked_period, usual_periods
from marketplace.outreach.figures.sources import BY_SLUG, FIGURES, Figure
from marketplace.territories.models import Mrc
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.pagination import paginate_list
from marketplace.web.spreadsheets import csv_lines
from marketplace.web.typography import format_amount, format_number
from suppliers.models import Status

PAGE = 50


@staff_member_required
@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    pole = chosen_pole(request, signed_in_user(request))
    period, fault = asked_period(request)
    if fault:
        messages.warning(request, fault)
    figures = count_figures(period, pole.codes)
    shared = {"pole": pole.code}
    return render_admin_page(
        request,
        "admin/outreach/figures.html",
        title=_("Chiffres par période et par MRC"),
        crumbs=[(_("Délais promis"), reverse("outreach_admin:service_levels") + pole.query())],
        pole=pole,
        kept=list(period.asked.items()),
        period=period,
        periods=[
            {"label": one.label, "url": one.query(**shared), "is_chosen": one == period}
            for one in usual_periods()
        ],
        states=[(label, figures.in_state(state)) for state, label in Status.choices],
        unknown=figures.in_state(UNKNOWN),
        states_say=states_definition(period),
        lines=[_line(figure, figures, period.query(**shared)) for figure in FIGURES],
        delays=[(_("Fiches soumises"), figures.delays())],
        state_labels=state_labels(),
        figure_labels=[figure.label for figure in FIGURES if figure.by_mrc],
        rows=mrc_rows(figures),
        csv_url=reverse("outreach_admin:figures_csv") + period.query(**shared),
        states_url=reverse("outreach_admin:states_csv") + period.query(**shared),
        today=timezone.localdate(),
    )


def _line(figure: Figure, figures: Figures, query: str) -> dict[str, Any]:
    found = figures.of(figure)
    url = reverse("outreach_admin:figure_list", args=[figure.slug]) + query
    said = format_number(found.n)
    more = ""
    if figure.unit == "hours":
        said, more = _("%(n)s h") % {"n": format_number(round(found.total, 1))}, said
    elif figure.unit == "money":
        more = format_amount(found.total, "CAD")
    return {"figure": figure, "said": said, "more": more, "url": url if found.n else ""}


@staff_member_required
@require_safe
def figures_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Sums and MRCs; nothing of a person."""
    user = signed_in_user(request)
    pole = chosen_pole(request, user)
    period, _fault = asked_period(request)
    table = list(figures_table(count_figures(period, pole.codes), pole.label))
    record_security_event(kind=Kind.EXPORTED, by=user, target="figures", rows=len(table))
    return _csv(table, f"chiffres-{period.first}-{period.last}.csv")


@staff_member_required
@require_safe
def states_csv(request: HttpRequest) -> StreamingHttpResponse:
    """The listings behind the figures of states; nothing of a person."""
    user = signed_in_user(request)
    pole = chosen_pole(request, user)
    period, _fault = asked_period(request)
    table = list(states_table(period, pole.codes))
    record_security_event(kind=Kind.EXPORTED, by=user, target="figures", rows=len(table))
    return _csv(table, f"fiches-{period.first}-{period.last}.csv")


@staff_member_required
@require_safe
def figure_list_page(request: HttpRequest, what: str) -> HttpResponse:
    """The rows behind one figure, the latest first."""
    figure = _figure(what)
    pole = chosen_pole(request, signed_in_user(request))
    period, _fault = asked_period(request)
    mrc = request.GET.get("mrc", "")[:3]
    page = paginate_list(request, figure.listed(period, pole.codes, mrc), PAGE)
    if page.message:
        messages.warning(request, page.message)
    query = period.query(pole=pole.code, mrc=mrc)
    back = reverse("outreach_admin:figures") + period.query(pole=pole.code)
    return render_admin_page(
        request,
        "admin/outreach/figure_list.html",
        title=figure.label,
        crumbs=[(_("Chiffres par période et par MRC"), back)],
        figure=figure,
        pole=pole,
        period=period,
        rows=_rows(figure, page.object_list),
        page_obj=page,
        csv_url=reverse("outreach_admin:figure_csv", args=[what]) + query,
    )


def _rows(figure: Figure, values: Iterable[tuple[Any, ...]]) -> list[dict[str, Any]]:
    places = dict(Mrc.objects.values_list("code", "name"))
    return [_row(figure, row, places) for row in values]


def _row(figure: Figure, row: tuple[Any, ...], places: dict[str, str]) -> dict[str, Any]:
    mrc, name, what, at, amount, key = row
    said = ""
    if figure.unit == "hours":
        said = _("%(n)s h") % {"n": format_number(round(amount, 1))}
    elif figure.unit == "money" and amount:
        said = format_amount(amount, "CAD")
    url = reverse(figure.page, args=[key]) if figure.page and key else ""
    return {"name": name, "what": what, "place": places.get(mrc, ""), "at": at, "said": said, "url": url}


@staff_member_required
@require_safe
def figure_csv(request: HttpRequest, what: str) -> StreamingHttpResponse:
    figure = _figure(what)
    user = signed_in_user(request)
    pole = chosen_pole(request, user)
    period, _fault = asked_period(request)
    values = list(figure.listed(period, pole.codes, request.GET.get("mrc", "")[:3]))
    record_security_event(kind=Kind.EXPORTED, by=user, target="figures", rows=len(values))
    return _csv(_list_table(figure, values), f"{figure.slug}-{period.first}-{period.last}.csv")


def _list_table(figure: Figure, values: list[tuple[Any, ...]]) -> Iterator[list[Any]]:
    places = dict(Mrc.objects.values_list("code", "name"))
    measured = [] if figure.unit == "count" else [_("Heures") if figure.unit == "hours" else _("Montant ($)")]
    yield [_("Date"), _("Nom"), _("Objet"), _("MRC"), *measured]
    for mrc, name, what, at, amount, _key in values:
        yield [
            timezone.localdate(at).isoformat(),
            name,
            what,
            places.get(mrc, ""),
            *([round(amount, 2)] if measured else []),
        ]


def _figure(what: str) -> Figure:
    if (figure := BY_SLUG.get(what)) is None:
        raise Http404
    return figure


def _csv(rows: Iterable[list[Any]], name: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
