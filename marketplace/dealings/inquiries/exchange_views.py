"""One exchange, for its two parties. Whoever is neither learns of none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from marketplace.accounts.models import User
from marketplace.accounts.permissions import signed_in_user
from marketplace.dealings.inquiries.answering import (
    SomeoneWrote,
    Words,
    accept_held_message,
    decline_inquiry,
    open_exchange,
    write_message,
)
from marketplace.dealings.inquiries.asking_views import attached_file
from marketplace.dealings.inquiries.contexts import (
    exchange_context,
    find_exchange,
)
from marketplace.dealings.inquiries.exports import exchange_pdf
from marketplace.dealings.inquiries.forms import (
    DeclineForm,
    MessageForm,
    ReportForm,
)
from marketplace.dealings.inquiries.reporting import report_message
from marketplace.dealings.models import InquiryFile, InquiryMessage, InquiryRecipient
from marketplace.web.errors import Refused
from marketplace.web.limits import limited
from marketplace.web.private_files import private_file_response

GET_POST = ["GET", "HEAD", "POST"]


@never_cache
@login_required
@require_http_methods(GET_POST)
def exchange_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The thread with one supplier; whoever stands on either side writes below it."""
    recipient, user = _exchange(request, pk), signed_in_user(request)
    if request.method != "POST":
        open_exchange(recipient=recipient, by=user)
        return _show_exchange(request, recipient, user, None)
    form = MessageForm(request.POST, request.FILES)
    if form.is_valid():
        said = form.cleaned_data
        words = Words(body=said["body"], file=said["file"], seen=said["seen"])
        if _acted(
            request, form, lambda: write_message(recipient=recipient, words=words, by=user), recipient, user
        ):
            messages.success(request, _("Votre message est envoyé."))
            return redirect("dealings:exchange", pk=recipient.pk)
    return _show_exchange(request, recipient, user, form)


@never_cache
@login_required
@require_http_methods(GET_POST)
def decline_view(request: HttpRequest, pk: int) -> HttpResponse:
    """The supplier cannot: a reason, and a word if it wishes."""
    recipient, user = _exchange(request, pk), signed_in_user(request)
    context = exchange_context(recipient, user)
    if not context["may_decline"]:
        if request.method == "POST" and not context["is_open"]:
            messages.error(request, _("Cet échange est fermé : on n’y écrit plus."))
        return redirect("dealings:exchange", pk=recipient.pk)
    form = DeclineForm(request.POST or None, initial={"seen": context["seen"]})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        words = Words(body=said["body"], seen=said["seen"])
        if _acted(
            request,
            form,
            lambda: decline_inquiry(recipient=recipient, reason=said["reason"], words=words, by=user),
            recipient,
            user,
        ):
            messages.success(request, _("C’est noté : l’acheteur reçoit votre réponse."))
            return redirect("dealings:exchange", pk=recipient.pk)
        context = exchange_context(recipient, user)
    return render(request, "dealings/inquiries/decline.html", {**context, "form": form})


@login_required
@require_POST
def accept_view(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """A mail from another address is the other side's indeed."""
    recipient, user = _exchange(request, pk), signed_in_user(request)
    found = recipient.messages.filter(pk=message).first()
    if found is None:
        raise Http404
    found.recipient = recipient
    try:
        accept_held_message(message=found, by=user)
    except Refused as why:
        messages.error(request, str(why))
    else:
        messages.success(request, _("C’est noté : ce message compte comme une réponse."))
    return redirect("dealings:exchange", pk=recipient.pk)


@never_cache
@login_required
@limited("inquiries.report", per_user="30/h")
@require_http_methods(GET_POST)
def report_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the pôle one message of the other side, or the question itself, and say what is wrong with it."""
    recipient, user = _exchange(request, pk), signed_in_user(request)
    form = ReportForm(request.POST or None, initial={"message": request.GET.get("message", "")})
    shown = _reported(recipient, form["message"].value())
    if request.method == "POST" and form.is_valid():
        try:
            report_message(recipient=recipient, message=shown, why=form.cleaned_data["why"], by=user)
        except Refused as why:
            form.add_error(None, str(why))
        else:
            messages.success(request, _("Le message est signalé. Le pôle le lira et décidera de la suite."))
            return redirect("dealings:exchange", pk=recipient.pk)
    context = {**exchange_context(recipient, user), "form": form, "shown": shown}
    return render(request, "dealings/inquiries/report.html", context)


def _reported(recipient: InquiryRecipient, number: Any) -> InquiryMessage | None:
    text = str(number or "")
    if not text.isdecimal():
        return None
    found = recipient.messages.filter(pk=int(text[:18])).first()
    if found is None:
        raise Http404
    return found


@never_cache
@login_required
@limited("inquiries.pdf", per_user="120/h", methods=frozenset({"GET"}))
@require_safe
def exchange_pdf_view(request: HttpRequest, pk: int) -> HttpResponse:
    recipient = _exchange(request, pk)
    document = exchange_pdf(recipient, signed_in_user(request))
    return attached_file(document, "application/pdf", f"echange-{recipient.pk}.pdf")


@never_cache
@login_required
@require_safe
def file_view(request: HttpRequest, file: UUID) -> HttpResponseBase:
    """A file of an exchange, to its two parties."""
    theirs = InquiryMessage.objects.visible_to(signed_in_user(request)).values("pk")
    found = InquiryFile.objects.filter(file=file, message__in=theirs).select_related("file").first()
    if found is None:
        raise Http404
    return private_file_response(found.file)


def _acted(
    request: HttpRequest, form: Any, act: Callable[[], Any], recipient: InquiryRecipient, user: User
) -> bool:
    """Whether it was done; else the form says why, and its page is the newest."""
    try:
        act()
    except SomeoneWrote as why:
        form.data = form.data.copy()
        form.data["seen"] = exchange_context(recipient, user)["seen"]
        form.add_error(None, str(why))
        return False
    except Refused as why:
        form.add_error(None, str(why))
        return False
    return True


def _show_exchange(
    request: HttpRequest, recipient: InquiryRecipient, user: User, form: MessageForm | None
) -> HttpResponse:
    context = exchange_context(recipient, user)
    context["form"] = form or MessageForm(initial={"seen": context["seen"]})
    return render(request, "dealings/inquiries/exchange.html", context)


def _exchange(request: HttpRequest, pk: int) -> InquiryRecipient:
    found = find_exchange(pk, signed_in_user(request))
    if found is None:
        raise Http404
    return found
