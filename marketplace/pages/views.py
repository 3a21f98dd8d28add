"""The public face: home, my space, and the pages that explain."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from django.utils.translation import gettext as _

from marketplace.web import panels

from .home import closing_soon, figures

try:
    from marketplace.territories import choices
except ImportError:  # being written
    choices = None  # type: ignore[assignment]


def home(request: HttpRequest) -> HttpResponse:
    context = {
        "figures": figures(),
        "closing_soon": closing_soon(request.user),
        "regions": choices.regions() if choices else {},
        "mrcs": choices.mrcs() if choices else {},
        "examples": [
            _("espaces verts"),
            _("traiteur"),
            _("mobilier urbain"),
            _("buanderie"),
            _("récupération"),
        ],
        "nothing_open": _("Aucun avis ouvert en ce moment"),
        "nothing_open_text": _("Les avis paraissent ici dès qu’ils sont lus dans SEAO."),
    }
    return render(request, "pages/home.html", context)


@login_required
def my_space(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/my_space.html", {"panels": panels.rendered(request)})


def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/accessibility.html")


def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/privacy.html")


def terms(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/terms.html")


def how_we_verify(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/how_we_verify.html")


def contact(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/contact.html")
