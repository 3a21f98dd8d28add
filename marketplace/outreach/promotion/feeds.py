"""New enterprises as programs read them: Atom, and JSON Feed 1.1. The enterprise of the week comes along."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.outreach.promotion.rotation import FEATURED, featured_now
from marketplace.outreach.promotion.scopes import PoleInfo, Scope, poles_by_code
from marketplace.territories.labels import mrcs_by_code
from marketplace.web import languages
from marketplace.web.emails import absolute_url
from marketplace.web.public_pages import public_page
from marketplace.web.xml_text import xml_text
from suppliers.directory_columns import DIRECTORY
from suppliers.models import Supplier
from suppliers.wording import in_town

MOST = 30
LONGEST = 300  # characters of an activity
ASKS = ("pole",)


@dataclass(frozen=True)
class FeedItem:
    key: str
    title: str
    text: str
    url: str
    at: datetime
    tags: list[str]


@dataclass(frozen=True)
class Feed:
    title: str
    home: str
    items: list[FeedItem]

    @property
    def changed_at(self) -> datetime:
        return max(
            (item.at for item in self.items),
            default=datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone()),
        )


@public_page(DIRECTORY, FEATURED, asks=lambda: ASKS)
@require_safe
def new_feed(request: HttpRequest) -> HttpResponse:
    found = _read(request)
    feed = Atom1Feed(
        title=found.title,
        link=found.home,
        description=found.title,
        language=languages.tag("en" if languages.is_english() else "fr"),
        author_name=settings.SENDER_NAME,
        feed_url=absolute_url(request.get_full_path()),
    )
    feed.latest_post_date = lambda: found.changed_at  # type: ignore[method-assign]
    for item in found.items:
        feed.add_item(
            title=item.title,
            link=item.url,
            description=item.text,
            unique_id=item.key,
            pubdate=item.at,
            updateddate=item.at,
            categories=item.tags,
        )
    return _open(HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"))


@public_page(DIRECTORY, FEATURED, asks=lambda: ASKS)
@require_safe
def new_json_feed(request: HttpRequest) -> HttpResponse:
    found = _read(request)
    said = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": found.title,
        "home_page_url": found.home,
        "feed_url": absolute_url(request.get_full_path()),
        "language": "en-CA" if languages.is_english() else "fr-CA",
        "items": [
            {
                "id": item.key,
                "url": item.url,
                "title": item.title,
                "content_text": item.text,
                "date_published": item.at.isoformat(),
                "tags": item.tags,
            }
            for item in found.items
        ],
    }
    return _open(JsonResponse(said, content_type="application/feed+json; charset=utf-8"))


def _open(response: HttpResponse) -> HttpResponse:
    """Any site's page may read it with its own program: it says what everyone may read, and knows no reader."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _read(request: HttpRequest) -> Feed:
    """Two queries. `?pole=`: of its territory alone; a pôle that does not exist has no feed."""
    code = request.GET.get("pole", "")
    pole: PoleInfo | None = poles_by_code().get(code)
    if code and pole is None:
        raise Http404
    rows = Scope(pole=code).suppliers().select_related("organisation").order_by("-status_changed_at", "-pk")
    items = [_new(row) for row in rows[:MOST]]
    items += _featured(pole)
    title = _("Nouvelles entreprises d’économie sociale")
    return Feed(
        title=f"{title}, {pole.name}" if pole else title,
        home=absolute_url(reverse("suppliers:directory")),
        items=sorted(items, key=lambda item: item.at, reverse=True),
    )


def _featured(pole: PoleInfo | None) -> Iterator[FeedItem]:
    row = featured_now()
    if row is None or (pole and row.supplier.organisation.mrc_id not in pole.mrcs):
        return
    at = datetime.combine(row.week, time(0), timezone.get_default_timezone())
    item = _new(row.supplier)
    yield FeedItem(
        key=f"{item.key}#{row.week.isoformat()}",
        title=_("Entreprise de la semaine : %(name)s") % {"name": item.title},
        text=item.text,
        url=item.url,
        at=at,
        tags=item.tags,
    )


def _new(row: Supplier) -> FeedItem:
    url = absolute_url(reverse("suppliers:supplier", args=[row.slug]))
    town = row.organisation.town
    who = capfirst(f"{row.form_label} {in_town(town)}" if town else row.form_label)
    text: Any = Truncator(f"{who}. {row.activity}".strip()).chars(LONGEST)
    mrc = mrcs_by_code().get(row.organisation.mrc_id or "")
    return FeedItem(
        key=url,
        title=xml_text(row.organisation.name),
        text=xml_text(text),
        url=url,
        at=timezone.localtime(row.status_changed_at),
        tags=[mrc.name] if mrc else [],
    )
