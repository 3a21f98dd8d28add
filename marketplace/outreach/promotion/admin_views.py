"""« Promotion » under /gestion/: the catalogue, the directory on the pôle's own site, posters, the enterprise of the week."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.views.decorators import staff_member_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.outreach.models import Catalogue, FeaturedSupplier
from marketplace.outreach.promotion.catalogues import (
    ask_for_catalogue,
    count_sentence,
    scope_of,
    still_true,
)
from marketplace.outreach.promotion.embedding import embed_address
from marketplace.outreach.promotion.forms import CatalogueForm, EmbedForm, SkipForm
from marketplace.outreach.promotion.rotation import (
    NEXT_SHOWN,
    can_skip_featured,
    featured_now,
    next_in_turn,
    past_weeks,
    skip_featured_supplier,
    week_of,
)
from marketplace.outreach.promotion.scopes import poles_by_code
from marketplace.web.admin_pages import render_admin_page
from marketplace.web.emails import absolute_url
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.private_files import private_file_response

SHOWN = 10
#: Seconds after which a page that waits for a worker asks again.
ASK_AGAIN = "4"
CRUMB = "outreach_admin:promotion"


@dataclass(frozen=True)
class CatalogueRow:
    catalogue: Catalogue
    place: str
    sector: str
    count: str
    is_true: bool


@staff_member_required
@require_safe
def promotion_page(request: HttpRequest) -> HttpResponse:
    """The door to each."""
    user = signed_in_user(request)
    poles = [pole for code, pole in poles_by_code().items() if user.is_superuser or code in user.pole_codes]
    return render_admin_page(
        request,
        "admin/outreach/promotion.html",
        title=_("Promotion"),
        poles=poles,
        featured=featured_now(),
    )


@never_cache
@staff_member_required
@limited("catalogue", per_user="40/h")
@require_http_methods(["GET", "HEAD", "POST"])
def catalogue_page(request: HttpRequest) -> HttpResponse:
    user = signed_in_user(request)
    form = CatalogueForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            ask_for_catalogue(
                scope=form.scope,
                language=form.cleaned_data["language"],
                has_crop_marks=form.cleaned_data["has_crop_marks"],
                by=user,
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Le catalogue se prépare. Vous pouvez quitter cette page."))
            return redirect("outreach_admin:catalogue")
    mine = list(Catalogue.objects.filter(asked_by=user).order_by("-asked_at", "-pk")[:SHOWN])
    true = still_true(mine)
    rows = [_catalogue_row(one, one.pk in true) for one in mine]
    answer = render_admin_page(
        request,
        "admin/outreach/catalogue.html",
        title=_("Catalogue imprimable"),
        crumbs=[(_("Promotion"), reverse(CRUMB))],
        form=form,
        rows=rows,
    )
    if any(row.catalogue.is_waiting for row in rows):
        answer["Refresh"] = ASK_AGAIN
    return answer


def _catalogue_row(catalogue: Catalogue, is_true: bool) -> CatalogueRow:
    scope = scope_of(catalogue)
    ready = catalogue.state == Catalogue.State.READY
    return CatalogueRow(
        catalogue=catalogue,
        place=scope.place,
        sector=scope.sector_name,
        count=count_sentence(catalogue.enterprise_count) if ready else "",
        is_true=ready and is_true,
    )


@never_cache
@staff_member_required
@require_safe
def catalogue_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document, while every listing in it stands as it was: what was withdrawn since is handed out no more."""
    rows = Catalogue.objects.visible_to(signed_in_user(request)).select_related("file")
    catalogue = get_object_or_404(rows, pk=pk)
    if catalogue.file is None:
        raise Http404
    if not still_true([catalogue]):
        messages.warning(
            request, _("Une fiche de ce catalogue a changé depuis, ou a été retirée. Préparez-le de nouveau.")
        )
        return redirect("outreach_admin:catalogue")
    return private_file_response(catalogue.file)


@staff_member_required
@require_safe
def embed_page(request: HttpRequest) -> HttpResponse:
    """The directory of a pôle for its own site: what it shows is chosen here, the HTML is copied."""
    user = signed_in_user(request)
    form = EmbedForm(request.GET if "pole" in request.GET else None, user=user)
    codes = [code for code, _name in form.fields["pole"].choices]  # type: ignore[attr-defined]
    chosen: dict[str, Any] | None = None
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data
    elif not form.is_bound and codes:
        chosen = {"pole": codes[0], "sector": "", "mrc": "", "language": "fr", "height": 800}
    snippet, address = "", ""
    if chosen:
        address = embed_address(**{name: chosen[name] for name in ("pole", "sector", "mrc", "language")})
        with translation.override(chosen["language"]):
            snippet = render_to_string(
                "outreach/embed/snippet.html",
                {
                    "address": absolute_url(address),
                    "pole": poles_by_code()[chosen["pole"]],
                    "height": chosen["height"],
                },
            ).strip()
    feeds = [
        (label, f"{absolute_url(reverse(f'outreach:{name}'))}?pole={chosen['pole']}")
        for label, name in ((_("Fil Atom"), "new_feed"), (_("Fil JSON"), "new_json_feed"))
        if chosen
    ]
    return render_admin_page(
        request,
        "admin/outreach/embed.html",
        title=_("Répertoire dans votre site"),
        crumbs=[(_("Promotion"), reverse(CRUMB))],
        form=form,
        snippet=snippet,
        address=address,
        height=chosen["height"] if chosen else 0,
        feeds=feeds,
    )


@never_cache
@staff_member_required
@require_http_methods(["GET", "HEAD", "POST"])
def featured_page(request: HttpRequest) -> HttpResponse:
    """This week's enterprise, who comes next, who came; staff of its territory may pass it over."""
    user = signed_in_user(request)
    now = featured_now()
    form = SkipForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        key = request.POST.get("featured", "")
        posted = FeaturedSupplier.objects.select_related("supplier__organisation")
        row = posted.filter(pk=int(key)).first() if key.isdecimal() and len(key) < 19 else None
        if row is None or not form.is_valid():
            messages.warning(request, _("Dites pourquoi : la raison reste inscrite."))
            return redirect("outreach_admin:featured")
        try:
            skip_featured_supplier(featured=row, reason=form.cleaned_data["reason"], by=user)
        except Refused as why:
            messages.warning(request, str(why))
        else:
            messages.success(request, _("Son tour est reporté. La suivante est choisie."))
        return redirect("outreach_admin:featured")
    week = week_of(timezone.localdate())
    coming = next_in_turn(week).select_related("organisation")
    if now is not None:
        coming = coming.exclude(pk=now.supplier_id)
    return render_admin_page(
        request,
        "admin/outreach/featured.html",
        title=_("Entreprise de la semaine"),
        crumbs=[(_("Promotion"), reverse(CRUMB))],
        now=now,
        may_skip=now is not None and can_skip_featured(user, now),
        form=form,
        coming=list(coming[:NEXT_SHOWN]),
        past=list(past_weeks()),
    )
