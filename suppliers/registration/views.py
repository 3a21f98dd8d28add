"""The pages of a registration. Each step saves what is good, says what is not, and can be left at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.answering import usual_wait
from marketplace.accounts.neq import ENTERPRISE_PREFIXES, unusual
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url
from suppliers.curation import withdraw_supplier
from suppliers.editing import save_activity, save_delivery, save_identity
from suppliers.models import Status, Supplier
from suppliers.states import changed_since_verified
from suppliers.supplier_detail import offer_rows, supplier_context

from . import forms, selling_forms, starting, steps, submitting
from .frame import OPEN, kept, mine, page, person, posted

if TYPE_CHECKING:
    pass


@require_safe
def register(request: HttpRequest) -> HttpResponseBase:
    """What it takes, and the NEQ first. `?neq=` says what stands for it; only a POST opens anything."""
    if "neq" in request.GET:
        return _look_up(request)
    return render(
        request, "suppliers/registration/start.html", {"form": forms.StartForm(), "mine": _drafts(request)}
    )


@limited("registration.look_up", per_ip="60/h", methods=frozenset({"GET"}))
def _look_up(request: HttpRequest) -> HttpResponse:
    form = forms.StartForm(request.GET)
    context: dict[str, Any] = {"form": form, "mine": _drafts(request)}
    if form.is_valid():
        neq = form.cleaned_data["neq"]
        found = starting.standing(neq, request.user)
        if found is not None and not found.is_closed:
            return redirect(_where_it_stands(found))
        here = f"{reverse('suppliers:register')}?{urlencode({'neq': neq})}"
        context |= {
            "neq": neq,
            "closed": found is not None,
            "warning": unusual(neq, usual=ENTERPRISE_PREFIXES),
            "next": urlencode({"next": here}),
        }
    return render(request, "suppliers/registration/start.html", context)


@limited("registration.begin", per_ip="30/h", per_user="10/h")
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Open the draft. Whoever comes back here by GET, from the sign-in page, is led to the question again."""
    form = forms.StartForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("suppliers:register")
    neq = form.cleaned_data["neq"]
    here = f"{reverse('suppliers:register')}?{urlencode({'neq': neq})}"
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")
    try:
        supplier = starting.begin(neq=neq, by=person(request))
    except starting.Taken as taken:
        messages.info(request, str(taken))
        return redirect(here)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("suppliers:register")
    return redirect(steps.address(supplier, steps.IDENTITY))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of a sheet that the person belongs to. Nobody else learns that it exists."""
    supplier = mine(request, pk)
    if supplier.status not in OPEN and step not in (steps.PREVIEW, steps.SUBMIT):
        return redirect(steps.address(supplier, steps.SUBMIT))
    return PAGES[step](request, supplier)


def identity(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    form = forms.IdentityForm(posted(request), supplier=supplier)
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= kept(
                form,
                lambda: save_identity(
                    supplier=supplier, by=person(request), values=form.values, contact=form.contact
                ),
            )
        if (answer := _onward(request, supplier, steps.IDENTITY, whole)) is not None:
            return answer
    return page(request, supplier, steps.IDENTITY, "identity", form=form)


def activity(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    form = forms.ActivityForm(posted(request), supplier=supplier)
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= kept(
                form,
                lambda: save_activity(
                    supplier=supplier,
                    by=person(request),
                    values=form.values,
                    purposes=form.cleaned_data.get("purposes"),
                    certifications=form.cleaned_data.get("certifications"),
                ),
            )
        if (answer := _onward(request, supplier, steps.ACTIVITY, whole)) is not None:
            return answer
    return page(request, supplier, steps.ACTIVITY, "activity", form=form)


def offers(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The offers, each with a page of its own, and where the enterprise delivers."""
    form = selling_forms.DeliveryForm(posted(request), supplier=supplier)
    if request.method == "POST":
        whole = form.is_valid() and kept(
            form,
            lambda: save_delivery(
                supplier=supplier,
                by=person(request),
                capacity=form.cleaned_data["capacity"],
                areas=form.tokens,
            ),
        )
        if (answer := _onward(request, supplier, steps.OFFERS, whole)) is not None:
            return answer
    return page(request, supplier, steps.OFFERS, "offers", form=form, offers=offer_rows(supplier))


def criteria_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The six criteria of the Act: what was said, what proves it, what the pôle asks. Each has a page of its own."""
    return page(request, supplier, steps.CRITERIA, "criteria")


def preview(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The very page that a buyer will read, marked as a preview."""
    context = supplier_context(supplier.slug, request.user, as_buyer=True)
    if context is None:
        raise Http404
    return page(request, supplier, steps.PREVIEW, "preview", **context)


def submit(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """What is missing, what one declares, who decides; afterwards, what became of it."""
    form = forms.DeclarationForm(posted(request))
    if request.method == "POST" and supplier.status in (Status.PROSPECT, Status.DRAFT) and form.is_valid():
        declaration = str(submitting.DECLARATION)
        if kept(
            form,
            lambda: submitting.submit_registration(
                supplier=supplier, by=person(request), declaration=declaration
            ),
        ):
            messages.success(request, _("Fiche envoyée. Le pôle vous répondra par courriel."))
            return redirect(steps.address(supplier, steps.SUBMIT))
    return page(
        request,
        supplier,
        steps.SUBMIT,
        "submit",
        form=form,
        declaration=submitting.DECLARATION,
        usual_wait=usual_wait(),
        changed_since=changed_since_verified(supplier.recheck),
    )


PAGES = {
    steps.IDENTITY: identity,
    steps.ACTIVITY: activity,
    steps.OFFERS: offers,
    steps.CRITERIA: criteria_page,
    steps.PREVIEW: preview,
    steps.SUBMIT: submit,
}


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a submitted sheet back to correct it."""
    supplier = mine(request, pk)
    try:
        withdraw_supplier(supplier=supplier, by=person(request))
        messages.success(request, _("La fiche est de nouveau un brouillon. Envoyez-la quand elle est prête."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect(steps.address(supplier, steps.SUBMIT))


def _drafts(request: HttpRequest) -> list[Supplier]:
    """What the person has begun and not sent."""
    if not request.user.is_authenticated or not request.user.organisation_ids:
        return []
    rows = Supplier.objects.filter(organisation__in=request.user.organisation_ids, status=Status.DRAFT)
    return list(rows.select_related("organisation").order_by("-updated_at")[: starting.MOST_DRAFTS])


def _where_it_stands(found: starting.Standing) -> str:
    if not found.is_mine:
        return reverse("suppliers:claim", kwargs={"slug": found.supplier.slug})
    progress = steps.progress_of(found.supplier)
    if found.supplier.status in (Status.PROSPECT, Status.DRAFT):
        return steps.first_to_do(progress)
    return steps.address(found.supplier, steps.SUBMIT)


def _onward(request: HttpRequest, supplier: Supplier, step: str, whole: bool) -> HttpResponse | None:
    """Where a saved step leads: « Finir plus tard » also leaves one that is half-done."""
    is_draft = supplier.status != Status.PUBLISHED
    if "later" in request.POST and (whole or is_draft):
        text = _("C’est enregistré. Vous pourrez reprendre ici.")
        if not whole:
            text = _("Ce qui est bon est enregistré; le reste vous attend ici.")
        messages.success(request, text)
        return redirect(site_page_url("my_space"))
    if not whole:
        return None
    if not is_draft:
        messages.success(request, _("C’est enregistré, et visible dès maintenant."))
        return redirect(steps.address(supplier, step))
    return redirect(steps.address(supplier, steps.next_of(step)))
