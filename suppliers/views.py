"""The public directory and a supplier's page."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from marketplace.web.limits import limited
from marketplace.web.public_pages import public_page

from .directory_columns import DIRECTORY
from .filters import DirectoryPageFilterSet
from .suggestions import suggest_for_place, suggest_for_text, suggestions_said
from .supplier_detail import supplier_context
from .supplier_list import directory_context


@public_page(DIRECTORY, asks=DirectoryPageFilterSet.address_names)
@require_safe
def directory_view(request: HttpRequest) -> HttpResponse:
    """Search and filter published suppliers. HTMX gets the results and the counts, everyone else the page."""
    context = directory_context(request)
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, f"suppliers/{'_results' if partial else 'directory'}.html", context)
    if partial:
        response["HX-Push-Url"] = context["address"]  # the clean address, without the form's empty fields
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


@require_safe
@limited("suggestions", per_ip="300/m", methods=frozenset({"GET"}))
@cache_control(public=True, max_age=300)
def suggestions_view(request: HttpRequest) -> HttpResponse:
    """What could be meant by what is being typed, for « Bien, service ou nom » (`q`) or for « Livré où? » (`ou`)."""
    where = request.GET.get("ou", "")
    found = suggest_for_place(where) if where else suggest_for_text(request.GET.get("q", ""))
    return JsonResponse({"said": suggestions_said(len(found)), "items": [one.as_json() for one in found]})


@public_page(DIRECTORY)
@require_safe
def supplier_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A supplier's page: published for everyone, before that for its members and the staff of its territory."""
    context = supplier_context(slug, request.user)
    if context is None:
        raise Http404
    holds: frozenset[int] = getattr(request.user, "organisation_ids", frozenset())
    context["claimable"] = context["published"] and context["organisation"].pk not in holds
    return render(request, "suppliers/supplier.html", context)
