"""`sitemap.xml`: the public pages that engines should know of, each with its other language (sitemaps.org).

Few addresses stand in one file; more of them in files of `PER_FILE`, under an index. Written as text: each address is ours,
percent-encoded, and escaped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.db.models import DateTimeField, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from buyers.models import Buyer, Need, Tender
from cohorts.models import Cohort
from marketplace.events.models import MatchmakingEvent
from marketplace.pages.guides import GUIDES
from marketplace.web import languages
from marketplace.web.emails import absolute_url
from marketplace.web.limits import limited
from suppliers.models import Supplier

PER_FILE = 5_000  # pages; each has two addresses
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
FIXED = (
    "pages:home", "suppliers:directory", "tenders:list", "needs:list", "buyers:list", "events:list", "cohorts:list",
    "suppliers:register", "buyers:register", "pages:how_we_verify", "pages:contact", "pages:press", "pages:faq",
    "pages:about", "pages:guides", "pages:accessibility", "pages:privacy", "pages:terms",
)  # fmt: skip


UNKNOWN = Value(None, output_field=DateTimeField())


@dataclass(frozen=True)
class Section:
    """`rows` answers a queryset of (what the address names, when it changed), in a steady order."""

    view: str
    rows: Callable[[], Any]


SECTIONS: dict[str, Section] = {
    "entreprises": Section(
        "suppliers:supplier",
        lambda: Supplier.objects.published().order_by("pk").values_list("slug", "updated_at"),
    ),
    "avis": Section(
        "tenders:tender", lambda: Tender.objects.open().order_by("pk").values_list("ocid", "published_at")
    ),
    "besoins": Section(
        "needs:need",
        lambda: Need.objects.public().running().order_by("pk").values_list("slug", "published_at"),
    ),
    "acheteurs": Section(
        "buyers:buyer",
        lambda: Buyer.objects.published().order_by("pk").values_list("slug", UNKNOWN),
    ),
    "activites": Section(
        "events:event",
        lambda: MatchmakingEvent.objects.public().coming().order_by("pk").values_list("slug", "state_changed_at"),
    ),
    "cohortes": Section(
        "cohorts:cohort", lambda: Cohort.objects.public().order_by("pk").values_list("slug", UNKNOWN)
    ),
}  # fmt: skip


@limited("sitemap", per_ip="600/h", methods=frozenset({"GET"}))
@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """All of it where it is small, else the index."""
    counts = {name: section.rows().count() for name, section in SECTIONS.items()}
    if sum(counts.values()) <= PER_FILE:
        pages = [*_fixed(), *(page for section in SECTIONS.values() for page in _pages(section, 0))]
        return _answer(_urlset(pages))
    files = [
        "pages-1",
        *(f"{name}-{n + 1}" for name, count in counts.items() for n in range(-(-count // PER_FILE))),
    ]
    lines = (
        f"<sitemap><loc>{escape(absolute_url(reverse('sitemap_file', args=file.rsplit('-', 1))))}</loc></sitemap>\n"
        for file in files
    )
    return _answer(f"{HEAD}<sitemapindex {NAMESPACE}>\n{''.join(lines)}</sitemapindex>\n")


@limited("sitemap", per_ip="600/h", methods=frozenset({"GET"}))
@require_safe
@cache_control(public=True, max_age=3600)
def sitemap_file(request: HttpRequest, section: str, number: int) -> HttpResponse:
    """One file of the index; past the last one there is none."""
    if section == "pages" and number == 1:
        return _answer(_urlset(_fixed()))
    if section not in SECTIONS or not 1 <= number <= 10_000:
        raise Http404
    pages = list(_pages(SECTIONS[section], number - 1))
    if not pages:
        raise Http404
    return _answer(_urlset(pages))


Page = tuple[dict[str, str], date | datetime | None]


def _fixed() -> list[Page]:
    views = [*((view, []) for view in FIXED), *(("pages:guide", [guide.slug]) for guide in GUIDES)]
    return [(_addresses(view, args), None) for view, args in views]


def _pages(section: Section, number: int) -> Iterable[Page]:
    start = number * PER_FILE
    for key, changed in section.rows()[start : start + PER_FILE]:
        yield _addresses(section.view, [key]), changed


def _addresses(view: str, args: list[Any]) -> dict[str, str]:
    found = {}
    for code in languages.offered():
        with translation.override(code):
            found[languages.tag(code)] = escape(
                settings.SITE_URL + reverse(view, args=[str(one) for one in args])
            )
    return found


def _urlset(pages: Iterable[Page]) -> str:
    parts = []
    for addresses, changed in pages:
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{tag}" href="{address}"/>'
            for tag, address in addresses.items()
        )
        day = timezone.localdate(changed) if isinstance(changed, datetime) else changed
        dated = f"<lastmod>{day.isoformat()}</lastmod>" if day else ""
        parts.extend(f"<url><loc>{address}</loc>{dated}{others}</url>\n" for address in addresses.values())
    links = 'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
    return f"{HEAD}<urlset {NAMESPACE} {links}>\n{''.join(parts)}</urlset>\n"


def _answer(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/xml; charset=utf-8")
