"""What the list of tenders shows, ready for its templates: they choose words and places."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.classification.labels import code_label
from marketplace.territories.labels import region_names
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_day_short, format_number

from .feeds.health import stale_sentences
from .filters import ALL, OPEN, STATUSES, CallFilterSet, TenderFilterSet
from .models import Tender
from .wording import closing_sentence, closing_time, tender_badge, tender_place, tender_title

PAGE_SIZE = 20
CODES_SHOWN = 2
FILTERS = ("status", "region", "offer", "method", "closes_before")  # the text apart, as chips show them


def tender_list_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the templates of the list use; at most five SQL queries, whatever the rows."""
    filters = TenderFilterSet(request.GET, Tender.objects.visible_to(request.user), is_french=True)
    regions, methods = filters.count_by_region(), filters.count_by_method()
    total = count_calls(filters, regions)
    page = paginate_list(request, filters.qs.select_related("buyer__organisation"), PAGE_SIZE, count=total)
    unknown = regions.get("", 0)
    return {
        "wide": True,
        "query": filters.query,
        "address": filters.address(page=page.number),
        "saving_address": filters.saving_address,
        "stale": stale_sentences(),
        "messages_here": [*filters.messages, *filter(None, [page.message])],
        "total": total,
        "sentence": count_sentence(filters, total),
        "unknown_sentence": unknown_regions_sentence(unknown) if filters.query["region"] and unknown else "",
        "page_obj": page,
        "tenders": [tender_row(tender) for tender in page],
        "chips": filters.chips(FILTERS),
        "active": len(filters.active_values(FILTERS)),
        "clear_address": filters.empty_address("q"),
        "all_address": filters.address(status=(ALL,)),
        "facets": tender_facets(filters, regions, methods),
    }


def count_calls(filters: CallFilterSet, by_region: dict[str, int]) -> int:
    """The answers, from the counts by region: what is asked, and what has no known region."""
    asked = filters.query["region"]
    return sum(n for region, n in by_region.items() if not asked or region in asked or not region)


def count_sentence(filters: TenderFilterSet, total: int) -> str:
    n = {"n": format_number(total)}
    if not total:
        return _("Aucun avis ne répond à cette recherche")
    if filters.shown_statuses == (OPEN,):
        return ngettext("%(n)s avis ouvert", "%(n)s avis ouverts", total) % n
    return ngettext("%(n)s avis", "%(n)s avis", total) % n


def unknown_regions_sentence(count: int) -> str:
    return ngettext(
        "%(n)s avis n’a pas de région connue : il reste dans la liste, marqué.",
        "%(n)s avis n’ont pas de région connue : ils restent dans la liste, marqués.",
        count,
    ) % {"n": format_number(count)}


def tender_row(tender: Tender) -> dict[str, Any]:
    """A tender in a list, for `buyers/_tender.html`."""
    return {
        "url": reverse("tenders:tender", args=[tender.ocid]),
        "title": tender_title(tender),
        "buyer": tender.buyer_name or _("Acheteur non précisé"),
        "place": tender_place(tender, beside=tender.buyer_name),
        "has_region": bool(tender.region_id),
        "badge": tender_badge(tender),
        "closes": closing_time(tender),
        "no_closing": closing_sentence(tender) if tender.closes_at is None else "",
        "published": format_day_short(tender.published_at),
        "method": tender.get_method_display(),
        "codes": [(code, code_label(code)) for code in tender.unspsc[:CODES_SHOWN]],
        "codes_left": len(tender.unspsc[CODES_SHOWN:]),
    }


def tender_facets(
    filters: TenderFilterSet, regions: dict[str, int], methods: dict[str, int]
) -> list[dict[str, Any]]:
    """The filters as the page lists them: zero counts stay visible; states are not counted."""
    method_labels = {method.value: str(method.label) for method in Tender.Method}
    return [
        list_facet(
            filters,
            "status",
            _("État"),
            {key: str(STATUSES[key]) for key in STATUSES},
            filters.shown_statuses,
        ),
        list_facet(
            filters,
            "region",
            _("Région de l’acheteur"),
            {code: f"{code} {name}" for code, name in region_names().items()},
            filters.query["region"],
            regions,
        ),
        list_facet(
            filters,
            "method",
            _("Mode"),
            {method: capfirst(label) for method, label in method_labels.items()},
            filters.query["method"],
            methods,
        ),
    ]


def list_facet(
    filters: CallFilterSet,
    name: str,
    label: str,
    options: dict[str, str],
    chosen: tuple[str, ...],
    counts: dict[str, int] | None = None,
) -> dict[str, Any]:
    """A filter of a list of notices or needs, for `buyers/_facets.html`."""
    parameter = filters.filters[name].french
    words = {value: filters.filters[name].address_words(value)[0] for value in options}
    return {
        "name": parameter,
        "label": label,
        "open": True,
        "long": name == "region",
        "options": [
            {
                "value": words[value],
                "label": shown,
                "id": f"n-{parameter}-{words[value]}",
                "count": None if counts is None else format_number(counts.get(value, 0)),
                "checked": value in chosen,
            }
            for value, shown in options.items()
        ],
    }
