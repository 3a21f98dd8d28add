"""Forms that stand on pages kept for everyone (docs/adr/0024) carry no token: it would be one person's. Browsers say where a
POST comes from, and that is asked instead (docs/adr/0030)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def comes_from_here(request: HttpRequest) -> bool:
    """Whether a page of this very host sends it. What says nothing of where it comes from is no browser's."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()


def posted_from_here(view: View[P]) -> View[P]:
    """Decorator of a view whose form carries no token; what another site's page sends is refused (403)."""

    @csrf_exempt
    @functools.wraps(view)
    def asked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method not in SAFE and not comes_from_here(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return asked
