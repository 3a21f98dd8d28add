"""« Retenir », on a card or a supplier's page: a plain form, which htmx sends without leaving the page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.same_origin import posted_from_here
from marketplace.web.site import site_page_url
from suppliers.models import Supplier

from .current import drop, keep, kept_count, kept_states
from .searches import search_of_address


@never_cache
@posted_from_here  # the form stands on pages that are kept for everyone
@require_POST
@limited("shortlist.keep", per_ip="900/h", per_user="900/h")
def keep_view(request: HttpRequest) -> HttpResponse:
    """`keep` or `drop` names a supplier; `next` the page where one was, which is where one comes back to."""
    kept = "drop" not in request.POST
    slug = request.POST.get("keep" if kept else "drop", "")
    rows = Supplier.objects.select_related("organisation").filter(slug=slug)
    if kept:
        rows = rows.published()
    elif (
        not rows.published().exists()
    ):  # one may drop what has left the directory since, and learns of no other
        rows = rows.filter(pk__in=[pk for pk, _state in kept_states(request)])
    supplier = rows.first()
    if supplier is None:
        raise Http404
    back = address_within(request, request.POST.get("next", ""))
    why = ""
    try:
        if kept:
            keep(request, supplier, search_of_address(back))
        else:
            drop(request, supplier)
    except Refused as refusal:
        why, kept = str(refusal), not kept
    if request.headers.get("HX-Request"):
        context = {
            "slug": slug,
            "name": supplier.organisation.name,
            "state": "kept" if kept else "",
            "count": kept_count(request),
            "css": "btn second" if "button" in request.POST else "keep-b",
            "said": why or said_of(supplier, kept=kept),
        }
        return render(request, "dealings/shortlists/kept.html", context)
    if why:
        messages.error(request, why)
    return redirect(f"{back}#retenir-{slug}" if not why else back)


def said_of(supplier: Supplier, *, kept: bool) -> str:
    name = {"name": supplier.organisation.name}
    if kept:
        return _("%(name)s est dans votre sélection.") % name
    return _("%(name)s n’est plus dans votre sélection.") % name


def address_within(request: HttpRequest, address: str) -> str:
    """An address of this site, or the directory's."""
    if address.startswith("/") and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return address.partition("#")[0]
    return site_page_url("directory")
