"""The address of a listing that gave way leads to the one that took over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from suppliers.models import Supplier

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest

    from marketplace.accounts.models import User

#: A merge can be undone: nobody remembers the way for longer than an hour.
REMEMBERED = "max-age=3600"


def took_over(slug: str, user: User | AnonymousUser) -> str:
    """The slug of the listing that this one gave way to, if the person may see that one; else nothing. One query."""
    rows = Supplier.objects.visible_to(user).filter(organisation__merged__supplier__slug=slug)
    return rows.values_list("slug", flat=True).first() or ""


def lead_to_standing(request: HttpRequest, view: str, slug: str) -> HttpResponse:
    """To the same page of the listing that took over, with what the address asked. Raises `Http404`."""
    other = took_over(slug, request.user)
    if not other:
        raise Http404
    asked = request.META.get("QUERY_STRING", "")
    address = reverse(view, kwargs={"slug": other})
    response = HttpResponsePermanentRedirect(f"{address}?{asked}" if asked else address)
    response["Cache-Control"] = f"private, {REMEMBERED}"
    return response
