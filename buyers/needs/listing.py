"""What the list of needs shows, ready for its templates."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from buyers.models import Need
from buyers.needs.filters import ALL, OPEN, STATUSES, NeedFilterSet
from buyers.tender_list import CODES_SHOWN, FILTERS, count_calls, list_facet
from buyers.wording import closing_time, need_badge, tender_place
from marketplace.classification.labels import code_label
from marketplace.territories.labels import region_names
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_day_short, format_number

PAGE_SIZE = 20


def need_list_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the templates of the list use; at most four SQL queries, whatever the rows."""
    rows = Need.objects.visible_to(request.user).shown_once()
    filters = NeedFilterSet(request.GET, rows, is_french=True)
    regions, methods = filters.count_by_region(), filters.count_by_method()
    total = count_calls(filters, regions)
    page = paginate_list(request, filters.qs.select_related("buyer__organisation"), PAGE_SIZE, count=total)
    return {
        "wide": True,
        "query": filters.query,
        "address": filters.address(page=page.number),
        "messages_here": [*filters.messages, *filter(None, [page.message])],
        "total": total,
        "sentence": count_sentence(filters, total),
        "page_obj": page,
        "needs": [need_row(need) for need in page],
        "chips": filters.chips(FILTERS),
        "active": len(filters.active_values(FILTERS)),
        "clear_address": filters.empty_address("q"),
        "all_address": filters.address(status=(ALL,)),
        "facets": need_facets(filters, regions, methods),
    }


def count_sentence(filters: NeedFilterSet, total: int) -> str:
    n = {"n": format_number(total)}
    if not total:
        return _("Aucun besoin ne répond à cette recherche")
    if filters.shown_statuses == (OPEN,):
        return ngettext("%(n)s besoin ouvert", "%(n)s besoins ouverts", total) % n
    return ngettext("%(n)s besoin", "%(n)s besoins", total) % n


def need_row(need: Need) -> dict[str, Any]:
    """A need in a list, for `buyers/needs/_need.html`."""
    buyer = need.buyer.organisation.name
    return {
        "url": reverse("needs:need", args=[need.slug]),
        "title": need.title or _("Sans titre"),
        "buyer": buyer,
        "place": tender_place(need, beside=buyer) or need.place or _("partout au Québec"),
        "badge": need_badge(need),
        "closes": closing_time(need),
        "published": format_day_short(need.published_at),
        "method": need.get_method_display(),
        "audience": "" if need.audience == Need.Audience.EVERYONE else need.get_audience_display(),
        "band": capfirst(need.get_band_display()) if need.band else "",
        "codes": [(code, code_label(code)) for code in need.unspsc[:CODES_SHOWN]],
        "codes_left": len(need.unspsc[CODES_SHOWN:]),
    }


def need_facets(
    filters: NeedFilterSet, regions: dict[str, int], methods: dict[str, int]
) -> list[dict[str, Any]]:
    """The filters as the page lists them: zero counts stay visible; states are not counted."""
    names = {code: f"{code} {name}" for code, name in region_names().items()}
    kinds = {method.value: capfirst(str(method.label)) for method in Need.Method}
    return [
        list_facet(
            filters, "status", _("État"), {k: str(v) for k, v in STATUSES.items()}, filters.shown_statuses
        ),
        list_facet(filters, "region", _("Région"), names, filters.query["region"], regions),
        list_facet(filters, "method", _("Mode"), kinds, filters.query["method"], methods),
    ]
