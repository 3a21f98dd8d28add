"""The directory of a pôle inside its own site (docs/adr/0043): one page, in a frame, that needs no script and sets no cookie."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from marketplace.classification.labels import sector_names
from marketplace.outreach.promotion.scopes import PoleInfo
from marketplace.territories.labels import mrcs_by_code
from marketplace.web.emails import absolute_url
from suppliers.directory import DirectoryQuery, DirectoryResults
from suppliers.supplier_cards import supplier_cards

PAGE = 12
LONGEST = 100  # characters of a search
LAST_PAGE = 1_000
#: What the page reads of its address.
ASKS = ("q", "secteur", "mrc", "page")
#: Nothing but our own style and pictures; and, alone of all pages, any site may frame it: it holds nothing of anybody, and
#: nothing can be done on it but follow links that open elsewhere.
POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors *"


def framed_anywhere(view: Any) -> Any:
    """Decorator of a view whose page other sites may show in a frame."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = view(request, *args, **kwargs)
        response.xframe_options_exempt = True  # type: ignore[attr-defined]  # as Django's decorator sets it
        response["Content-Security-Policy"] = POLICY
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        response["X-Robots-Tag"] = "noindex"  # the directory itself is what engines should show
        return response

    return answer


def embed_address(*, pole: str, sector: str = "", mrc: str = "", language: str = "fr") -> str:
    with translation.override(language):
        path = reverse("outreach:embed", args=[pole])
    asked = {name: value for name, value in (("secteur", sector), ("mrc", mrc)) if value}
    return f"{path}?{urlencode(asked)}" if asked else path


@dataclass(frozen=True)
class EmbedQuery:
    """What the address asks; what it does not know is left out."""

    text: str
    sector: str
    mrc: str
    page: int

    @classmethod
    def read(cls, data: QueryDict, pole: PoleInfo) -> EmbedQuery:
        sector, mrc, page = data.get("secteur", ""), data.get("mrc", ""), data.get("page", "")
        return cls(
            text=" ".join(data.get("q", "").replace("\x00", " ").split())[:LONGEST],
            sector=sector if sector in sector_names() else "",
            mrc=mrc if mrc in pole.mrcs else "",
            page=min(int(page), LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 6 else 1,
        )

    def address(self, **changes: str) -> str:
        asked = {"q": self.text, "secteur": self.sector, "mrc": self.mrc, **changes}
        kept = {name: value for name, value in asked.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"


def embed_context(data: QueryDict, pole: PoleInfo) -> dict[str, Any]:
    query = EmbedQuery.read(data, pole)
    covered = {mrc: mrcs_by_code()[mrc] for mrc in mrcs_by_code() if mrc in pole.mrcs}
    facets: dict[str, tuple[str, ...]] = {"mrc": (query.mrc,) if query.mrc else tuple(sorted(pole.mrcs))}
    if query.sector:
        facets["sector"] = (query.sector,)
    results = DirectoryResults(DirectoryQuery(text=query.text, facets=facets))
    page = Paginator(results, PAGE).get_page(query.page) if pole.mrcs else None
    rows = list(page) if page else []
    return {
        "pole": pole,
        "query": query,
        "cards": supplier_cards(rows),
        "count": page.paginator.count if page else 0,
        "before": query.address(page=str(page.previous_page_number()))
        if page and page.has_previous()
        else "",
        "after": query.address(page=str(page.next_page_number())) if page and page.has_next() else "",
        "number": page.number if page else 1,
        "pages": page.paginator.num_pages if page else 1,
        "sectors": sector_names(),
        "mrcs": covered,
        "whole": absolute_url(reverse("suppliers:directory")),
        "title": _("Entreprises d’économie sociale, %(pole)s") % {"pole": pole.name},
    }
