"""What the list of notices shows, ready for its templates: they choose words and places."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from marketplace.classification.labels import code_label
from marketplace.territories import choices as territories
from marketplace.web.pagination import Page, paginate
from marketplace.web.typography import format_day_short, format_number

from . import filters, search, wording
from .filters import TenderQuery
from .models import Tender

PAGE_SIZE = 20
CODES_SHOWN = 2
STATES: dict[str, Promise] = {
    filters.OPEN: lazy("Ouvert"),
    filters.PLANNED: lazy("Annoncé"),
    filters.CLOSED: lazy("Fermé, pas encore attribué"),
    filters.AWARDED: lazy("Attribué"),
    filters.CANCELLED: lazy("Annulé"),
    filters.UNSUCCESSFUL: lazy("Sans suite"),
    filters.ALL: lazy("Tous les états"),
}


def context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the templates of the list use; at most five SQL queries, whatever the rows."""
    query, problems = filters.parse(request.GET)
    messages = [problem.text for problem in problems]
    if query.text and not any(c.isdigit() for c in query.text) and not search.says_something(query.text):
        messages.append(
            _("« %(text)s » ne contient aucun mot à chercher. La recherche est ignorée.")
            % {"text": query.text}
        )
        query = replace(query, text="")
    rows = search.answers(query, request.user)
    regions = search.count_regions(query, request.user)
    methods = search.count_methods(query, request.user)
    total = counted(query, regions)
    page = paginate(request, total, PAGE_SIZE)
    found = search.in_order(rows, query).select_related("buyer__organisation")[page.start : page.stop]
    unknown = regions.get("", 0)
    return {
        "wide": True,
        "query": query,
        "address": address(query, page.number),
        "messages_here": [*messages, *filter(None, [page.message])],
        "total": total,
        "sentence": sentence(query, total),
        "unknown_sentence": unknown_sentence(unknown) if query.regions and unknown else "",
        "page_obj": page,
        "range": shown_range(page),
        "cards": [card(tender) for tender in (found if total else [])],
        "chips": chips(query),
        "active": query.filters,
        "clear_address": address(TenderQuery(text=query.text)),
        "all_address": address(replace(query, states=(filters.ALL,))),
        "facets": facets(query, regions, methods),
        "remove": _("Retirer"),
    }


def address(query: TenderQuery, page: int = 1) -> str:
    """The address of a question about notices."""
    found = reverse("tenders:list") + filters.query_string(query)
    if page > 1:
        found += ("&" if "?" in found else "?") + f"page={page}"
    return found


def counted(query: TenderQuery, regions: dict[str, int]) -> int:
    """The answers, from the counts by region: what is asked, and what has no known region."""
    if not query.regions:
        return sum(regions.values())
    return sum(n for region, n in regions.items() if region in query.regions or not region)


def sentence(query: TenderQuery, total: int) -> str:
    n = {"n": format_number(total)}
    if not total:
        return _("Aucun avis ne répond à cette recherche")
    if query.shown_states == (filters.OPEN,):
        return ngettext("%(n)s avis ouvert", "%(n)s avis ouverts", total) % n
    return ngettext("%(n)s avis", "%(n)s avis", total) % n


def unknown_sentence(count: int) -> str:
    return ngettext(
        "%(n)s avis n’a pas de région connue : il reste dans la liste, marqué.",
        "%(n)s avis n’ont pas de région connue : ils restent dans la liste, marqués.",
        count,
    ) % {"n": format_number(count)}


def shown_range(page: Page) -> str:
    if not page.total:
        return ""
    return _("%(first)s à %(last)s sur %(total)s") % {
        "first": format_number(page.first),
        "last": format_number(page.stop),
        "total": format_number(page.total),
    }


def card(tender: Tender) -> dict[str, Any]:
    return {
        "url": reverse("tenders:tender", args=[tender.ocid]),
        "title": tender.title,
        "buyer": tender.buyer_name or _("Acheteur non précisé"),
        "place": wording.place(tender, beside=tender.buyer_name),
        "has_region": bool(tender.region_id),
        "state": wording.state(tender),
        "closes": wording.closes(tender),
        "published": format_day_short(tender.published_at),
        "method": tender.get_method_display(),
        "codes": [wording.coded(code) for code in tender.unspsc[:CODES_SHOWN]],
        "codes_left": len(tender.unspsc[CODES_SHOWN:]),
    }


def facets(query: TenderQuery, regions: dict[str, int], methods: dict[str, int]) -> list[dict[str, Any]]:
    """The filters as the page lists them: zero counts stay visible; states are not counted."""
    return [
        facet(
            "states", _("État"), {key: str(label) for key, label in STATES.items()}, query.shown_states, None
        ),
        facet(
            "regions",
            _("Région de l’acheteur"),
            {code: f"{code} {name}" for code, name in territories.regions().items()},
            query.regions,
            regions,
        ),
        facet(
            "methods",
            _("Mode"),
            {method.value: capital(str(method.label)) for method in Tender.Method},
            query.methods,
            methods,
        ),
    ]


def facet(
    name: str, label: str, options: dict[str, str], chosen: tuple[str, ...], counts: dict[str, int] | None
) -> dict[str, Any]:
    parameter = filters.FRENCH.parameters[name]
    words = {
        "states": {meaning: word for word, meaning in filters.FRENCH.states.items()},
        "methods": {meaning: word for word, meaning in filters.FRENCH.methods.items()},
    }.get(name, {})
    return {
        "name": parameter,
        "label": label,
        "open": True,
        "long": name == "regions",
        "options": [
            {
                "value": words.get(value, value),
                "label": shown,
                "id": f"n-{parameter}-{words.get(value, value)}",
                "count": None if counts is None else format_number(counts.get(value, 0)),
                "checked": value in chosen,
            }
            for value, shown in options.items()
        ],
    }


def chips(query: TenderQuery) -> list[dict[str, str]]:
    """The active filters, each with the address of the same question without it."""
    regions = territories.regions()
    named: list[tuple[str, str, str, str]] = [
        *(("states", "", state, str(STATES[state])) for state in query.states),
        *(("regions", _("Région"), code, f"{code} {regions[code]}") for code in query.regions),
        *(
            ("offers", _("Offre"), code, f"{code.ljust(8, '0')} {code_label(code)}".strip())
            for code in query.offers
        ),
        *(("methods", _("Mode"), method, str(Tender.Method(method).label)) for method in query.methods),
    ]
    if query.closes_before:
        named.append(("closes_before", _("Clôture avant le"), "", format_day_short(query.closes_before)))
    return [
        {"dimension": dimension, "label": label, "url": address(filters.without(query, name, value))}
        for name, dimension, value, label in named
    ]


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]
