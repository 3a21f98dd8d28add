"""The pages of a registration. Each step saves what is good, says what is not, and can be left at any time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.neq import ENTERPRISE_PREFIXES, unusual
from marketplace.outbox.senders import pole_for
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.private_files.kinds import ACCEPTED
from suppliers import curation, sheet, states
from suppliers.models import Decision, EvidenceFile, Offer, Status, Supplier
from suppliers.rechecking import changed_since_verified

from . import codes, forms, starting, steps, submitting, writing

if TYPE_CHECKING:
    from marketplace.accounts.models import User

#: A member writes in these states; in the others the sheet is in the pôle's hands.
OPEN = (Status.PROSPECT, Status.DRAFT, Status.PUBLISHED)


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
        supplier = starting.begin(neq=neq, by=_person(request))
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
    supplier = _mine(request, pk)
    if supplier.status not in OPEN and step not in (steps.PREVIEW, steps.SUBMIT):
        return redirect(steps.address(supplier, steps.SUBMIT))
    return PAGES[step](request, supplier)


def identity(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    form = forms.IdentityForm(request.POST or None, supplier=supplier)
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= _kept(
                form,
                lambda: writing.save_identity(
                    supplier=supplier, by=_person(request), values=form.values, contact=form.contact
                ),
            )
        if (answer := _onward(request, supplier, steps.IDENTITY, whole)) is not None:
            return answer
    return _page(request, supplier, steps.IDENTITY, "identity", form=form)


def activity(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    form = forms.ActivityForm(request.POST or None, supplier=supplier)
    if request.method == "POST":
        whole = form.is_valid()
        if whole or supplier.status != Status.PUBLISHED:
            whole &= _kept(
                form,
                lambda: writing.save_activity(
                    supplier=supplier,
                    by=_person(request),
                    values=form.values,
                    purposes=form.cleaned_data.get("purposes"),
                    certifications=form.cleaned_data.get("certifications"),
                ),
            )
        if (answer := _onward(request, supplier, steps.ACTIVITY, whole)) is not None:
            return answer
    return _page(request, supplier, steps.ACTIVITY, "activity", form=form)


def offers(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The offers, each with a page of its own, and where the enterprise delivers."""
    form = forms.DeliveryForm(request.POST or None, supplier=supplier)
    if request.method == "POST":
        whole = form.is_valid() and _kept(
            form,
            lambda: writing.save_delivery(
                supplier=supplier,
                by=_person(request),
                capacity=form.cleaned_data["capacity"],
                areas=form.tokens,
            ),
        )
        if (answer := _onward(request, supplier, steps.OFFERS, whole)) is not None:
            return answer
    return _page(request, supplier, steps.OFFERS, "offers", form=form, offers=sheet.offers_of(supplier))


def criteria_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The six criteria of the Act: what was said, what proves it, what the pôle asks. Each has a page of its own."""
    return _page(request, supplier, steps.CRITERIA, "criteria")


def preview(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """The very page that a buyer will read, marked as a preview."""
    context = sheet.context(supplier.slug, request.user, as_buyer=True)
    if context is None:
        raise Http404
    return _page(request, supplier, steps.PREVIEW, "preview", **context)


def submit(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """What is missing, what one declares, who decides; afterwards, what became of it."""
    form = forms.DeclarationForm(request.POST or None)
    if request.method == "POST" and supplier.status in (Status.PROSPECT, Status.DRAFT) and form.is_valid():
        declaration = str(submitting.DECLARATION)
        if _kept(
            form,
            lambda: submitting.submit(supplier=supplier, by=_person(request), declaration=declaration),
        ):
            messages.success(request, _("Fiche envoyée. Le pôle vous répondra par courriel."))
            return redirect(steps.address(supplier, steps.SUBMIT))
    return _page(
        request,
        supplier,
        steps.SUBMIT,
        "submit",
        form=form,
        declaration=submitting.DECLARATION,
        changed_since=changed_since_verified(supplier),
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
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer(request: HttpRequest, pk: int, offer: int | None = None) -> HttpResponse:
    """Add or change one offer. « Trouver les codes » keeps nothing: it proposes, and what was typed stays."""
    supplier = _open(request, pk)
    standing = get_object_or_404(Offer.objects.filter(supplier=supplier), pk=offer) if offer else None
    form = forms.OfferForm(request.POST or None, offer=standing)
    finding = "find" in request.POST
    if request.method == "POST" and form.is_valid() and not finding:
        values = {name: form.cleaned_data[name] for name in ("title", "kind", "description", "capacity")}
        if _kept(
            form,
            lambda: writing.save_offer(
                supplier=supplier, by=_person(request), values=values, codes=form.chosen, offer=standing
            ),
        ):
            messages.success(request, _("Offre enregistrée : %(title)s.") % {"title": values["title"]})
            return redirect(steps.address(supplier, steps.OFFERS))
    if finding:
        form.errors.clear()
    title = (form["title"].value() or "") if form.is_bound or standing else ""
    return _page(
        request,
        supplier,
        steps.OFFERS,
        "offer",
        form=form,
        offer=standing,
        asked=finding,
        suggestions=_suggested(title, form.chosen),
        chosen=form.chosen_codes(),
    )


@login_required
@require_POST
def remove_offer(request: HttpRequest, pk: int, offer: int) -> HttpResponse:
    supplier = _open(request, pk)
    standing = get_object_or_404(Offer.objects.filter(supplier=supplier), pk=offer)
    try:
        writing.remove_offer(supplier=supplier, by=_person(request), offer=standing)
        messages.success(request, _("Offre retirée : %(title)s.") % {"title": standing.title})
    except Refused as why:
        messages.error(request, str(why))
    return redirect(steps.address(supplier, steps.OFFERS))


@login_required
@never_cache
@limited("registration.codes", per_user="600/h", methods=frozenset({"GET"}))
@require_safe
def find_codes(request: HttpRequest, pk: int) -> HttpResponse:
    """The codes for what is being typed: the part that HTMX replaces, ticked ones first."""
    _mine(request, pk)
    form = forms.OfferForm(request.GET)
    context = {
        "chosen": form.chosen_codes(),
        "suggestions": _suggested(request.GET.get("title", ""), form.chosen),
        "asked": True,
    }
    return render(request, "suppliers/registration/_codes.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """One criterion: the answer in words, the documents beside it. A refused document loses no word."""
    supplier = _open(request, pk)
    shown = {one.ask.number: one for one in steps.answered(supplier)}
    if criterion not in shown:
        raise Http404
    one = shown[criterion]
    form = forms.AnswerForm(request.POST or None, initial={"text": one.answer.text})
    if request.method == "POST":
        whole = form.is_valid() and _kept(
            form,
            lambda: writing.save_answer(
                supplier=supplier, by=_person(request), criterion=criterion, text=form.cleaned_data["text"]
            ),
        )
        refusals = _handle_files(request, supplier, criterion)
        if whole and not refusals:
            return _after_criterion(request, supplier, criterion)
        for refusal in refusals:
            form.add_error("file", refusal)
    files = EvidenceFile.objects.filter(answer=one.answer).select_related("file") if one.answer.pk else []
    return _page(
        request, supplier, steps.CRITERIA, "criterion", form=form, one=one, files=files, accepted=ACCEPTED
    )


@login_required
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a submitted sheet back to correct it."""
    supplier = _mine(request, pk)
    try:
        curation.withdraw(supplier=supplier, by=_person(request))
        messages.success(request, _("La fiche est de nouveau un brouillon. Envoyez-la quand elle est prête."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect(steps.address(supplier, steps.SUBMIT))


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _mine(request: HttpRequest, pk: int) -> Supplier:
    """A sheet of an organisation that the person belongs to; anything else does not exist."""
    ids = _person(request).organisation_ids
    sheets = Supplier.objects.select_related(
        "organisation__municipality", "organisation__pole", "registration"
    )
    return get_object_or_404(sheets, pk=pk, organisation__in=ids)


def _open(request: HttpRequest, pk: int) -> Supplier:
    """The same, while members may write in it."""
    supplier = _mine(request, pk)
    if supplier.status not in OPEN:
        raise Http404
    return supplier


def _drafts(request: HttpRequest) -> list[Supplier]:
    """What the person has begun and not sent."""
    if not request.user.is_authenticated or not request.user.organisation_ids:
        return []
    mine = Supplier.objects.filter(organisation__in=request.user.organisation_ids, status=Status.DRAFT)
    return list(mine.select_related("organisation").order_by("-updated_at")[: starting.MOST_DRAFTS])


def _where_it_stands(found: starting.Standing) -> str:
    if not found.is_mine:
        return reverse("suppliers:claim", kwargs={"slug": found.supplier.slug})
    progress = steps.progress_of(found.supplier)
    if found.supplier.status in (Status.PROSPECT, Status.DRAFT):
        return steps.first_to_do(progress)
    return steps.address(found.supplier, steps.SUBMIT)


def _kept(form: Any, save: Any) -> bool:
    """Whether the verb took it; its refusal stands at the head of the form otherwise."""
    try:
        save()
    except Refused as why:
        form.add_error(None, str(why))
        return False
    return True


def _onward(request: HttpRequest, supplier: Supplier, step: str, whole: bool) -> HttpResponse | None:
    """Where a saved step leads: « Finir plus tard » also leaves one that is half-done."""
    is_draft = supplier.status != Status.PUBLISHED
    if "later" in request.POST and (whole or is_draft):
        text = _("C’est enregistré. Vous pourrez reprendre ici.")
        if not whole:
            text = _("Ce qui est bon est enregistré; le reste vous attend ici.")
        messages.success(request, text)
        return redirect("pages:my_space")
    if not whole:
        return None
    if not is_draft:
        messages.success(request, _("C’est enregistré, et visible dès maintenant."))
        return redirect(steps.address(supplier, step))
    return redirect(steps.address(supplier, steps.next_of(step)))


def _after_criterion(request: HttpRequest, supplier: Supplier, criterion: int) -> HttpResponse:
    if "later" in request.POST:
        messages.success(request, _("C’est enregistré. Vous pourrez reprendre ici."))
        return redirect("pages:my_space")
    if "continue" in request.POST and criterion < 6:
        return redirect("suppliers:register_criterion", pk=supplier.pk, criterion=criterion + 1)
    if "continue" in request.POST:
        return redirect(steps.address(supplier, steps.CRITERIA))
    return redirect("suppliers:register_criterion", pk=supplier.pk, criterion=criterion)


def _handle_files(request: HttpRequest, supplier: Supplier, criterion: int) -> list[str]:
    """Take the document away that a button names, keep those that came; the sentences of what was refused."""
    refused = []
    mine = EvidenceFile.objects.filter(answer__supplier=supplier, answer__criterion=criterion)
    asked = request.POST.get("remove", "")
    if asked.isdigit() and (gone := mine.filter(pk=int(asked)).select_related("file", "answer").first()):
        try:
            writing.remove_evidence(supplier=supplier, by=_person(request), evidence=gone)
        except Refused as why:
            refused.append(str(why))
    for upload in request.FILES.getlist("file"):
        try:
            writing.add_evidence(supplier=supplier, by=_person(request), criterion=criterion, upload=upload)
        except Refused as why:
            refused.append(f"{upload.name}\u00a0: {why}")
    return refused


def _suggested(title: str, chosen: list[str]) -> list[codes.Suggestion]:
    return [one for one in codes.suggest(title) if one.code not in chosen]


def _page(request: HttpRequest, supplier: Supplier, step: str, template: str, **context: Any) -> HttpResponse:
    """One step in the frame that all share: where one is, what the pôle said, who helps."""
    progress = steps.progress_of(supplier)
    last = Decision.objects.filter(supplier=supplier).exclude(verb=states.EDIT.verb).first()
    returned = last if last and last.verb == states.RETURN.verb and supplier.status == Status.DRAFT else None
    frame = {
        "supplier": supplier,
        "organisation": supplier.organisation,
        "progress": progress,
        "steps": progress.shown(step),
        "step_label": steps.LABELS[step],
        "step_number": steps.ORDER.index(step) + 1,
        "step_count": len(steps.ORDER),
        "next_label": steps.LABELS[steps.next_of(step)] if step != steps.SUBMIT else "",
        "back_url": steps.address(supplier, steps.previous_of(step)) if step != steps.IDENTITY else "",
        "next_url": steps.address(supplier, steps.next_of(step)),
        "is_public": supplier.status == Status.PUBLISHED,
        "first_open": next((one for one in progress.answers if one.is_asked or not one.is_said), None),
        "named": supplier.organisation.name,
        "returned": returned,
        "last": last,
        "pole": pole_for(supplier.organisation),
    }
    return render(request, f"suppliers/registration/{template}.html", {**frame, **context})
