"""Asking suppliers and following a question. GET shows, POST acts. Only those who asked learn that it exists."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.accounts.security.log import record_security_event
from marketplace.accounts.security.models import Kind
from marketplace.dealings.inquiries.asking import ask_suppliers
from marketplace.dealings.inquiries.contexts import (
    PAGE,
    chosen_messages,
    chosen_suppliers,
    inquiry_badge,
    inquiry_context,
    inquiry_rows,
    most_for,
    received_badge,
    received_rows,
)
from marketplace.dealings.inquiries.exports import inquiry_csv, inquiry_pdf
from marketplace.dealings.inquiries.following import close_inquiry, move_deadline, remind_silent_suppliers
from marketplace.dealings.inquiries.forms import (
    DeadlineForm,
    InquiryForm,
)
from marketplace.dealings.inquiries.parties import asker_name, asking_organisations
from marketplace.dealings.models import Inquiry, InquiryRecipient
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.pagination import paginate_list

GET_POST = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@limited("inquiries.ask", per_user="120/h")
@require_http_methods(GET_POST)
def ask_view(request: HttpRequest) -> HttpResponse:
    """`?fournisseur=<slug>` once for each supplier. A POST shows what will leave; « send » in it sends."""
    user = signed_in_user(request)
    asked = request.POST if request.method == "POST" else request.GET
    organisations = asking_organisations(user)
    most = most_for(organisations)
    named = [*asked.getlist("fournisseur"), *asked.getlist("chosen")]
    chosen = chosen_suppliers(named, user, most)
    if not chosen.suppliers:
        return render(request, "dealings/inquiries/ask_nobody.html", {"said": chosen_messages(chosen, most)})
    form = InquiryForm(
        request.POST if request.method == "POST" else None,
        suppliers=chosen.suppliers,
        organisations=organisations,
        initial={"kind": request.GET.get("sorte", "")},
    )
    if form.is_bound and form.is_valid() and "edit" not in request.POST:
        if "send" not in request.POST:
            return _preview(request, form, user)
        try:
            inquiry = ask_suppliers(
                key=form.cleaned_data["key"] or uuid4(),
                question=form.question,
                suppliers=form.chosen,
                organisation=form.asks_for,
                by=user,
            )
        except Refused as why:
            form.add_error(None, str(why))
        else:
            return _asked(request, inquiry)
    context = {
        "form": form,
        "said": chosen_messages(chosen, most),
        "organisations": organisations,
        "most": most,
        "crumbs": [(_("Mes demandes"), reverse("dealings:inquiries")), (_("Poser une question"), "")],
    }
    return render(request, "dealings/inquiries/ask.html", context)


def _preview(request: HttpRequest, form: InquiryForm, user: User) -> HttpResponse:
    said = form.cleaned_data
    draft = Inquiry(
        organisation=form.asks_for,
        asked_by=user,
        kind=said["kind"],
        subject=said["subject"],
        body=said["body"],
        answer_by=said["answer_by"],
    )
    context = {
        "form": form,
        "draft": draft,
        "asker": asker_name(draft),
        "chosen": form.chosen,
        "kept": [(name, value) for name, value in form.data.lists() if name in form.fields],
        "crumbs": [(_("Mes demandes"), reverse("dealings:inquiries")), (_("Vérifier avant d’envoyer"), "")],
    }
    return render(request, "dealings/inquiries/preview.html", context)


def _asked(request: HttpRequest, inquiry: Inquiry) -> HttpResponse:
    rows = list(inquiry.recipients.select_related("supplier__organisation"))
    sent = sum(row.state != InquiryRecipient.State.UNSENT for row in rows)
    messages.success(
        request,
        ngettext(
            "Votre demande part à %(n)s fournisseur.",
            "Votre demande part à %(n)s fournisseurs, chacun à part.",
            sent,
        )
        % {"n": sent},
    )
    for row in rows:
        if row.state == InquiryRecipient.State.UNSENT:
            messages.warning(
                request,
                _("Elle n’est pas partie à « %(name)s » : %(reason)s.")
                % {"name": row.supplier.organisation.name, "reason": row.get_reason_display()},
            )
    return redirect("dealings:inquiry", pk=inquiry.pk)


@never_cache
@login_required
@require_safe
def inquiries_view(request: HttpRequest) -> HttpResponse:
    """What I asked, and my colleagues."""
    user = signed_in_user(request)
    page = paginate_list(request, inquiry_rows(user), PAGE)
    for inquiry in page:
        inquiry.badge = inquiry_badge(inquiry)
    context = {
        "page_obj": page,
        "rows": list(page),
        "asks": True,
        "receives": _receives(user),
        "crumbs": [(_("Mes demandes"), "")],
    }
    return render(request, "dealings/inquiries/list.html", context)


@never_cache
@login_required
@require_safe
def received_view(request: HttpRequest) -> HttpResponse:
    """What my enterprises were asked: what waits first."""
    user = signed_in_user(request)
    page = paginate_list(request, received_rows(user), PAGE)
    for row in page:
        row.badge = received_badge(row)
        row.asker = asker_name(row.inquiry)
    context = {
        "page_obj": page,
        "rows": list(page),
        "asks": False,
        "receives": True,
        "crumbs": [(_("Questions reçues"), "")],
    }
    return render(request, "dealings/inquiries/received.html", context)


def _receives(user: User) -> bool:
    return bool(user.organisation_ids) and InquiryRecipient.objects.received_by(user).exists()


@never_cache
@login_required
@require_safe
def inquiry_view(request: HttpRequest, pk: int) -> HttpResponse:
    """One question: what each supplier made of it."""
    inquiry = _inquiry(request, pk)
    return _show_inquiry(request, inquiry, DeadlineForm(initial=_shown_deadline(inquiry)))


@login_required
@require_POST
def inquiry_act_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind, give more time, close: `action` says which."""
    inquiry, user = _inquiry(request, pk), signed_in_user(request)
    action = request.POST.get("action", "")
    try:
        if action == "remind":
            count = remind_silent_suppliers(inquiry=inquiry, by=user)
            said = ngettext("%(n)s fournisseur relancé.", "%(n)s fournisseurs relancés.", count) % {
                "n": count
            }
            messages.success(request, said)
        elif action == "close":
            close_inquiry(inquiry=inquiry, by=user)
            messages.success(request, _("La demande est fermée. Les réponses reçues restent ici."))
        elif action == "deadline":
            form = DeadlineForm(request.POST)
            if not form.is_valid():
                return _show_inquiry(request, inquiry, form)
            move_deadline(
                inquiry=inquiry,
                answer_by=form.cleaned_data["answer_by"],
                was=form.cleaned_data["was"],
                by=user,
            )
            messages.success(request, _("La date est enregistrée."))
    except Refused as why:
        messages.error(request, str(why))
    return redirect("dealings:inquiry", pk=inquiry.pk)


def _shown_deadline(inquiry: Inquiry) -> dict[str, Any]:
    return {"answer_by": inquiry.answer_by, "was": inquiry.answer_by}


def _show_inquiry(request: HttpRequest, inquiry: Inquiry, form: DeadlineForm) -> HttpResponse:
    return render(request, "dealings/inquiries/inquiry.html", {**inquiry_context(inquiry), "form": form})


@never_cache
@login_required
@require_safe
def inquiry_csv_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Every supplier with its answers, one row each."""
    inquiry = _inquiry(request, pk)
    record_security_event(kind=Kind.EXPORTED, by=signed_in_user(request), target="inquiry")
    return attached_file(inquiry_csv(inquiry), "text/csv; charset=utf-8", f"demande-{inquiry.pk}.csv")


@never_cache
@login_required
@limited("inquiries.pdf", per_user="120/h", methods=frozenset({"GET"}))
@require_safe
def inquiry_pdf_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole question with every answer, to keep in a file."""
    inquiry = _inquiry(request, pk)
    return attached_file(inquiry_pdf(inquiry), "application/pdf", f"demande-{inquiry.pk}.pdf")


def _inquiry(request: HttpRequest, pk: int) -> Inquiry:
    rows = Inquiry.objects.visible_to(signed_in_user(request)).select_related("organisation", "asked_by")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def attached_file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
