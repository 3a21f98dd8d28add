"""What other sites show of us: the directory of a pôle in a frame, and its short address."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.outreach.promotion.embedding import ASKS, embed_context, framed_anywhere
from marketplace.outreach.promotion.scopes import poles_by_code
from marketplace.web.public_pages import public_page
from suppliers.directory_columns import DIRECTORY


@public_page(DIRECTORY, asks=lambda: ASKS)
@framed_anywhere
@require_safe
def embed_view(request: HttpRequest, pole: str) -> HttpResponse:
    """The directory of a pôle, for a frame on its own site. A frame says so itself where there is no such pôle."""
    info = poles_by_code().get(pole)
    if info is None:
        return render(request, "outreach/embed/unknown.html", status=404)
    return render(request, "outreach/embed/directory.html", embed_context(request.GET, info))


@require_safe
def pole_view(request: HttpRequest, pole: str) -> HttpResponse:
    """A short address for paper: the directory, narrowed to what the pôle covers today."""
    info = poles_by_code().get(pole)
    if info is None:
        raise Http404
    asked = [("mrc", mrc) for mrc in sorted(info.mrcs)]
    return redirect(f"{reverse('suppliers:directory')}?{urlencode(asked)}")
