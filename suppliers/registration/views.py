"""The pages of a registration. Each step saves what is good, says what is not, and can be left at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.neq import ENTERPRISE_PREFIXES, unusual_neq_warning
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.poles import pole_for
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from marketplace.web.site import site_page_url
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, typed_faults, versioned_form
from marketplace.web.workdays import promised_wait
from suppliers import states
from suppliers.certifications import held_certifications
from suppliers.completeness import completeness_of
from suppliers.curation import withdraw_supplier
from suppliers.editing import remove_offer, save_activity, save_delivery, save_identity
from suppliers.models import Decision, Status, Supplier
from suppliers.registration import steps
from suppliers.registration.forms import ActivityForm, DeclarationForm, IdentityForm, StartForm
from suppliers.registration.offer_forms import DeliveryForm
from suppliers.registration.steps import (
    first_step_url,
    next_step,
    previous_step,
    progress_of,
    step_url,
    with_progress_facts,
)
from suppliers.registration.verbs import (
    DECLARATION,
    MOST_DRAFTS,
    NeqTaken,
    Standing,
    begin_registration,
    is_declared_by_another,
    is_neq_known,
    resend_registration_receipt,
    standing_for,
    standing_of_neq,
    submit_registration,
)
from suppliers.renewals import attest_supplier, is_lapsing
from suppliers.shown_offers import shown_offers
from suppliers.states import changed_since_verified
from suppliers.supplier_detail import supplier_context
from suppliers.verification import verification_of

#: A member writes in these states; in the others the supplier is in the pôle's hands.
OPEN = (Status.PROSPECT, Status.DRAFT, Status.PUBLISHED)


def posted_data(request: HttpRequest) -> QueryDict | None:
    """What was sent, also where it is empty; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


def own_supplier(request: HttpRequest, pk: int) -> Supplier:
    """A supplier of an organisation that the person belongs to; anything else does not exist."""
    ids = signed_in_user(request).organisation_ids
    last = (
        Decision.objects.filter(supplier=OuterRef("pk")).exclude(verb=states.EDIT.verb).order_by("-at", "-pk")
    )
    suppliers = with_progress_facts(
        Supplier.objects.select_related("organisation__municipality", "organisation__pole", "registration")
    ).annotate(
        last_verb=Subquery(last.values("verb")[:1]),
        last_message=Subquery(last.values("message")[:1]),
        last_at=Subquery(last.values("at")[:1]),
        standing_slug=Subquery(standing_for(OuterRef("registration__claimed_neq")).values("slug")[:1]),
    )
    supplier: Supplier = get_object_or_404(suppliers, pk=pk, organisation__in=ids)
    return supplier


def open_supplier_of(request: HttpRequest, pk: int) -> Supplier:
    """The same, while members may write in it."""
    supplier = own_supplier(request, pk)
    if supplier.status not in OPEN:
        raise Http404
    return supplier


def is_kept(form: Any, save: Callable[[], object]) -> bool:
    """Whether the verb took it; its refusal stands at the head of the form otherwise."""
    try:
        save()
    except Refused as why:
        form.add_error(None, str(why))
        return False
    return True


def render_step(
    request: HttpRequest, supplier: Supplier, step: str, template: str, /, **context: Any
) -> HttpResponse:
    """One step in the frame that all share: where one is, what the pôle said, who helps."""
    progress = progress_of(supplier)
    verb = getattr(supplier, "last_verb", "")
    frame = {
        "supplier": supplier,
        "organisation": supplier.organisation,
        "progress": progress,
        "steps": progress.shown(step),
        "step_label": steps.LABELS[step],
        "step_number": steps.ORDER.index(step) + 1,
        "step_count": len(steps.ORDER),
        "next_label": steps.LABELS[next_step(step)] if step != steps.SUBMIT else "",
        "back_url": step_url(supplier, previous_step(step)) if step != steps.IDENTITY else "",
        "next_url": step_url(supplier, next_step(step)),
        "is_public": supplier.status == Status.PUBLISHED,
        "first_open": next(
            (one for one in progress.answers if one.is_asked or not (one.is_said or one.is_proved)), None
        ),
        "named": supplier.organisation.name,
        "is_returned": verb == states.RETURN.verb and supplier.status == Status.DRAFT,
        "standing_slug": getattr(supplier, "standing_slug", None),
        "pole": pole_for(supplier.organisation),
        "verification": verification_of(supplier),
        "is_lapsing": is_lapsing(supplier),
        "completeness": completeness_of(supplier) if step != steps.PREVIEW else None,
    }
    return render(request, f"suppliers/registration/{template}.html", {**context, **frame})


# -- the pages ---------------------------------------------------------------------------------------------------


@require_safe
def register_page(request: HttpRequest) -> HttpResponseBase:
    """What it takes, and the NEQ first. `?neq=` says what stands for it; only a POST opens anything."""
    if "neq" in request.GET:
        return _look_up(request)
    return render(
        request, "suppliers/registration/start.html", {"form": StartForm(), "mine": _drafts(request)}
    )


@limited("registration.look_up", per_ip="60/h", methods=frozenset({"GET"}))
def _look_up(request: HttpRequest) -> HttpResponse:
    form = StartForm(request.GET)
    context: dict[str, Any] = {"form": form, "mine": _drafts(request)}
    if form.is_valid():
        neq = form.cleaned_data["neq"]
        found = standing_of_neq(neq, request.user)
        if found is not None and not found.is_closed:
            return redirect(_where_it_stands(found))
        here = f"{reverse('suppliers:register')}?{urlencode({'neq': neq})}"
        context |= {
            "neq": neq,
            "closed": found is not None,
            "is_declared": is_declared_by_another(neq, request.user),
            "warning": unusual_neq_warning(neq, usual=ENTERPRISE_PREFIXES),
            "next": urlencode({"next": here}),
        }
    return render(request, "suppliers/registration/start.html", context)


@limited("registration.begin", per_ip="30/h", per_user="10/h")
@require_http_methods(["GET", "HEAD", "POST"])
def begin_page(request: HttpRequest) -> HttpResponse:
    """Open the draft. Whoever comes back here by GET, from the sign-in page, is led to the question again."""
    form = StartForm(request.POST)
    if request.method != "POST" or not form.is_valid():
        return redirect("suppliers:register")
    neq = form.cleaned_data["neq"]
    here = f"{reverse('suppliers:register')}?{urlencode({'neq': neq})}"
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': here})}")
    try:
        supplier = begin_registration(neq=neq, by=signed_in_user(request))
    except NeqTaken as taken:
        messages.info(request, str(taken))
        return redirect(here)
    except Refused as why:
        messages.error(request, str(why))
        return redirect("suppliers:register")
    return redirect(step_url(supplier, steps.IDENTITY))


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step_page(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """One step of a supplier that the person belongs to. Nobody else learns that it exists."""
    with holding_row(request, Supplier, pk):
        supplier = own_supplier(request, pk)
        if supplier.status not in OPEN and step not in (steps.PREVIEW, steps.SUBMIT):
            return redirect(step_url(supplier, steps.SUBMIT))
        return STEP_PAGES[step](request, supplier)


def identity_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    page = versioned_form(request, lambda data: IdentityForm(data, supplier=supplier), about=supplier)
    if page.is_stale:
        return ask_to_choose(request, page.merged, rows=[supplier, supplier.organisation])
    form = page.form
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= is_kept(
                form,
                lambda: save_identity(
                    supplier=supplier, by=signed_in_user(request), values=form.values, contact=form.contact
                ),
            )
        if (answer := _onward(request, supplier, steps.IDENTITY, form, whole)) is not None:
            return answer
    return render_step(request, supplier, steps.IDENTITY, "identity", form=form)


def activity_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    page = versioned_form(request, lambda data: ActivityForm(data, supplier=supplier), about=supplier)
    if page.is_stale:
        return ask_to_choose(request, page.merged, rows=[supplier, supplier.organisation])
    form = page.form
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= is_kept(
                form,
                lambda: save_activity(
                    supplier=supplier,
                    by=signed_in_user(request),
                    values=form.values,
                    purposes=form.cleaned_data.get("purposes"),
                    certifications=form.cleaned_data.get("certifications"),
                ),
            )
        if whole and (code := request.POST.get("certification", "")):
            return redirect("suppliers:register_certification", pk=supplier.pk, code=code)
        if (answer := _onward(request, supplier, steps.ACTIVITY, form, whole)) is not None:
            return answer
    held = held_certifications(supplier)
    return render_step(request, supplier, steps.ACTIVITY, "activity", form=form, held_certifications=held)


def offers_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The offers, each with a page of its own, and where the enterprise delivers. A button that leads to an offer saves
    what is typed here first."""
    page = versioned_form(request, lambda data: DeliveryForm(data, supplier=supplier), about=supplier)
    if page.is_stale:
        return ask_to_choose(request, page.merged, rows=[supplier, supplier.organisation])
    form = page.form
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= is_kept(
                form,
                lambda: save_delivery(
                    supplier=supplier,
                    by=signed_in_user(request),
                    capacity=form.cleaned_data.get("capacity", supplier.capacity),
                    areas=form.tokens,
                ),
            )
        if (answer := _to_an_offer(request, supplier, form, whole)) is not None:
            return answer
        if (answer := _onward(request, supplier, steps.OFFERS, form, whole)) is not None:
            return answer
    return render_step(request, supplier, steps.OFFERS, "offers", form=form, offers=shown_offers(supplier))


def _to_an_offer(
    request: HttpRequest, supplier: Supplier, form: DeliveryForm, whole: bool
) -> HttpResponse | None:
    """« Ajouter », « Modifier », « Retirer »: pressed beside the fields, which were just saved. None where none was
    pressed, and where something typed could not be kept."""
    asked = {name: request.POST.get(name, "") for name in ("add", "offer", "remove")}
    if not any(asked.values()) or typed_faults(form) or form.non_field_errors():
        return None
    if not whole and form.has_changed_areas:
        return None
    if asked["add"]:
        return redirect("suppliers:register_add_offer", pk=supplier.pk)
    key = asked["offer"] or asked["remove"]
    offer = supplier.offers.filter(pk=read_key(key)).first()
    if offer is None:
        messages.warning(request, _("Cette offre n’existe plus : quelqu’un l’a retirée."))
        return redirect(step_url(supplier, steps.OFFERS))
    if asked["offer"]:
        return redirect("suppliers:register_offer", pk=supplier.pk, offer=offer.pk)
    try:
        remove_offer(supplier=supplier, by=signed_in_user(request), offer=offer)
        messages.success(request, _("Offre retirée : %(title)s.") % {"title": offer.title})
    except Refused as why:
        messages.error(request, str(why))
    return redirect(step_url(supplier, steps.OFFERS))


def criteria_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The six criteria of the Act: what was said, what proves it, what the pôle asks. Each has a page of its own."""
    return render_step(request, supplier, steps.CRITERIA, "criteria")


def preview_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The very page that a buyer will read, marked as a preview."""
    context = supplier_context(supplier.slug, request.user, as_buyer=True)
    if context is None:
        raise Http404
    return render_step(request, supplier, steps.PREVIEW, "preview", **context)


def submit_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """What is missing, what one declares, who decides; afterwards, what became of it."""
    form = DeclarationForm(posted_data(request))
    if request.method == "POST" and supplier.status in (Status.PROSPECT, Status.DRAFT) and form.is_valid():
        declaration = str(DECLARATION)
        if is_kept(
            form,
            lambda: submit_registration(
                supplier=supplier, by=signed_in_user(request), declaration=declaration
            ),
        ):
            messages.success(request, _("Fiche envoyée. Le pôle vous répondra par courriel."))
            return redirect(step_url(supplier, steps.SUBMIT))
    return render_step(
        request,
        supplier,
        steps.SUBMIT,
        "submit",
        form=form,
        declaration=DECLARATION,
        promised_wait=promised_wait(),
        changed_since=changed_since_verified(supplier.recheck),
        waits_beside=is_neq_known(supplier),
    )


STEP_PAGES = {
    steps.IDENTITY: identity_page,
    steps.ACTIVITY: activity_page,
    steps.OFFERS: offers_page,
    steps.CRITERIA: criteria_page,
    steps.PREVIEW: preview_page,
    steps.SUBMIT: submit_page,
}


@login_required
@require_POST
def withdraw_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a submitted supplier back to correct it."""
    supplier = own_supplier(request, pk)
    try:
        withdraw_supplier(supplier=supplier, by=signed_in_user(request))
        messages.success(request, _("La fiche est de nouveau un brouillon. Envoyez-la quand elle est prête."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect(step_url(supplier, steps.SUBMIT))


@login_required
@require_POST
@limited("registration.receipt", per_user="20/h")
def receipt_page(request: HttpRequest, pk: int) -> HttpResponse:
    """« Renvoyer le courriel »: the receipt of a registration that was sent."""
    supplier = own_supplier(request, pk)
    try:
        to = resend_registration_receipt(supplier=supplier, by=signed_in_user(request))
        messages.success(request, _("L’accusé de réception repart vers %(email)s.") % {"email": to.email})
    except Refused as why:
        messages.error(request, str(why))
    return redirect(step_url(supplier, steps.SUBMIT))


@login_required
@require_POST
def attest_page(request: HttpRequest, pk: int) -> HttpResponse:
    """« Rien n’a changé »: the pôle is asked to renew the proofs."""
    supplier = own_supplier(request, pk)
    try:
        attest_supplier(supplier=supplier, by=signed_in_user(request))
        messages.success(request, _("Merci : votre pôle va renouveler les preuves."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect(step_url(supplier, steps.SUBMIT))


def _drafts(request: HttpRequest) -> list[Supplier]:
    """What the person has begun and not sent."""
    if not request.user.is_authenticated or not request.user.organisation_ids:
        return []
    rows = Supplier.objects.filter(organisation__in=request.user.organisation_ids, status=Status.DRAFT)
    return list(rows.select_related("organisation").order_by("-updated_at")[:MOST_DRAFTS])


def _where_it_stands(found: Standing) -> str:
    if not found.is_mine:
        return reverse("suppliers:claim", kwargs={"slug": found.supplier.slug})
    progress = progress_of(found.supplier)
    if found.supplier.status in (Status.PROSPECT, Status.DRAFT):
        return first_step_url(progress)
    return step_url(found.supplier, steps.SUBMIT)


def _onward(
    request: HttpRequest, supplier: Supplier, step: str, form: Any, whole: bool
) -> HttpResponse | None:
    """Where a saved step leads. « Finir plus tard » and « Retour » also leave one that is half-done, never one where
    something typed would be lost: the page then says what to correct."""
    is_draft = supplier.status != Status.PUBLISHED
    leaves = "later" in request.POST or "back" in request.POST
    loses = typed_faults(form) or form.non_field_errors() or getattr(form, "loses_words", False)
    if leaves and (whole or (is_draft and not loses)):
        if "back" in request.POST:
            return redirect(step_url(supplier, previous_step(step)))
        text = _("C’est enregistré. Vous pourrez reprendre ici.")
        if not whole:
            text = _("Ce qui est correct est enregistré; le reste vous attend ici.")
        messages.success(request, text)
        return redirect(site_page_url("my_space"))
    if not whole:
        return None
    if not is_draft:
        messages.success(request, _("C’est enregistré, et visible dès maintenant."))
        return redirect(step_url(supplier, step))
    return redirect(step_url(supplier, next_step(step)))
