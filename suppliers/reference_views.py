"""What a customer finds behind the link of a mail: GET only shows, POST answers; nobody is signed in by it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.web.limits import limited
from suppliers.models import CustomerReference, Status
from suppliers.references import (
    ReferenceUnusable,
    confirm_reference,
    consent_wording,
    find_reference,
    refuse_reference,
    withdraw_confirmation,
)

State = CustomerReference.State


@never_cache
@limited("reference", per_ip="60/h")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_reference(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm or refuse what an enterprise says of its work; later, by the link of the receipt, take it back."""
    try:
        reference = find_reference(token)
        consent = consent_wording(reference)
        if request.method == "POST":
            reference = _answer(request, token, consent) or reference
    except ReferenceUnusable as why:
        response = render(request, "suppliers/references/unusable.html", {"why": str(why)}, status=404)
    else:
        context = {
            "reference": reference,
            "supplier": reference.supplier,
            "organisation": reference.supplier.organisation,
            "is_published": reference.supplier.status == Status.PUBLISHED,
            "consent": consent,
            "has_answered": request.method == "POST" and reference.state != State.ASKED,
            "State": State,
        }
        response = render(request, "suppliers/references/answer.html", context)
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"  # the address of this page is the key to it
    return response


def _answer(request: HttpRequest, token: str, consent: str) -> CustomerReference | None:
    answer = request.POST.get("answer", "")
    if answer == "confirm":
        return confirm_reference(token=token, by=None, consent=consent)
    if answer == "refuse":
        return refuse_reference(token=token, by=None)
    if answer == "withdraw":
        return withdraw_confirmation(token=token, by=None)
    return None
