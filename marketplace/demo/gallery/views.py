"""The gallery's two pages: each piece drawn by its own template, with that template beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from marketplace.demo.gallery.forms import EveryField
from marketplace.demo.gallery.samples import gallery_samples, palette_colours, shared_sample_context


@dataclass(frozen=True)
class Piece:
    name: str
    title: str
    css: str
    lay: str
    source: str
    html: SafeString


def gallery_components(request: HttpRequest) -> HttpResponse:
    shown = [
        _piece(request, name, title, css, lay, context)
        for name, title, css, lay, context in gallery_samples()
    ]
    context = {"pieces": shown, "colours": palette_colours(), **shared_sample_context()}
    return render(request, "demo/components.html", context)


def gallery_form(request: HttpRequest) -> HttpResponse:
    """Posting it shows its faults; `?fautes=1` does too, for who only looks."""
    bound = request.method == "POST" or "fautes" in request.GET
    fields = EveryField(request.POST if bound else None, request.FILES if bound else None)
    context = {
        "piece": _piece(request, "form", _("Champs"), "", "", {"form": fields}),
        "crumbs": [(_("Composants"), reverse("gallery:components")), (_("Champs"), "")],
    }
    return render(request, "demo/components_form.html", context)


def _piece(request: HttpRequest, name: str, title: str, css: str, lay: str, context: dict[str, Any]) -> Piece:
    template = get_template(f"demo/gallery/{name}.html")
    return Piece(
        name=name,
        title=title,
        css=css,
        lay=lay,
        source=template.template.source.strip(),
        html=mark_safe(template.render(context, request)),  # noqa: S308 - a template of ours just escaped it
    )
