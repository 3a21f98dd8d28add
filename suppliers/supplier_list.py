"""What the directory's page shows, ready for its templates: they choose words and places, all computing is done here."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.territories.typed_places import place_label
from marketplace.web.pagination import paginate_list
from marketplace.web.slots import read_facts
from marketplace.web.typography import format_number
from marketplace.web.warming import asked_by_a_person

from .directory import DirectoryCounts, DirectoryQuery, DirectoryResults, directory_order
from .directory_map import directory_map
from .facets import FACETS
from .filters import DirectoryPageFilterSet
from .search.asking import Found
from .search.empty import record_empty_search
from .search.why import tier_headings
from .search.wishes import Wishes
from .supplier_cards import grouped_by_tier, supplier_cards
from .wider_answers import wider_answers
from .wording import enumerate_names, served_place

PAGE_SIZE = 20
MOST_MESSAGES = 8
COUNTED = ("offer", *(facet.name for facet in FACETS))  # the filters whose values are counted on « Filtrer »
CHIPS = ("serves", *COUNTED)
ORDERS: dict[str, Promise] = {
    "relevance": lazy("pertinence"),
    "distance": lazy("distance"),
    "name": lazy("nom"),
    "recent": lazy("vérification récente"),
    "capacity": lazy("capacité"),
}


def directory_context(request: HttpRequest) -> dict[str, Any]:
    """Everything that the directory's templates use; at most five SQL queries, whatever the rows."""
    filters = DirectoryPageFilterSet(request.GET, is_french=True)
    by_mrc = filters.query["view"] == "map"
    results = filters.results(start=asked_start(request), size=0 if by_mrc else PAGE_SIZE)
    text, counts = results.found, results.counts
    page = paginate_list(request, results, PAGE_SIZE)
    if text.found_nobody and asked_by_a_person(request):
        record_empty_search(wishes=text.wishes, language=get_language() or "fr", by=None)
    messages = [*filters.messages, *filter(None, [text.message, page.message])]
    served = filters.query["serves"]
    return {
        "wide": True,
        "query": filters.query,
        "address": filters.address(page=page.number),
        "saving_address": filters.saving_address,
        "search": text,
        "exact_address": filters.address(q=text.exact) if text.exact else "",
        "without_unknown_address": filters.address(q=text.without_unknown) if text.without_unknown else "",
        "messages_here": messages[:MOST_MESSAGES],
        "total": counts.total,
        "sentence": directory_count_sentence(filters, text, counts.total),
        "page_obj": page,
        "groups": []
        if by_mrc
        else grouped_by_tier(
            supplier_cards(page, dict(read_facts("suppliers.kept", request))), group_headings(results)
        ),
        "understood": understood_chips(filters, text),
        "suggestion_address": filters.address(q=text.suggestion) if text.suggestion else "",
        "by_mrc": by_mrc,
        "list_address": filters.address(view=""),
        "map_address": filters.address(view="map"),
        "chips": filters.chips(CHIPS),
        "active": len(filters.active_values(COUNTED)),
        "clear_address": filters.empty_address("q", "ordering", "view"),
        "facets": facet_boxes(filters, counts),
        "orders": order_choices(filters.directory_query, results.wishes, filters),
        "seats": seat_rows(filters, counts.seats) if by_mrc else [],
        "map": directory_map(filters, results.answers, counts.seats) if by_mrc and counts.total else None,
        "place": filters.query["place"] or (place_label(served[0]) if served else ""),
        "place_message": filters.place_message,
        "place_choices": place_choices(filters),
        "served_too": served[1:],
        "wider": [] if counts.total else wider_answers(filters, results),
        "asked_mrc": served[0] if len(served) == 1 and served[0] in mrcs_by_code() else "",
    }


def group_headings(results: DirectoryResults) -> dict[int, str]:
    """The sentence over each group of answers, where not all of them answer everything."""
    answers = results.answers
    if answers.hits is None or answers.order not in ("relevance", "distance"):
        return {}
    return tier_headings(answers.tiers, answers.reach, answers.hits, answers.wishes)


def understood_chips(filters: DirectoryPageFilterSet, text: Found) -> list[dict[str, str]]:
    """What the text was understood to ask, each with the address without it; none for a text of one word."""
    chips = text.wishes.chips
    if len(chips) < 2 and all(chip.kind == "what" for chip in chips):
        return []
    return [
        {"kind": chip.kind, "label": chip.label, "url": filters.address(q=chip.without)} for chip in chips
    ]


def asked_start(request: HttpRequest) -> int:
    """The rank at which the asked page begins, as `paginate_list` will read it, before anyone knows how many there are."""
    asked = request.GET.get("page", "").strip()
    return max(0, int(asked[:9]) - 1) * PAGE_SIZE if asked.isascii() and asked.isdigit() else 0


def directory_count_sentence(filters: DirectoryPageFilterSet, text: Found, total: int) -> str:
    """« 15 fournisseurs desservent Longueuil », « 12 fournisseurs pour « traiteur » »."""
    n = {"n": format_number(total)}
    if not total:
        return _("Aucun fournisseur ne répond à cette recherche")
    if served := filters.query["serves"]:
        places = enumerate_names([served_place(token) for token in served], last=_("ou"))
        return ngettext(
            "%(n)s fournisseur dessert %(places)s", "%(n)s fournisseurs desservent %(places)s", total
        ) % {**n, "places": places}
    if text:
        return ngettext(
            "%(n)s fournisseur pour «\u00a0%(text)s\u00a0»",
            "%(n)s fournisseurs pour «\u00a0%(text)s\u00a0»",
            total,
        ) % {**n, "text": text.read_as or text.asked}
    if filters.active_values(COUNTED):
        return (
            ngettext(
                "%(n)s fournisseur répond à ces critères",
                "%(n)s fournisseurs répondent à ces critères",
                total,
            )
            % n
        )
    return ngettext("%(n)s fournisseur au répertoire", "%(n)s fournisseurs au répertoire", total) % n


def facet_boxes(filters: DirectoryPageFilterSet, counts: DirectoryCounts) -> list[dict[str, Any]]:
    """The facets as the page lists them: zero counts stay visible."""
    boxes = []
    for facet in FACETS:
        chosen, counted, labels = filters.query[facet.name], counts.facets[facet.name], facet.get_labels()
        options = [
            {
                "value": value,
                "label": label,
                "id": f"n-{facet.french}-{value}",
                "count": _short(counted.get(value, 0)),
                "checked": value in chosen,
            }
            for value, label in labels.items()
        ]
        boxes.append(
            {
                "name": facet.french,
                "label": facet.title,
                "open": facet.is_open or bool(chosen),
                "long": facet.is_long,
                "options": options,
                "boxes": partial(
                    _joined, _BOX, options, name=facet.french
                ),  # what of these a template asks for
                "counts": partial(_joined, _COUNT, options),
                # A value that no box offers (« 30 000 $ et plus ») must not get lost when another one is ticked.
                "kept": [value for value in chosen if value not in labels],
            }
        )
    return boxes


# Some 180 options on each page: as a loop of the template they were a quarter of all that a page costs.
_BOX = (
    '<label class="chk"><input type="checkbox" form="filtres" name="{name}" value="{value}"{checked}>'
    '<span>{label}</span><span class="n" id="{id}">{count}</span></label>\n'
)
_COUNT = '<span class="n" id="{id}" hx-swap-oob="true">{count}</span>\n'


def _joined(pattern: str, options: list[dict[str, Any]], name: str = "") -> SafeString:
    return mark_safe(  # noqa: S308 - each part is escaped
        "".join(
            pattern.format(
                name=name,
                value=escape(option["value"]),
                checked=" checked" if option["checked"] else "",
                label=escape(option["label"]),
                id=escape(option["id"]),
                count=option["count"],
            )
            for option in options
        )
    )


def _short(n: int) -> str:
    return str(n) if n < 1000 else format_number(n)


def order_choices(
    query: DirectoryQuery, wishes: Wishes, filters: DirectoryPageFilterSet
) -> list[dict[str, Any]]:
    """The choices of order, relevance only where there is a text; what nobody needs to ask stays out of the address."""
    current, unasked = (
        directory_order(query, wishes),
        directory_order(DirectoryQuery(text=query.text), wishes),
    )
    words = filters.filters["ordering"]
    return [
        {
            "value": "" if order == unasked else words.address_words(order)[0],
            "label": label,
            "selected": order == current,
        }
        for order, label in ORDERS.items()
        if (order != "relevance" or wishes)
        and (order != "distance" or (wishes and (wishes.place or query.serves)))
    ]


def place_choices(filters: DirectoryPageFilterSet) -> list[dict[str, str]]:
    """What a typed place that is not clear may mean, each with the address of the same list there."""
    if not filters.query["place"]:
        return []
    return [
        {
            "label": choice.label,
            "hint": choice.hint,
            "url": filters.address(serves=(choice.token, *filters.query["serves"]), place=""),
        }
        for choice in filters.place_choices
    ]


def seat_rows(filters: DirectoryPageFilterSet, counted: dict[str, int]) -> list[dict[str, Any]]:
    """The answers by MRC of their seat, the most first; `url` narrows the question to that MRC."""
    known, regions = mrcs_by_code(), region_names()
    ranked = sorted(
        counted.items(), key=lambda item: (item[0] not in known, -item[1])
    )  # then by name, as counted
    return [
        {
            "name": known[code].name if code in known else _("MRC inconnue"),
            "region": regions.get(known[code].region, "") if code in known else "",
            "count": format_number(n),
            "url": filters.address(mrc=(code,), view="") if code in known else "",
        }
        for code, n in ranked
    ]
