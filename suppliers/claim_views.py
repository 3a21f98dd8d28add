"""The page of a claim. Of a sheet that the reader may not see it shows what the registry makes public: name and town."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.answering import usual_wait
from marketplace.accounts.models import User
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.private_files import private_file_response
from suppliers import claims
from suppliers.claim_form import ClaimForm
from suppliers.models import Claim, Supplier


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("claim", per_ip="20/h", per_user="10/h")
def claim(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Explains to everyone; takes the claim of who is signed in. The answer says nothing of who holds the sheet."""
    supplier = _sheet(slug)
    if not request.user.is_authenticated:
        if request.method == "POST":
            return redirect(f"{reverse('account_login')}?next={request.path}")
        return _page(request, supplier, None)
    reader = request.user
    form = ClaimForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            claims.claim(supplier=supplier, by=reader, **form.cleaned_data)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Votre demande est chez le pôle. Sa réponse viendra par courriel."))
            return redirect("suppliers:claim", slug=slug)
    return _page(request, supplier, form)


@never_cache
@login_required
@require_POST
def withdraw(request: HttpRequest, slug: str) -> HttpResponse:
    """« Retirer ma demande »."""
    reader = cast("User", request.user)
    mine = get_object_or_404(Claim.objects.open(), supplier__slug=slug, user=reader)
    try:
        claims.withdraw(claim=mine, by=reader)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Votre demande est retirée."))
    return redirect("suppliers:claim", slug=slug)


@never_cache
@login_required
@require_safe
def evidence(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of a claim, for who gave it and for the staff who decide."""
    found = get_object_or_404(
        Claim.objects.visible_to(request.user).select_related("evidence"), pk=pk, evidence__isnull=False
    )
    if found.evidence is None:
        raise Http404
    return private_file_response(found.evidence)


def _sheet(slug: str) -> Supplier:
    return get_object_or_404(Supplier.objects.select_related("organisation"), slug=slug)


def _page(request: HttpRequest, supplier: Supplier, form: ClaimForm | None) -> HttpResponse:
    last = claims.last_of(supplier, request.user) if isinstance(request.user, User) else None
    context = {
        "supplier": supplier,
        "name": supplier.organisation.name,
        "town": supplier.organisation.town,
        "visible": Supplier.objects.visible_to(request.user).filter(pk=supplier.pk).exists(),
        "is_member": isinstance(request.user, User)
        and supplier.organisation_id in request.user.organisation_ids,
        "last": last,
        "usual_wait": usual_wait(),
        "State": Claim.State,
        "form": form,
        "knots": _knots(waits=last is not None and last.state == Claim.State.OPEN),
    }
    return render(request, "suppliers/claim.html", context)


def _knots(*, waits: bool) -> list[dict[str, str]]:
    """The way of a claim; `waits`: it is with the pôle."""
    return [
        {"title": _("Vous dites qui vous êtes"), "state": "done" if waits else "now"},
        {
            "title": _("Le pôle de la région vérifie"),
            "state": "now" if waits else "",
            "text": _("Il peut appeler l’entreprise."),
        },
        {"title": _("Sa réponse vient par courriel")},
        {"title": _("Vous tenez la fiche"), "text": _("Et vous invitez vos collègues.")},
    ]
