"""The pages where an institution writes a need: its first words, all of it, a last look before it is published."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from buyers.models import Buyer, Need, NeedDocument
from buyers.needs.advice import advise_on
from buyers.needs.detail import need_context
from buyers.needs.drafting import draft_need, first_dates
from buyers.needs.forms import DocumentForm, FirstWordsForm, NeedForm
from buyers.needs.lifecycle import change_need, missing_of, remove_need_document, submit_need
from buyers.needs.proposals import (
    KEPT,
    place_words,
    propose_clauses,
    propose_codes,
    propose_place,
    similar_needs,
    similar_tenders,
)
from buyers.needs.views import find_need
from buyers.permissions import can_manage_need
from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.territories.labels import mrcs_by_code
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.stale_edits import ask_to_choose
from marketplace.web.versioned_forms import holding_row, versioned_form

#: A second click on « Continuer » within this time opens the draft that the first one made.
SAME_CLICK = timedelta(minutes=1)


def buyers_of(user: User) -> list[Buyer]:
    """The institutions that a person acts for."""
    rows = Buyer.objects.filter(organisation__in=user.organisation_ids)
    return list(rows.select_related("organisation").order_by("organisation__name", "pk"))


def own_need(request: HttpRequest, slug: str) -> Need:
    """A need of the reader's institution; others are told what anyone is: 404 where they may not see it, 403 else."""
    need = find_need(slug, request.user)
    if not can_manage_need(request.user, need):
        raise PermissionDenied
    return need


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("need-draft", per_user="60/h")
def new_need(request: HttpRequest) -> HttpResponse:
    """What is looked for, in everyday words; or a need or a notice to take up again."""
    user = signed_in_user(request)
    buyers = buyers_of(user)
    if not buyers:
        return render(request, "buyers/needs/no_institution.html")
    form = FirstWordsForm(request.POST or None, buyers=buyers)
    if request.method == "POST" and form.is_valid():
        return redirect("needs:write", slug=_begin(form, user).slug)
    past = Need.objects.of(user).exclude(status=Need.Status.DRAFT).select_related("buyer__organisation")
    context = {
        "form": form,
        "several": len(buyers) > 1,
        "past": list(past.order_by("-published_at", "-pk")[:5]),
        "drafts": list(Need.objects.of(user).filter(status=Need.Status.DRAFT).order_by("-pk")[:5]),
    }
    return render(request, "buyers/needs/new.html", context)


def _begin(form: FirstWordsForm, user: User) -> Need:
    """The draft, with what is proposed from its words; the same one where somebody clicked twice."""
    buyer, title = form.cleaned_data["buyer"], form.cleaned_data["title"]
    description = form.cleaned_data["description"].replace("\x00", "").strip()
    lately = Need.objects.filter(
        buyer=buyer,
        created_by=user,
        status=Need.Status.DRAFT,
        title=title,
        created_at__gt=timezone.now() - SAME_CLICK,
    )
    if (same := lately.order_by("-pk").first()) is not None:
        return same
    token = propose_place(title, description, buyer)
    mrc = mrcs_by_code().get(token)
    values = {
        "title": title,
        "description": description,
        "unspsc": [one.code for one in propose_codes(title, description)[:KEPT]],
        "place": place_words(token, buyer),
        "mrc_id": token if mrc else None,
        "region_id": mrc.region if mrc else (token[1:] or None),
        **first_dates(),
    }
    return draft_need(buyer=buyer, values=values, by=user)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("need-write", per_user="240/h")
def write_need(request: HttpRequest, slug: str) -> HttpResponse:
    """All of a need. Two colleagues who write at once choose field by field; a document is kept whatever else is wrong."""
    found = own_need(request, slug)
    if request.method != "POST" and not (found.is_draft or found.is_running):
        return redirect("needs:need", slug=slug)  # nothing of it changes any more, or not now
    with holding_row(request, Need, found.pk):
        need = own_need(request, slug) if request.method == "POST" else found
        return _write_page(request, need)


def _write_page(request: HttpRequest, need: Need) -> HttpResponse:
    user = signed_in_user(request)
    proposed = propose_codes(need.title, need.description)

    def build(data: QueryDict | None) -> NeedForm:
        keeps_draft = data is not None and "next" not in data and need.is_draft
        return NeedForm(data, need=need, proposed=proposed, is_draft=keeps_draft)

    page = versioned_form(request, build, about=need)
    form, papers = page.form, DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        if page.is_stale:
            return ask_to_choose(request, page.merged, rows=[need])
        if removed := request.POST.get("remove", ""):
            _remove(request, need, removed, user)
        elif form.is_valid() and papers.is_valid():
            if (answer := _save(request, need, form, papers, user)) is not None:
                return answer
        elif papers.is_valid():
            form.is_valid()
            _keep_paper(request, need, papers, user)
    return render(request, "buyers/needs/write.html", write_context(need, form, papers), status=200)


def _save(
    request: HttpRequest, need: Need, form: NeedForm, papers: DocumentForm, user: User
) -> HttpResponse | None:
    before = need.version
    try:
        change_need(
            need=need,
            values=form.values,
            by=user,
            clauses=form.chosen_clauses,
            upload=papers.cleaned_data.get("document"),
        )
    except Refused as why:
        form.add_error(None, str(why))
        return None
    if need.is_shown:
        if need.version > before:
            messages.success(
                request,
                _("Version %(n)s enregistrée. Les personnes qui suivent ce besoin en sont prévenues.")
                % {"n": need.version},
            )
        return redirect("needs:need", slug=need.slug)
    if "next" in request.POST:
        return redirect("needs:publish", slug=need.slug)
    messages.success(request, _("Brouillon enregistré. Seule votre institution le voit."))
    return redirect("needs:write", slug=need.slug)


def _keep_paper(request: HttpRequest, need: Need, papers: DocumentForm, user: User) -> None:
    """The document is kept although another field is to be corrected: a browser cannot send it again by itself."""
    upload = papers.cleaned_data.get("document")
    if upload is None:
        return
    try:
        change_need(need=need, values={}, by=user, upload=upload)
    except Refused as why:
        papers.add_error("document", str(why))
    else:
        messages.success(request, _("Le document est gardé. Il reste un point à corriger plus bas."))


def _remove(request: HttpRequest, need: Need, file_id: str, user: User) -> None:
    """Nothing else is saved: what was typed stays in the page."""
    documents = {str(one.file_id): one for one in need.documents.select_related("file")}
    document: NeedDocument | None = documents.get(file_id)
    if document is None:
        messages.warning(request, _("Ce document n’est plus là."))
        return
    try:
        remove_need_document(document=document, by=user)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("Document retiré."))


def write_context(need: Need, form: NeedForm, papers: DocumentForm) -> dict[str, Any]:
    is_draft = need.status == Need.Status.DRAFT
    proposed = propose_clauses(need.title, need.description, form.library)
    names = {clause.pk for clause in proposed}
    clauses: Any = form.fields["clauses"]
    clauses.hints = {
        clause.pk: _("Proposée d’après vos mots. %(text)s") % {"text": clause.wording}
        if clause.pk in names
        else clause.wording
        for clause in form.library
    }
    return {
        "need": need,
        "form": form,
        "papers": papers,
        "documents": list(need.documents.select_related("file")),
        "is_draft": is_draft,
        "similar": similar_needs(need) if is_draft else [],
        "similar_tenders": similar_tenders(need) if is_draft else [],
        "advice": advise_on(need),
    }


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@limited("need-publish", per_user="60/h")
def publish_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The need as it will be read, who could answer, what to confirm; then it goes out, once."""
    need = own_need(request, slug)
    if request.method == "POST":
        return _send(request, need)
    if need.status != Need.Status.DRAFT:
        return redirect("needs:need", slug=need.slug)
    context = need_context(need, request) | {
        "missing": missing_of(need),
        "advice": advise_on(need),
        "goes_out": need.buyer.is_verified,
    }
    return render(request, "buyers/needs/publish.html", context)


def _send(request: HttpRequest, need: Need) -> HttpResponse:
    try:
        submit_need(need=need, by=signed_in_user(request))
    except Refused as why:
        standing = Need.objects.filter(pk=need.pk).first()
        if standing is None:
            raise Http404 from why
        if standing.status == Need.Status.DRAFT:
            messages.error(request, str(why))
            return redirect("needs:publish", slug=need.slug)
        return redirect("needs:need", slug=need.slug)  # the second of two clicks
    messages.success(
        request,
        _("Votre besoin est publié.")
        if need.is_shown
        else _("Votre besoin est envoyé. Votre pôle le lit, puis le publie ou vous répond."),
    )
    return redirect("needs:need", slug=need.slug)
