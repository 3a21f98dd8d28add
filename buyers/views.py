"""Tenders and public buyers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from .profiles import buyer_context, list_context
from .tender_detail import tender_context
from .tender_list import tender_list_context


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
    return render(request, "buyers/tender.html", context)


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
