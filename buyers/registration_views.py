"""An institution registers: its NEQ (no account needed), then who it is and who asks, then what became of it."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buyers import registration
from buyers.models import Enrolment
from buyers.registration_forms import InstitutionForm, NeqForm, PersonForm
from marketplace.accounts import domains, neq
from marketplace.accounts.answering import usual_wait
from marketplace.accounts.models import User
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url


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
        digits = neq.digits_of(request.GET.get("neq", ""))
    except ValidationError as why:
        messages.warning(request, why.messages[0])
        return redirect("buyers:register")
    context: dict[str, Any] = {
        "neq": digits,
        "unusual": neq.unusual(digits, usual=(neq.PUBLIC_BODY_PREFIX,)),
        "steps": _steps(2),
        "here": request.get_full_path(),
    }
    if not request.user.is_authenticated:
        return render(request, "buyers/register_account.html", context)
    reader = request.user
    known = registration.known_by_neq(digits)
    form = PersonForm(request.POST or None) if known else InstitutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = _ask(form, known, digits, reader)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            return redirect("buyers:enrolment", pk=made.pk)
    domain = domains.of_email(reader.email)
    context |= {
        "form": form,
        "known": known,
        "joins_at_once": known is not None and registration.joins_at_once(known, reader),
        "is_member": known is not None and known.organisation_id in reader.organisation_ids,
        "domain": domain,
        "is_generic": domains.is_generic(domain),
    }
    return render(request, "buyers/register_institution.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def enrolment(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of it, for the person; the decision, for an owner of the institution."""
    reader = cast("User", request.user)
    found = get_object_or_404(
        Enrolment.objects.visible_to(reader).select_related("buyer__organisation", "user"), pk=pk
    )
    is_own = found.user_id == reader.pk
    may_decide = not is_own and registration.may_decide(reader, found.buyer)
    refusal = ""
    if request.method == "POST":
        try:
            messages.success(request, _decided(request, found, reader))
            return redirect("buyers:register" if is_own else site_page_url("my_space"))
        except Refused as why:
            refusal = str(why)
            found.refresh_from_db()
    context = {
        "enrolment": found,
        "organisation": found.buyer.organisation,
        "is_own": is_own,
        "usual_wait": usual_wait(),
        "may_decide": may_decide and found.state == Enrolment.State.OPEN,
        "refusal": refusal,
        "answer": request.POST.get("answer", ""),
        "State": Enrolment.State,
        "knots": _knots(found),
    }
    return render(request, "buyers/enrolment.html", context)


def _ask(form: PersonForm, known: Any, digits: str, by: User) -> Enrolment:
    said = form.cleaned_data
    who = {"title": said["title"], "message": said["message"], "by": by}
    if known is not None:
        return registration.join(buyer=known, **who)
    assert isinstance(form, InstitutionForm)  # noqa: S101 - the other form goes with a known institution
    if form.chosen is not None:
        return registration.join(buyer=form.chosen, neq=digits, **who)
    return registration.register(neq=digits, kind=said["kind"], seat=form.seat, **who)


def _decided(request: HttpRequest, found: Enrolment, reader: User) -> str:
    action = request.POST.get("decision", "")
    if action == "withdraw":
        registration.withdraw(enrolment=found, by=reader)
        return _("Votre demande est retirée.")
    if action == "accept":
        registration.accept(enrolment=found, by=reader)
        return _("%(who)s agit maintenant avec vous.") % {"who": found.user}
    if action == "refuse":
        registration.refuse(enrolment=found, by=reader, answer=request.POST.get("answer", "")[:2000])
        return _("Demande refusée, réponse envoyée à %(who)s.") % {"who": found.user}
    raise Refused


def _steps(now: int) -> list[dict[str, str]]:
    labels = [_("Le NEQ"), _("L’institution et vous"), _("La vérification")]
    return [
        {"label": label, "state": "done" if n < now else "now" if n == now else ""}
        for n, label in enumerate(labels, start=1)
    ]


def _knots(found: Enrolment) -> list[dict[str, str]]:
    from marketplace.web.typography import format_day

    knots = [{"title": _("Demande déposée"), "when": format_day(found.created_at), "state": "done"}]
    if found.state == Enrolment.State.OPEN:
        who = _("Votre institution répond") if found.buyer.is_verified else _("Le pôle de la région vérifie")
        return [*knots, {"title": who, "state": "now"}, {"title": _("La réponse vient par courriel")}]
    done = {
        Enrolment.State.ACCEPTED: _("Demande acceptée"),
        Enrolment.State.REFUSED: _("Demande refusée"),
        Enrolment.State.WITHDRAWN: _("Demande retirée"),
    }[Enrolment.State(found.state)]
    state = "done" if found.state == Enrolment.State.ACCEPTED else "warn"
    return [*knots, {"title": done, "when": format_day(found.decided_at), "state": state}]
