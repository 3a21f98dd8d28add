"""Pages of a list, on Django's `Paginator`. A page that does not exist leads to the nearest one, with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number


class ListPage(Page):
    """`message` says why another page than the one asked is shown; empty where it is the one."""

    message = ""

    @property
    def numbers(self) -> list[int | None]:
        """The page numbers to show, None where some are left out: 1 … 4 5 6 … 28."""
        return page_numbers(self.paginator, self.number)

    @property
    def range_text(self) -> str:
        """« 21 à 40 sur 10 847 »; empty for an empty list."""
        if not self.paginator.count:
            return ""
        return _("%(first)s à %(last)s sur %(total)s") % {
            "first": format_number(self.start_index()),
            "last": format_number(self.end_index()),
            "total": format_number(self.paginator.count),
        }


class ListPaginator(Paginator):
    """`count`: the number of rows, where it is already known; else it is asked of the rows."""

    def __init__(
        self, rows: QuerySet[Any] | Sequence[Any], page_size: int, *, count: int | None = None
    ) -> None:
        super().__init__(rows, page_size)
        if count is not None:
            self.count = count

    def _get_page(self, *args: Any, **kwargs: Any) -> ListPage:
        return ListPage(*args, **kwargs)

    def nearest_page(self, asked: str) -> ListPage:
        """The page that an address asks for: beyond the end the last one, for nonsense the first."""
        asked = asked.strip()
        number, message = 1, ""
        if asked and not (asked.isascii() and asked.isdigit()):
            message = _("« %(page)s » n’est pas un numéro de page. Voici la première.") % {"page": asked[:20]}
        elif asked:
            number = int(asked[:9])
        if number < 1:
            number, message = 1, _("Les pages commencent à 1. Voici la première.")
        elif number > self.num_pages:
            number = self.num_pages
            message = ngettext(
                "Il n’y a que %(pages)s page. Voici la dernière.",
                "Il n’y a que %(pages)s pages. Voici la dernière.",
                number,
            ) % {"pages": format_number(number)}
        page: ListPage = self.page(number)
        page.message = message
        return page


def paginate_list(request: HttpRequest, rows: Any, page_size: int, *, count: int | None = None) -> ListPage:
    """The page of `rows` (a QuerySet, a list, or what is counted and sliced like one) that the query string asks for."""
    return ListPaginator(rows, page_size, count=count).nearest_page(request.GET.get("page", ""))


def page_numbers(paginator: Paginator[Any], number: int) -> list[int | None]:
    """The first, the last and the neighbours of a page, never less than three in a row; None for a gap."""
    beside = 2 if number in (1, paginator.num_pages) else 1
    shown = paginator.get_elided_page_range(number, on_each_side=beside, on_ends=1)
    return [None if one == paginator.ELLIPSIS else int(one) for one in shown]
