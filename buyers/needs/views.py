"""Needs as everyone reads them: the list, one of them, its documents."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from buyers.models import Need, NeedDocument
from buyers.needs.detail import need_context
from buyers.needs.listing import need_list_context
from marketplace.accounts.models import Visitor
from marketplace.web.private_files import private_file_response


def find_need(slug: str, user: Visitor) -> Need:
    """As this person may see it; 404 otherwise, whether it exists or not."""
    rows = Need.objects.visible_to(user).select_related("buyer__organisation")
    need = rows.filter(slug=slug).first()
    if need is None:
        raise Http404
    return need


@require_safe
def need_list_view(request: HttpRequest) -> HttpResponse:
    """Search and filter needs. HTMX gets the results and the counts, everyone else the page."""
    context = need_list_context(request)
    partial = request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request")
    response = render(request, f"buyers/needs/{'_results' if partial else 'needs'}.html", context)
    if partial:
        response["HX-Push-Url"] = context["address"]  # the clean address, without the form's empty fields
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
    return response


@require_safe
def need_view(request: HttpRequest, slug: str) -> HttpResponse:
    """A need: what is looked for, until when, what changed; and what the apps above put beside it."""
    return render(request, "buyers/needs/need.html", need_context(find_need(slug, request.user), request))


@require_safe
def need_document(request: HttpRequest, slug: str, pk: UUID) -> HttpResponseBase:
    need = find_need(slug, request.user)
    document = (
        NeedDocument.objects.visible_to(request.user)
        .select_related("file")
        .filter(need=need, file=pk)
        .first()
    )
    if document is None:
        raise Http404
    return private_file_response(document.file)
