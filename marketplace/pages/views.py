"""The public face: home, my space, and the pages that explain."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.web import panels


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html")


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
