"""The pages inside a step: one offer with its codes, one criterion with its documents."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.personal_data import record_personal_data_read
from marketplace.web.errors import Refused
from marketplace.web.form_values import read_key
from marketplace.web.limits import limited
from marketplace.web.private_files import private_file_response, room_of
from marketplace.web.private_files.kinds import ACCEPTED
from marketplace.web.site import site_page_url
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, keep_version, versioned_form
from suppliers.certifications import describe_certification, proof_sentence, remove_certificate
from suppliers.criteria import evidence_facts
from suppliers.editing import (
    add_evidence,
    remove_evidence,
    remove_offer,
    save_answer,
    save_offer,
    share_evidence,
)
from suppliers.models import EvidenceFile, HeldCertification, Offer, Supplier
from suppliers.registration import steps
from suppliers.registration.code_suggestions import CodeSuggestion, suggest_codes
from suppliers.registration.forms import AnswerForm, CertificationForm
from suppliers.registration.offer_forms import OfferForm
from suppliers.registration.steps import criterion_answers, step_url
from suppliers.registration.views import is_kept, open_supplier_of, own_supplier, posted_data, render_step


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def offer_page(request: HttpRequest, pk: int, offer: int | None = None) -> HttpResponse:
    """Add or change one offer. « Trouver les codes » keeps nothing: it proposes, and what was typed stays."""
    with holding_row(request, Supplier, pk):
        supplier = open_supplier_of(request, pk)
        standing = supplier.offers.filter(pk=offer).first() if offer else None
        if offer and standing is None:
            if not _was_removed(supplier, offer):
                raise Http404
            return _removed_offer_page(request, supplier)
        return _offer_page(request, supplier, standing)


def _was_removed(supplier: Supplier, offer: int) -> bool:
    events: Any = Offer.pgh_event_model
    rows = events.objects.filter(pgh_obj_id=offer, supplier_id=supplier.pk, pgh_label="delete")
    found: bool = rows.exists()
    return found


def _removed_offer_page(request: HttpRequest, supplier: Supplier) -> HttpResponse:
    """A colleague took the offer away; what was typed here meanwhile stays, to be saved as a new one."""
    if request.method != "POST":
        messages.warning(request, _("Cette offre n’existe plus : quelqu’un l’a retirée."))
        return redirect(step_url(supplier, steps.OFFERS))
    form = OfferForm(request.POST, supplier=supplier)
    form.is_valid()
    form.add_error(
        None,
        _(
            "Quelqu’un a retiré cette offre entretemps. Ce que vous avez écrit est encore ici : enregistrez pour en "
            "faire une nouvelle offre."
        ),
    )
    return render_step(
        request,
        supplier,
        steps.OFFERS,
        "offer",
        form=form,
        offer=None,
        suggestions=[],
        chosen=form.chosen_codes(),
        action=reverse("suppliers:register_add_offer", kwargs={"pk": supplier.pk}),
    )


def _offer_page(request: HttpRequest, supplier: Supplier, standing: Offer | None) -> HttpResponse:
    finding = "find" in request.POST
    if standing is None or finding:
        form = keep_version(OfferForm(posted_data(request), supplier=supplier, offer=standing))
    else:
        page = versioned_form(
            request, lambda data: OfferForm(data, supplier=supplier, offer=standing), about=standing
        )
        if page.is_stale:
            return ask_to_choose(request, page.merged, rows=[standing])
        form = page.form
    if request.method == "POST" and form.is_valid() and not finding:
        values = form.values
        if is_kept(
            form,
            lambda: save_offer(
                supplier=supplier,
                by=signed_in_user(request),
                values=values,
                codes=form.chosen,
                areas=form.tokens,
                offer=standing,
            ),
        ):
            messages.success(request, _("Offre enregistrée : %(title)s.") % {"title": values["title"]})
            return redirect(step_url(supplier, steps.OFFERS))
    if finding:
        form.errors.clear()
    title = form["title"].value() or "" if form.is_bound else ""  # what is only opened asks for nothing
    return render_step(
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
def remove_offer_page(request: HttpRequest, pk: int, offer: int) -> HttpResponse:
    supplier = open_supplier_of(request, pk)
    standing = get_object_or_404(Offer.objects.filter(supplier=supplier), pk=offer)
    try:
        remove_offer(supplier=supplier, by=signed_in_user(request), offer=standing)
        messages.success(request, _("Offre retirée : %(title)s.") % {"title": standing.title})
    except Refused as why:
        messages.error(request, str(why))
    return redirect(step_url(supplier, steps.OFFERS))


@login_required
@never_cache
@limited("registration.codes", per_user="600/h", methods=frozenset({"GET"}))
@require_safe
def find_codes_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The codes for what is being typed: the part that HTMX replaces, ticked ones first."""
    form = OfferForm(request.GET, supplier=own_supplier(request, pk))
    context = {
        "chosen": form.chosen_codes(),
        "suggestions": _suggested(request.GET.get("title", ""), form.chosen),
        "asked": True,
    }
    return render(request, "suppliers/registration/_codes.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("evidence", per_user="120/h")
def criterion_page(request: HttpRequest, pk: int, criterion: int) -> HttpResponse:
    """One criterion: the answer in words, the documents beside it. A refused document loses no word."""
    with holding_row(request, Supplier, pk):
        return _criterion_page(request, open_supplier_of(request, pk), criterion)


def _criterion_page(request: HttpRequest, supplier: Supplier, criterion: int) -> HttpResponse:
    shown = {one.ask.number: one for one in criterion_answers(supplier)}
    if criterion not in shown:
        raise Http404
    one = shown[criterion]
    page = versioned_form(
        request,
        lambda data: AnswerForm(data, initial={"text": one.answer.text}),
        about=supplier,
        part=f"c{criterion}",
    )
    if page.is_stale:  # documents add to what stands: those that came are kept whatever is chosen
        for refusal in _handle_files(request, supplier, criterion):
            messages.error(request, refusal)
        return ask_to_choose(request, page.merged, rows=[one.answer], files_kept=True)
    form = page.form
    if request.method == "POST":
        whole = form.is_valid() and is_kept(
            form,
            lambda: save_answer(
                supplier=supplier,
                by=signed_in_user(request),
                criterion=criterion,
                text=form.cleaned_data["text"],
            ),
        )
        refusals = _handle_files(request, supplier, criterion)
        if whole and not refusals:
            return _after_criterion(request, supplier, criterion)
        for refusal in refusals:
            form.add_error("file", refusal)
    files, elsewhere = _documents(supplier, criterion)
    return render_step(
        request,
        supplier,
        steps.CRITERIA,
        "criterion",
        form=form,
        one=one,
        files=files,
        elsewhere=elsewhere,
        other_criteria=[other.ask for other in shown.values() if other is not one],
        accepted=ACCEPTED,
        room=room_of(supplier.organisation),
    )


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("evidence", per_user="120/h")
def certification_page(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One certification: its number, who issued it, until when, and the document that shows it."""
    with holding_row(request, Supplier, pk):
        return _certification_page(request, open_supplier_of(request, pk), code)


def _certification_page(request: HttpRequest, supplier: Supplier, code: str) -> HttpResponse:
    rows = HeldCertification.objects.filter(supplier=supplier)
    held = get_object_or_404(rows.select_related("document__file", "certification"), certification=code)
    page = versioned_form(
        request,
        lambda data: CertificationForm(data, request.FILES if data is not None else None, held=held),
        about=held,
    )
    if page.is_stale:
        if request.FILES:
            messages.warning(request, _("Choisissez d’abord, puis déposez de nouveau le certificat."))
        return ask_to_choose(request, page.merged, rows=[held])
    form = page.form
    if request.method == "POST" and form.is_valid():
        by = signed_in_user(request)
        if "remove" in request.POST:
            kept = is_kept(form, lambda: remove_certificate(supplier=supplier, by=by, held=held))
        else:
            kept = is_kept(
                form,
                lambda: describe_certification(
                    supplier=supplier,
                    by=by,
                    held=held,
                    facts=form.facts,
                    upload=form.cleaned_data["file"],
                    document=form.cleaned_data["document"],
                ),
            )
        if kept:
            messages.success(
                request, _("Certification enregistrée : %(name)s.") % {"name": held.certification}
            )
            return redirect(step_url(supplier, steps.ACTIVITY))
    return render_step(
        request,
        supplier,
        steps.ACTIVITY,
        "certification",
        form=form,
        held=held,
        proof=proof_sentence(held, timezone.localdate()),
        facts=evidence_facts(held.document) if held.document else "",
        room=room_of(supplier.organisation),
    )


def _after_criterion(request: HttpRequest, supplier: Supplier, criterion: int) -> HttpResponse:
    if "later" in request.POST:
        messages.success(request, _("C’est enregistré. Vous pourrez reprendre ici."))
        return redirect(site_page_url("my_space"))
    if "continue" in request.POST and criterion < 6:
        return redirect("suppliers:register_criterion", pk=supplier.pk, criterion=criterion + 1)
    if "continue" in request.POST:
        return redirect(step_url(supplier, steps.CRITERIA))
    return redirect("suppliers:register_criterion", pk=supplier.pk, criterion=criterion)


def _handle_files(request: HttpRequest, supplier: Supplier, criterion: int) -> list[str]:
    """Take the document away that a button names, keep those that came; the sentences of what was refused."""
    refused = []
    by = signed_in_user(request)
    for kept, numbers in _shared_anew(request, supplier, criterion):
        try:
            if numbers:
                share_evidence(supplier=supplier, by=by, evidence=kept, criteria=numbers)
            else:
                remove_evidence(supplier=supplier, by=by, evidence=kept)
        except Refused as why:
            refused.append(f"{kept.file.name}\u00a0: {why}")
    also = _ticked(request, "also")
    for upload in request.FILES.getlist("file"):
        try:
            add_evidence(supplier=supplier, by=by, criterion=criterion, upload=upload, also=also)
        except Refused as why:
            refused.append(f"{upload.name}\u00a0: {why}")
    return refused


def _ticked(request: HttpRequest, name: str) -> list[int]:
    """The criteria, or the documents, that boxes of this name tick."""
    return [key for value in request.POST.getlist(name) if (key := read_key(value))]


def _shared_anew(
    request: HttpRequest, supplier: Supplier, criterion: int
) -> list[tuple[EvidenceFile, list[int]]]:
    """The documents that serve other criteria than before, with these: « Retirer » here, ticked from elsewhere."""
    removed, ticked = _ticked(request, "remove"), _ticked(request, "use")
    found = []
    rows = EvidenceFile.objects.filter(supplier=supplier, pk__in=[*removed, *ticked])
    for kept in rows.select_related("file"):
        if kept.pk in removed and criterion in kept.criteria:
            found.append((kept, [number for number in kept.criteria if number != criterion]))
        elif kept.pk in ticked and criterion not in kept.criteria:
            found.append((kept, [*kept.criteria, criterion]))
    return found


Documents = list[tuple[EvidenceFile, str]]


def _documents(supplier: Supplier, criterion: int) -> tuple[Documents, Documents]:
    """The documents of this criterion, then those that serve others only; each with its facts."""
    here: Documents = []
    elsewhere: Documents = []
    for kept in EvidenceFile.objects.filter(supplier=supplier).select_related("file"):
        (here if criterion in kept.criteria else elsewhere).append((kept, evidence_facts(kept)))
    return here, elsewhere


def _suggested(title: str, chosen: list[str]) -> list[CodeSuggestion]:
    return [one for one in suggest_codes(title) if one.code not in chosen]


@require_safe
def evidence_page(request: HttpRequest, file: uuid.UUID) -> HttpResponseBase:
    """The document as an attachment. Who may not read it learns nothing, not even that it exists."""
    kept = (
        EvidenceFile.objects.visible_to(request.user)
        .select_related("file", "supplier__organisation")
        .filter(file=file)
        .first()
    )
    if kept is None:
        raise Http404
    organisation = kept.supplier.organisation
    if request.user.is_authenticated and organisation.pk not in request.user.organisation_ids:
        record_personal_data_read(reader=request.user, organisation=organisation, what="supplier.evidence")
    return private_file_response(kept.file)
