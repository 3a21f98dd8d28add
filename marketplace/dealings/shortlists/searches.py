"""The directory's search that led to a supplier, kept with it: the query of its address, « q=traiteur&territoire=36 »."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from suppliers.filters import DirectoryPageFilterSet
from suppliers.supplier_list import CHIPS

LONGEST = 500


def search_of_address(address: str) -> str:
    """What the directory was asked at this address, without what only shows it otherwise; empty for any other page."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except (Resolver404, ValueError):
        return ""
    if match.view_name != "suppliers:directory":
        return ""
    filters = filters_of_search(parts.query[:2000])
    query = urlsplit(filters.address(view="", ordering="")).query
    return query if len(query) <= LONGEST else ""


def filters_of_search(search: str) -> DirectoryPageFilterSet:
    return DirectoryPageFilterSet(QueryDict(search), is_french=True)


def search_title(search: str) -> str:
    """The words that were typed, else the filters: « traiteur à Shawinigan »."""
    if not search:
        return ""
    filters = filters_of_search(search)
    return filters.query["q"] or "; ".join(criteria_of(filters))


def search_sentence(search: str) -> str:
    """All that was asked, in words: « « traiteur »; Livraison : Shawinigan »."""
    if not search:
        return ""
    filters = filters_of_search(search)
    text = filters.query["q"]
    said = [_("«\u00a0%(words)s\u00a0»") % {"words": text}] if text else []
    return "; ".join([*said, *criteria_of(filters)])


def criteria_of(filters: DirectoryPageFilterSet) -> list[str]:
    """« Livraison : Shawinigan », one for each filter that is on."""
    return [
        _("%(dimension)s\u00a0: %(label)s") % chip if chip["dimension"] else str(chip["label"])
        for chip in filters.chips(CHIPS)
    ]
