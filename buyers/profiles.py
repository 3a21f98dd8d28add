"""What the list of public buyers and a buyer's page show."""

from __future__ import annotations

from typing import Any

from django.db.models import Count
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from marketplace.territories.labels import mrcs_by_code, region_names
from marketplace.web.pagination import paginate_list
from marketplace.web.typography import format_number

from .filters import BuyerFilterSet
from .models import Buyer, Need, Tender, open_condition
from .needs.listing import need_row
from .purchases import purchases_context
from .tender_list import tender_row

PAGE_SIZE = 30
NOTICES = 20
PAST = 10


def list_context(request: HttpRequest) -> dict[str, Any]:
    """Buyers by name, with how many notices each has open; three SQL queries, whatever the rows."""
    rows = Buyer.objects.published()
    filters = BuyerFilterSet(request.GET, rows, is_french=True)
    text, regions = filters.query["q"], filters.query["region"]
    found = filters.qs.select_related("organisation").annotate(
        open_notices=Count("tenders", filter=open_condition("tenders__"))
    )
    page = paginate_list(request, found, PAGE_SIZE, count=filters.qs.count())
    total = page.paginator.count
    return {
        "text": text,
        "regions": [(code, name, code in regions) for code, name in region_names().items()],
        "messages_here": [*filters.messages, *filter(None, [page.message])],
        "page_obj": page,
        "sentence": ngettext("%(n)s acheteur public", "%(n)s acheteurs publics", total)
        % {"n": format_number(total)}
        if total
        else _("Aucun acheteur ne répond à cette recherche"),
        "asked": bool(text or regions),
        "buyers": [row(buyer) for buyer in page],
    }


def row(buyer: Buyer) -> dict[str, Any]:
    count: int = getattr(buyer, "open_notices", 0)
    return {
        "url": reverse("buyers:buyer", args=[buyer.slug]),
        "name": buyer.organisation.name,
        "kind": capfirst(buyer.get_kind_display()),
        "place": place(buyer),
        "notices": ngettext("%(n)s avis ouvert", "%(n)s avis ouverts", count) % {"n": format_number(count)}
        if count
        else _("Aucun avis ouvert"),
    }


def place(buyer: Buyer) -> str:
    organisation = buyer.organisation
    region = region_names().get(organisation.region_id or "", "")
    mrc = mrcs_by_code().get(organisation.mrc_id or "")
    return ", ".join(dict.fromkeys(filter(None, [mrc.name if mrc else "", region])))


def buyer_context(slug: str, request: HttpRequest) -> dict[str, Any] | None:
    """A buyer's profile, its open notices, its last ones that are over, and its needs; None where it does not exist for them."""
    buyer = Buyer.objects.visible_to(request.user).select_related("organisation").filter(slug=slug).first()
    if buyer is None:
        return None
    notices = Tender.objects.visible_to(request.user).filter(buyer=buyer)
    open_notices = notices.open()
    page = paginate_list(request, open_notices.order_by("closes_at", "pk"), NOTICES)
    needs = Need.objects.visible_to(request.user).running().filter(buyer=buyer)
    needs = needs.select_related("buyer__organisation").order_by("closes_at", "pk")[:NOTICES]
    past = notices.exclude(pk__in=open_notices.values("pk")).order_by("-published_at", "-pk")[:PAST]
    return {
        "buyer": buyer,
        "joinable": buyer.organisation_id not in getattr(request.user, "organisation_ids", ()),
        "organisation": buyer.organisation,
        "kind": capfirst(buyer.get_kind_display()),
        "place": place(buyer),
        "page_obj": page,
        "messages_here": [page.message] if page.message else [],
        "tenders": [tender_row(tender) for tender in page],
        "past": [tender_row(tender) for tender in past],
        "needs": [need_row(need) for need in needs],
        **purchases_context(buyer),
        "preview": ""
        if buyer.is_public
        else _(
            "Ce profil n’est pas publié. Vous le voyez parce qu’il relève de votre organisation ou de votre pôle."
        ),
    }
