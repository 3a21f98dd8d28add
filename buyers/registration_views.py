"""An institution registers: its NEQ (no account needed), then who it is and who asks."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buyers.models import Buyer
from buyers.registration import buyer_by_neq, join_institution, register_institution
from buyers.registration_forms import InstitutionForm, NeqForm, PersonForm
from marketplace.accounts.email_domains import domain_of_email, is_generic_domain
from marketplace.accounts.joining import joins_at_once
from marketplace.accounts.models import JoinRequest, User
from marketplace.accounts.neq import PUBLIC_BODY_PREFIX, neq_digits, unusual_neq_warning
from marketplace.web.errors import Refused
from marketplace.web.limits import limited


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("register-buyer", per_ip="60/h")
def start(request: HttpRequest) -> HttpResponseBase:
    """What it is for, and the NEQ. Works signed out."""
    form = NeqForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        query = urlencode({"neq": form.cleaned_data["neq"]})
        return redirect(f"{reverse('buyers:register_institution')}?{query}")
    return render(request, "buyers/register.html", {"form": form, "steps": _steps(1)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("register-institution", per_ip="30/h", per_user="10/h")
def institution(request: HttpRequest) -> HttpResponseBase:
    """The institution of a NEQ, as we know it or as the person says; and who the person is there."""
    try:
        digits = neq_digits(request.GET.get("neq", ""))
    except ValidationError as why:
        messages.warning(request, why.messages[0])
        return redirect("buyers:register")
    context: dict[str, Any] = {
        "neq": digits,
        "unusual": unusual_neq_warning(digits, usual=(PUBLIC_BODY_PREFIX,)),
        "steps": _steps(2),
        "here": request.get_full_path(),
    }
    if not request.user.is_authenticated:
        return render(request, "buyers/register_account.html", context)
    reader = request.user
    known = buyer_by_neq(digits)
    form = PersonForm(request.POST or None) if known else InstitutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(form, known, digits, reader)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            return redirect(made)
    domain = domain_of_email(reader.email)
    context |= {
        "form": form,
        "known": known,
        "joins_at_once": known is not None and joins_at_once(known.organisation, reader),
        "is_member": known is not None and known.organisation_id in reader.organisation_ids,
        "domain": domain,
        "is_generic": is_generic_domain(domain),
    }
    return render(request, "buyers/register_institution.html", context)


def _ask(form: PersonForm, known: Buyer | None, digits: str, by: User) -> JoinRequest:
    said = form.cleaned_data
    who = {"title": said["title"], "message": said["message"], "by": by}
    if not isinstance(form, InstitutionForm):
        assert known is not None  # noqa: S101 - the other form goes with a known institution
        return join_institution(buyer=known, **who)
    if form.chosen is not None:
        return join_institution(buyer=form.chosen, neq=digits, **who)
    return register_institution(neq=digits, kind=said["kind"], place=form.place_values, **who)


def _steps(now: int) -> list[dict[str, str]]:
    labels = [_("Le NEQ"), _("L’institution et vous"), _("La vérification")]
    return [
        {"label": label, "state": "done" if n < now else "now" if n == now else ""}
        for n, label in enumerate(labels, start=1)
    ]
