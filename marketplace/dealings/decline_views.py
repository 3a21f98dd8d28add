"""« Pas pour nous », from the mail (signed link, no sign-in) and from the notice's page. GET shows, POST acts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from buyers.models import Tender
from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings import declines
from marketplace.dealings.models import Decline
from suppliers.models import Supplier


@never_cache
@csrf_exempt  # the signed address is the authority, and mail programs may send no cookie
@require_http_methods(["GET", "HEAD", "POST"])
def decline_link_page(request: HttpRequest, token: str) -> HttpResponse:
    link = declines.decline_link_from_token(token)
    if link is None:
        return render(request, "dealings/dead_link.html", status=404)
    if request.method == "POST":
        _act(request, link.supplier, link.tender, link.reader)
        return redirect(request.path)
    return _show(request, link.tender, [link.supplier], by_mail=True)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decline_tender_page(request: HttpRequest, ocid: str) -> HttpResponse:
    user = signed_in_user(request)
    tender = get_object_or_404(Tender, ocid=ocid)
    mine = list(
        Supplier.objects.published()
        .filter(organisation__in=user.organisation_ids)
        .select_related("organisation")
        .order_by("organisation__name", "pk")
    )
    if not mine:
        messages.warning(
            request,
            _("Vous n’êtes membre d’aucune entreprise dont la fiche est publiée. Rien n’a changé."),
        )
        return redirect("tenders:tender", ocid=tender.ocid)
    if request.method == "POST":
        chosen = [supplier for supplier in mine if str(supplier.pk) == request.POST.get("supplier")]
        for supplier in chosen or (mine if len(mine) == 1 else []):
            _act(request, supplier, tender, user)
        return redirect(request.path)
    return _show(request, tender, mine, by_mail=False)


def _act(request: HttpRequest, supplier: Supplier, tender: Tender, by: User) -> None:
    if "undo" in request.POST:
        declines.take_back_decline(supplier=supplier, tender=tender, by=by)
    else:
        declines.decline_tender(supplier=supplier, tender=tender, by=by)


def _show(request: HttpRequest, tender: Tender, mine: list[Supplier], *, by_mail: bool) -> HttpResponse:
    declined = {
        refusal.supplier_id: refusal for refusal in Decline.objects.filter(supplier__in=mine, tender=tender)
    }
    rows = [(supplier, declined.get(supplier.pk)) for supplier in mine]
    return render(request, "dealings/decline.html", {"tender": tender, "rows": rows, "by_mail": by_mail})
