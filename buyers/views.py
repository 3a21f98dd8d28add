"""Tenders and public buyers."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from marketplace.web.limits import limited
from marketplace.web.link_pictures import link_picture_response
from marketplace.web.typography import format_moment

from .models import Tender
from .profiles import buyer_context, list_context
from .structured_data import tender_json_ld
from .tender_detail import tender_context
from .tender_list import tender_list_context
from .wording import tender_title


@require_safe
def tender_list_view(request: HttpRequest) -> HttpResponse:
    """Search and filter tenders. HTMX gets the results and the counts, everyone else the page."""
    context = tender_list_context(request)
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, f"buyers/{'_results' if partial else 'tenders'}.html", context)
    if partial:
        response["HX-Push-Url"] = context["address"]  # the clean address, without the form's empty fields
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


@require_safe
def tender_view(request: HttpRequest, ocid: str) -> HttpResponse:
    """A tender: what it asks, until when, what changed, who won."""
    context = tender_context(ocid, request.user, request.GET)
    if context is None:
        raise Http404
    context["json_ld"] = tender_json_ld(context)
    return render(request, "buyers/tender.html", context)


@limited("link_picture", per_ip="240/h", methods=frozenset({"GET"}))
@require_safe
def link_picture_view(request: HttpRequest, ocid: str) -> HttpResponse:
    """What a link to a notice shows elsewhere."""
    tender = None if "\x00" in ocid else Tender.objects.visible_to(AnonymousUser()).filter(ocid=ocid).first()
    if tender is None:
        raise Http404
    closes = (
        _("Clôture : %(moment)s") % {"moment": format_moment(tender.closes_at)}
        if tender.is_running and tender.closes_at
        else ""
    )
    return link_picture_response(
        request,
        kicker=_("Avis public"),
        title=str(tender_title(tender)),
        lines=[tender.buyer_name, closes],
        paint="bleuet",
    )


@require_safe
def buyer_list_view(request: HttpRequest) -> HttpResponse:
    """Public buyers by name."""
    return render(request, "buyers/buyers.html", list_context(request))


@require_safe
def buyer_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A buyer's profile: published for everyone, before that for its members and the staff of its territory."""
    context = buyer_context(slug, request)
    if context is None:
        raise Http404
    return render(request, "buyers/buyer.html", context)
