"""Where nobody answers: the same question with one thing less, where somebody does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number

from .directory import DirectoryQuery, DirectoryResults, find_answers

if TYPE_CHECKING:
    from .filters import DirectoryPageFilterSet

MOST = 3  # tries, one small SQL query each


def wider_answers(filters: DirectoryPageFilterSet, results: DirectoryResults) -> list[dict[str, str]]:
    """Each filter that, taken away alone, leaves somebody: the most first, with how many and the address."""
    found = []
    for name, label, query in _less_one_filter(filters)[:MOST]:
        count = find_answers(query, results.wishes, results.found.hits).total
        if count:
            found.append((count, label, filters.address(**{name: None})))
    return [
        {"label": label, "said": _answers_said(count), "url": url}
        for count, label, url in sorted(found, key=lambda one: -one[0])
    ]


def _answers_said(count: int) -> str:
    return ngettext("%(n)s fournisseur", "%(n)s fournisseurs", count) % {"n": format_number(count)}


def _less_one_filter(filters: DirectoryPageFilterSet) -> list[tuple[str, str, DirectoryQuery]]:
    query = filters.directory_query
    tries = [
        (name, replace(query, facets={kept: values for kept, values in query.facets.items() if kept != name}))
        for name in query.facets
    ]
    if query.offers:
        tries.append(("offer", replace(query, offers=())))
    if query.serves:
        tries.append(("serves", replace(query, serves=())))
    return [(name, _without(filters, name), fewer) for name, fewer in tries]


def _without(filters: DirectoryPageFilterSet, name: str) -> str:
    """« Sans le filtre « Livraison : Shawinigan » »."""
    chips = filters.chips([name])
    said = ", ".join(f"{chip['dimension']} {chip['label']}".strip() for chip in chips)
    return _("Sans le filtre «\u00a0%(filter)s\u00a0»") % {"filter": said}
