"""Pages of a list. A page that does not exist leads to the nearest that does, with a sentence, never to an error."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.web.typography import format_number


@dataclass(frozen=True, kw_only=True)
class Page:
    """Slice rows with `rows[page.start:page.stop]`; `message` says why another page than the one asked is shown."""

    number: int
    pages: int
    total: int
    page_size: int
    message: str = ""

    @property
    def start(self) -> int:
        return (self.number - 1) * self.page_size

    @property
    def stop(self) -> int:
        return min(self.start + self.page_size, self.total)

    @property
    def first(self) -> int:
        """The rank of the first row shown, counted from 1; 0 where there is none."""
        return self.start + 1 if self.total else 0

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        return self.number + 1 if self.number < self.pages else None

    @property
    def window(self) -> list[int | None]:
        """The page numbers to show, None where some are left out: 1 … 4 5 6 … 28."""
        shown = {1, self.pages, self.number - 1, self.number, self.number + 1}
        if self.number <= 3:
            shown |= {2, 3}
        if self.number >= self.pages - 2:
            shown |= {self.pages - 2, self.pages - 1}
        numbers: list[int | None] = []
        last = 0
        for page in sorted(n for n in shown if 1 <= n <= self.pages):
            if page == last + 2:
                numbers.append(last + 1)  # a gap of one page is that page
            elif page > last + 2:
                numbers.append(None)
            numbers.append(page)
            last = page
        return numbers


def paginate(request: HttpRequest, total: int, page_size: int, parameter: str = "page") -> Page:
    """The page that the query string asks for among `total` rows; beyond the end the last, nonsense the first."""
    pages = max(1, -(-total // page_size))
    asked = request.GET.get(parameter, "").strip()
    if not asked:
        return Page(number=1, pages=pages, total=total, page_size=page_size)
    if not (asked.isascii() and asked.isdigit()):
        message = _("« %(page)s » n’est pas un numéro de page. Voici la première.") % {"page": asked[:20]}
        return Page(number=1, pages=pages, total=total, page_size=page_size, message=message)
    wanted = int(asked[:9])
    if wanted < 1:
        message = _("Les pages commencent à 1. Voici la première.")
        return Page(number=1, pages=pages, total=total, page_size=page_size, message=message)
    if wanted > pages:
        message = ngettext(
            "Il n’y a que %(pages)s page. Voici la dernière.",
            "Il n’y a que %(pages)s pages. Voici la dernière.",
            pages,
        ) % {"pages": format_number(pages)}
        return Page(number=pages, pages=pages, total=total, page_size=page_size, message=message)
    return Page(number=wanted, pages=pages, total=total, page_size=page_size)
